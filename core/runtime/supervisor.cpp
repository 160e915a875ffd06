// core/runtime/supervisor.cpp - the thread that starts children, hears them, and buries them.
#include "core/runtime/supervisor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "core/runtime/log.hpp"
#include "sdk/host/spawn.hpp"

extern char** environ;

namespace convene {
namespace {

using Millis = std::chrono::milliseconds;
constexpr std::size_t kLineMax = 2000, kTimeMax = 40;
constexpr Millis kGraceOfReplaced{3000};

Millis now() {
  return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now().time_since_epoch());
}

void close_fd(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

struct Child {
  ChildSpec spec;
  ChildStatus status;
  BackOff back_off;
  int pidfd = -1;
  int output = -1;
  std::string line;
  std::optional<Millis> start_at;  ///< To be started then; none: it runs, or shall not run.
  std::optional<Millis> kill_at;   ///< It was told to end, and gets SIGKILL then.
  std::optional<ChildSpec> successor;
  bool unwanted = false;
};

std::vector<std::string> environment_of(const ChildSpec& spec) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text(*entry), name = text.substr(0, text.find('='));
    const bool kept_back =
        std::find(spec.without.begin(), spec.without.end(), name) != spec.without.end();
    if (!kept_back && !spec.environment.contains(name)) out.push_back(text);
  }
  for (const auto& [key, value] : spec.environment) out.push_back(key + "=" + value);
  return out;
}

}  // namespace

const char* to_text(ChildState state) {
  switch (state) {
    case ChildState::starting:
      return "starting";
    case ChildState::running:
      return "running";
    case ChildState::waiting:
      return "waiting";
    case ChildState::quarantined:
      return "quarantined";
    case ChildState::stopped:
      return "stopped";
  }
  return "stopped";
}

SaidLine said_line(std::string_view line) {
  static constexpr std::pair<std::string_view, log::Level> kLevels[] = {
      {"level=debug ", log::Level::debug},
      {"level=info ", log::Level::info},
      {"level=warning ", log::Level::warning},
      {"level=error ", log::Level::error}};
  std::string_view rest = line;
  if (!rest.empty() && rest[0] >= '0' &&
      rest[0] <= '9') {  // a time, which our own line has as well
    const auto blank = rest.find(' ');
    if (blank <= kTimeMax) rest.remove_prefix(blank + 1);
  }
  for (const auto& [prefix, level] : kLevels)
    if (rest.starts_with(prefix)) return {level, rest.substr(prefix.size())};
  return {log::Level::info, line};
}

struct Supervisor::Impl {
  explicit Impl(std::vector<std::string> launcher_command) : launcher(std::move(launcher_command)) {
    thread = std::thread([this] { loop(); });
  }

  std::vector<std::string> launcher;
  int wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::vector<ChildSpec> wanted;  // guarded by mutex, as what follows
  bool wanted_is_new = false;
  std::optional<Millis> stop_by;
  bool ended = false;
  std::vector<ChildStatus> statuses;
  std::vector<Child> children;  // of the thread
  std::mt19937 dice{std::random_device{}()};
  std::thread thread;

