// core/sim/sim.cpp - plays seeds, in several processes, and sums up what came of them.
#include "core/sim/sim.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "core/sim/world.hpp"

namespace convene::sim {
namespace {

constexpr std::uint64_t kShown = 2;  ///< Violations that one process prints.

/// Prints what led to a violation: the same seed again, shown from 40 steps before it.
void show(const SimReport& report, SimOptions options, const SimPlugins& plugins) {
  std::printf("seed %llu, step %llu: %s\n", static_cast<unsigned long long>(report.seed),
              static_cast<unsigned long long>(report.step), report.violation.c_str());
  options.seed = report.seed;
  options.trace_from = report.step > 40 ? report.step - 40 : 0;
  (void)run_sim(options, plugins);
  std::printf("replay: convene sim --seed %llu --verbose\n",
              static_cast<unsigned long long>(report.seed));
}

double cpu_seconds() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

SimSum play_share(SimOptions options, std::uint64_t seeds, unsigned job, unsigned jobs,
                  const SimPlugins& plugins) {
  SimSum sum;
  const std::uint64_t first = options.seed;
  const double start = cpu_seconds();
  for (std::uint64_t n = job; n < seeds; n += jobs) {
    options.seed = first + n;
    const SimReport report = run_sim(options, plugins);
    sum.add(report);
    if (!report.violation.empty() && sum.violations <= kShown && options.trace_from != 0)
      show(report, options, plugins);
    std::fflush(stdout);
  }
  sum.cpu_seconds = cpu_seconds() - start;
  return sum;
}

}  // namespace

void SimSum::add(const SimReport& r) {
  ++seeds;
  violations += !r.violation.empty();
  steps += r.step;
  inputs += r.inputs;
  booked += r.booked;
  joined += r.joined;
  served += r.served;
  refused += r.refused;
  paused += r.paused;
  erased += r.erased;
  for (std::size_t i = 0; i < kFaultKinds; ++i) {
    faults[i] += r.faults[i];
    seeds_with[i] += r.faults[i] != 0;
  }
}

void SimSum::add(const SimSum& s) {
  seeds += s.seeds;
  violations += s.violations;
  steps += s.steps;
  inputs += s.inputs;
  booked += s.booked;
  joined += s.joined;
  served += s.served;
  refused += s.refused;
  paused += s.paused;
  erased += s.erased;
  cpu_seconds += s.cpu_seconds;
  for (std::size_t i = 0; i < kFaultKinds; ++i) {
    faults[i] += s.faults[i];
    seeds_with[i] += s.seeds_with[i];
  }
}

std::string missing_from(const SimPlugins& plugins) {
  for (const char* id : {"later", "eager", "escalating", "now"}) {
    const auto flow = plugins.flows.find(id);
    if (flow == plugins.flows.end()) return std::string("the flow ") + id;
    for (const std::string& policy : {flow->second.routing, flow->second.fallback})
      if (!plugins.routing.contains(policy)) return "the policy '" + policy + "' of the flow " + id;
    if (!plugins.services.contains(flow->second.service))
      return "the service '" + flow->second.service + "' of the flow " + id;
  }
  return {};
}

SimReport run_sim(const SimOptions& options, const SimPlugins& plugins) {
  return World(options, plugins).play();
}

SimSum play_seeds(const SimOptions& options, std::uint64_t seeds, unsigned jobs,
                  const SimPlugins& plugins) {
  jobs = static_cast<unsigned>(std::min<std::uint64_t>(jobs, seeds));
  if (jobs <= 1) return play_share(options, seeds, 0, 1, plugins);
  SimSum total;
  std::vector<std::pair<pid_t, int>> children;
  std::fflush(stdout);
  for (unsigned job = 0; job < jobs; ++job) {
    int ends[2];
    const pid_t child = ::pipe(ends) == 0 ? ::fork() : -1;
    if (child < 0) {
      std::printf("no process could be started\n");
      ++total.violations;
      break;
    }
    if (child == 0) {
      const SimSum sum = play_share(options, seeds, job, jobs, plugins);
      const bool told = ::write(ends[1], &sum, sizeof sum) ==
                        static_cast<ssize_t>(sizeof sum);  // Less than PIPE_BUF.
      std::fflush(stdout);
      ::_exit(told ? 0 : 1);
    }
    ::close(ends[1]);
    children.emplace_back(child, ends[0]);
  }
  for (const auto& [child, end] : children) {
    SimSum sum;
    if (::read(end, &sum, sizeof sum) == static_cast<ssize_t>(sizeof sum)) {
      total.add(sum);
    } else {
      ++total.violations;
      std::printf("a process died before it had played its seeds\n");
    }
    ::close(end);
    ::waitpid(child, nullptr, 0);
  }
  return total;
}

}  // namespace convene::sim
