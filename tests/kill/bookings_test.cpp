// tests/kill/bookings_test.cpp - promise B1: what was acknowledged is there after any number of kills, once.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>
#include <thread>

#include "tests/kill/booker.hpp"
#include "tests/support/figure.hpp"
#include "tests/support/harness.hpp"

namespace convene::test {
namespace {

int kills_wanted() {
  const char* text = std::getenv("CONVENE_KILLS");
  return text == nullptr ? 50 : std::max(1, std::atoi(text));
}

TEST(Kill, NoAcknowledgedBookingIsLostOrDoubledAndEveryRestartSucceeds) {
  SiteOptions options;
  options.web = false;
  options.more = "\n[adapter.booker]\n[adapter.checker]\n";
  Site site(options);
  ASSERT_TRUE(site.start()) << site.log();
  const std::string endpoint = "ipc://" + (site.data() / "command.sock").string();
  Booker booker(endpoint, "later", site.folder() / "acknowledged");

  std::mt19937 dice(20'301'201);
  std::uniform_int_distribution<int> moment(5, 2000);
  const int kills = kills_wanted();
  std::uint64_t lost = 0;
  std::size_t checked = 0;
  int failed_restarts = 0;
  for (int i = 0; i < kills; ++i) {
    std::this_thread::sleep_for(
        Millis{moment(dice)});  // the moment of the kill is what is being tested
    site.kill();
    const std::vector<std::string> acknowledged = booker.identifiers();
    if (!site.start() && ++failed_restarts > 3) break;
    // What this round has acknowledged; all of it once more at the end.
    lost += count_lost(endpoint, {acknowledged.begin() + static_cast<std::ptrdiff_t>(checked),
                                  acknowledged.end()});
    checked = acknowledged.size();
  }
  booker.finish();
  const std::vector<std::string> all = booker.identifiers();
  lost += count_lost(endpoint, all);
  const std::set<std::string> distinct(all.begin(), all.end());
  const std::int64_t booked = count_booked(endpoint);

  EXPECT_EQ(failed_restarts, 0) << site.log();
  EXPECT_EQ(lost, 0u);
  EXPECT_EQ(distinct.size(), all.size()) << "one identifier for two bookings";
  EXPECT_GT(all.size(), static_cast<std::size_t>(kills))
      << "so little was booked that nothing was shown";
  // Whatever was asked for was asked until it was booked: once, however often that was.
  EXPECT_EQ(all.size(), booker.asked());
  EXPECT_EQ(booked, static_cast<std::int64_t>(all.size())) << "refused: " << booker.refused();
  const std::string what =
      " after " + std::to_string(kills) + " kills and " + std::to_string(all.size()) + " bookings";
  figure("B1", "lost" + what, std::to_string(lost), "0");
  figure("B1", "doubled" + what,
         std::to_string(booked - static_cast<std::int64_t>(distinct.size())), "0");
  figure("B1", "failed restarts" + what, std::to_string(failed_restarts), "0");
}

}  // namespace
}  // namespace convene::test
