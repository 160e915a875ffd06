// tests/check/report_test.cpp - what a report says, to people and to programs.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "convene/json.hpp"
#include "core/check/check.hpp"

namespace convene::check {
namespace {

std::string zoo(const char* name) {
  return std::string(CONVENE_BUILD_DIR) + "/zoo/" + name + ".so";
}

Report overreading(std::optional<std::uint64_t> seed = {}) {
  CheckOptions options;
  options.cases = {"hostile.texts_end_at_a_wall", "life.starts", "fuzz.routing"};
  options.runs = 50;
  options.seed = seed;
  return check_library_file(zoo("overreads"), options);
}

TEST(CheckReport, EndsWithCountsAndTheRemedyOfEachFailure) {
  const std::string text = to_text(overreading(), false, false);
  EXPECT_NE(text.find("FAILED hostile.texts_end_at_a_wall of offender"), std::string::npos) << text;
  EXPECT_NE(text.find("seen:    crashed with signal 11 (Segmentation fault) in decide, asked: "
                      "routing, "),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("remedy:  Use the size of a convene_text"), std::string::npos);
  EXPECT_NE(text.find("again:   convene check "), std::string::npos);
  EXPECT_NE(text.find("1 passed, 1 failed, 1 skipped"), std::string::npos) << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << "colour where none was asked for";
}

TEST(CheckReport, IsColouredOnATerminal) {
  EXPECT_NE(to_text(overreading(), true, true).find("\x1b[31m"), std::string::npos);
}

TEST(CheckReport, NamesTheSeedOfRandomCasesAndTakesItBack) {
  CheckOptions options;
  options.cases = {"fuzz.routing"};
  options.runs = 400;
  options.seed = 7;
  const Report report = check_library_file(zoo("rarely_crashes"), options);
  ASSERT_EQ(report.count(Outcome::failed), 1u);
  EXPECT_EQ(report.results[0].seed, 7u);
  EXPECT_NE(to_text(report, false, false).find("--case fuzz.routing --reproduce 7"),
            std::string::npos);
  const Report again = check_library_file(zoo("rarely_crashes"), options);
  EXPECT_EQ(report.results[0].verdict.text, again.results[0].verdict.text)
      << "the same seed ends at the same question";
}

TEST(CheckReport, IsJsonWithOneEntryForEachCase) {
  const Report report = overreading(4711);
  const json::Parsed read = json::parse(to_json(report));
  ASSERT_TRUE(read);
  EXPECT_EQ(read.value->text("schema"), "convene.check/1");
  EXPECT_EQ(read.value->text("plugins.0.id"), "offender");
  EXPECT_EQ(read.value->integer("failed"), 1);
  EXPECT_EQ(read.value->array("cases").size(), 3u);
  EXPECT_EQ(read.value->text("sha256").size(), 64u);
}

TEST(CheckReport, SwitchesACaseOffWithItsReason) {
  CheckOptions options;
  options.cases = {"hostile.texts_end_at_a_wall"};
  options.off["hostile.texts_end_at_a_wall"] = "we live on our own";
  const Report report = check_library_file(zoo("overreads"), options);
  EXPECT_EQ(report.count(Outcome::failed), 0u);
  EXPECT_NE(to_text(report, false, false).find("switched off: we live on our own"),
            std::string::npos);
}

TEST(CheckReport, ReadmeListsAllCases) {
  std::ifstream in(std::string(CONVENE_SOURCE_DIR) + "/core/check/README.md");
  const std::string readme(std::istreambuf_iterator<char>(in), {});
  const std::string list = list_cases();
  const std::size_t at = readme.find("| load |");
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(readme.substr(at), list)
      << "run: convene check --list, and put its output at the end of core/check/README.md";
}

}  // namespace
}  // namespace convene::check
