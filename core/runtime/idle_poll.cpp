// core/runtime/idle_poll.cpp - a thread for each processor, which sleeps until it is wanted.
#include "core/runtime/idle_poll.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <system_error>
#include <thread>

namespace convene {
namespace {

constexpr std::chrono::milliseconds kMost{1};

std::int64_t now_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

/// Tells the processor that this is a loop that waits.
void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Whether the calling thread is, from now on, on this processor and the last of all there.
bool becomes_last(std::size_t processor) {
  cpu_set_t there;
  CPU_ZERO(&there);
  CPU_SET(processor, &there);
  const sched_param none{};
  return ::sched_setaffinity(0, sizeof there, &there) == 0 &&
         ::pthread_setschedparam(::pthread_self(), SCHED_IDLE, &none) == 0;
}

/// Wherever there is room, as far as the process may go there.
void let_go_anywhere(std::thread& thread) {
  cpu_set_t all;
  std::memset(&all, 0xff, sizeof all);
  ::pthread_setaffinity_np(thread.native_handle(), sizeof all, &all);
}

}  // namespace

class IdlePoll::Poller {
 public:
  explicit Poller(std::size_t processor) : thread_([this, processor] { run(processor); }) {}
  ~Poller() { thread_.join(); }

  void poll(std::int64_t until) {
    until_ = until;
    if (!polls_) wake();
  }

  /// Begins to end: the last of all on a busy processor, it would take its time to come to that.
  void end() {
    ends_ = true;
    until_ = 0;
    let_go_anywhere(thread_);
    wake();
  }

 private:
  void wake() {
    polls_ = true;
    polls_.notify_one();
  }

  void run(std::size_t processor) {
    ::pthread_setname_np(::pthread_self(), "idle-poll");
    if (!becomes_last(processor)) return;
    while (!ends_) {
      polls_.wait(false);
      while (now_ns() < until_)
        for (int i = 0; i < 8; ++i) relax();
      polls_ = false;
      if (now_ns() < until_) polls_ = true;  // who has just asked for more has seen it polling
    }
  }

  std::atomic<std::int64_t> until_{0};
  std::atomic<bool> polls_{false};
  std::atomic<bool> ends_{false};
  std::thread thread_;
};

IdlePoll::IdlePoll(std::chrono::microseconds time) : time_(time) {}

IdlePoll::~IdlePoll() {
  for (const auto& poller : pollers_)
    if (poller) poller->end();
}

void IdlePoll::prolong(int times) {
  const int here = time_.count() == 0 ? -1 : ::sched_getcpu();
  if (here < 0) return;
  const auto at = static_cast<std::size_t>(here);
  try {
    if (pollers_.size() <= at) pollers_.resize(at + 1);
    if (!pollers_[at]) pollers_[at] = std::make_unique<Poller>(at);
  } catch (const std::system_error&) {  // no more threads: do without
    time_ = {};
    return;
  }
  const auto time = std::min<std::chrono::nanoseconds>(time_ * times, kMost);
  pollers_[at]->poll(now_ns() + time.count());
}

}  // namespace convene
