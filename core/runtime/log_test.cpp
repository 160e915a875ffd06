// core/runtime/log_test.cpp - a log line is one line, whatever somebody put into it (promise I4).
#include <gtest/gtest.h>

#include "core/runtime/log.hpp"

namespace convene::log {
namespace {

TEST(Log, WritesIdLevelAndFields) {
  EXPECT_EQ(
      format(Level::info, "plugin.loaded", {{"plugin", "policy_skills"}, {"calls", 3}}, false),
      "info plugin.loaded plugin=policy_skills calls=3");
  EXPECT_EQ(format(Level::warning, "adapter.died", {{"how", "signal 9"}}, false),
            "warning adapter.died how=\"signal 9\"");
}

TEST(Log, EscapesWhatCouldForgeALineOrATerminalSequence) {
  EXPECT_EQ(escape("a\r\nb\x1b[2Jc"), "a\\x0d\\x0ab\\x1b[2Jc");
  EXPECT_EQ(escape("\xff\xc0\x80 ok"), "\\xff\\xc0\\x80 ok");
  EXPECT_EQ(escape("Chlo\xc3\xa9"), "Chlo\xc3\xa9");
  EXPECT_EQ(escape("\xc2\x9b"), "\\xc2\\x9b") << "C1 controls are terminal sequences too";
  const std::string forged = format(Level::info, "a.b", {{"line", "x\ninfo serve.ready"}}, false);
  EXPECT_EQ(forged.find('\n'), std::string::npos);
}

TEST(Log, JsonStaysJson) {
  EXPECT_EQ(format(Level::error, "a.b", {{"why", "a \"b\" \\ c\n"}}, true),
            R"("level":"error","id":"a.b","why":"a \"b\" \\ c\\x0a")");
}

TEST(Log, BoundsALine) { EXPECT_LT(escape(std::string(100'000, 'x')).size(), 2100u); }

}  // namespace
}  // namespace convene::log
