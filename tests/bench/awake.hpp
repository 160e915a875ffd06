// tests/bench/awake.hpp - processors that do not fall asleep between two messages.
//
// An idle processor of a virtual machine leaves it: whoever wakes it then waits for the host, for 20 to 50 us and now and
// again for milliseconds, and that is measured instead of what was to be measured. A machine that is meant to answer soon
// is told not to do so (idle=poll, or guest_halt_poll_ns of the kernel's module haltpoll), which a benchmark cannot.
#pragma once

#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace convene::bench {

/// Those that this process may use.
inline std::vector<std::size_t> processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<std::size_t> found;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return found;
  for (std::size_t i = 0; i < CPU_SETSIZE; ++i)
    if (CPU_ISSET(i, &set)) found.push_back(i);
  return found;
}

/// The calling thread, and what it starts from now on, runs on this processor alone. False: it may not.
inline bool run_on(std::size_t processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  return ::sched_setaffinity(0, sizeof set, &set) == 0;
}

/// As long as it lives, these processors have something to do that gives way to everything else that wakes up (SCHED_IDLE);
/// not for one whose load never sleeps, which would have to share it. Where that class is not to be had, nothing happens.
class Awake {
 public:
  explicit Awake(const std::vector<std::size_t>& processors) {
    for (const std::size_t processor : processors)
      threads_.emplace_back([this, processor] {
        const sched_param none{};
        if (!run_on(processor) || ::pthread_setschedparam(::pthread_self(), SCHED_IDLE, &none) != 0)
          return;
        while (!done_.load(std::memory_order_relaxed)) {
        }
      });
  }
  ~Awake() {
    done_ = true;
    for (auto& thread : threads_) thread.join();
  }
  Awake(const Awake&) = delete;
  Awake& operator=(const Awake&) = delete;

 private:
  std::atomic<bool> done_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace convene::bench
