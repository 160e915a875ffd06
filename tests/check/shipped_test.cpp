// tests/check/shipped_test.cpp - what we ship passes at every level, the isolated one included.
#include <gtest/gtest.h>

#include <filesystem>

#include "core/check/check.hpp"
#include "tests/support/figure.hpp"

namespace convene::check {
namespace {

class Shipped : public ::testing::TestWithParam<const char*> {};

TEST_P(Shipped, PassesAtEveryLevel) {
  CheckOptions options;
  options.runs = 500;
  options.deadline = std::chrono::seconds(60);
  options.convene_host = std::string(CONVENE_BIN_DIR) + "/convene-host";
  // Settings of flows as their examples give them.
  options.flows.service.push_back(
      R"({"agent_away":"ask","agent_left":"search","early":"wait","escalate_to":"team_leads","no_agent":"escalate"})");
  options.flows.channel.push_back(
      R"({"both_ways":true,"burst":3,"characters":100,"every_ms":1000,"hosts":["shop.example","*.example.org","localhost"]})");
  const std::string path = std::string(CONVENE_PLUGIN_DIR) + "/" + GetParam() + ".so";
  const Report report = check_library_file(path, options);
  std::size_t isolated = 0;
  for (const CaseResult& r : report.results) {
    if (r.verdict.outcome == Outcome::failed) ADD_FAILURE() << r.name << ": " << r.verdict.text;
    if (r.verdict.outcome == Outcome::skipped && r.applies)
      std::printf("skipped %s: %s\n", r.name.c_str(), r.verdict.text.c_str());
    isolated += r.level == "isolated" && r.verdict.outcome == Outcome::passed;
  }
  test::figure("checker", std::string("cases that ") + GetParam() + " passes",
               std::to_string(report.count(Outcome::passed)), "60 or more");
  EXPECT_GE(report.count(Outcome::passed), 60u);
  EXPECT_GE(isolated, 5u);
}

INSTANTIATE_TEST_SUITE_P(Plugins, Shipped,
                         ::testing::Values("policy_longest_idle", "policy_fallback",
                                           "policy_skills", "service_rendezvous",
                                           "service_talk_now", "channel_chat", "channel_page"),
                         [](const auto& plugin) { return std::string(plugin.param); });

}  // namespace
}  // namespace convene::check
