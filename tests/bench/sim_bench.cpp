// tests/bench/sim_bench.cpp - simulated contacts a second, with real plugins, beside a bare queue in memory.
// Links: convene_sim convene_host
//
// One day of a pool of fifty agents and 800 arrivals an hour: every contact is a session asked for, a search, a
// decision of a policy from its library, an offer, two legs, a conversation and its end, with every record that production
// writes. The bare queue takes the same arrivals and handle times through a heap and a list of idle servers: the least that
// a simulation of waiting costs. Processor time, which other work on the machine does not distort.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <functional>
#include <queue>
#include <vector>

#include "core/sim/load.hpp"
#include "sdk/host/loader.hpp"
#include "tests/bench/target.hpp"

namespace {

using namespace convene;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kAgents = 50;

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::string agent_name(int i) { return "agent" + std::to_string(100 + i); }

sim::DayLoad a_day() {
  sim::DayLoad load;
  for (int i = 0; i < kAgents; ++i) {
    load.frame.shifts.push_back({agent_name(i), Duration{0}, hours(48)});
  }
  sim::DayStream stream;
  stream.name = "all";
  stream.flow = "now";
  stream.per_hour.assign(24, 800);
  stream.handle = sim::Law::exponential(minutes(3));
  stream.patience = sim::Law::exponential(minutes(3));
  load.streams = {stream};
  return load;
}

/// The day with what the folder of plugins holds; false: it is not there.
bool play(const sim::DayPlan& plan, double& per_second, sim::DayReport& report) {
  HostOptions options;
  options.folder = CONVENE_PLUGIN_DIR;
  options.clock = [] { return std::int64_t{0}; };
  Loader loader(std::move(options));
  auto policy = loader.load({.id = "policy_longest_idle"});
  auto service = loader.load({.id = "service_talk_now"});
  if (!policy || !service) return false;
  const auto routing = (*policy)->extension<convene_routing>();
  const auto steps = (*service)->extension<convene_service>();
  EngineSettings s;
  s.routing["policy_longest_idle"] = {routing.table, routing.self, (*policy)->label()};
  s.services["service_talk_now"] = {steps.table, steps.self};
  Flow now;
  now.id = "now";
  now.service = "service_talk_now";
  now.routing = "policy_longest_idle";
  now.pool = "sales";
  s.flows["now"] = now;
  for (int i = 0; i < kAgents; ++i) {
    AgentSettings a;
    a.id = agent_name(i);
    a.pools = {"sales"};
    s.agents[a.id] = a;
  }
  const double begin = processor_seconds();
  report = sim::run_day(plan, s);
  per_second = static_cast<double>(plan.contacts.size()) / (processor_seconds() - begin);
  return true;
}

/// The same people before as many servers, and nothing else. Returns contacts a second.
double bare(const sim::DayPlan& plan, std::uint64_t& answered) {
  struct Waiting {
    Duration since, until, handle;
  };
  const double begin = processor_seconds();
  std::priority_queue<Duration, std::vector<Duration>, std::greater<>> busy;
  std::deque<Waiting> queue;
  answered = 0;
  const auto serve_until = [&](Duration now) {
    while (!busy.empty() && busy.top() <= now) {
      const Duration free_at = busy.top();
      busy.pop();
      while (!queue.empty() && queue.front().until <= free_at) queue.pop_front();
      if (queue.empty()) continue;
      busy.push(free_at + queue.front().handle);
      queue.pop_front();
      ++answered;
    }
  };
  for (const sim::DayContact& c : plan.contacts) {
    serve_until(c.arrival);
    if (busy.size() < kAgents) {
      busy.push(c.arrival + c.handle);
      ++answered;
    } else {
      queue.push_back({c.arrival, c.arrival + c.patience, c.handle});
    }
  }
  serve_until(hours(47));
  return static_cast<double>(plan.contacts.size()) / std::max(processor_seconds() - begin, 1e-6);
}

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

}  // namespace

int main() {
  const sim::DayPlan plan = sim::draw_day(a_day(), 1);
  std::vector<double> ours, least;
  sim::DayReport report;
  std::uint64_t answered = 0;
  for (int round = 0; round < 5; ++round) {
    double speed = 0;
    if (!play(plan, speed, report)) return std::fprintf(stderr, "the plugins are missing\n"), 1;
    ours.push_back(speed);
    least.push_back(bare(plan, answered));
  }
  const double day = static_cast<double>(plan.contacts.size()) / median(ours);
  std::printf(
      "simulator, one core, medians of five: %zu contacts, %d agents, %.1f inputs a contact\n",
      plan.contacts.size(), kAgents,
      static_cast<double>(report.inputs) / static_cast<double>(plan.contacts.size()));
  std::printf("  a day takes %.2f s: %.0f times real time\n", day, 86'400 / day);
  std::printf("  answered %llu, by the bare queue %llu\n",
              static_cast<unsigned long long>(report.all.answered),
              static_cast<unsigned long long>(answered));
  const bool fast = bench::report({.what = "simulated contacts",
                                   .ours = {median(ours), "contacts/s"},
                                   .baseline = {median(least), "contacts/s"},
                                   .baseline_is = "bare queue in memory",
                                   .held = bench::Held::figure,
                                   .bound = bench::Bound::at_least,
                                   .reach = 5'000});
  // The two are the same queue: as many are answered by one as by the other, but for ties.
  const double differ = static_cast<double>(report.all.answered) - static_cast<double>(answered);
  const bool same = std::abs(differ) <= 0.002 * static_cast<double>(answered);
  if (!same) std::printf("  NOT the same queue\n");
  return same && fast ? 0 : 1;
}
