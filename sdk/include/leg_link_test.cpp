// sdk/include/leg_link_test.cpp - both ends of a leg converge whatever the line between them does
// (claim 19).
#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <vector>

#include "convene/leg_link.hpp"
#include "tests/support/figure.hpp"

namespace convene {
namespace {

TEST(LegLink, SendsAtOnceThenRepeatsEver250MsDoublingTo4S) {
  LegLink link;
  link.post(1000);
  std::vector<std::int64_t> sent;
  for (std::int64_t now = 1000; now < 17000; ++now) {
    if (!link.due(now)) continue;
    EXPECT_EQ(link.stamp(now).seq, 1u);
    sent.push_back(now - 1000);
  }
  EXPECT_EQ(sent, (std::vector<std::int64_t>{0, 250, 750, 1750, 3750, 7750, 11750, 15750}));
}

TEST(LegLink, FallsSilentOnceAcknowledged) {
  LegLink link;
  link.post(0);
  link.stamp(0);
  EXPECT_FALSE(link.take({0, 1}, 100));
  EXPECT_EQ(link.next_ms(), LegLink::kNever);
  EXPECT_TRUE(link.settled());
}

TEST(LegLink, TakesOnlyWhatIsNewer) {
  LegLink link;
  EXPECT_TRUE(link.take({3, 0}, 0));
  EXPECT_FALSE(link.take({2, 0}, 0));
  EXPECT_FALSE(link.take({3, 0}, 0));
  EXPECT_TRUE(link.take({4, 0}, 0));
}

TEST(LegLink, AcknowledgesAgainWhatItHasAlready) {
  LegLink link;
  link.take({1, 0}, 0);
  EXPECT_EQ(link.stamp(0), (LegStamp{0, 1}));
  link.take({1, 0}, 300);  // the acknowledgement was lost
  EXPECT_TRUE(link.due(300));
  EXPECT_EQ(link.stamp(300), (LegStamp{0, 1}));
}

TEST(LegLink, NeverAnswersAnAcknowledgement) {
  LegLink link;
  link.take({0, 0}, 0);
  EXPECT_FALSE(link.due(1'000'000));
}

TEST(LegLink, IgnoresNumbersThatNobodyReaches) {
  LegLink link(LegEnd::proxy);
  EXPECT_FALSE(link.take({LegLink::kLastNumber + 1, 0}, 0));
  EXPECT_FALSE(link.take({1, LegLink::kLastNumber + 1}, 0));
  EXPECT_EQ(link.received(), 0u);
}

TEST(LegLink, CoreDoesNotBelieveAnAckOfWhatItNeverSent) {
  LegLink core(LegEnd::core, 2, 0);
  core.take({1, 500}, 0);
  EXPECT_EQ(core.sent(), 2u);
}

TEST(LegLink, RestartedProxyGoesOnAboveItsFormerNumbers) {
  LegLink proxy(LegEnd::proxy);
  EXPECT_TRUE(proxy.take({9, 41}, 0));  // the core has taken 41 of the former process
  proxy.post(0);
  EXPECT_EQ(proxy.stamp(0), (LegStamp{42, 9}));
}

/// One end with what it wants and what it believes of the other.
struct End {
  LegLink link;
  int state = 0, seen = 0;
  bool fresh = false;  ///< Restarted, and has heard nothing yet.
};
struct Message {
  std::int64_t at;
  bool to_core;
  LegStamp stamp;
  int state;
};

/// Runs two ends for a minute of changes over a line that loses, doubles and reorders `percent` of
/// all messages, with restarts of both in between; then lets them settle. Returns the messages
/// sent, or -1 when they did not converge.
int run(unsigned seed, int percent, bool restarts) {
  std::mt19937 dice(seed);
  const auto chance = [&](int of_100) { return static_cast<int>(dice() % 100) < of_100; };
  End core{LegLink(LegEnd::core)}, proxy{LegLink(LegEnd::proxy)};
  std::deque<Message> line;
  int sent = 0;
  core.state = 1;
  core.link.post(0);  // the core invites first
  for (std::int64_t now = 0; now < 180'000; now += 10) {
    const bool changing = now < 60'000;
    if (changing && chance(2)) ++core.state, core.link.post(now);
    if (changing && chance(2) && proxy.link.received()) ++proxy.state, proxy.link.post(now);
    if (restarts && changing && dice() % 1000 == 0) {
      proxy.link = LegLink(LegEnd::proxy);
      proxy.fresh = true;
      line.clear();           // nothing of a former connection reaches the new one
      core.link.repeat(now);  // it sees a new peer
    }
    if (restarts && changing && dice() % 1000 == 0) {
      core.link = LegLink(LegEnd::core, core.link.sent(), core.link.received());
    }
    for (End* end : {&core, &proxy}) {
      if (!end->link.due(now)) continue;
      const LegStamp stamp = end->link.stamp(now);
      for (int copies = chance(percent) ? 2 : 1; copies > 0; --copies) {
        ++sent;
        if (chance(percent)) continue;
        const std::int64_t late = chance(percent) ? dice() % 3000 : 20;
        line.push_back({now + late, end == &proxy, stamp, end->state});
      }
    }
    for (std::size_t i = 0; i < line.size();) {
      if (line[i].at > now) {
        ++i;
        continue;
      }
      const Message m = line[i];
      line.erase(line.begin() + static_cast<std::ptrdiff_t>(i));
      End& to = m.to_core ? core : proxy;
      if (to.link.take(m.stamp, now)) to.seen = m.state;
      if (to.fresh) to.fresh = false, to.link.post(now);
    }
  }
  const bool quiet = line.empty() && core.link.settled() && proxy.link.settled() &&
                     core.link.next_ms() == LegLink::kNever &&
                     proxy.link.next_ms() == LegLink::kNever;
  return quiet && core.seen == proxy.state && proxy.seen == core.state ? sent : -1;
}

TEST(Claim19, BothEndsConvergeUnderLossDuplicationAndReordering) {
  int runs = 0, converged = 0;
  for (const int percent : {10, 20, 30, 40, 50}) {
    for (unsigned seed = 0; seed < 40; ++seed, ++runs)
      converged += run(seed * 977 + 1, percent, false) > 0;
  }
  test::figure("Claim19",
               "leg controllers that agree after loss, duplication and reordering of 10 to 50 %",
               std::to_string(converged) + " of " + std::to_string(runs), "all");
  EXPECT_EQ(converged, runs);
}

TEST(Claim19, BothEndsConvergeAlsoWhenEitherIsRestarted) {
  int runs = 0, converged = 0;
  for (unsigned seed = 0; seed < 60; ++seed, ++runs) converged += run(seed * 31 + 7, 20, true) > 0;
  test::figure("Claim19", "the same with restarts of either end, at 20 %",
               std::to_string(converged) + " of " + std::to_string(runs), "all");
  EXPECT_EQ(converged, runs);
}

}  // namespace
}  // namespace convene
