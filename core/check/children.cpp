// core/check/children.cpp - fork, rlimits, a deadline, and the reading of what is left.
#include "core/check/children.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

namespace convene::check {
namespace {

constexpr std::size_t kProgress = 4096;
constexpr std::size_t kOutputShown = 300;
constexpr rlim_t kMemory = rlim_t{1} << 30;

void limit(int what, rlim_t most) {
  const rlimit bound{most, most};
  ::setrlimit(static_cast<__rlimit_resource>(what), &bound);
}

std::string read_all(int fd) {
  struct stat s {};
  if (::fstat(fd, &s) != 0) return {};
  std::string text(static_cast<std::size_t>(s.st_size), '\0');
  const ssize_t n = ::pread(fd, text.data(), text.size(), 0);
  text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return text;
}

}  // namespace

Children::~Children() {
  for (auto& [id, child] : children_) {
    if (child.pid < 0) continue;
    ::kill(-child.pid, SIGKILL);
    ::kill(child.pid, SIGKILL);
    ::waitpid(child.pid, nullptr, 0);
  }
}

void Children::live(const Child& child, const std::function<Verdict()>& body) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(child.output, 1);
  ::dup2(child.output, 2);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 64u << 20);
  limit(RLIMIT_CPU, static_cast<rlim_t>(deadline_.count() / 1000 + 5));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  if (bounds_memory_) limit(RLIMIT_DATA, kMemory);
#endif
  CheckingHost::set_progress(child.progress, kProgress);
  const Verdict verdict = [&] {
    try {
      return body();
    } catch (const ProgramFault& fault) {
      return failed(fault.text);
    } catch (const std::exception& thrown) {  // nothing leaves a child but its verdict
      return failed(std::string("the checker itself failed: ") + thrown.what());
    }
  }();
  const std::string text = std::to_string(static_cast<int>(verdict.outcome)) + verdict.text;
  [[maybe_unused]] const ssize_t n = ::pwrite(child.result, text.data(), text.size(), 0);
  ::_exit(0);
}

std::uint64_t Children::start(const std::function<Verdict()>& body) {
  Child child;
  child.result = ::memfd_create("verdict", MFD_CLOEXEC);
  child.output = ::memfd_create("output", MFD_CLOEXEC);
  child.progress = static_cast<char*>(
      ::mmap(nullptr, kProgress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  child.began_ns = now_ns();
  std::fflush(nullptr);
  child.pid = ::fork();
  if (child.pid == 0) live(child, body);
  const std::uint64_t id = next_++;
  if (child.pid > 0) {
    ::setpgid(child.pid, child.pid);
    child.pidfd = static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0));
  }
  children_.emplace(id, child);
  return id;
}

Verdict Children::autopsy(const Child& child, int status) {
  const std::string verdict = read_all(child.result);
  if (!child.killed && WIFEXITED(status) && WEXITSTATUS(status) == 0 && !verdict.empty() &&
      verdict[0] >= '0' && verdict[0] <= '2')
    return {static_cast<Outcome>(verdict[0] - '0'), verdict.substr(1)};
  const std::string where = child.progress[0] ? std::string(" in ") + child.progress : "";
  std::string how;
  if (child.killed) {
    how = "did not end" + where + ": killed at its deadline";
  } else if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    how =
        "crashed with signal " + std::to_string(number) + " (" + ::strsignal(number) + ")" + where;
  } else {
    how = "ended the process with exit code " + std::to_string(WEXITSTATUS(status)) + where;
  }
  const std::string output = read_all(child.output);
  if (!output.empty()) how += "; it printed \"" + shown(output, kOutputShown) + "\"";
  return failed(how);
}

/// There was no room for another process. To kill(), -1 would mean everybody.
ChildResult Children::stillborn(std::uint64_t id) {
  const Child child = children_.at(id);
  children_.erase(id);
  for (const int fd : {child.result, child.output}) ::close(fd);
  ::munmap(child.progress, kProgress);
  return {id, failed("could not be given a process of its own; close other programs"), 0};
}

ChildResult Children::wait() {
  for (;;) {
    std::vector<pollfd> fds;
    std::vector<std::uint64_t> ids;
    std::int64_t patience = deadline_.count();
    for (auto& [id, child] : children_) {
      if (child.pid < 0) return stillborn(id);
      const std::int64_t age = (now_ns() - child.began_ns) / 1'000'000;
      if (age >= deadline_.count() && !child.killed) {
        child.killed = true;
        ::kill(child.pid, SIGKILL);
      }
      patience = std::min(patience, std::max<std::int64_t>(deadline_.count() - age, 10));
      fds.push_back({child.pidfd, POLLIN, 0});
      ids.push_back(id);
    }
    if (::poll(fds.data(), fds.size(), static_cast<int>(patience)) <= 0) continue;
    for (std::size_t i = 0; i < fds.size(); ++i) {
      if (!fds[i].revents) continue;
      Child child = children_.at(ids[i]);
      children_.erase(ids[i]);
      ::kill(-child.pid,
             SIGKILL);  // whatever it has started goes with it, while its number is its own
      int status = 0;
      while (::waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
      }
      ChildResult result{ids[i], autopsy(child, status), (now_ns() - child.began_ns) / 1'000'000};
      for (const int fd : {child.pidfd, child.result, child.output}) ::close(fd);
      ::munmap(child.progress, kProgress);
      return result;
    }
  }
}

}  // namespace convene::check
