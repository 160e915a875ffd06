// tests/bench/awake.hpp - processors that do not fall asleep between two messages.
//
// An idle processor of a virtual machine leaves it: whoever wakes it then waits for the host, for 30 to 100 us and now and
// again for milliseconds, and that is measured instead of what was to be measured. A machine that is meant to answer soon
// is told not to do so (idle=poll, or guest_halt_poll_ns of the kernel's module haltpoll), which a benchmark cannot.
#pragma once

#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <initializer_list>
#include <thread>
#include <vector>

namespace convene::bench {

/// The calling thread, and what it starts, runs on this processor alone; on a machine with fewer this does nothing.
inline void run_on(unsigned processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  [[maybe_unused]] const int wherever = ::sched_setaffinity(0, sizeof set, &set);
}

/// As long as it lives, these processors have something to do that gives way to everything else that wakes up (SCHED_IDLE);
/// not for one whose load never sleeps, which would have to share it. Where that class is not to be had, nothing happens.
class Awake {
 public:
  explicit Awake(std::initializer_list<unsigned> processors) {
    for (const unsigned processor : processors)
      threads_.emplace_back([this, processor] {
        run_on(processor);
        const sched_param none{};
        if (::pthread_setschedparam(::pthread_self(), SCHED_IDLE, &none) != 0) return;
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
