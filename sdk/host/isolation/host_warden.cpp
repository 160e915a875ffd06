// sdk/host/isolation/host_warden.cpp - the thread that starts a plugin's process, watches it and buries it.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "sdk/host/isolation/host_state.hpp"
#include "sdk/host/plugin_processes.hpp"

namespace convene::isolation {
namespace {

constexpr Millis kGoodbye{250};
constexpr int kWhileAsked =
    5;  ///< Milliseconds after which the thread looks again whether it may act.

BackOffOptions back_off_of(const IsolationOptions& o) {
  BackOffOptions b;
  b.first = std::min(Millis{100}, o.restart_longest);
  b.longest = o.restart_longest;
  b.at_once = o.restart_at_once;
  b.deaths_for_quarantine = o.deaths_a_minute;
  b.quarantine = o.quarantine;
  return b;
}

void close_fd(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

/// What a plugin's process may know of ours.
std::vector<std::string> environment_of(const HostLaunch& launch, const std::string& endpoint,
                                        const std::string& work) {
  std::vector<std::string> out = {"CONVENE_HOST_ENDPOINT=" + endpoint,
                                  "CONVENE_PLUGIN=" + launch.plugin,
                                  "PATH=/usr/local/bin:/usr/bin:/bin",
                                  "TMPDIR=" + work,
                                  "HOME=" + work,
                                  "LANG=C.UTF-8",
                                  "MALLOC_ARENA_MAX=2",
                                  "PYTHONDONTWRITEBYTECODE=1"};
  // The sanitizers' own, so that what they find in a process is found.
  for (const char* kept : {"TZ", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(kept)) out.push_back(std::string(kept) + "=" + value);
  }
  return out;
}

}  // namespace

HostProcess::Impl::Impl(HostLaunch how)
    : launch(std::move(how)),
      serial(next_serial()),
      wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      breaker(launch.options),
      back_off(back_off_of(launch.options)),
      talk(launch.log) {
  thread = std::thread([this] { run(); });
}

HostProcess::Impl::~Impl() {
  {
    const Lock lock(mutex);
    ending = true;
    changed.notify_all();
  }
  notify();
  thread.join();
  ::close(wake);
}

void HostProcess::Impl::notify() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake, &one, sizeof one);
}

void HostProcess::Impl::run() {
  Lock lock(mutex);
  for (;;) {
    act();
    if (over) return;
    // Only while it starts is the line ours alone.
    const int line_fd = state == HostState::starting && line ? line->fd() : -1;
    pollfd fds[] = {
        {wake, POLLIN, 0}, {pidfd, POLLIN, 0}, {output, POLLIN, 0}, {line_fd, POLLIN, 0}};
    const auto deed = next_deed();
    int patience = deed ? static_cast<int>(std::max(Millis{0}, *deed - now()).count()) : -1;
    lock.unlock();
    // Who asks holds the lock until he is answered, and what is asked may wait until its output is
    // read: so that is read without the lock.
    bool floods = false;
    do {
      ::poll(fds, std::size(fds), patience);
      if (fds[2].revents != 0) floods = !hear_output() || floods;
      fds[2].fd = output;
      std::uint64_t count = 0;
      [[maybe_unused]] const ssize_t drained = ::read(wake, &count, sizeof count);
      patience = kWhileAsked;
    } while (!lock.try_lock());
    if (floods) condemn("floods its output");
    if (fds[1].revents != 0 && pidfd >= 0) {
      if (line) pump();  // its last words
      if (const std::string how = reap(pidfd); !how.empty()) bury(how);
    }
  }
}

std::optional<Millis> HostProcess::Impl::next_deed() const {
  std::optional<Millis> at;
  const auto consider = [&at](Millis when) { at = at ? std::min(*at, when) : when; };
  if (start_at && pidfd < 0 && !ending) consider(*start_at);
  if (kill_at) consider(*kill_at);
  if (state == HostState::starting && pidfd >= 0) consider(started + options.start_within);
  if (state != HostState::up || ending) return at;
  if (!given_up.empty()) consider(given_up_at + options.hung_after);
  consider(pinged ? *pinged + options.pong_within : heard + options.ping_every);
  return at;
}

void HostProcess::Impl::act() {
  if (ending) {
    if (pidfd < 0) {
      over = true;
      state = HostState::stopped;
    } else if (!kill_at) {
      const bool told = line && line->send(Kind::goodbye, 0, "{}");
      kill_at = told && state == HostState::up ? now() + kGoodbye : now();
    }
    if (kill_at && now() >= *kill_at && pidfd >= 0) {
      signal_process(pidfd, SIGKILL);
      kill_at = now() + kGoodbye;
    }
    return;
  }
  if (start_at && pidfd < 0 && now() >= *start_at) begin();
  if (state == HostState::starting && line && pump() && state == HostState::starting &&
      now() >= started + options.start_within) {
    condemn("was not ready within " + std::to_string(options.start_within.count()) + " ms");
  }
  if (state == HostState::up) watch_calls();
}

