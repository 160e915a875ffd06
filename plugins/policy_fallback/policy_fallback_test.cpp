// plugins/policy_fallback/policy_fallback_test.cpp - what decides when another policy failed never fails itself.
#include "plugins/test/routing_scene.hpp"

namespace convene::test {
namespace {

TEST(PolicyFallback, GivesLongestIdleAgentWhenNobodyIsWanted) {
  const Library policy("policy_fallback");
  Scene scene;
  scene.add("anna");
  scene.add("ben");
  EXPECT_EQ(scene.ask(policy).agent, "anna");
}

TEST(PolicyFallback, GivesTheWantedAgentThoughAnotherIsFreeLonger) {
  const Library policy("policy_fallback");
  Scene scene;
  scene.wanted = "ben";
  scene.add("anna");
  scene.add("ben");
  EXPECT_EQ(scene.ask(policy).agent, "ben");
}

TEST(PolicyFallback, NeverSwapsTheWantedAgentInSilence) {
  const Library policy("policy_fallback");
  Scene scene;
  scene.wanted = "chloe";
  scene.add("anna");
  scene.more = true;
  EXPECT_EQ(scene.ask(policy).action, CONVENE_ROUTING_MORE);
  scene.more = false;
  EXPECT_EQ(scene.ask(policy).action, CONVENE_ROUTING_WAIT);
}

TEST(PolicyFallback, DecidesWhereContextAndSettingsAreBroken) {
  const Library policy("policy_fallback", R"({"unknown":[1,2]})");
  Scene scene;
  scene.context = "\xff{{{";
  scene.add("anna");
  const Answer answer = scene.ask(policy);
  EXPECT_EQ(answer.status, CONVENE_OK);
  EXPECT_EQ(answer.agent, "anna");
  scene.clear();
  EXPECT_EQ(scene.ask(policy).status, CONVENE_OK);
}

}  // namespace
}  // namespace convene::test
