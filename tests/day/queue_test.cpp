// tests/day/queue_test.cpp - the whole engine with its plugins is a queue: it must agree with queues that are known.
#include <chrono>
#include <cmath>

#include "core/sim/statistics.hpp"
#include "tests/day/day_house.hpp"
#include "tests/day/erlang.hpp"
#include "tests/support/figure.hpp"

namespace convene::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Seen {
  std::vector<double> waits, delay, abandons, occupancy;
};

/// Days of Poisson arrivals, after two hours of warming up.
Seen play(int servers, double per_hour, Law handle, Law patience, int days) {
  DayLoad load;
  load.frame.shifts = all_day(servers);
  load.frame.measure_from = hours(2);
  DayStream stream;
  stream.name = "all";
  stream.flow = "now";
  stream.per_hour.assign(24, per_hour);
  stream.handle = handle;
  stream.patience = patience;
  load.streams = {stream};
  Seen seen;
  for (int day = 0; day < days; ++day) {
    DayHouse house(servers);
    const DayReport r =
        run_day(draw_day(load, static_cast<std::uint64_t>(day + 1)), house.settings);
    const DayMeasures& m = r.all;
    EXPECT_EQ(m.open + m.turned_away, 0u);
    EXPECT_EQ(m.answered + m.abandoned, m.contacts);
    seen.waits.push_back(DayMeasures::share(m.waited, m.contacts));
    seen.delay.push_back(m.delay_ms_mean / 1000);
    seen.abandons.push_back(m.abandonment());
    DayStaff staff;
    for (std::size_t hour = 2; hour < 24; ++hour) {
      staff.busy_ms += r.hours[hour].staff.busy_ms;
      staff.slot_ms += r.hours[hour].staff.slot_ms;
    }
    seen.occupancy.push_back(staff.occupancy());
  }
  return seen;
}

/// The known value lies in the interval, and the interval says something.
void agrees(const char* queue, const char* what, const std::vector<double>& values, double known) {
  const Interval i = interval_of(values);
  EXPECT_TRUE(i.contains(known)) << queue << ", " << what << ": " << i.mean << " ± " << i.half
                                 << ", known " << known;
  EXPECT_LT(i.half, 0.35 * known) << queue << ", " << what << " says too little";
  char value[96], target[64];
  std::snprintf(value, sizeof value, "%.4f ± %.4f", i.mean, i.half);
  std::snprintf(target, sizeof target, "%.4f lies within", known);
  test::figure("Issue3.6", std::string(queue) + ", " + what, value, target);
}

TEST(DayQueue, AgreesWithErlangC) {
  const int servers = 6;
  const double per_hour = 145;  // 80.6 % occupied
  const Seen seen = play(servers, per_hour, Law::exponential(minutes(2)), Law::endless(), 10);
  const KnownQueue known = known_queue(servers, per_hour / 3600, 1.0 / 120, 0);
  agrees("M/M/6", "share that waits", seen.waits, known.waits);
  agrees("M/M/6", "mean wait in s", seen.delay, known.delay);
  agrees("M/M/6", "occupancy", seen.occupancy, known.occupancy);
}

TEST(DayQueue, AgreesWithErlangAWhereCustomersGiveUp) {
  const int servers = 5;
  const double per_hour =
      165;  // More than five can serve: without patience the queue would explode.
  const Seen seen =
      play(servers, per_hour, Law::exponential(minutes(2)), Law::exponential(seconds(90)), 10);
  const KnownQueue known = known_queue(servers, per_hour / 3600, 1.0 / 120, 1.0 / 90);
  agrees("M/M/5+M", "share that waits", seen.waits, known.waits);
  agrees("M/M/5+M", "share that gives up", seen.abandons, known.abandons);
  agrees("M/M/5+M", "mean time in the queue in s", seen.delay, known.delay);
  agrees("M/M/5+M", "occupancy", seen.occupancy, known.occupancy);
}

TEST(DayQueue, KnowsWhatErlangKnew) {
  // Two servers at one erlang: C(2, 1) = 1/3, and the mean wait is a third of a service.
  const KnownQueue q = known_queue(2, 1, 1, 0);
  EXPECT_NEAR(q.waits, 1.0 / 3, 1e-9);
  EXPECT_NEAR(q.delay, 1.0 / 3, 1e-9);
  EXPECT_NEAR(q.occupancy, 0.5, 1e-9);
}

}  // namespace
}  // namespace convene::sim
