// tests/bench/replay_bench.cpp - what a journal costs, and how fast a day is played again.
// Links: convene_replay convene_journal convene_sim convene_host convene_store
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "core/journal/journal.hpp"
#include "core/journal/reader.hpp"
#include "core/replay/player.hpp"
#include "core/sim/day.hpp"
#include "sdk/host/loader.hpp"
#include "tests/bench/target.hpp"

namespace {

using namespace convene;
namespace fs = std::filesystem;

constexpr int kRounds = 5;
constexpr int kAgents = 50;
constexpr auto kDay = std::chrono::hours(10);

struct House {
  House() {
    HostOptions options;
    options.folder = CONVENE_PLUGIN_DIR;
    options.clock = [] { return std::int64_t{0}; };
    loader = std::make_unique<Loader>(options);
    for (const char* id : {"policy_skills", "policy_fallback", "service_talk_now"}) {
      auto plugin = loader->load({.id = id});
      if (!plugin) {
        std::fprintf(stderr, "%s\n", plugin.error().text.c_str());
        std::exit(1);
      }
      if (const auto r = (*plugin)->extension<convene_routing>())
        settings.routing[id] = {r.table, r.self, (*plugin)->label(), (*plugin)->routing_note()};
      if (const auto s = (*plugin)->extension<convene_service>())
        settings.services[id] = {s.table, s.self};
      plugins.push_back(std::move(*plugin));
    }
    Flow flow;
    flow.id = "now";
    flow.service = "service_talk_now";
    flow.routing = "policy_skills";
    flow.fallback = "policy_fallback";
    flow.pool = "sales";
    flow.channels = {"chat"};
    settings.flows["now"] = flow;
    for (int i = 0; i < kAgents; ++i) {
      AgentSettings agent;
      agent.id = agent.name = "agent" + std::to_string(i);
      agent.pools = {"sales"};
      settings.agents[agent.id] = agent;
    }
  }
  std::unique_ptr<Loader> loader;
  std::vector<std::unique_ptr<LoadedPlugin>> plugins;
  EngineSettings settings;
};

sim::DayPlan plan_of(const EngineSettings& settings) {
  sim::DayPlan plan;
  sim::Random random(1);
  for (const auto& [id, agent] : settings.agents) plan.shifts.push_back({id, Duration{0}, kDay});
  const sim::Law gap = sim::Law::exponential(std::chrono::milliseconds(6500));
  const sim::Law talk = sim::Law::exponential(std::chrono::minutes(5));
  const sim::Law patience = sim::Law::exponential(std::chrono::minutes(3));
  Duration at{0};
  while ((at += gap.draw(random)) < kDay - std::chrono::minutes(30)) {
    sim::DayContact contact;
    contact.arrival = at;
    contact.flow = "now";
    contact.context = R"({"product":"loans","language":"fr","name":"somebody with a name"})";
    contact.patience = patience.draw(random);
    contact.handle = talk.draw(random);
    plan.contacts.push_back(std::move(contact));
  }
  return plan;
}

/// Processor time, which other work on the machine does not distort.
double seconds(const std::function<void()>& work) {
  const std::clock_t start = std::clock();
  work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main() {
  char name[] = "/tmp/convene_replay_bench_XXXXXX";
  if (::mkdtemp(name) == nullptr) return 1;
  const fs::path folder = name;
  if (!store::Seal::create(folder / "convene.db.key")) return 1;
  House house;
  const sim::DayPlan plan = plan_of(house.settings);
  std::vector<double> without, with, played;
  std::uint64_t inputs = 0, bytes = 0;
  replay::Counts counts;
  for (int round = 0; round < kRounds; ++round) {
    without.push_back(seconds([&] { inputs = sim::run_day(plan, house.settings).inputs; }));
    journal::JournalOptions options;
    options.folder = folder / "journal";
    options.key_file = folder / "convene.db.key";
    fs::remove_all(options.folder);
    auto journal = journal::Journal::open(options);
    if (!journal) return 1;
    sim::DayWatch watch;
    watch.observer = journal->get();
    with.push_back(seconds([&] { sim::run_day(plan, house.settings, watch); }));
    bytes = (*journal)->counters().bytes;
    journal->reset();
    played.push_back(seconds([&] {
      auto reader = journal::RunReader::open(*journal::find_run(options.folder),
                                             std::move(*store::Seal::open(options.key_file)));
      replay::Player player(
          [&](const journal::Settings&) {
            return Result<replay::Bindings>(
                replay::Bindings{house.settings.routing, house.settings.services});
          },
          {});
      while (true) {
        auto item = reader->next();
        if (!item || !*item) break;
        if (!player.play(std::move(**item))) break;
      }
      (void)player.finish();
      if (!player.first_divergence().empty())
        std::printf("NOT the same: %s\n", player.first_divergence().c_str());
      counts = player.counts();
    }));
  }
  fs::remove_all(folder);
  const double day = std::chrono::duration<double>(kDay).count(),
               per_batch = 1e6 / static_cast<double>(inputs);
  std::printf(
      "A day of %d agents and %zu contacts: %llu inputs, each a commit of its own into a store in "
      "memory\n",
      kAgents, plan.contacts.size(), static_cast<unsigned long long>(inputs));
  std::printf("  without a journal          %8.2f us per commit\n", median(without) * per_batch);
  std::printf("  with a journal             %8.2f us per commit (+%.2f us; %.0f bytes)\n",
              median(with) * per_batch, (median(with) - median(without)) * per_batch,
              static_cast<double>(bytes) / static_cast<double>(inputs));
  std::printf("  played again, with policy  %8.2f us per commit\n", median(played) * per_batch);
  bench::report({.what = "a recorded day played again, contacts",
                 .ours = {static_cast<double>(plan.contacts.size()) / median(played), "/s"},
                 .baseline = {static_cast<double>(plan.contacts.size()) / day, "/s"},
                 .baseline_is = "real time",
                 .bound = bench::Bound::none});
  std::printf("  batches unlike             %8llu of %llu\n",
              static_cast<unsigned long long>(counts.unlike),
              static_cast<unsigned long long>(counts.batches));
  return counts.unlike == 0 ? 0 : 1;
}
