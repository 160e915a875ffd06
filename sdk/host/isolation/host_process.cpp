// sdk/host/isolation/host_process.cpp - asking a plugin's process, and what to do when it does not answer.
#include "sdk/host/isolation/host_process.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "sdk/host/isolation/host_state.hpp"

namespace convene {

const char* to_text(HostState state) {
  constexpr const char* kNames[] = {"starting", "up", "waiting", "quarantined", "stopped"};
  return kNames[static_cast<int>(state)];
}

const char* to_text(BreakerState state) {
  constexpr const char* kNames[] = {"closed", "open", "half-open"};
  return kNames[static_cast<int>(state)];
}

}  // namespace convene

namespace convene::isolation {
namespace {

constexpr std::size_t kForgottenMax = 64;  ///< Notes under way that nobody waits for.
constexpr std::size_t kRepliesMax = 1024;  ///< Submitted and not awaited.

/// Resident pages of a process, in KiB; 0 when it is gone.
std::uint64_t memory_of(pid_t pid) {
  if (pid == 0) return 0;
  std::FILE* file = std::fopen(("/proc/" + std::to_string(pid) + "/statm").c_str(), "re");
  if (!file) return 0;
  unsigned long long all = 0, resident = 0;
  const int read = std::fscanf(file, "%llu %llu", &all, &resident);
  std::fclose(file);
  return read == 2 ? resident * static_cast<unsigned long long>(::sysconf(_SC_PAGESIZE)) / 1024 : 0;
}

/// Whether the process behind `pidfd` is gone, reaped or not.
bool has_ended(int pidfd) {
  pollfd ended{pidfd, POLLIN, 0};
  return pidfd < 0 || ::poll(&ended, 1, 0) > 0;
}

}  // namespace

HostProcess::HostProcess(HostLaunch launch) : impl_(std::make_unique<Impl>(std::move(launch))) {}
HostProcess::~HostProcess() = default;

Result<PluginDescription> HostProcess::start() {
  Impl& my = *impl_;
  Lock lock(my.mutex);
  my.changed.wait(lock, [&] { return my.was_up || my.state == HostState::stopped; });
  if (!my.was_up) return Error{"plugin.isolated", my.start_error};
  return *my.description;
}

/// False: there is no process to ask, and there will be none in time.
bool HostProcess::Impl::wait_until_up(Lock& lock, Millis until) {
  while (state != HostState::up || !line) {
    const bool hopeless = ending || state == HostState::stopped || (start_at && *start_at > until);
    if (hopeless || changed.wait_until(lock, std::chrono::steady_clock::time_point(until)) ==
                        std::cv_status::timeout) {
      return state == HostState::up && line;
    }
  }
  return true;
}

Result<std::string> HostProcess::Impl::attempt(Lock& lock, std::uint64_t id, std::string_view body,
                                               Millis until) {
  if (!wait_until_up(lock, until)) {
    ++counters.refused;
    return Error{"host.down", "has no process at the moment: " +
                                  (counters.last_end.empty() ? "it starts" : counters.last_end)};
  }
  if (!given_up.empty() && pump() && !given_up.empty()) {
    ++counters.refused;
    return Error{"host.busy", "is still busy with a call that was given up"};
  }
  if (!line) return Error{"host.died", "has just ended: " + end_reason};
  expected.insert(id);
  if (!line->send(Kind::call, id, body)) {
    expected.erase(id);
    return Error{"host.busy", "does not read what it is asked"};
  }
  return await(lock, id, until);
}

/// Receives on the caller's thread, so that no other one stands between answer and caller.
Result<std::string> HostProcess::Impl::await(Lock&, std::uint64_t id, Millis until) {
  for (;;) {
    if (auto reply = replies.extract(id)) return std::move(reply.mapped());
    if (!expected.contains(id)) {
      return Error{"host.died", "ended while it was asked" +
                                    (end_reason.empty() ? std::string() : ": " + end_reason)};
    }
    if (!pump() || replies.contains(id) || !expected.contains(id)) continue;
    const Millis left = until - now();
    if (left <= Millis{0}) {
      if (given_up.empty()) given_up_at = now();
      expected.erase(id);
      given_up.insert(id);
      ++counters.deadlines_missed;
      notify();
      return Error{"host.missed", "did not answer before its deadline"};
    }
    if (line->wait(pidfd, left) || !has_ended(pidfd)) continue;
    if (pump() && !replies.contains(id)) disconnect();  // what it said before its end counts
  }
}

void HostProcess::Impl::judge(bool good) {
  if (good) {
    if (breaker.succeeded()) log(1, "plugin.breaker_closed", "answers again and is asked again");
  } else if (breaker.failed(now())) {
    log(2, "plugin.breaker_open",
        "failed " + std::to_string(options.failures_max) + " times in a row: not asked for " +
            std::to_string(breaker.open_for().count()) + " ms, the fallback decides meanwhile");
  }
}

Result<std::string> HostProcess::call(std::string_view body, Millis within, bool again) {
  Impl& my = *impl_;
  const Millis until = now() + within;  // the wait for the lock counts
  Lock lock(my.mutex);
  if (!my.breaker.admits(now())) {
    ++my.counters.refused;
    return Error{"host.breaker", "is not asked for a while, because it failed " +
                                     std::to_string(my.options.failures_max) + " times in a row"};
  }
  const std::uint64_t id = ++my.last_id;
  Result<std::string> answer = my.attempt(lock, id, body, until);
  if (!answer && again && answer.error().code == "host.died" && now() < until) {
    ++my.counters.retried;
    answer = my.attempt(lock, id, body, until);
  }
  my.judge(static_cast<bool>(answer));
  return answer;
}

void HostProcess::tell(std::string_view body) {
  Impl& my = *impl_;
  const Lock lock(my.mutex);
  if (my.state != HostState::up || !my.line || my.forgotten.size() >= kForgottenMax) return;
  const std::uint64_t id = ++my.last_id;
  if (my.line->send(Kind::call, id, body)) my.forgotten.insert(id);
}

Result<std::uint64_t> HostProcess::submit(std::string_view body) {
  Impl& my = *impl_;
  const Lock lock(my.mutex);
  if (my.state != HostState::up || !my.line) return Error{"host.down", "has no process"};
  if (my.expected.size() + my.replies.size() >= kRepliesMax)
    return Error{"host.busy", "has too many calls under way"};
  const std::uint64_t id = ++my.last_id;
  if (!my.line->send(Kind::call, id, body)) return Error{"host.busy", "does not read"};
  my.expected.insert(id);
  return id;
}

Result<std::string> HostProcess::await(std::uint64_t call, Millis within) {
  Impl& my = *impl_;
  const Millis until = now() + within;
  Lock lock(my.mutex);
  return my.await(lock, call, until);
}

void HostProcess::distrust(const std::string& why) {
  const Lock lock(impl_->mutex);
  impl_->condemn(why);
}

IsolationStatus HostProcess::status() const {
  const Lock lock(impl_->mutex);
  IsolationStatus status = impl_->counters;
  status.host = impl_->state;
  status.breaker = impl_->breaker.state();
  status.pid = impl_->pid;
  status.memory_kib = memory_of(impl_->pid);
  return status;
}

}  // namespace convene::isolation
