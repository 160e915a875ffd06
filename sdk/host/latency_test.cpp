// sdk/host/latency_test.cpp - percentiles come out at most an eighth too large.
#include "sdk/host/latency.hpp"

#include <gtest/gtest.h>

namespace convene {
namespace {

TEST(Latency, SaysNothingBeforeTheFirstCall) { EXPECT_EQ(Latency().at(50), 0); }

TEST(Latency, IsAtMostAnEighthTooLarge) {
  for (std::int64_t ns = 1; ns < 1'000'000'000'000; ns = ns * 9 / 7 + 1) {
    Latency latency;
    latency.add(ns);
    for (const unsigned percent : {1u, 50u, 99u, 100u}) {
      EXPECT_GE(latency.at(percent), ns);
      EXPECT_LE(latency.at(percent), ns + ns / 8) << ns;
    }
  }
}

TEST(Latency, TellsTheUsualFromTheRare) {
  Latency latency;
  for (int i = 0; i < 98; ++i) latency.add(1'000);
  latency.add(1'000'000);
  latency.add(1'000'000);
  EXPECT_LE(latency.at(50), 1'125);
  EXPECT_LE(latency.at(98), 1'125);
  EXPECT_GE(latency.at(99), 1'000'000);
}

TEST(Latency, CountsWhatNoClockShouldSay) {
  Latency latency;
  latency.add(-5);
  EXPECT_EQ(latency.at(100), 0);
  latency.add(INT64_MAX);
  EXPECT_GT(latency.at(100), 1'000'000'000'000);
}

}  // namespace
}  // namespace convene
