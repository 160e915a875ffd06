// tests/day/what_if_test.cpp - the example's one command, run as its user runs it.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "convene/json.hpp"
#include "tests/support/figure.hpp"

namespace convene {
namespace {

struct Ran {
  int code = -1;
  std::string text;
};

Ran run(const std::string& arguments) {
  const std::string command = "cd '" CONVENE_SOURCE_DIR "' && '" CONVENE_BIN_DIR
                              "/convene' simulate " +
                              arguments + " 2>&1";
  Ran ran;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return ran;
  char buffer[4096];
  for (std::size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) ran.text.append(buffer, n);
  const int status = pclose(pipe);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

std::string text_of(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

constexpr const char* kMonday = "examples/what_if/flows.toml --day examples/what_if/monday.toml";

TEST(WhatIf, TwoAgentsFewerOnMondayIsOneCommandAndOneChart) {
  const std::string page = std::string(CONVENE_BUILD_DIR) + "/what_if.html";
  const Ran ran = run(std::string(kMonday) + " --seeds 8 --fewer 2 --html " + page);
  ASSERT_EQ(ran.code, 0) << ran.text;
  EXPECT_NE(ran.text.find("2 fewer"), std::string::npos) << ran.text;
  EXPECT_NE(ran.text.find("service level, within 20 s"), std::string::npos);
  const std::string html = text_of(page);
  EXPECT_NE(html.find("<svg"), std::string::npos);
  EXPECT_NE(html.find("polyline"), std::string::npos);
}

TEST(WhatIf, SaysTheSameTwiceAndHowSureItIs) {
  const Ran once = run(std::string(kMonday) + " --seeds 8 --without jonas,kim --json");
  const Ran again = run(std::string(kMonday) + " --seeds 8 --without jonas,kim --json");
  ASSERT_EQ(once.code, 0) << once.text;
  EXPECT_EQ(once.text, again.text);
  const json::Parsed read = json::parse(once.text);
  ASSERT_TRUE(read) << read.error;
  const json::Value& study = *read.value;
  const std::string change = "variants.1.difference.service_level.";
  const double mean = study.number(change + "mean"), sure = study.number(change + "plus_minus");
  EXPECT_LT(mean + sure, 0) << "two fewer answer fewer in time";
  EXPECT_GT(study.number("variants.0.all.promises_kept.mean"), 0.8);
  char text[64];
  std::snprintf(text, sizeof text, "%.1f ± %.1f points", 100 * mean, 100 * sure);
  test::figure("Issue3.6", "two agents fewer on Monday: change of the service level", text,
               "below 0");
}

TEST(WhatIf, RefusesWhatItCannotPlay) {
  const std::string flows = "examples/what_if/flows.toml ";
  EXPECT_EQ(run(flows + "--day none.toml").code, 2);
  EXPECT_EQ(run("none.toml --day none.toml").code, 2);
  EXPECT_EQ(run(flows).code, 64);
  const Ran ran = run(std::string(kMonday) + " --without jonsa");
  EXPECT_EQ(ran.code, 2);
  EXPECT_NE(ran.text.find("did you mean 'jonas'?"), std::string::npos) << ran.text;
}

TEST(WhatIf, PrintsEveryKeyOfADay) {
  const Ran ran = run("--reference");
  EXPECT_EQ(ran.code, 0);
  EXPECT_NE(ran.text.find("[arrivals.NAME]"), std::string::npos) << ran.text;
}

}  // namespace
}  // namespace convene
