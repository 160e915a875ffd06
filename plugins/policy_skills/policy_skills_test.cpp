// plugins/policy_skills/policy_skills_test.cpp - skills, levels, widening over time, and wanted agents.
#include "plugins/test/routing_scene.hpp"

namespace convene::test {
namespace {

/// Claim 2's pool: three agents, one of whom knows French and loans.
Scene french_loans() {
  Scene scene;
  scene.context = R"({"product":"loans","lang":"fr"})";
  scene.add("ben", {{"en", 10}, {"loans", 3}});
  scene.add("chloe", {{"cards", 8}, {"en", 6}, {"fr", 10}});
  scene.add("anna", {{"de", 10}, {"fr", 8}, {"loans", 7}});
  return scene;
}

TEST(PolicySkills, Claim02PicksTheOneAgentWithFrenchAndLoans) {
  const Library policy("policy_skills");
  const Answer answer = french_loans().ask(policy);
  EXPECT_EQ(answer.action, CONVENE_ROUTING_ASSIGN);
  EXPECT_EQ(answer.agent, "anna");
  EXPECT_EQ(answer.reason, "fr 8, loans 7");
  EXPECT_EQ(answer.scores, (std::map<std::string, std::int64_t>{{"anna", 15}}))
      << "who has not the skills has no score";
}

TEST(PolicySkills, WaitsRatherThanTakingSomebodyWithoutTheSkills) {
  const Library policy("policy_skills");
  Scene scene;
  scene.context = R"({"product":"loans","lang":"fr"})";
  scene.add("ben", {{"loans", 3}});
  const Answer answer = scene.ask(policy);
  EXPECT_EQ(answer.action, CONVENE_ROUTING_WAIT);
  EXPECT_EQ(answer.until_ms, 0) << "nothing but a change will help";
}

TEST(PolicySkills, LooksAtTheNextPageBeforeItWaits) {
  const Library policy("policy_skills", R"({"widen_after":"20s"})");
  Scene scene;
  scene.context = R"({"lang":"fr"})";
  scene.add("ben", {{"en", 3}});
  scene.more = true;
  EXPECT_EQ(scene.ask(policy).action, CONVENE_ROUTING_MORE);
}

TEST(PolicySkills, TakesTheHighestSumOfLevelsThenTheLongestFree) {
  const Library policy("policy_skills", R"({"preferred_from":["topic"]})");
  Scene scene;
  scene.context = R"({"lang":"fr","topic":"mortgage"})";
  scene.add("ben", {{"fr", 7}});
  scene.add("anna", {{"fr", 6}, {"mortgage", 5}});
  EXPECT_EQ(scene.ask(policy).agent, "anna") << "preferred skills count";
  scene.clear();
  scene.add("late", {{"fr", 7}}, 0, 500);
  scene.add("early", {{"fr", 7}}, 0, 100);
  EXPECT_EQ(scene.ask(policy).agent, "early");
}

TEST(PolicySkills, AsksNobodyWhoIsBelowTheLevelUntilItWidens) {
  const Library policy("policy_skills", R"({"min_level":5,"widen_after":["20s",60000]})");
  Scene scene;
  scene.context = R"({"lang":"fr","product":"loans"})";
  scene.add("ben", {{"fr", 4}, {"loans", 4}});
  Answer answer = scene.ask(policy);
  EXPECT_EQ(answer.action, CONVENE_ROUTING_WAIT);
  EXPECT_EQ(answer.until_ms, scene.waiting_since_ms + 20'000);
  EXPECT_EQ(answer.reason, "nobody free has all required skills (2); next widening in 20 s");
  scene.now_ms = scene.waiting_since_ms + 19'999;
  EXPECT_EQ(scene.ask(policy).action, CONVENE_ROUTING_WAIT);
  scene.now_ms = answer.until_ms;
  EXPECT_EQ(scene.ask(policy).agent, "ben");
}

TEST(PolicySkills, WideningGivesUpTheLeastImportantSkillFirst) {
  const Library policy("policy_skills", R"({"widen_after":["10s","20s"]})");
  Scene scene;
  scene.context = R"({"lang":"fr","product":"loans"})";
  scene.add("loans_only", {{"loans", 9}});
  scene.add("french_only", {{"fr", 2}});
  EXPECT_EQ(scene.ask(policy).action, CONVENE_ROUTING_WAIT);
  scene.now_ms += 10'000;
  EXPECT_EQ(scene.ask(policy).agent, "french_only");
  EXPECT_EQ(scene.ask(policy).reason, "fr 2; widened 1 time");
  scene.now_ms += 10'000;
  EXPECT_EQ(scene.ask(policy).agent, "loans_only") << "now both are only preferred";
}

TEST(PolicySkills, NeverGivesUpWhatIsAlwaysRequired) {
  const Library policy("policy_skills", R"({"always":["lang"],"widen_after":[1,2,3,4]})");
  Scene scene;
  scene.context = R"({"lang":"fr","product":"loans"})";
  scene.add("ben", {{"loans", 9}});
  scene.now_ms += 3'600'000;
  EXPECT_EQ(scene.ask(policy).action, CONVENE_ROUTING_WAIT);
  scene.add("chloe", {{"fr", 1}});
  EXPECT_EQ(scene.ask(policy).agent, "chloe");
}

TEST(PolicySkills, HonoursTheWantedAgentAndNobodyElse) {
  const Library policy("policy_skills", R"({"widen_after":1})");
  Scene scene = french_loans();
  scene.wanted = "ben";
  EXPECT_EQ(scene.ask(policy).agent, "ben") << "though another fits better";
  EXPECT_EQ(scene.ask(policy).reason, "the wanted agent");
  scene.wanted = "dora";
  scene.now_ms += 3'600'000;
  EXPECT_EQ(scene.ask(policy).action, CONVENE_ROUTING_WAIT) << "never a silent swap";
  scene.more = true;
  EXPECT_EQ(scene.ask(policy).action, CONVENE_ROUTING_MORE);
}

TEST(PolicySkills, PrefersWhoHasNotMissedTheOfferAndLetsTheOthersRest) {
  const Library policy("policy_skills");
  Scene scene;
  scene.context = R"({"lang":"fr"})";
  scene.add("missed", {{"fr", 10}}, 1, scene.now_ms - 4'000);
  Answer answer = scene.ask(policy);
  EXPECT_EQ(answer.action, CONVENE_ROUTING_WAIT);
  EXPECT_EQ(answer.until_ms, scene.now_ms + 6'000);
  scene.now_ms = answer.until_ms;
  EXPECT_EQ(scene.ask(policy).agent, "missed");
  scene.add("fresh", {{"fr", 2}}, 0, scene.now_ms);
  EXPECT_EQ(scene.ask(policy).agent, "fresh");
  scene.wanted = "missed";
  scene.now_ms -= 1;
  EXPECT_EQ(scene.ask(policy).action, CONVENE_ROUTING_WAIT) << "a wanted agent rests as well";
}

TEST(PolicySkills, ReadsListsIgnoresCaseAndServesRegionsByTheirLanguage) {
  const Library policy("policy_skills");
  Scene scene;
  scene.context = R"({"lang":"FR-ca","product":["loans","cards"]})";
  scene.add("half", {{"fr", 9}, {"loans", 9}});
  scene.add("whole", {{"Cards", 1}, {"fr", 1}, {"loans", 1}});
  EXPECT_EQ(scene.ask(policy).agent, "whole");
  scene.clear();
  scene.add("french", {{"f", 9}, {"frc", 9}, {"loans", 9}, {"cards", 9}});
  EXPECT_EQ(scene.ask(policy).action, CONVENE_ROUTING_WAIT) << "fr-ca is neither f nor frc";
}

TEST(PolicySkills, TakesTheLongestFreeWhereTheContextAsksForNothing) {
  const Library policy("policy_skills");
  for (const char* context :
       {"{}", R"({"lang":7,"product":null})", R"({"lang":"","product":[[]]})", "[]"}) {
    Scene scene;
    scene.context = context;
    scene.add("anna", {{"fr", 9}}, 0, 1);
    scene.add("ben", {}, 0, 2);
    EXPECT_EQ(scene.ask(policy).agent, "anna") << context;
    EXPECT_EQ(scene.ask(policy).reason, "no skill asked for, free longest") << context;
  }
}

TEST(PolicySkills, ReasonsRepeatNothingOfTheContext) {
  const Library policy("policy_skills", R"({"widen_after":"5s","preferred_from":["name"]})");
  Scene scene;
  scene.context = R"({"lang":"fr","product":"+49 30 1234567","name":"Erika Muster"})";
  scene.add("anna", {{"fr", 9}});
  for (const std::int64_t later : {0, 5'000}) {
    scene.now_ms = scene.waiting_since_ms + later;
    const std::string reason = scene.ask(policy).reason;
    EXPECT_EQ(reason.find("1234567"), std::string::npos) << reason;
    EXPECT_EQ(reason.find("Erika"), std::string::npos) << reason;
  }
}

TEST(PolicySkills, FailsOnAContextThatIsNoJsonSoThatTheFallbackDecides) {
  const Library policy("policy_skills");
  Scene scene;
  scene.context = "{";
  scene.add("anna");
  EXPECT_EQ(scene.ask(policy).status, CONVENE_E_FAILED);
  EXPECT_FALSE(policy.host.failure.empty());
}

TEST(PolicySkills, BoundsWhatAContextMayAskFor) {
  const Library policy("policy_skills");
  Scene scene;
  std::string list = "[";
  for (int i = 0; i < 500; ++i) list += (i ? ",\"s" : "\"s") + std::to_string(i) + "\"";
  scene.context = "{\"lang\":" + list + "],\"product\":\"" + std::string(5'000, 'x') + "\"}";
  scene.add("anna", {{"fr", 9}});
  const Answer answer = scene.ask(policy);
  EXPECT_EQ(answer.status, CONVENE_OK);
  EXPECT_EQ(answer.reason, "nobody free has all required skills (16)");
}

TEST(PolicySkills, RefusesSettingsThatMakeNoSense) {
  for (const char* config :
       {R"({"widen_after":"soon"})", R"({"widen_after":["20s","10s"]})", R"({"widen_after":-5})",
        R"({"always":["colour"]})", R"({"rest_after_miss":"1 week"})"}) {
    const Library policy("policy_skills", config);
    EXPECT_FALSE(policy.ok()) << config;
    EXPECT_FALSE(policy.host.failure.empty()) << config;
  }
}

}  // namespace
}  // namespace convene::test
