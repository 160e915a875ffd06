// sdk/host/isolation/breaker.hpp - when to stop asking somebody who does not answer.
#pragma once

#include <chrono>
#include <cstdint>

#include "sdk/host/isolated.hpp"

namespace convene::isolation {

/// Counts failures in a row. `failures_max` of them open it: nothing is admitted for `open_first`;
/// then one call is let through as a probe, which closes it, or opens it for twice as long. Reads no
/// clock.
class Breaker {
 public:
  using Millis = std::chrono::milliseconds;
  explicit Breaker(const IsolationOptions& options)
      : max_(options.failures_max), first_(options.open_first), longest_(options.open_longest) {}

  /// Whether a call may be made at `now`. Of an open breaker it may when the probe is due.
  bool admits(Millis now) {
    if (state_ != BreakerState::open) return true;
    if (now < open_until_) return false;
    state_ = BreakerState::half_open;
    return true;
  }
  /// True when this closed it.
  bool succeeded() {
    failures_ = 0;
    const bool closed = state_ != BreakerState::closed;
    state_ = BreakerState::closed;
    open_for_ = Millis{0};
    return closed;
  }
  /// True when this opened it, or kept it open.
  bool failed(Millis now) {
    ++failures_;
    if (state_ == BreakerState::closed && failures_ < max_) return false;
    open_for_ = open_for_ == Millis{0} ? first_ : std::min(longest_, open_for_ * 2);
    open_until_ = now + open_for_;
    state_ = BreakerState::open;
    return true;
  }
  BreakerState state() const { return state_; }
  Millis open_for() const { return open_for_; }

 private:
  std::uint32_t max_;
  Millis first_, longest_;
  BreakerState state_ = BreakerState::closed;
  std::uint32_t failures_ = 0;
  Millis open_for_{0}, open_until_{0};
};

}  // namespace convene::isolation
