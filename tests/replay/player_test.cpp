// tests/replay/player_test.cpp - recorded days played again: the same, with other eyes, from the
// middle.
#include "core/replay/player.hpp"

#include <algorithm>

#include "core/replay/recorded_day.hpp"
#include "core/sim/day.hpp"
#include "tests/replay/recording.hpp"
#include "tests/support/figure.hpp"

namespace convene::test {
namespace {

class Replay : public Recording {
 protected:
  replay::Player::Bind with(const SimulatorsPlugins& plugins) const {
    return [&plugins](const journal::Settings&) {
      return Result<replay::Bindings>(plugins.bindings());
    };
  }
};

/// Always the one who has been free for the shortest time.
struct ShortestIdle {
  static convene_status decide(void*, const convene_routing_request* q,
                               convene_routing_answer* a) noexcept {
    a->action = q->candidate_count > 0 ? CONVENE_ROUTING_ASSIGN : CONVENE_ROUTING_WAIT;
    a->index = q->candidate_count > 0 ? q->candidate_count - 1 : 0;
    static constexpr std::string_view kWhy = "last in line";
    a->reason->write(a->reason->self, {kWhy.data(), kWhy.size()});
    if (q->candidate_count > 0) a->scores->give(a->scores->self, a->index, 4711);
    return CONVENE_OK;
  }
  BoundRouting bound() const {
    static constexpr convene_routing kTable{decide, nullptr};
    return {&kTable, nullptr, "shortest 1.0.0"};
  }
};

TEST_F(Replay, PlaysDaysWithFaultsCrashesAndFailingPluginsAgainToTheByte) {
  std::uint64_t batches = 0, engines = 0, dropped = 0, questions = 0, files = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    std::filesystem::remove_all(journals());
    journal::JournalOptions small = options();
    small.file_bytes = 200'000;
    auto journal = open(small);
    SimulatorsPlugins then, now;
    const sim::SimReport report = sim::run_sim({.seed = seed,
                                                .hours = 8,
                                                .customers = 150,
                                                .agents = 20,
                                                .hash = false,
                                                .observer = journal.get()},
                                               then.bound);
    ASSERT_EQ(report.violation, "");
    files += journal->counters().files;
    EXPECT_TRUE(journal->counters().writing);
    journal.reset();
    for (const auto& file : last_files()) {
      replay::Player player(with(now), {});
      const Status played = play(file, player);
      ASSERT_TRUE(played) << played.error().text;
      EXPECT_EQ(player.first_divergence(), "") << "seed " << seed << ", " << file;
      EXPECT_EQ(player.counts().unlike, 0u);
      EXPECT_FALSE(player.midway());
      batches += player.counts().batches;
      engines += player.counts().engines;
      dropped += player.counts().dropped;
      questions += player.counts().questions;
    }
  }
  EXPECT_GT(batches, 10'000u);
  EXPECT_GT(engines, 4u);
  EXPECT_GT(questions, 500u);
  EXPECT_GT(files, engines) << "some runs go over several files";
  figure("Replay",
         "simulated days with faults played again: batches / engines / refused commits / questions",
         std::to_string(batches) + " / " + std::to_string(engines) + " / " +
             std::to_string(dropped) + " / " + std::to_string(questions) + ", unlike: 0",
         "0 unlike");
}

TEST_F(Replay, SaysWhereItLeavesTheRecordWhenAServiceDoesSomethingElse) {
  auto journal = open(options());
  SimulatorsPlugins then, now;
  sim::run_sim({.seed = 3,
                .hours = 2,
                .customers = 60,
                .faults = false,
                .hash = false,
                .observer = journal.get()},
               then.bound);
  journal.reset();
  // The other service sits in the place of the recorded one.
  replay::Player player(
      [&](const journal::Settings&) {
        replay::Bindings other = now.bindings();
        for (auto& [id, service] : other.services)
          service = now.bound.services.at("service_talk_now");
        return Result<replay::Bindings>(std::move(other));
      },
      {});
  ASSERT_TRUE(play(last_files().front(), player));
  EXPECT_NE(player.first_divergence(), "");
  EXPECT_GT(player.counts().unlike, 0u);
}

TEST_F(Replay, NamesTheServiceThatIsNotHere) {
  auto journal = open(options());
  SimulatorsPlugins then;
  sim::run_sim({.seed = 3, .hours = 1, .customers = 5, .hash = false, .observer = journal.get()},
               then.bound);
  journal.reset();
  replay::Player player(
      [](const journal::Settings&) { return Result<replay::Bindings>(replay::Bindings{}); }, {});
  const Status played = play(last_files().front(), player);
  ASSERT_FALSE(played);
  EXPECT_EQ(played.error().code, "replay.plugin");
  EXPECT_NE(played.error().text.find("service_"), std::string::npos) << played.error().text;
}

TEST_F(Replay, TellsEveryDecisionThatAnotherPolicyWouldHaveMade) {
  auto journal = open(options());
  SimulatorsPlugins then, now;
  sim::run_sim({.seed = 7,
                .hours = 4,
                .customers = 120,
                .faults = false,
                .hash = false,
                .observer = journal.get()},
               then.bound);
  journal.reset();
  std::vector<replay::Difference> differences;
  replay::Watch watch;
  watch.differs = [&](const replay::Difference& d) { differences.push_back(d); };
  replay::Player player(
      [&](const journal::Settings& settings) {
        replay::Bindings bindings{{}, now.bindings().services};
        for (const std::string& id : settings.routing)
          bindings.routing[id] = ShortestIdle().bound();
        return Result<replay::Bindings>(std::move(bindings));
      },
      watch);
  ASSERT_TRUE(play(last_files().front(), player));
  EXPECT_EQ(player.first_divergence(), "")
      << "the day itself goes as it went, whatever the other one says";
  EXPECT_EQ(player.counts().compared, player.counts().questions);
  ASSERT_GT(differences.size(), 20u);
  EXPECT_EQ(player.counts().differing, differences.size());
  for (const replay::Difference& d : differences) {
    EXPECT_TRUE(d.session);
    EXPECT_NE(d.then.what, d.now.what);
    EXPECT_NE(d.then.reason, "");
  }
  const auto chose =
      std::find_if(differences.begin(), differences.end(), [](const replay::Difference& d) {
        return d.then.what.starts_with("assign ") && d.now.what.starts_with("assign ");
      });
  ASSERT_NE(chose, differences.end());
  EXPECT_EQ(chose->now.reason, "last in line");
  EXPECT_EQ(chose->now.score, 4711);
  EXPECT_TRUE(chose->then.score) << "the shipped policies give scores";
}

TEST_F(Replay, AsksAPolicyOfTheSameKindAndFindsNoDifference) {
  auto journal = open(options());
  SimulatorsPlugins then, now;
  sim::run_sim({.seed = 7,
                .hours = 4,
                .customers = 120,
                .faults = false,
                .hash = false,
                .observer = journal.get()},
               then.bound);
  journal.reset();
  replay::Player player(with(now), {});
  ASSERT_TRUE(play(last_files().front(), player));
  EXPECT_GT(player.counts().compared, 50u);
  EXPECT_EQ(player.counts().differing, 0u);
  EXPECT_EQ(player.counts().reworded, 0u);
}

TEST_F(Replay, AsksFromAReloadOnWhoeverAnsweredFromThenOn) {
  std::vector<std::string> bound;
  replay::Player player(
      [&](const journal::Settings& settings) {
        bound.push_back(settings.plugins[0].config);
        return Result<replay::Bindings>(replay::Bindings{});
      },
      {});
  journal::Made made;
  made.settings.routing = {"policy"};
  made.settings.plugins = {{"policy", "policy 1.0.0", "policy.so", "aa", "{}"}};
  ASSERT_TRUE(player.play(made));
  journal::PluginMark mark{"policy", "reloaded", 2, "policy 1.0.0 #2", "policy.so", "aa", "{}", 0};
  ASSERT_TRUE(player.play(mark));  // the same again
  mark.config = R"({"level":2})";
  mark.what = "canary", mark.canary_ppm = 50'000;
  ASSERT_TRUE(player.play(mark));
  mark.what = "refused", mark.canary_ppm = 0;
  ASSERT_TRUE(player.play(mark));
  EXPECT_EQ(bound.size(), 1u) << "nobody else serves everybody";
  mark.what = "reloaded";
  ASSERT_TRUE(player.play(mark));
  EXPECT_EQ(bound, (std::vector<std::string>{"{}", R"({"level":2})"}));
  EXPECT_EQ(player.counts().reloads, 1u);
}

TEST_F(Replay, BeginsInTheMiddleOfARunWhoseBeginningIsGone) {
  journal::JournalOptions small = options();
  small.file_bytes = 60'000;
  auto journal = open(small);
  SimulatorsPlugins then, now;
  sim::run_sim({.seed = 5,
                .hours = 6,
                .customers = 200,
                .faults = false,
                .hash = false,
                .observer = journal.get()},
               then.bound);
  ASSERT_GT(journal->counters().files, 2u);
  journal.reset();
  const auto last = last_files().front();
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(journals()))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::filesystem::remove(files.front());
  replay::Player player(with(now), {});
  ASSERT_TRUE(play(last, player));
  EXPECT_TRUE(player.midway());
  EXPECT_EQ(player.first_divergence(), "");
  const replay::Counts& counts = player.counts();
  EXPECT_GT(counts.batches, 100u);
  EXPECT_GT(counts.exact_batches * 2, counts.batches) << "most of it is exact";
  EXPECT_LE(counts.unlike + counts.exact_batches, counts.batches);
  const auto after = [&](Time at) { return std::to_string((at - counts.from).count() / 60'000); };
  figure("Replay", "a run without its beginning: exact from minute / of minutes",
         after(counts.exact_from) + " / " + after(counts.to), "said by the command");
}

TEST_F(Replay, FindsTheDayAndItsFiguresInTheJournal) {
  SimulatorsPlugins then, now, again;
  sim::DayPlan plan;
  sim::Random random(11);
  EngineSettings settings;
  Flow flow;
  flow.id = "now";
  flow.service = "service_talk_now";
  flow.routing = "policy_longest_idle";
  flow.fallback = "policy_fallback";
  flow.pool = "sales";
  flow.channels = {"chat"};
  settings.flows["now"] = flow;
  flow.id = "later";
  flow.service = "service_rendezvous";
  settings.flows["later"] = flow;
  for (const char* id : {"a1", "a2", "a3", "a4"}) {
    AgentSettings agent;
    agent.id = agent.name = id;
    agent.pools = {"sales"};
    settings.agents[id] = agent;
    plan.shifts.push_back({id, Duration{0}, std::chrono::hours(5)});
  }
  settings.routing = then.bound.routing;
  settings.services = then.bound.services;
  const sim::Law gap = sim::Law::exponential(std::chrono::seconds(80));
  const sim::Law talk = sim::Law::exponential(std::chrono::minutes(5));
  const sim::Law patience = sim::Law::exponential(std::chrono::minutes(4));
  Duration at{0};
  while ((at += gap.draw(random)) < std::chrono::minutes(290)) {
    sim::DayContact contact;
    contact.arrival = at;
    contact.flow = plan.contacts.size() % 4 == 0 ? "later" : "now";
    if (contact.flow == "later")
      contact.booked = at - std::min<Duration>(at, std::chrono::minutes(30));
    contact.patience = patience.draw(random);
    contact.handle = talk.draw(random);
    plan.contacts.push_back(contact);
  }
  auto journal = open(options());
  sim::DayWatch on;
  on.observer = journal.get();
  const sim::DayReport day = sim::run_day(plan, settings, on);
  journal.reset();
  ASSERT_GT(day.all.answered, 100u);
  ASSERT_GT(day.all.abandoned, 5u);

  replay::RecordedDay recorded;
  replay::Watch watch;
  watch.made = [&](const journal::Settings&, const Snapshot& s, Time t) { recorded.made(s, t); };
  watch.committed = [&](Time t, std::span<const Change> changes) {
    recorded.committed(t, changes);
  };
  replay::Player player(with(now), watch);
  ASSERT_TRUE(play(last_files().front(), player));
  EXPECT_EQ(player.first_divergence(), "");

  const replay::RecordedDay::Day found = recorded.day();
  EXPECT_EQ(to_ms(found.plan.start) % 86'400'000, 0) << "its hours are those of the clock";
  const sim::DayReport measured = sim::measure_day(found.plan, settings, found.outcomes);
  EXPECT_EQ(measured.all.contacts, day.all.contacts);
  EXPECT_EQ(measured.all.answered, day.all.answered);
  EXPECT_EQ(measured.all.abandoned, day.all.abandoned);
  EXPECT_EQ(measured.all.promises, day.all.promises);
  EXPECT_EQ(measured.all.promises_kept, day.all.promises_kept);
  EXPECT_NEAR(measured.all.wait_ms_mean, day.all.wait_ms_mean, 5);
  EXPECT_NEAR(measured.all.service_level(), day.all.service_level(), 0.001);
  EXPECT_NEAR(measured.staff.occupancy(), day.staff.occupancy(), 0.01);

  // The same people in the simulated house again: where nobody's patience had to be guessed, the
  // same day.
  settings.routing = again.bound.routing;
  settings.services = again.bound.services;
  const sim::DayReport rerun = sim::run_day(found.plan, settings);
  EXPECT_NEAR(static_cast<double>(rerun.all.answered), static_cast<double>(day.all.answered),
              0.03 * static_cast<double>(day.all.answered));
  EXPECT_NEAR(rerun.all.service_level(), day.all.service_level(), 0.03);
  EXPECT_NEAR(rerun.staff.occupancy(), day.staff.occupancy(), 0.03);
  figure("Replay",
         "a day of " + std::to_string(day.all.contacts) +
             " contacts found in its journal: service level, played again",
         std::to_string(measured.all.service_level()) + ", " +
             std::to_string(rerun.all.service_level()),
         std::to_string(day.all.service_level()) + " in the plan");
}

}  // namespace
}  // namespace convene::test
