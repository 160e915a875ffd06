// sdk/host/isolation/breaker_test.cpp - when somebody is asked again who did not answer, and how much he may say.
#include "sdk/host/isolation/breaker.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "sdk/host/isolation/talk.hpp"

namespace convene::isolation {
namespace {

using namespace std::chrono_literals;

TEST(Breaker, OpensWithTheThirdFailureInARowAndNotBefore) {
  Breaker breaker{IsolationOptions{}};
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(breaker.failed(0ms));
    EXPECT_FALSE(breaker.failed(0ms));
    EXPECT_FALSE(breaker.succeeded()) << "it was not open";
  }
  breaker.failed(0ms), breaker.failed(0ms);
  EXPECT_TRUE(breaker.admits(0ms));
  EXPECT_TRUE(breaker.failed(0ms));
  EXPECT_EQ(breaker.state(), BreakerState::open);
  EXPECT_FALSE(breaker.admits(999ms));
}

TEST(Breaker, LetsOneProbeThroughAndWaitsTwiceAsLongWhenThatFails) {
  Breaker breaker{IsolationOptions{}};
  for (int i = 0; i < 3; ++i) breaker.failed(0ms);
  std::vector<int> waits;
  auto now = 0ms;
  for (int i = 0; i < 7; ++i) {
    waits.push_back(static_cast<int>(breaker.open_for().count()));
    now += breaker.open_for();
    EXPECT_FALSE(breaker.admits(now - 1ms));
    EXPECT_TRUE(breaker.admits(now));
    EXPECT_EQ(breaker.state(), BreakerState::half_open);
    EXPECT_TRUE(breaker.failed(now));
  }
  EXPECT_EQ(waits, (std::vector<int>{1000, 2000, 4000, 8000, 16'000, 30'000, 30'000}));
  EXPECT_TRUE(breaker.admits(now + 30s));
  EXPECT_TRUE(breaker.succeeded());
  EXPECT_EQ(breaker.state(), BreakerState::closed);
  breaker.failed(now), breaker.failed(now), breaker.failed(now);
  EXPECT_EQ(breaker.open_for(), 1000ms) << "from the beginning";
}

TEST(Talk, PassesAHundredLinesASecondAndCountsTheRest) {
  std::vector<std::string> heard;
  Talk talk([&](int, std::string_view id, std::string_view line) {
    heard.push_back(std::string(id) + ": " + std::string(line));
  });
  for (int i = 0; i < 500; ++i) EXPECT_TRUE(talk.say(5000ms, 1, "x", "y"));
  EXPECT_EQ(heard.size(), 100u);
  talk.say(6000ms, 1, "x", "z");
  ASSERT_EQ(heard.size(), 102u);
  EXPECT_EQ(heard[100].substr(0, 27), "plugin.host_talks: said 400");
  EXPECT_EQ(heard[101], "x: z");
}

TEST(Talk, CallsTenThousandLinesASecondAFlood) {
  Talk talk([](int, std::string_view, std::string_view) {});
  bool fine = true;
  int lines = 0;
  while (fine && lines < 20'000) fine = talk.say(5000ms, 1, "x", "y"), ++lines;
  EXPECT_FALSE(fine);
  EXPECT_GT(lines, 9'000);
}

TEST(Talk, CutsOutputIntoLinesOfBoundedLengthWithoutControlCharacters) {
  std::vector<std::string> heard;
  Talk talk([&](int, std::string_view, std::string_view line) { heard.emplace_back(line); });
  EXPECT_TRUE(talk.print(5000ms, "one\ntw"));
  EXPECT_TRUE(talk.print(5000ms, "o\x1b[2J\n\n" + std::string(3000, 'x') + "\n"));
  ASSERT_GE(heard.size(), 3u);
  EXPECT_EQ(heard[0], "one");
  EXPECT_EQ(heard[1], "two [2J");
  EXPECT_EQ(heard[2].size(), 1000u);
}

}  // namespace
}  // namespace convene::isolation
