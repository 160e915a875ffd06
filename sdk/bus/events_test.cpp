// sdk/bus/events_test.cpp - numbers that follow each other, and those that do not.
#include "sdk/bus/events.hpp"

#include <gtest/gtest.h>

namespace convene::bus {
namespace {

using Verdict = EventOrder::Verdict;

TEST(EventOrder, TakesWhatFollowsAndCountsEachWordByItself) {
  EventOrder order;
  Gap gap;
  EXPECT_EQ(order.take("leg", 1, gap), Verdict::next);
  EXPECT_EQ(order.take("agent", 1, gap), Verdict::next);
  EXPECT_EQ(order.take("leg", 2, gap), Verdict::next);
  EXPECT_EQ(order.number("leg"), 2u);
  EXPECT_EQ(order.number("agent"), 1u);
}

TEST(EventOrder, SeesWhatIsMissingOnce) {
  EventOrder order;
  Gap gap;
  EXPECT_EQ(order.take("leg", 1, gap), Verdict::next);
  EXPECT_EQ(order.take("leg", 5, gap), Verdict::gap);
  EXPECT_EQ(gap.word, "leg");
  EXPECT_EQ(gap.expected, 2u);
  EXPECT_EQ(gap.number, 5u);
  EXPECT_EQ(order.take("leg", 6, gap), Verdict::next);
}

TEST(EventOrder, ALateJoinerMissesTheBeginning) {
  EventOrder order;
  Gap gap;
  EXPECT_EQ(order.take("session", 1'000, gap), Verdict::gap);
  EXPECT_EQ(gap.expected, 1u);
}

TEST(EventOrder, IgnoresWhatASnapshotCovers) {
  EventOrder order;
  Gap gap;
  order.covered("leg", 10);
  EXPECT_EQ(order.take("leg", 10, gap), Verdict::old);
  EXPECT_EQ(order.take("leg", 11, gap), Verdict::next);
  order.covered("leg", 5);
  EXPECT_EQ(order.number("leg"), 11u) << "an older snapshot takes nothing back";
}

TEST(EventOrder, ABeatShowsALossAtTheEndOfABurst) {
  EventOrder order;
  Gap gap;
  EXPECT_EQ(order.take("leg", 1, gap), Verdict::next);
  EXPECT_EQ(order.newest("leg", 1, gap), Verdict::next);
  EXPECT_EQ(order.newest("leg", 4, gap), Verdict::gap);
  EXPECT_EQ(gap.expected, 2u);
  EXPECT_EQ(order.take("leg", 5, gap), Verdict::next);
  EXPECT_EQ(order.newest("leg", 3, gap), Verdict::old) << "a snapshot may be ahead of the beat";
}

}  // namespace
}  // namespace convene::bus
