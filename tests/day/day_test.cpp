// tests/day/day_test.cpp - one day, customer by customer: who is answered, who leaves, which promise is kept.
#include "tests/day/day_house.hpp"

#include "core/sim/study.hpp"

namespace convene::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

DayContact walk_in(Duration at, Duration handle, Duration patience = kEndless) {
  DayContact c;
  c.arrival = at;
  c.flow = "now";
  c.handle = handle;
  c.patience = patience;
  return c;
}

DayContact booked(Duration at, std::optional<Duration> due = std::nullopt) {
  DayContact c = walk_in(at, minutes(5));
  c.flow = "later";
  c.booked = hours(8);
  c.due = due;
  return c;
}

TEST(Day, ServesInTheOrderOfComingAndMeasuresTheWait) {
  DayHouse house(1);
  DayPlan plan;
  plan.shifts = {{"a00", hours(8), hours(16)}};
  plan.contacts = {walk_in(hours(9), minutes(5)), walk_in(hours(9) + minutes(1), minutes(5)),
                   walk_in(hours(9) + minutes(2), minutes(5))};
  const DayReport r = run_day(plan, house.settings);
  EXPECT_EQ(r.outcomes[0].wait, Duration{0});
  EXPECT_EQ(r.outcomes[1].wait, minutes(4));
  EXPECT_EQ(r.outcomes[2].wait, minutes(8));
  for (const DayOutcome& o : r.outcomes) {
    EXPECT_EQ(o.end, DayEnd::answered);
    EXPECT_EQ(o.agent, "a00");
    EXPECT_EQ(o.pool, "sales");
    EXPECT_EQ(o.left_at - o.connected_at, minutes(5));
  }
  EXPECT_EQ(r.all.wait_ms_mean, 240'000);
  EXPECT_EQ(r.all.wait_ms_p50, 240'000);
  EXPECT_EQ(r.all.wait_ms_p90, 480'000);
  EXPECT_NEAR(r.all.service_level(), 1.0 / 3, 1e-9);
  EXPECT_NEAR(r.staff.occupancy(), 15.0 / 480, 1e-9);
  EXPECT_EQ(r.agents.at("a00").sessions, 3u);
  EXPECT_EQ(r.decisions >= 3, true);
}

TEST(Day, LosesWhoseEndOfPatienceComesFirst) {
  DayHouse house(1);
  DayPlan plan;
  plan.shifts = {{"a00", hours(8), hours(16)}};
  plan.contacts = {walk_in(hours(9), minutes(5)),
                   walk_in(hours(9) + minutes(1), minutes(5), minutes(2)),
                   walk_in(hours(9) + minutes(1), minutes(5), minutes(10))};
  const DayReport r = run_day(plan, house.settings);
  EXPECT_EQ(r.outcomes[1].end, DayEnd::abandoned);
  EXPECT_EQ(r.outcomes[1].wait, minutes(2));
  EXPECT_EQ(r.outcomes[2].end, DayEnd::answered);
  EXPECT_EQ(r.outcomes[2].wait, minutes(4));
  EXPECT_EQ(r.all.abandoned, 1u);
}

TEST(Day, TurnsAwayWhomTheHouseDoesNotWantToWait) {
  DayHouse house(1);
  house.settings.flows.at("now").wait_max = minutes(10);
  house.settings.flows.at("now").settings = R"({"offer_stands":"1m"})";
  DayPlan plan;
  plan.shifts = {{"a00", hours(8), hours(16)}};
  DayContact stranger = walk_in(hours(20), minutes(5));
  stranger.flow = "nowhere";
  plan.contacts = {walk_in(hours(17), minutes(5)), stranger};
  const DayReport r = run_day(plan, house.settings);
  EXPECT_EQ(r.outcomes[0].end, DayEnd::turned_away);
  EXPECT_EQ(r.outcomes[0].code, "no_agent");
  EXPECT_EQ(r.outcomes[0].wait, minutes(11));
  EXPECT_EQ(r.outcomes[1].end, DayEnd::turned_away);
  EXPECT_EQ(r.outcomes[1].code, "unknown_flow");
}

TEST(Day, KeepsOrBreaksThePromisesOfBookings) {
  DayHouse house(1);
  DayPlan plan;
  plan.shifts = {{"a00", hours(8), hours(16)}};
  plan.promise_within = minutes(4);
  plan.contacts = {booked(hours(9)), booked(hours(9) + minutes(2)), booked(hours(9) + minutes(3)),
                   booked(hours(11) - minutes(1), hours(11))};
  const DayReport r = run_day(plan, house.settings);
  for (const DayOutcome& o : r.outcomes) EXPECT_EQ(o.end, DayEnd::answered) << o.code;
  EXPECT_EQ(r.all.promises, 4u);
  EXPECT_EQ(r.outcomes[1].wait, minutes(3));
  EXPECT_EQ(r.outcomes[2].wait, minutes(7)) << "too long";
  EXPECT_EQ(r.outcomes[3].wait, Duration{0}) << "who is early does not wait before the time";
  EXPECT_EQ(r.all.promises_kept, 3u);
  EXPECT_EQ(r.flows.at("later").promises_kept, 3u);
}

TEST(Day, GoesHomeAtTheEndOfTheShiftButFinishesFirst) {
  DayHouse house(2);
  DayPlan plan;
  plan.shifts = {{"a00", hours(8), hours(10)}, {"a01", hours(10), hours(12)}};
  plan.contacts = {walk_in(hours(10) - minutes(1), minutes(30)),
                   walk_in(hours(10) - minutes(1) + seconds(1), minutes(5))};
  const DayReport r = run_day(plan, house.settings);
  EXPECT_EQ(r.outcomes[0].agent, "a00");
  EXPECT_EQ(r.outcomes[0].left_at, hours(10) + minutes(29));
  EXPECT_EQ(r.outcomes[1].agent, "a01");
  EXPECT_EQ(r.outcomes[1].wait, seconds(59));
  EXPECT_NEAR(r.agents.at("a00").busy_ms, 60'000, 0.1) << "what is beyond the shift does not count";
}

TEST(Day, OffersAgainWhatNobodyLookedAt) {
  DayHouse house(3);
  DayPlan plan;
  plan.shifts = all_day(3);
  plan.desk.misses_ppm = 300'000;
  plan.desk.declines_ppm = 100'000;
  plan.desk.answer = Law::exponential(seconds(4));
  plan.desk.connect = seconds(1);
  for (int i = 0; i < 200; ++i) plan.contacts.push_back(walk_in(minutes(4 * i), minutes(5)));
  const DayReport r = run_day(plan, house.settings);
  std::uint64_t offers = 0;
  for (const DayOutcome& o : r.outcomes) {
    EXPECT_EQ(o.end, DayEnd::answered);
    EXPECT_GE(o.wait, seconds(1));
    offers += o.offers;
  }
  EXPECT_GT(offers, 280u);
  EXPECT_LT(offers, 400u);
}

TEST(Day, IsTheSameEveryTime) {
  DayLoad load;
  load.frame.shifts = all_day(4);
  load.frame.desk.answer = Law::exponential(seconds(5));
  load.frame.desk.misses_ppm = 50'000;
  DayStream stream;
  stream.name = "walk-in";
  stream.flow = "now";
  stream.per_hour.assign(24, 60);
  stream.handle = Law::lognormal(minutes(3), minutes(2));
  stream.patience = Law::exponential(minutes(2));
  DayStream back = stream;
  back.name = "back";
  back.flow = "later";
  back.coming = Coming::on_return;
  back.per_hour.assign(24, 10);
  load.streams = {stream, back};
  const DayPlan plan = draw_day(load, 11);
  DayHouse one(4), two(4);
  const DayReport first = run_day(plan, one.settings);
  EXPECT_EQ(first.outcomes, run_day(draw_day(load, 11), two.settings).outcomes);
  EXPECT_GT(first.all.contacts, 1'400u);
  DayHouse three(4);
  EXPECT_NE(first.outcomes, run_day(draw_day(load, 12), three.settings).outcomes);

  load.streams.pop_back();  // Who comes for one thing does not depend on who comes for another.
  const DayPlan alone = draw_day(load, 11);
  std::vector<Duration> with, without;
  for (const DayContact& c : plan.contacts) {
    if (c.flow == "now") with.push_back(c.arrival + c.handle);
  }
  for (const DayContact& c : alone.contacts) without.push_back(c.arrival + c.handle);
  EXPECT_EQ(with, without);
}

TEST(Day, DoesNotCountTheWarmUp) {
  DayHouse house(1);
  DayPlan plan;
  plan.shifts = {{"a00", hours(8), hours(16)}};
  plan.measure_from = hours(10);
  plan.contacts = {walk_in(hours(9), minutes(5)), walk_in(hours(11), minutes(6))};
  const DayReport r = run_day(plan, house.settings);
  EXPECT_EQ(r.all.contacts, 1u);
  EXPECT_NEAR(r.staff.slot_ms, 6 * 3'600'000.0, 0.1);
  EXPECT_NEAR(r.staff.busy_ms, 6 * 60'000.0, 0.1);
}

TEST(Study, ComparesTheSameDays) {
  Study study;
  study.title = "A <day>";
  study.variants = {{"as planned", {}, {}, {}, {}, {}}, {"one fewer", {}, {}, {}, {}, {}}};
  DayLoad load;
  DayStream stream;
  stream.name = "walk-in";
  stream.flow = "now";
  stream.per_hour.assign(12, 40);
  stream.handle = Law::exponential(minutes(3));
  stream.patience = Law::exponential(minutes(3));
  load.streams = {stream};
  for (std::size_t day = 0; day < 6; ++day) {
    for (int fewer = 0; fewer < 2; ++fewer) {
      load.frame.shifts = all_day(3 - fewer);
      DayHouse house(3);
      study.variants[static_cast<std::size_t>(fewer)].put(
          day, run_day(draw_day(load, day + 1), house.settings));
    }
  }
  const Interval less =
      study.variants[1].all.difference(study.variants[0].all, Figure::service_level);
  EXPECT_LT(less.mean + less.half, 0) << "fewer agents answer fewer people in time";
  EXPECT_EQ(study.variants[1].all.difference(study.variants[0].all, Figure::contacts).mean, 0);
  EXPECT_LT(less.half, study.variants[0].all.at(Figure::service_level).half * 3);

  const std::string table = study_table(study);
  EXPECT_NE(table.find("service level"), std::string::npos);
  EXPECT_NE(table.find("one fewer"), std::string::npos);
  const std::string page = study_page(study);
  EXPECT_EQ(page.find("<day>"), std::string::npos) << "text stays text";
  EXPECT_NE(page.find("A &lt;day&gt;"), std::string::npos);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("http:"), std::string::npos) << "nothing is loaded from anywhere";
}

}  // namespace
}  // namespace convene::sim
