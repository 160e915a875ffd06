// sdk/host/back_off.hpp - when a process that died is started again.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace convene {

/// The figures of design 6.
struct BackOffOptions {
  using Millis = std::chrono::milliseconds;
  Millis first{100};  ///< Before the first restart; doubles with each death.
  Millis longest{10'000};
  bool at_once = false;          ///< The first restart does not wait; the second waits `first`.
  Millis healthy_after{30'000};  ///< Who lived so long begins anew.
  Millis window{60'000};
  std::uint32_t deaths_for_quarantine = 3;  ///< Within `window`; 0: never.
  Millis quarantine{30'000};                ///< Between tries then.
};

/// How long to wait before the next start: doubling with jitter, from the beginning after a healthy
/// life; deaths in a row put the process into quarantine, where it is tried now and then. Reads no
/// clock.
class BackOff {
 public:
  using Millis = std::chrono::milliseconds;
  BackOff() = default;
  explicit BackOff(BackOffOptions options) : options_(options) {}

  /// The process started or died at `now`. `dice` is any random number, for the jitter.
  void started(Millis now) { started_ = now; }
  Millis died(Millis now, std::uint32_t dice);
  bool quarantined() const { return quarantined_; }

 private:
  BackOffOptions options_;
  Millis started_{0};
  std::uint32_t failures_ = 0;
  std::vector<Millis> deaths_;  ///< When; within the window.
  bool quarantined_ = false;
};

}  // namespace convene
