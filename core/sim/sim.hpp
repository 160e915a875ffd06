// core/sim/sim.hpp - days of operation with faults, in virtual time, around the engine that production runs.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/model/settings.hpp"

namespace convene {
class LoopObserver;
}

namespace convene::sim {

/// The real plugins, bound by whoever loaded them, and the flows that use them: "later", "eager", "escalating" and "now"
/// (config/sim.toml). One set serves one simulation at a time.
struct SimPlugins {
  /// Service, policies, settings, pool and channels count; the rest is drawn from the seed.
  std::map<std::string, Flow> flows;
  std::map<std::string, BoundRouting> routing;
  std::map<std::string, BoundService> services;
};

struct SimOptions {
  std::uint64_t seed = 1;
  int hours = 24;
  int customers = 500;
  int agents = 50;
  bool faults = true;  ///< False: nothing goes wrong, for measuring.
  /// Breaks the store on purpose, to show that it is noticed: one commit in five hundred is said to
  /// be done, and is not.
  bool lying_store = false;
  bool hash = true;  ///< Make the history's hash (promise A2).
  /// Prints every step from this one on to `stdout`; how a violation is looked at, for a seed replays itself.
  std::uint64_t trace_from = UINT64_MAX;
  LoopObserver* observer = nullptr;  ///< Sees what the node's engine is told: a journal.
};

/// What can go wrong; each kind is drawn per seed, and counted when it happens.
enum class FaultKind : std::uint8_t {
  lost,
  duplicated,
  delayed,
  store_refused,
  store_answer_lost,
  store_down,
  adapter_crash,
  node_crash,
  engine_lost,
  desk_dropped,
  browser_dropped,
  clock_stepped,
  policy_failed,
  service_failed,
  agent_walked_off
};
inline constexpr std::size_t kFaultKinds = 15;
const char* name_of(FaultKind kind);

struct SimReport {
  std::uint64_t seed = 0;
  std::string violation;   ///< Empty: every promise was kept.
  std::uint64_t step = 0;  ///< The step of the violation, or the number of steps.
  std::string
      hash;  ///< SHA-256 of all that went into the engine and all that came out, hexadecimal.
  std::uint64_t inputs = 0;
  std::uint64_t outputs = 0;
  std::uint64_t booked = 0;   ///< Rendezvous that were acknowledged.
  std::uint64_t joined = 0;   ///< Customers joined by a returned identifier.
  std::uint64_t served = 0;   ///< Sessions in which customer and agent were connected together.
  std::uint64_t refused = 0;  ///< Wrong, used or expired identifiers that were turned away.
  std::uint64_t paused = 0;   ///< Times that an agent was paused for not answering.
  std::uint64_t erased = 0;   ///< Rendezvous and sessions whose time had come.
  Duration oldest{0};         ///< The greatest age that an ended record has reached.
  std::array<std::uint64_t, kFaultKinds> faults{};
};

/// What `plugins` lack for a simulation: "the flow later", "the policy x"; empty: nothing.
std::string missing_from(const SimPlugins& plugins);

/// Plays one seed. The same options give the same report, on every machine and with every compiler.
SimReport run_sim(const SimOptions& options, const SimPlugins& plugins);

/// What came of many seeds.
struct SimSum {
  std::uint64_t seeds = 0, violations = 0, steps = 0, inputs = 0, booked = 0, joined = 0,
                served = 0, refused = 0, paused = 0, erased = 0;
  std::array<std::uint64_t, kFaultKinds> faults{};      ///< How often.
  std::array<std::uint64_t, kFaultKinds> seeds_with{};  ///< In how many seeds.
  double cpu_seconds = 0;                               ///< Of all processes.

  void add(const SimReport& report);
  void add(const SimSum& sum);
};

/// Plays `seeds` seeds from options.seed on in `jobs` processes: a set of plugins serves one simulation at a time.
/// Prints the first violations of each process with what led to them.
SimSum play_seeds(const SimOptions& options, std::uint64_t seeds, unsigned jobs,
                  const SimPlugins& plugins);

/// `convene sim [--seeds N] [--seed S] [--hours H] [--jobs J] [--hash] [--calm] [--verbose]`: plays the seeds in J
/// processes and prints a summary; on a violation the seed, the step, what was violated and the last 40 events.
/// Returns 0 when every seed kept every promise, 1 when one did not, 2 for wrong arguments.
int sim_main(int argc, char** argv, const SimPlugins& plugins);

}  // namespace convene::sim
