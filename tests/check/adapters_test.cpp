// tests/check/adapters_test.cpp - an adapter that keeps the rules of the bus passes; each that breaks
// one fails the case for it.
#include <gtest/gtest.h>

#include "core/check/check.hpp"

namespace convene::check {
namespace {

Report check_breed(const std::string& breed, std::vector<std::string> cases, unsigned jobs) {
  CheckOptions options;
  options.cases = std::move(cases);
  options.jobs = jobs;
  options.deadline = std::chrono::seconds(90);
  return check_adapter(
      {CONVENE_PYTHON, std::string(CONVENE_SOURCE_DIR) + "/tests/check/offending_adapter.py",
       breed},
      options);
}

TEST(CheckAdapter, PassesOneThatKeepsTheRules) {
  const Report report = check_breed("good", {}, 6);
  for (const CaseResult& r : report.results) {
    EXPECT_EQ(r.verdict.outcome, Outcome::passed) << r.name << ": " << r.verdict.text;
  }
  EXPECT_GE(report.results.size(), 20u);
}

TEST(CheckAdapter, SaysWhatAProcessThatEndsHasPrinted) {
  CheckOptions options;
  options.cases = {"adapter.says_hello"};
  const Report report = check_adapter({"/bin/sh", "-c", "echo no licence >&2; exit 3"}, options);
  ASSERT_EQ(report.count(Outcome::failed), 1u);
  EXPECT_NE(
      report.results[0].verdict.text.find("it ended with code 3; its last words: \"no licence"),
      std::string::npos)
      << report.results[0].verdict.text;
}

struct Breed {
  const char* breed;
  const char* fails;
};
class BadAdapter : public ::testing::TestWithParam<Breed> {};

TEST_P(BadAdapter, FailsTheCaseItWasBredFor) {
  const Report report =
      check_breed(GetParam().breed, {std::string("adapter.") + GetParam().fails}, 1);
  ASSERT_EQ(report.results.size(), 1u);
  EXPECT_EQ(report.results[0].verdict.outcome, Outcome::failed) << report.results[0].verdict.text;
}

INSTANTIATE_TEST_SUITE_P(
    Zoo, BadAdapter,
    ::testing::Values(Breed{"mute", "says_hello"}, Breed{"nameless", "names_itself"},
                      Breed{"eager", "waits_for_welcome"}, Breed{"shy", "asks_again"},
                      Breed{"deaf", "answers_pings"}, Breed{"silent", "sends_heartbeats"},
                      Breed{"lazy", "answers_once"}, Breed{"twice", "answers_many"},
                      Breed{"yes_man", "refuses_what_it_does_not_know"},
                      Breed{"fickle", "answers_repetitions_alike"}, Breed{"fickle", "honours_keys"},
                      Breed{"vague", "sends_good_messages"}, Breed{"fragile", "survives_malformed"},
                      Breed{"forgetful", "repeats_its_state"},
                      Breed{"patient", "notices_a_silent_core"},
                      Breed{"offended", "returns_after_goodbye"}, Breed{"rude", "says_goodbye"},
                      Breed{"grumpy", "says_goodbye"}, Breed{"stays", "ends_without_its_core"},
                      Breed{"indiscreet", "keeps_secrets"}, Breed{"careless", "acknowledges_legs"},
                      Breed{"chatty", "is_calm"}),
    [](const auto& bad) { return std::string(bad.param.breed) + "_" + bad.param.fails; });

}  // namespace
}  // namespace convene::check