  void notify() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wake, &one, sizeof one);
  }

  void loop() {
    for (;;) {
      take_orders();
      for (Child& child : children) act_on_time(child);
      std::erase_if(children, [](const Child& c) { return c.unwanted && c.pidfd < 0; });
      if (publish()) return;
      wait_for_something();
    }
  }

  void take_orders() {
    const std::lock_guard lock(mutex);
    if (stop_by) {
      for (Child& child : children) dismiss(child, *stop_by);
    } else if (wanted_is_new) {
      wanted_is_new = false;
      adopt(wanted);
    }
  }

  void adopt(const std::vector<ChildSpec>& specs) {
    for (Child& child : children) {
      const auto spec = std::find_if(specs.begin(), specs.end(),
                                     [&](const ChildSpec& s) { return s.name == child.spec.name; });
      const ChildSpec& to_be = child.successor ? *child.successor : child.spec;
      if (spec == specs.end()) {
        dismiss(child, now() + kGraceOfReplaced);
      } else if (!(*spec == to_be)) {
        child.successor = *spec;
        if (child.pidfd >= 0) {
          end_politely(child, now() + kGraceOfReplaced);
        } else {
          child.start_at = now();
        }
      } else if (!child.successor) {
        child.spec.without = spec->without;  // for the next time that it is started
      }
    }
    for (const ChildSpec& spec : specs) {
      const bool known = std::any_of(children.begin(), children.end(), [&](const Child& c) {
        return c.spec.name == spec.name && !c.unwanted;
      });
      if (known) continue;
      Child child;
      child.spec = spec;
      child.status.name = spec.name;
      child.start_at = now();
      children.push_back(std::move(child));
    }
  }

  void dismiss(Child& child, Millis kill_by) {
    if (child.unwanted && child.kill_at && *child.kill_at <= kill_by) return;
    child.unwanted = true;
    child.start_at.reset();
    child.successor.reset();
    if (child.pidfd >= 0) end_politely(child, kill_by);
  }

  static void signal(const Child& child, int number) { signal_process(child.pidfd, number); }

  static void end_politely(Child& child, Millis kill_by) {
    if (!child.kill_at) signal(child, SIGTERM);
    child.kill_at = child.kill_at ? std::min(*child.kill_at, kill_by) : kill_by;
  }

  void act_on_time(Child& child) {
    if (child.kill_at && child.pidfd >= 0 && now() >= *child.kill_at) {
      log::warning("adapter.killed", {{"adapter", child.spec.name}});
      signal(child, SIGKILL);
      child.kill_at = now() + kGraceOfReplaced;
    }
    if (child.start_at && child.pidfd < 0 && now() >= *child.start_at) start(child);
  }

  void start(Child& child) {
    child.start_at.reset();
    if (child.successor) {
      child.spec = *child.successor;
      child.successor.reset();
      child.back_off = {};
    }
    int pipes[2];
    pid_t pid = 0;
    int failed = ::pipe2(pipes, O_CLOEXEC) == 0 ? 0 : errno;
    if (failed == 0) {
      std::vector<std::string> command = launcher;
      if (!command.empty()) command.push_back(std::to_string(::getpid()));
      command.insert(command.end(), child.spec.command.begin(), child.spec.command.end());
      failed = spawn_process({std::move(command), environment_of(child.spec), pipes[1]}, pid);
      ::close(pipes[1]);
      if (failed != 0) ::close(pipes[0]);
    }
    child.back_off.started(now());
    if (failed != 0) return bury(child, std::string("start: ") + std::strerror(failed));
    // Nobody but this thread waits for the child, so its number cannot have been given to another
    // process.
    child.pidfd = open_pidfd(pid);
    child.output = pipes[0];
    ::fcntl(child.output, F_SETFL, O_NONBLOCK);
    child.status.pid = pid;
    child.status.state = ChildState::running;
    child.kill_at.reset();
    log::info("adapter.started",
              {{"adapter", child.spec.name}, {"pid", static_cast<std::int64_t>(pid)}});
  }

  void bury(Child& child, const std::string& how) {
    const bool asked = child.kill_at.has_value();
    child.status.last_exit = how;
    child.status.pid = 0;
    child.kill_at.reset();
    if (asked) {
      log::info("adapter.stopped", {{"adapter", child.spec.name}, {"how", how}});
      child.status.state = ChildState::stopped;
      if (child.successor) child.start_at = now();
      return;
    }
    ++child.status.deaths;
    const Millis delay = child.back_off.died(now(), dice());
    child.start_at = now() + delay;
    const bool quarantined = child.back_off.quarantined();
    child.status.state = quarantined ? ChildState::quarantined : ChildState::waiting;
    log::warning(quarantined ? "adapter.quarantined" : "adapter.died",
                 {{"adapter", child.spec.name}, {"how", how}, {"again_in_ms", delay.count()}});
  }

  void hear(Child& child) {
    char bytes[4096];
    for (;;) {
      const ssize_t size = ::read(child.output, bytes, sizeof bytes);
      if (size <= 0) {
        if (size == 0 || errno != EAGAIN) close_fd(child.output);
        return;
      }
      for (const char c : std::string_view(bytes, static_cast<std::size_t>(size))) {
        if (c == '\n' || child.line.size() >= kLineMax) say(child);
        if (c != '\n') child.line += c;
      }
    }
  }

  static void say(Child& child) {
    if (!child.line.empty()) {
      const SaidLine said = said_line(child.line);
      log::write(said.level, "adapter.says", {{"adapter", child.spec.name}, {"line", said.text}});
    }
    child.line.clear();
  }

  void reap(Child& child) {
    const std::string how = convene::reap(child.pidfd);
    if (how.empty()) return;
    if (child.output >= 0) hear(child);
    say(child);
    close_fd(child.output);
    close_fd(child.pidfd);
    bury(child, how);
  }

  void wait_for_something() {
    std::vector<pollfd> fds{{wake, POLLIN, 0}};
    Millis until = now() + Millis{3'600'000};
    for (const Child& child : children) {
      fds.push_back({child.pidfd, POLLIN, 0});  // poll ignores what is negative
      fds.push_back({child.output, POLLIN, 0});
      if (child.start_at) until = std::min(until, *child.start_at);
      if (child.kill_at && child.pidfd >= 0) until = std::min(until, *child.kill_at);
    }
    const Millis patience = std::max(Millis{0}, until - now());
    ::poll(fds.data(), fds.size(), static_cast<int>(patience.count()) + 1);
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t drained = ::read(wake, &count, sizeof count);
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (fds[2 + 2 * i].revents != 0) hear(children[i]);
      if (fds[1 + 2 * i].revents != 0) reap(children[i]);
    }
  }

  // Shows the outside how things stand; true: everything is over.
  bool publish() {
    const std::lock_guard lock(mutex);
    statuses.clear();
    for (const Child& child : children) statuses.push_back(child.status);
    ended = stop_by && children.empty();
    changed.notify_all();
    return ended;
  }
};

Supervisor::Supervisor(std::vector<std::string> launcher)
    : impl_(std::make_unique<Impl>(std::move(launcher))) {}

Supervisor::~Supervisor() {
  stop(Millis{2000});
  impl_->thread.join();
  ::close(impl_->wake);
}

void Supervisor::run(const std::vector<ChildSpec>& children) {
  const std::lock_guard lock(impl_->mutex);
  impl_->wanted = children;
  impl_->wanted_is_new = true;
  impl_->notify();
}

std::vector<ChildStatus> Supervisor::status() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->statuses;
}

void Supervisor::stop(Millis patience) {
  std::unique_lock lock(impl_->mutex);
  if (!impl_->stop_by) impl_->stop_by = now() + patience;
  impl_->notify();
  impl_->changed.wait(lock, [this] { return impl_->ended; });
}

int run_child(const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) return 64;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (std::to_string(::getppid()) != arguments[0])
    return 70;  // the parent died before it could be heard
  std::vector<std::string> command(arguments.begin() + 1, arguments.end());
  std::vector<char*> pointers;
  for (std::string& text : command) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  ::execvp(command[0].c_str(), pointers.data());
  std::fprintf(stderr, "level=error %s cannot be started: %s\n", command[0].c_str(),
               std::strerror(errno));
  return 127;
}

}  // namespace convene
