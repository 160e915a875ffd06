// examples/policy_in_c/policy_least_loaded_test.cpp - a policy in C, asked with what the SDK gives to test one.
#include <gtest/gtest.h>

#include "convene/testing/routing.hpp"

namespace convene::testing {
namespace {

TEST(PolicyInC, GivesTheAgentWithTheMostRoomLeft) {
  const Plugin plugin;
  Question question;
  question.add_agent({.agent = "anna", .sessions = 1, .capacity = 2});
  question.add_agent({.agent = "ben", .sessions = 1, .capacity = 3});
  EXPECT_EQ(question.ask(plugin).agent, "ben");
}

TEST(PolicyInC, KeepsTheOrderAmongEquals) {
  const Plugin plugin;
  Question question;
  question.add_agent({.agent = "anna", .sessions = 1, .capacity = 2});
  question.add_agent({.agent = "ben", .sessions = 2, .capacity = 4});
  EXPECT_EQ(question.ask(plugin).agent, "anna");
}

TEST(PolicyInC, AsksSomebodyElseAfterAMiss) {
  const Plugin plugin;
  Question question;
  question.add_agent({.agent = "anna", .capacity = 4, .missed = 1});
  question.add_agent({.agent = "ben", .sessions = 3, .capacity = 4});
  EXPECT_EQ(question.ask(plugin).agent, "ben");
}

TEST(PolicyInC, NeverSwapsTheAgentWhoWasPromised) {
  const Plugin plugin;
  Question question;
  question.wanted = "chloe";
  question.add_agent({.agent = "anna", .capacity = 4});
  EXPECT_EQ(question.ask(plugin).action, CONVENE_ROUTING_WAIT);
  question.more = true;
  EXPECT_EQ(question.ask(plugin).action, CONVENE_ROUTING_MORE);
}

}  // namespace
}  // namespace convene::testing
