// sdk/host/meter.hpp - watches the calls of one plugin: counts, times, parks, and keeps the reason.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "convene/abi.h"
#include "sdk/host/latency.hpp"
#include "sdk/host/loaded_plugin.hpp"

namespace convene {

/// What HostOptions says of one plugin's calls.
struct MeterOptions {
  std::int64_t budget_ns = 50'000'000;
  unsigned overruns_max = 3;
  std::function<std::int64_t()> clock;  ///< Empty: std::chrono::steady_clock.
  std::function<void(const PluginLog&)> log;
  unsigned forgiven_after = 1000;  ///< Calls in time; overruns before them no longer count.
};

/// One per plugin instance, shared by its guards. Calls come one at a time (lane); what it tells
/// may be read on any thread.
class Meter {
 public:
  Meter(std::string plugin, MeterOptions options);
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

  /// Runs a {quick} call. Contains whatever it throws; makes a status of this contract out of what
  /// it returns.
  template <class Call>
  convene_status quick(Call&& call) noexcept {
    if (parked()) return CONVENE_E_PARKED;
    const std::int64_t start = now();
    const convene_status status = contained(call);
    last_ns_ = now() - start;
    latency_.add(last_ns_);
    return finish(status, last_ns_);
  }

  /// Runs a call that may take its time.
  template <class Call>
  convene_status slow(Call&& call) noexcept {
    return parked() ? CONVENE_E_PARKED : finish(contained(call), 0);
  }

  /// Says why the call that is under way fails; also what the plugin's host table does. Any thread.
  void blame(std::string_view why) noexcept;
  /// A log line of the plugin. Any thread.
  void log(int level, std::string_view id, std::string_view message) const noexcept;

  /// How long the newest {quick} call took. [lane]
  std::int64_t last_ns() const { return last_ns_; }
  bool parked() const { return parked_.load(std::memory_order_relaxed); }
  PluginCounters counters() const;
  std::string last_failure() const;
  /// What the plugin gets at its creation; as long-lived as the meter.
  const convene_host* host() const { return &host_; }
  /// Takes what was blamed since the last call.
  std::string take_blame();

 private:
  template <class Call>
  convene_status contained(Call&& call) noexcept {
    try {
      return call();
    } catch (...) {  // it broke law 4; the C++ face would not have let it
      blame("threw an exception across the boundary; use the C++ face, or catch it");
      return CONVENE_E_THROWN;
    }
  }
  std::int64_t now() const { return options_.clock ? options_.clock() : steady(); }
  static std::int64_t steady();
  convene_status finish(convene_status status, std::int64_t took_ns) noexcept;
  void park(std::int64_t took_ns);

  const std::string plugin_;
  const MeterOptions options_;
  const convene_host host_;
  std::atomic<std::uint64_t> calls_{0}, failures_{0}, overruns_{0}, throws_{0};
  Latency latency_;
  std::atomic<bool> parked_{false}, has_blame_{false};
  unsigned recent_overruns_ = 0, in_time_ = 0;  // only touched by the lane
  std::int64_t last_ns_ = 0;                    // the same
  mutable std::mutex mutex_;
  std::string blamed_;        // guarded by mutex_
  std::string last_failure_;  // guarded by mutex_
};

/// `text` as people may see it: valid UTF-8, control characters as blanks, at most `max` bytes.
std::string presentable(std::string_view text, std::size_t max);

}  // namespace convene
