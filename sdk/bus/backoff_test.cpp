// sdk/bus/backoff_test.cpp - a crowd that lost its core does not come back as a crowd.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "sdk/bus/client.hpp"
#include "tests/support/figure.hpp"

namespace convene::bus {
namespace {

TEST(Backoff, StaysBetweenItsBoundsAndGrows) {
  std::mt19937_64 random(1);
  for (std::uint32_t attempt = 0; attempt < 40; ++attempt)
    for (int i = 0; i < 1'000; ++i) {
      const std::int64_t pause = backoff_ms(attempt, 500, 30'000, random());
      ASSERT_GE(pause, 500);
      ASSERT_LE(pause, 30'000);
      if (attempt == 0) {
        ASSERT_LE(pause, 1'000) << "the first attempt comes soon";
      }
    }
}

TEST(Backoff, SpreadsOverTheWholeRange) {
  std::mt19937_64 random(2);
  std::int64_t lowest = 1 << 20, highest = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t pause = backoff_ms(10, 500, 30'000, random());
    lowest = std::min(lowest, pause);
    highest = std::max(highest, pause);
  }
  EXPECT_LT(lowest, 1'000);
  EXPECT_GT(highest, 29'000);
}

/// D7, the arithmetic of it: 200 adapters whose peer is away for 20 s and then back.
TEST(Backoff, TwoHundredAdaptersComeBackSpreadOut) {
  std::mt19937_64 random(3);
  std::map<std::int64_t, int> connects_in_second;
  std::int64_t last = 0;
  constexpr std::int64_t kBack = 20'000;
  for (int adapter = 0; adapter < 200; ++adapter) {
    std::int64_t at = 0;
    for (std::uint32_t attempt = 0; at < kBack; ++attempt)
      at += backoff_ms(attempt, 500, 30'000, random());
    ++connects_in_second[at / 1'000];
    last = std::max(last, at - kBack);
  }
  int peak = 0;
  for (const auto& [second, count] : connects_in_second) peak = std::max(peak, count);
  test::figure("D7", "connects in the busiest second, 200 adapters", std::to_string(peak),
               "20 at most");
  EXPECT_LE(peak, 20);
  EXPECT_LE(last, 60'000) << "all back within a minute";
}

}  // namespace
}  // namespace convene::bus
