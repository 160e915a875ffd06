// policy_template_test.cpp - what the policy decides, asked as a host asks it.
#include <gtest/gtest.h>

#include "convene/testing/routing.hpp"

using convene::testing::Plugin;
using convene::testing::Question;

TEST(PolicyTemplate, GivesWhoeverHasBeenFreeLongest) {
  const Plugin plugin;
  Question question;
  question.add("anna");
  question.add("ben");
  EXPECT_EQ(question.ask(plugin).agent, "anna");
}

TEST(PolicyTemplate, NeverSwapsTheAgentWhoWasPromised) {
  const Plugin plugin;
  Question question;
  question.wanted = "ben";
  question.add("anna");
  EXPECT_EQ(question.ask(plugin).action, CONVENE_ROUTING_WAIT);
  question.add("ben");
  EXPECT_EQ(question.ask(plugin).agent, "ben");
}

TEST(PolicyTemplate, LooksAtTheNextPageBeforeItWaits) {
  const Plugin plugin;
  Question question;
  question.wanted = "ben";
  question.add("anna");
  question.more = true;
  EXPECT_EQ(question.ask(plugin).action, CONVENE_ROUTING_MORE);
  question.more = false;
  EXPECT_EQ(question.ask(plugin).action, CONVENE_ROUTING_WAIT);
}
