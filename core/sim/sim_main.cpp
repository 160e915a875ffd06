// core/sim/sim_main.cpp - `convene sim`: reads its arguments, plays, prints.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "core/sim/sim.hpp"

namespace convene::sim {
namespace {

struct Arguments {
  SimOptions options;
  std::uint64_t seeds = 1;
  unsigned jobs = 0;
  bool verbose = false;
  bool print_hash = false;
  bool help = false;
  std::string wrong;  ///< Why the line was not understood.
};

constexpr const char* kUsage =
    "Simulate days of operation with faults, from seeds\n"
    "Usage: convene sim [OPTIONS]\n\n"
    "Options:\n"
    "  -h,--help                   Print this help message and exit\n"
    "  --config FILE               Comes first: flows and plugins, by default those of\n"
    "                              share/convene/config/sim.toml\n"
    "  --seeds N                   How many days are played: 1\n"
    "  --seed S                    The first of them: 1\n"
    "  --hours H                   How long a day is: 24\n"
    "  --customers N               How many come\n"
    "  --agents N                  How many work\n"
    "  --jobs J                    Days at once, by default one for each processor\n"
    "  --calm                      Without faults\n"
    "  --hash                      Print the hash of each seed's history and nothing else\n"
    "  --verbose                   Print every step of the seed\n\n"
    "Examples:\n"
    "  convene sim --seeds 100\n"
    "  convene sim --seed 4711 --verbose\n\n"
    "Exit codes: 0 done; 1 something that must never be was seen; 2 a plugin is missing, nothing "
    "was done;\n"
    "64 the command line is wrong.\n";

constexpr std::array kTakesNumber = {"--seeds",     "--seed",   "--hours",
                                     "--customers", "--agents", "--jobs"};

bool parse(int argc, char** argv, Arguments& a) {
  a.options.hash = false;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--hash") {
      a.print_hash = a.options.hash = true;
      continue;
    }
    if (name == "--help" || name == "-h") return a.help = true, false;
    if (name == "--calm") {
      a.options.faults = false;
      continue;
    }
    if (name == "--verbose") {
      a.verbose = true;
      continue;
    }
    if (std::find(kTakesNumber.begin(), kTakesNumber.end(), name) == kTakesNumber.end())
      return a.wrong = "'" + name + "' is no option of this command", false;
    char* end = nullptr;
    const std::uint64_t value = i + 1 < argc ? std::strtoull(argv[i + 1], &end, 10) : 0;
    if (end == nullptr || *end != '\0' || *argv[i + 1] == '\0' || value > 1'000'000'000)
      return a.wrong = name + " wants a whole number up to 1000000000", false;
    ++i;
    if (name == "--seeds")
      a.seeds = value;
    else if (name == "--seed")
      a.options.seed = value;
    else if (name == "--hours")
      a.options.hours = static_cast<int>(std::clamp<std::uint64_t>(value, 1, 24 * 400));
    else if (name == "--customers")
      a.options.customers = static_cast<int>(std::min<std::uint64_t>(value, 100'000));
    else if (name == "--agents")
      a.options.agents = static_cast<int>(std::clamp<std::uint64_t>(value, 1, 10'000));
    else
      a.jobs = static_cast<unsigned>(std::min<std::uint64_t>(value, 64));
  }
  return true;
}

unsigned long long n(std::uint64_t v) { return v; }

void print(const SimSum& total, int hours, double seconds) {
  std::printf("%llu seeds of %d hours: %llu violations\n", n(total.seeds), hours,
              n(total.violations));
  std::printf(
      "%llu steps, %llu inputs, %llu bookings, %llu returns joined, %llu turned away, %llu "
      "sessions served, %llu times an agent was paused for not answering, %llu ended records "
      "erased by their age\n",
      n(total.steps), n(total.inputs), n(total.booked), n(total.joined), n(total.refused),
      n(total.served), n(total.paused), n(total.erased));
  for (std::size_t i = 0; i < kFaultKinds; ++i) {
    const double part = 100.0 * static_cast<double>(total.seeds_with[i]) /
                        static_cast<double>(std::max<std::uint64_t>(total.seeds, 1));
    std::printf("  %-22s %10llu times, in %5.1f %% of the seeds\n",
                name_of(static_cast<FaultKind>(i)), n(total.faults[i]), part);
  }
  const double simulated = static_cast<double>(total.seeds) * hours * 3600;
  std::printf("%.1f s, %.1f s of processor: %.0f times real time on one core\n", seconds,
              total.cpu_seconds, simulated / std::max(total.cpu_seconds, 1e-9));
}

}  // namespace

int sim_main(int argc, char** argv, const SimPlugins& plugins) {
  Arguments a;
  if (!parse(argc, argv, a)) {
    if (a.help) return std::fputs(kUsage, stdout), 0;
    std::fprintf(stderr, "convene: %s\nTry: convene sim --help\n", a.wrong.c_str());
    return 64;
  }
  if (const std::string missing = missing_from(plugins); !missing.empty())
    return std::fprintf(stderr, "for a simulation %s is missing\n", missing.c_str()), 2;
  if (a.print_hash) {  // One line per seed and nothing else: to be compared.
    bool kept = true;
    for (std::uint64_t i = 0; i < a.seeds; ++i) {
      SimOptions options = a.options;
      options.seed += i;
      const SimReport report = run_sim(options, plugins);
      kept = kept && report.violation.empty();
      std::printf("%llu %s\n", n(report.seed), report.hash.c_str());
    }
    return kept ? 0 : 1;
  }
  if (a.verbose) a.options.trace_from = 0;
  if (a.jobs == 0) a.jobs = std::max(1u, std::thread::hardware_concurrency());
  const auto start = std::chrono::steady_clock::now();
  const SimSum total = play_seeds(a.options, a.seeds, a.jobs, plugins);
  print(total, a.options.hours,
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return total.violations == 0 ? 0 : 1;
}

}  // namespace convene::sim