/// A process that is up: takes what it says unasked, pings it when nobody asks, ends it when it hangs.
void HostProcess::Impl::watch_calls() {
  if (!line || !pump()) return;
  if (!given_up.empty() && now() >= given_up_at + options.hung_after) {
    condemn("did not come back from a call");
    return;
  }
  if (pinged && now() >= *pinged + options.pong_within) {
    condemn("did not answer a ping");
    return;
  }
  if (!pinged && now() >= heard + options.ping_every && line->send(Kind::ping, 1, "{}")) {
    pinged = now();
  }
}

void HostProcess::Impl::begin() {
  start_at.reset();
  end_reason.clear();
  said_hello = false;
  // Its own for every process of every program that shares the folder: who is gone leaves a file that
  // the next one would otherwise take for his. Short, because a socket's path is.
  socket_path = launch.folder + "/" + std::to_string(::getpid()) + "." + std::to_string(serial) +
                "." + std::to_string(++starts);
  const std::string endpoint = "ipc://" + socket_path;
  started = heard = now();
  back_off.started(started);
  state = HostState::starting;
  auto bound = Line::bind(endpoint);
  const std::string failed = bound ? spawn(endpoint) : bound.error().text;
  if (!failed.empty()) return bury(failed);
  line = std::move(*bound);
}

/// Empty, or why it failed.
std::string HostProcess::Impl::spawn(const std::string& endpoint) {
  const std::string work = launch.folder + "/" + launch.plugin + ".work";
  if (::mkdir(work.c_str(), 0700) != 0 && errno != EEXIST)
    return work + " cannot be made: " + std::strerror(errno);
  std::vector<std::string> command = {launch.program,
                                      "--parent",
                                      std::to_string(::getpid()),
                                      "--work",
                                      work,
                                      "--memory-mib",
                                      std::to_string(options.memory_max_mib)};
  if (options.network) command.push_back("--network");
  // The sockets and work of the other plugins, and what our caller keeps for itself.
  command.insert(command.end(), {"--hide", launch.folder});
  for (const std::string& path : options.hidden) command.insert(command.end(), {"--hide", path});
  if (launch.command.empty()) {
    command.insert(command.end(), {"--library", launch.library_name});
  } else {
    command.push_back("--");
    command.insert(command.end(), launch.command.begin(), launch.command.end());
  }
  int pipes[2];
  if (::pipe2(pipes, O_CLOEXEC) != 0) return std::string("no pipe: ") + std::strerror(errno);
  const int failed = spawn_plugin(
      {std::move(command), environment_of(launch, endpoint, work), pipes[1], launch.library}, pid);
  ::close(pipes[1]);
  if (failed != 0) {
    ::close(pipes[0]);
    pid = 0;
    return launch.program + " cannot be started: " + std::strerror(failed);
  }
  output = pipes[0];
  ::fcntl(output, F_SETFL, O_NONBLOCK);
  // Nobody but this thread waits for it, so its number cannot mean another process.
  pidfd = open_pidfd(pid);
  return {};
}

bool HostProcess::Impl::hear_output() {
  const std::lock_guard talking(talk_mutex);
  char bytes[4096];
  for (int i = 0; i < 16; ++i) {  // then the others get their turn
    const ssize_t size = ::read(output, bytes, sizeof bytes);
    if (size < 0 && errno == EAGAIN) return true;
    if (size <= 0) return close_fd(output), true;
    if (!talk.print(now(), {bytes, static_cast<std::size_t>(size)})) return close_fd(output), false;
  }
  return true;
}

void HostProcess::Impl::bury(const std::string& how) {
  const bool refused = !end_reason.empty();
  if (!refused && output >= 0) hear_output();
  close_fd(output);
  close_fd(pidfd);
  plugin_is_buried(pid);
  pid = 0;
  disconnect();
  counters.last_end = refused ? end_reason : how;
  if (ending) {
    state = HostState::stopped;
  } else if (!was_up) {  // whoever loads it decides
    state = HostState::stopped;
    start_error = refused ? end_reason
                  : talk.last_line().empty()
                      ? "ended before it was ready: " + how
                      : "ended before it was ready: " + how + ", \"" + talk.last_line() + "\"";
  } else {
    ++counters.restarts;
    const Millis delay = back_off.died(now(), static_cast<std::uint32_t>(dice()));
    start_at = now() + delay;
    state = back_off.quarantined() ? HostState::quarantined : HostState::waiting;
    log(2, back_off.quarantined() ? "plugin.host_quarantined" : "plugin.host_died",
        "its process ended (" + counters.last_end + "); it is started again in " +
            std::to_string(delay.count()) + " ms");
  }
  changed.notify_all();
}

}  // namespace convene::isolation
