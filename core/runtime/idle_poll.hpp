// core/runtime/idle_poll.hpp - processors that wait a moment before they fall asleep.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

namespace convene {

/// A processor with nothing to do sleeps at once, on a virtual machine it even leaves the machine, and waking it for the
/// disk's answer, or for what somebody says next, takes longer than either. So a thread of the idle class (SCHED_IDLE)
/// polls in its place for a moment: it runs where nobody else wants to, and gives way at once to all of its control group;
/// others may meet it, so a moment is a millisecond at most. It is what Linux does by itself with `guest_halt_poll_ns`, where
/// that is there and not turned off.
///
/// Called from one thread.
class IdlePoll {
 public:
  /// Zero: nothing is done.
  explicit IdlePoll(std::chrono::microseconds time);
  ~IdlePoll();
  IdlePoll(const IdlePoll&) = delete;
  IdlePoll& operator=(const IdlePoll&) = delete;

  /// The processor that calls stays awake until so many times `time` from now, and no longer. Takes the caller a
  /// microsecond or two, and the first time on each processor as long as a thread takes to be made. Where that class or
  /// a thread is not to be had nothing happens.
  void prolong(int times = 1);

 private:
  class Poller;

  std::chrono::microseconds time_;
  std::vector<std::unique_ptr<Poller>>
      pollers_;  ///< By processor; none where this was never called.
};

}  // namespace convene
