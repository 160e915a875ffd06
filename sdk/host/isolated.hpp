// sdk/host/isolated.hpp - a plugin in a process of its own: for whoever uses it, a plugin like any other.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/model/result.hpp"
#include "sdk/host/loaded_plugin.hpp"
#include "sdk/host/loader.hpp"

namespace convene {

/// How a process of ours is watched. The defaults are those of design 6.
struct IsolationOptions {
  using Millis = std::chrono::milliseconds;

  /// `convene-host`; empty: the one beside the running program.
  std::string program;
  /// A program that speaks sdk/host/WIRE.md, with its arguments, instead of a library; empty: the library of the wish.
  std::vector<std::string> command;
  /// For sockets and working folders, made with mode 0700; empty: a fresh one below the system's folder for such.
  std::string folder;

  Millis deadline{20};        ///< Of a routing or channel question: then its call has failed.
  Millis step_deadline{50};   ///< Of a service's step, a second try after a crash included.
  Millis start_within{5000};  ///< From its start to "ready".
  Millis hung_after{250};    ///< A call that is still under way so long after its deadline: killed.
  Millis ping_every{1000};   ///< While nothing is asked.
  Millis pong_within{2000};  ///< Else: killed.

  std::uint32_t failures_max = 3;  ///< Calls in a row that open the breaker.
  Millis open_first{1000};  ///< So long nothing is asked then; doubles with each probe that fails.
  Millis open_longest{30'000};

  bool restart_at_once =
      true;  ///< The first time; then after 100 ms, doubling to `restart_longest`.
  Millis restart_longest{10'000};
  std::uint32_t deaths_a_minute = 3;  ///< That put it into quarantine; 0: never.
  Millis quarantine{30'000};          ///< Between probes then.

  std::uint32_t memory_max_mib = 256;  ///< Of the plugin, beyond what the host itself maps.
  bool network = false;                ///< Whether it may open sockets of the internet.
  /// Files and folders of ours that it never reads, wherever they lie: the node's data and configuration.
  std::vector<std::string> hidden;
};

/// What became of the process, at the moment of asking.
enum class HostState { starting, up, waiting, quarantined, stopped };
const char* to_text(HostState state);
enum class BreakerState { closed, open, half_open };
const char* to_text(BreakerState state);

struct IsolationStatus {
  HostState host = HostState::starting;
  BreakerState breaker = BreakerState::closed;
  std::int64_t pid = 0;  ///< 0: none runs.
  std::uint64_t restarts = 0;
  std::uint64_t deadlines_missed = 0;
  std::uint64_t retried = 0;  ///< Steps asked a second time after a crash.
  std::uint64_t refused =
      0;  ///< Calls that the breaker, or a host that is not there, answered at once.
  std::uint64_t memory_kib = 0;  ///< Resident.
  std::string last_end;          ///< "signal 11", "did not answer"; empty: never ended.
};

/// Starts `convene-host` with the library of `wish` (or the command of `isolation`), waits until it is ready, and
/// wraps it like a plugin in this process: same guards, same answers, LoadedPlugin::isolation() says how it fares.
/// The library is vetted and read once; every restart runs these very bytes. A call blocks the caller until the
/// answer or its deadline, never longer. CONVENE_E_FAILED, at once, when the breaker is open or no host is there.
/// Calls come one at a time, as for every plugin. Plugins that offer only convene.adapter/1 are refused: those are
/// processes of their own already.
Result<std::unique_ptr<LoadedPlugin>> load_isolated(const HostOptions& options,
                                                    const PluginWish& wish,
                                                    const IsolationOptions& isolation);

}  // namespace convene
