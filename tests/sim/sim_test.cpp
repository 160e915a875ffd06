// tests/sim/sim_test.cpp - promises A1 to A3 with the plugins that production loads, through the host that loads them.
#include <gtest/gtest.h>

#include <thread>

#include "core/sim/sim.hpp"
#include "sdk/host/loader.hpp"
#include "tests/support/figure.hpp"
#include "tests/support/sim_house.hpp"

namespace convene::sim {
namespace {

/// Hours. 400 days: `convene sim --seed 3 --hours 9600 --customers 100 --agents 4 --calm`.
constexpr int kLong = 24 * 100;

class Simulator : public ::testing::Test {
 protected:
  void SetUp() override {
    HostOptions options;
    options.folder = CONVENE_PLUGIN_DIR;
    options.clock = [] { return std::int64_t{0}; };  // Virtual time: no plugin is ever late.
    loader_.emplace(std::move(options));
    for (const char* id : {"policy_skills", "policy_longest_idle", "policy_fallback",
                           "service_rendezvous", "service_talk_now"}) {
      auto plugin = loader_->load({.id = id, .config = test::sim_settings(id)});
      ASSERT_TRUE(plugin) << plugin.error().text;
      if (const auto r = (*plugin)->extension<convene_routing>())
        bound.routing[id] = {r.table, r.self, (*plugin)->label()};
      if (const auto s = (*plugin)->extension<convene_service>())
        bound.services[id] = {s.table, s.self};
      plugins_.push_back(std::move(*plugin));
    }
  }
  SimPlugins bound = test::sim_house();

 private:
  std::optional<Loader> loader_;
  std::vector<std::unique_ptr<LoadedPlugin>> plugins_;
};

std::string text(double value, int digits = 1) {
  char out[32];
  std::snprintf(out, sizeof out, "%.*f", digits, value);
  return out;
}

TEST_F(Simulator, ReplaysASeedToTheByte) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const SimReport once = run_sim({.seed = seed, .hours = 8}, bound);
    const SimReport again = run_sim({.seed = seed, .hours = 8}, bound);
    EXPECT_EQ(once.hash, again.hash);
    EXPECT_EQ(once.step, again.step);
    EXPECT_NE(once.hash, run_sim({.seed = seed + 100, .hours = 8}, bound).hash);
  }
}

TEST_F(Simulator, NoticesAStoreThatForgets) {
  int noticed = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    noticed +=
        !run_sim({.seed = seed, .lying_store = true, .hash = false}, bound).violation.empty();
  }
  EXPECT_GE(noticed, 6) << "one commit in five hundred was said to be done and was not";
}

TEST_F(Simulator, ServesEverybodyOnADayWithoutFaults) {
  const SimReport calm = run_sim({.seed = 5, .faults = false, .hash = false}, bound);
  EXPECT_EQ(calm.violation, "");
  EXPECT_GT(calm.booked, 500u);
  EXPECT_GT(calm.served, 500u);
}

TEST_F(Simulator, KeepsEveryPromiseOverManyDaysWithFaults) {
  const unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
  const SimSum sum = play_seeds({.seed = 1, .hash = false}, CONVENE_SIM_SEEDS, jobs, bound);
  EXPECT_EQ(sum.seeds, static_cast<std::uint64_t>(CONVENE_SIM_SEEDS));
  EXPECT_EQ(sum.violations, 0u);
  EXPECT_GT(sum.served, sum.seeds * 100) << "a simulation in which nobody talks shows nothing";
  EXPECT_GT(sum.paused, sum.seeds) << "agents who walk away are paused";
  const double seeds = static_cast<double>(sum.seeds);
  test::figure("A1",
               "violations of I1, I2, I4-I7 over " + std::to_string(sum.seeds) +
                   " seeds of 24 hours (" + std::to_string(sum.steps) + " steps, " +
                   std::to_string(sum.booked) + " bookings, " + std::to_string(sum.served) +
                   " sessions served)",
               std::to_string(sum.violations), "0");
  test::figure("A1",
               "agents offered a session while not ready, or ready though they did not answer "
               "twice in a row",
               "0 (" + std::to_string(sum.paused) + " times paused for it)", "0");
  test::figure("A3", "seeds that recovered within 60 simulated seconds after the faults stopped",
               std::to_string(sum.seeds - sum.violations) + " of " + std::to_string(sum.seeds),
               "all");
  test::figure("A1", "speed of a day with faults on one core, checks included",
               text(seeds * 86'400 / sum.cpu_seconds, 0) + " times real time", "300000");
  for (std::size_t i = 0; i < kFaultKinds; ++i) {
    const double part = 100.0 * static_cast<double>(sum.seeds_with[i]) / seeds;
    EXPECT_GE(part, 5.0) << name_of(static_cast<FaultKind>(i));
    test::figure("A4", std::string("fault fired: ") + name_of(static_cast<FaultKind>(i)),
                 std::to_string(sum.faults[i]) + " times, in " + text(part) + " % of the seeds",
                 "5 %");
  }
}

TEST_F(Simulator, KeepsNothingThatHasEndedForLongerThanItMay) {
  // Without faults ages are exact; with them clocks are set and nodes are down.
  const SimReport calm = run_sim(
      {.seed = 3, .hours = kLong, .customers = 100, .agents = 4, .faults = false, .hash = false},
      bound);
  EXPECT_EQ(calm.violation, "");
  EXPECT_GT(calm.erased, 2'000u);
  EXPECT_LE(calm.oldest, EngineSettings().keep);
  EXPECT_GT(calm.oldest, EngineSettings().keep - std::chrono::hours(1));
  const SimReport rough =
      run_sim({.seed = 4, .hours = 24 * 60, .customers = 100, .agents = 4, .hash = false}, bound);
  EXPECT_EQ(rough.violation, "");
  EXPECT_GT(rough.erased, 500u);
  test::figure("I3",
               "ended records older than 30 days at any moment of " + std::to_string(kLong / 24) +
                   " days (" + std::to_string(calm.erased) + " erased; the oldest ever: " +
                   text(static_cast<double>(calm.oldest.count()) / 86'400'000, 4) + " days)",
               "0", "0");
}

}  // namespace
}  // namespace convene::sim
