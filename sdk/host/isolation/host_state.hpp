// sdk/host/isolation/host_state.hpp - the inside of a HostProcess, shared by its two halves.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <thread>

#include "sdk/host/back_off.hpp"
#include "sdk/host/isolation/breaker.hpp"
#include "sdk/host/isolation/host_process.hpp"
#include "sdk/host/isolation/line.hpp"
#include "sdk/host/isolation/talk.hpp"

namespace convene::isolation {

using Millis = std::chrono::milliseconds;
using Lock = std::unique_lock<std::mutex>;

inline Millis now() {
  return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now().time_since_epoch());
}

/// Everything is guarded by `mutex`. While the process is starting, the thread alone uses the line;
/// once it is up, whoever asks does, and the thread looks in when nobody does.
struct HostProcess::Impl {
  explicit Impl(HostLaunch how);
  ~Impl();

  // host_process.cpp: asking -------------------------------------------------------------------
  bool wait_until_up(Lock& lock, Millis until);
  Result<std::string> attempt(Lock& lock, std::uint64_t id, std::string_view body, Millis until);
  Result<std::string> await(Lock& lock, std::uint64_t id, Millis until);
  void judge(bool good);

  // host_messages.cpp: hearing -----------------------------------------------------------------
  /// Takes what has arrived. False: the process broke a rule and is gone.
  bool pump();
  bool take(const Message& message);
  bool take_hello(const Message& message);
  bool take_answer(const Message& message);
  bool take_log(const Message& message);
  /// Ends the process because of `why`. Always false.
  bool condemn(const std::string& why);
  /// Nobody else finds the socket from now on, and nothing of it stays behind.
  void close_door();
  /// Nothing more will come from this process: calls under way are lost.
  void disconnect();

  // host_warden.cpp: the thread ----------------------------------------------------------------
  void run();
  void act();
  void begin();
  std::string spawn(const std::string& endpoint);
  void watch_calls();
  /// Reads what it prints; only on the thread. False: it floods.
  bool hear_output();
  void bury(const std::string& how);
  void notify() const;
  std::optional<Millis> next_deed() const;
  void log(int level, std::string_view id, const std::string& message) const {
    launch.log(level, id, message);
  }

  const HostLaunch launch;
  const IsolationOptions& options = launch.options;
  const std::uint64_t serial;  ///< Among the processes that this program has started.
  const int wake;
  std::thread thread;

  mutable std::mutex mutex;
  std::condition_variable changed;
  HostState state = HostState::starting;
  std::optional<Millis> start_at = Millis{0};
  std::optional<Millis> kill_at;  ///< It was told to end.
  bool ending = false, over = false;

  // The process that there is now.
  std::unique_ptr<Line> line;
  int pidfd = -1;
  int output = -1;  ///< Of the thread alone.
  pid_t pid = 0;
  std::string socket_path;
  Millis started{0};
  bool said_hello = false;
  std::string end_reason;        ///< Why we ended it.
  std::optional<Millis> pinged;  ///< A ping is under way since.
  Millis heard{0};               ///< The newest sign of life.

  // Calls by their numbers: asked and waited for; asked and nobody waits; given up, not yet answered.
  std::uint64_t last_id = 0;
  std::set<std::uint64_t> expected, forgotten, given_up;
  std::map<std::uint64_t, std::string> replies;
  Millis given_up_at{0};  ///< The first of them.

  std::optional<PluginDescription> description;  ///< Of the first hello; all others must be equal.
  std::string settings, start_error;
  bool was_up = false;
  std::uint64_t starts = 0;
  IsolationStatus counters;
  Breaker breaker;
  BackOff back_off;
  std::mutex talk_mutex;  ///< Taken last.
  Talk talk;              // guarded by talk_mutex
  std::minstd_rand dice{std::random_device{}()};
};

}  // namespace convene::isolation
