// service_template_test.cpp - what the service does, told as a story.
#include <gtest/gtest.h>

#include "convene/testing/service.hpp"

using convene::testing::Plugin;
using convene::testing::Story;

TEST(ServiceTemplate, JoinsTheCustomerAndLooksForAnAgent) {
  const Plugin plugin;
  Story story(plugin);
  EXPECT_EQ(story.created(), "");
  EXPECT_EQ(story.arrived(), "add_customer; find_agent; notify customer searching");
  story.leg(story.customer(), CONVENE_LEG_CONNECTED);
  EXPECT_EQ(story.accepted("anna"), "add_agent anna");
}

TEST(ServiceTemplate, IsOverWithTheFirstWhoLeaves) {
  const Plugin plugin;
  Story story(plugin);
  story.talk();
  EXPECT_EQ(story.request(story.agent(), "leave"), "remove 2 left | end completed left");
}

TEST(ServiceTemplate, LooksAgainWhenTheAgentDoesNotCome) {
  const Plugin plugin;
  Story story(plugin);
  story.arrived();
  story.leg(story.customer(), CONVENE_LEG_CONNECTED);
  story.accepted("anna");
  EXPECT_EQ(story.leg(story.agent(), CONVENE_LEG_FAILED), "find_agent; notify customer searching");
}

TEST(ServiceTemplate, NeverLeavesACustomerInSilence) {
  const Plugin plugin;
  Story story(plugin);
  story.arrived();
  EXPECT_EQ(story.no_agent(), "notify customer no_agent; end escalated no_agent");
}
