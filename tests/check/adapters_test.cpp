// tests/check/adapters_test.cpp - an adapter that keeps the rules of the bus passes; each that breaks
// one fails the case for it.
#include <gtest/gtest.h>

#include "core/check/check.hpp"
#include "tests/check/side_by_side.hpp"
#include "tests/check/zoo.hpp"

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

}  // namespace

std::string check_bad_adapter(const Breed& bad) {
  return failures_of(check_breed(bad.breed, {bad.fails}, 1));
}

const std::vector<Breed>& bad_adapters() {
  static const std::vector<Breed> all = {
      {"mute", "adapter.says_hello"},
      {"nameless", "adapter.names_itself"},
      {"eager", "adapter.waits_for_welcome"},
      {"shy", "adapter.asks_again"},
      {"deaf", "adapter.answers_pings"},
      {"silent", "adapter.sends_heartbeats"},
      {"lazy", "adapter.answers_once"},
      {"twice", "adapter.answers_many"},
      {"yes_man", "adapter.refuses_what_it_does_not_know"},
      {"fickle", "adapter.answers_repetitions_alike"},
      {"fickle", "adapter.honours_keys"},
      {"vague", "adapter.sends_good_messages"},
      {"fragile", "adapter.survives_malformed"},
      {"forgetful", "adapter.repeats_its_state"},
      {"patient", "adapter.notices_a_silent_core"},
      {"offended", "adapter.returns_after_goodbye"},
      {"rude", "adapter.says_goodbye"},
      {"grumpy", "adapter.says_goodbye"},
      {"stays", "adapter.ends_without_its_core"},
      {"indiscreet", "adapter.keeps_secrets"},
      {"careless", "adapter.acknowledges_legs"},
      {"chatty", "adapter.is_calm"},
      {"impatient", "adapter.waits_for_its_core"},
      {"narrow", "adapter.survives_the_unknown"},
      {"strict", "adapter.takes_new_members"},
      {"settled", "adapter.takes_a_new_configuration"},
      {"mayfly", "adapter.returns_after_restart"},
  };
  return all;
}

}  // namespace convene::check
