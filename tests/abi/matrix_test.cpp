// tests/abi/matrix_test.cpp - one policy, built by every compiler and library that the boundary promises to carry: all live in
// one host and decide alike.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <random>
#include <set>

#include "convene/testing/routing.hpp"
#include "sdk/host/isolated.hpp"
#include "sdk/host/loader.hpp"
#include "tests/support/figure.hpp"

namespace convene::test {
namespace {

constexpr int kQuestions = 5'000;

/// A pool at a random moment; the same for the same seed.
testing::Question question_of(std::uint32_t seed) {
  std::mt19937 dice(seed);
  const auto below = [&](std::uint32_t n) { return static_cast<int>(dice() % n); };
  testing::Question question;
  for (int i = 0, count = below(12); i < count; ++i) {
    question.add_agent({.agent = "agent_" + std::to_string(below(20)),
                        .skills = {{"fr", 1 + below(10)}, {"loans", 1 + below(10)}},
                        .sessions = static_cast<std::uint32_t>(below(3)),
                        .capacity = 3,
                        .missed = static_cast<std::uint32_t>(below(2))});
  }
  if (below(3) == 0) question.wanted = "agent_" + std::to_string(below(20));
  question.more = below(4) == 0;
  question.context = below(2) == 0 ? "{}" : R"({"lang":"fr"})";
  return question;
}

std::string said(const testing::Answer& answer) {
  return std::to_string(answer.status) + " " + std::to_string(answer.action) + " " + answer.agent +
         " " + std::to_string(answer.until_ms) + " " + answer.reason;
}

TEST(Matrix, PluginsOfEveryCompilerLiveInOneHostAndDecideAlike) {
  const std::filesystem::path folder = CONVENE_BUILD_DIR "/abi_matrix";
  Loader loader({.folder = folder.string()});
  std::vector<std::unique_ptr<LoadedPlugin>> plugins;
  std::string names;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".so") continue;
    auto loaded = loader.load({.id = "policy_template",
                               .file = file.path().filename().string(),
                               .beside = !plugins.empty()});
    ASSERT_TRUE(loaded) << loaded.error().text;
    plugins.push_back(std::move(*loaded));
    names += (names.empty() ? "" : ", ") + file.path().stem().string();
  }
  ASSERT_GE(plugins.size(), 3u) << "these were built: " << names;

  int alike = 0;
  std::map<int, int> actions;
  for (int i = 0; i < kQuestions; ++i) {
    const testing::Question question = question_of(static_cast<std::uint32_t>(i));
    std::set<std::string> answers;
    for (const auto& plugin : plugins) {
      const auto routing = plugin->extension<convene_routing>();
      const testing::Answer answer = question.ask(*routing.table, routing.self);
      ++actions[answer.action];
      answers.insert(said(answer));
    }
    ASSERT_EQ(answers.size(), 1u) << "question " << i << ": " << *answers.begin() << " / "
                                  << *answers.rbegin();
    alike += answers.size() == 1;
  }
  EXPECT_EQ(actions.size(), 3u) << "the questions have assign, wait and more in them";
  figure("Matrix",
         "questions decided alike by " + std::to_string(plugins.size()) + " builds (" + names + ")",
         std::to_string(alike) + " of " + std::to_string(kQuestions), "all");
}

/// The very same rules in Python, in a process of their own, asked over the wire.
TEST(Matrix, TheSamePolicyInPythonDecidesLikeTheOthers) {
  const std::filesystem::path folder = CONVENE_BUILD_DIR "/abi_matrix";
  Loader loader({.folder = folder.string()});
  const auto in_c = loader.load({.id = "policy_template", .file = "gcc_c11.so"});
  ASSERT_TRUE(in_c) << in_c.error().text;
  IsolationOptions isolation;
  isolation.program = CONVENE_BIN_DIR "/convene-host";
  isolation.command = {CONVENE_TEST_PYTHON, "-B", (folder / "python/policy_template.py").string()};
  isolation.deadline = isolation.start_within =
      std::chrono::seconds(30);  // the machine may be busy
  const auto in_python =
      load_isolated({.folder = folder.string()}, {.id = "policy_template"}, isolation);
  ASSERT_TRUE(in_python) << in_python.error().text;
  const auto c = (*in_c)->extension<convene_routing>(),
             python = (*in_python)->extension<convene_routing>();
  constexpr int kAsked = 500;
  for (int i = 0; i < kAsked; ++i) {
    const testing::Question question = question_of(static_cast<std::uint32_t>(i));
    ASSERT_EQ(said(question.ask(*c.table, c.self)), said(question.ask(*python.table, python.self)))
        << "question " << i << ": " << (*in_python)->last_failure();
  }
  figure("Matrix", "questions decided alike in C and in Python over the wire",
         std::to_string(kAsked), "all");
}

}  // namespace
}  // namespace convene::test
