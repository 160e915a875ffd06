// core/sim/sim.cpp - plays seeds, in several processes, and says what came of them.
#include "core/sim/sim.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "core/sim/world.hpp"

namespace convene::sim {
namespace {

struct Arguments {
  SimOptions options;
  std::uint64_t seeds = 1;
  unsigned jobs = 0;
  bool verbose = false;
  bool print_hash = false;
};

constexpr const char* kUsage =
    "usage: convene sim [--seeds N] [--seed S] [--hours H] [--customers N] [--agents N] [--jobs "
    "J]\n"
    "                   [--hash] [--calm] [--verbose]\n"
    "  plays N seeds from S on (default: 1 from 1), H hours each (24), with faults unless --calm\n"
    "  --hash     prints the hash of each seed's history\n"
    "  --verbose  prints every step of the seed\n";

bool parse(int argc, char** argv, Arguments& a) {
  a.options.hash = false;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--hash") {
      a.print_hash = a.options.hash = true;
      continue;
    }
    if (name == "--calm") {
      a.options.faults = false;
      continue;
    }
    if (name == "--verbose") {
      a.verbose = true;
      continue;
    }
    char* end = nullptr;
    const std::uint64_t value = i + 1 < argc ? std::strtoull(argv[i + 1], &end, 10) : 0;
    if (end == nullptr || *end != '\0' || *argv[i + 1] == '\0' || value > 1'000'000'000)
      return false;
    ++i;
    if (name == "--seeds")
      a.seeds = value;
    else if (name == "--seed")
      a.options.seed = value;
    else if (name == "--hours")
      a.options.hours = static_cast<int>(std::clamp<std::uint64_t>(value, 1, 240));
    else if (name == "--customers")
      a.options.customers = static_cast<int>(std::min<std::uint64_t>(value, 100'000));
    else if (name == "--agents")
      a.options.agents = static_cast<int>(std::clamp<std::uint64_t>(value, 1, 10'000));
    else if (name == "--jobs")
      a.jobs = static_cast<unsigned>(std::min<std::uint64_t>(value, 64));
    else
      return false;
  }
  return true;
}

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

/// What one process says of its seeds, summed up; fits into a pipe.
struct Sum {
  std::uint64_t seeds = 0, violations = 0, steps = 0, inputs = 0, booked = 0, joined = 0,
                served = 0, refused = 0;
  std::array<std::uint64_t, kFaultKinds> faults{}, seeds_with{};

  void add(const SimReport& r) {
    ++seeds;
    violations += !r.violation.empty();
    steps += r.step;
    inputs += r.inputs;
    booked += r.booked;
    joined += r.joined;
    served += r.served;
    refused += r.refused;
    for (std::size_t i = 0; i < kFaultKinds; ++i) {
      faults[i] += r.faults[i];
      seeds_with[i] += r.faults[i] != 0;
    }
  }
  void add(const Sum& s) {
    seeds += s.seeds, violations += s.violations, steps += s.steps, inputs += s.inputs,
        booked += s.booked, joined += s.joined, served += s.served, refused += s.refused;
    for (std::size_t i = 0; i < kFaultKinds; ++i)
      faults[i] += s.faults[i], seeds_with[i] += s.seeds_with[i];
  }
};

Sum play_some(const Arguments& a, const SimPlugins& plugins, unsigned job, unsigned jobs) {
  Sum sum;
  for (std::uint64_t n = job; n < a.seeds; n += jobs) {
    SimOptions options = a.options;
    options.seed += n;
    if (a.verbose) options.trace_from = 0;
    const SimReport report = run_sim(options, plugins);
    sum.add(report);
    if (a.print_hash)
      std::printf("%llu %s\n", static_cast<unsigned long long>(report.seed), report.hash.c_str());
    if (!report.violation.empty() && sum.violations <= 3 && !a.verbose)
      show(report, options, plugins);
    std::fflush(stdout);
  }
  return sum;
}

}  // namespace

SimReport run_sim(const SimOptions& options, const SimPlugins& plugins) {
  return World(options, plugins).play();
}

int sim_main(int argc, char** argv, const SimPlugins& plugins) {
  Arguments a;
  if (!parse(argc, argv, a)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  if (a.jobs == 0) a.jobs = std::max(1u, std::thread::hardware_concurrency());
  a.jobs = static_cast<unsigned>(std::min<std::uint64_t>(a.jobs, a.seeds));
  const auto start = std::chrono::steady_clock::now();
  Sum total;
  if (a.jobs <= 1 || a.print_hash) {
    total = play_some(a, plugins, 0, 1);
  } else {  // A process each: a set of plugins serves one simulation at a time.
    std::vector<std::pair<pid_t, int>> children;
    std::fflush(stdout);
    for (unsigned job = 0; job < a.jobs; ++job) {
      int ends[2];
      if (::pipe(ends) != 0) return 1;
      const pid_t child = ::fork();
      if (child == 0) {
        const Sum sum = play_some(a, plugins, job, a.jobs);
        const bool told = ::write(ends[1], &sum, sizeof sum) == static_cast<ssize_t>(sizeof sum);
        std::fflush(stdout);
        ::_exit(told ? 0 : 1);
      }
      ::close(ends[1]);
      children.emplace_back(child, ends[0]);
    }
    for (const auto& [child, end] : children) {
      Sum sum;
      if (::read(end, &sum, sizeof sum) == static_cast<ssize_t>(sizeof sum)) {
        total.add(sum);
      } else {
        ++total.violations;
        std::printf("one of the processes died\n");
      }
      ::close(end);
      ::waitpid(child, nullptr, 0);
    }
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double simulated = static_cast<double>(total.seeds) * a.options.hours * 3600;
  const auto n = [](std::uint64_t v) { return static_cast<unsigned long long>(v); };
  std::printf("%llu seeds of %d hours: %llu violations\n", n(total.seeds), a.options.hours,
              n(total.violations));
  std::printf(
      "%llu steps, %llu inputs, %llu bookings, %llu returns joined, %llu turned away, %llu "
      "sessions served\n",
      n(total.steps), n(total.inputs), n(total.booked), n(total.joined), n(total.refused),
      n(total.served));
  for (std::size_t i = 0; i < kFaultKinds; ++i) {
    std::printf("  %-22s %10llu times, in %5.1f %% of the seeds\n",
                name_of(static_cast<FaultKind>(i)), n(total.faults[i]),
                total.seeds ? 100.0 * static_cast<double>(total.seeds_with[i]) /
                                  static_cast<double>(total.seeds)
                            : 0.0);
  }
  std::printf("%.1f s, %.0f times real time over %u processes\n", seconds, simulated / seconds,
              a.jobs);
  return total.violations == 0 ? 0 : 1;
}

}  // namespace convene::sim
