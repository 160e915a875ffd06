// plugins/policy_longest_idle/policy_longest_idle_test.cpp - the reference decides, and is as short as promised.
#include <fstream>

#include "plugins/test/routing_scene.hpp"

namespace convene::test {
namespace {

TEST(PolicyLongestIdle, GivesLongestIdleAgentFirst) {
  const Library policy("policy_longest_idle");
  Scene scene;
  scene.add("anna");
  scene.add("ben");
  const Answer answer = scene.ask(policy);
  EXPECT_EQ(answer.action, CONVENE_ROUTING_ASSIGN);
  EXPECT_EQ(answer.agent, "anna");
  EXPECT_EQ(answer.reason, "free longest");
  EXPECT_EQ(answer.scores.at("ben"), 1'000) << "seconds free";
}

TEST(PolicyLongestIdle, WaitsForAChangeWhileEverybodyIsBusy) {
  const Library policy("policy_longest_idle");
  const Answer answer = Scene().ask(policy);
  EXPECT_EQ(answer.action, CONVENE_ROUTING_WAIT);
  EXPECT_EQ(answer.until_ms, 0);
}

TEST(PolicyLongestIdle, IsACompletePolicyInUnderTwentyLines) {
  std::ifstream file(CONVENE_SOURCE_DIR "/plugins/policy_longest_idle/policy_longest_idle.cpp");
  int lines = 0;
  for (std::string line; std::getline(file, line);) ++lines;
  EXPECT_GT(lines, 5);
  EXPECT_LT(lines, 20);
}

}  // namespace
}  // namespace convene::test
