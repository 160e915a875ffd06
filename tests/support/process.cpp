// tests/support/process.cpp - starting, watching and ending the programs under test.
#include "tests/support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <utility>

namespace convene::test {
namespace {

// Forks; in the child: the folder, the three standard files, and COMMAND. Dies with the test's main
// thread.
pid_t launch(const std::vector<std::string>& command, const std::filesystem::path& folder,
             const std::map<std::string, std::string>& environment, int in, int out, int err) {
  const pid_t pid = ::fork();
  if (pid < 0) {  // -1 in a later kill() would mean everybody
    std::perror("fork");
    std::abort();
  }
  if (pid != 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(err, 2);
  ::close_range(3, ~0u, 0);
  for (const auto& [key, value] : environment) ::setenv(key.c_str(), value.c_str(), 1);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  if (::chdir(folder.c_str()) == 0) ::execvp(arguments[0], arguments.data());
  std::perror(arguments[0]);
  ::_exit(127);
}

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

std::string slurp(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

void pause_briefly() { std::this_thread::sleep_for(Millis{5}); }

Finished run(const std::vector<std::string>& command, const std::string& input,
             const std::map<std::string, std::string>& environment,
             const std::filesystem::path& folder) {
  char name[] = "/tmp/convene-run-XXXXXX";
  const std::filesystem::path scratch = ::mkdtemp(name);
  std::ofstream(scratch / "in", std::ios::binary) << input;
  const auto open = [&](const char* file) {
    return ::open((scratch / file).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  };
  const int in = open("in"), out = open("out"), err = open("err");
  const pid_t pid = launch(command, folder, environment, in, out, err);
  for (const int fd : {in, out, err}) ::close(fd);
  int status = 0;
  ::waitpid(pid, &status, 0);
  Finished finished{code_of(status), slurp(scratch / "out"), slurp(scratch / "err")};
  std::filesystem::remove_all(scratch);
  return finished;
}

Process::~Process() {
  if (running()) {
    signal(SIGKILL);
    wait();
  }
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), code_(std::exchange(other.code_, std::nullopt)) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(code_, other.code_);
  return *this;
}

Process Process::start(const std::vector<std::string>& command, const std::filesystem::path& folder,
                       const std::filesystem::path& log,
                       const std::map<std::string, std::string>& environment) {
  const int in = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  Process process;
  process.pid_ = launch(command, folder, environment, in, out, out);
  ::close(in);
  ::close(out);
  return process;
}

bool Process::running() { return pid_ != 0 && !wait(Millis{0}); }

void Process::signal(int number) {
  if (pid_ != 0 && !code_) ::kill(pid_, number);
}

std::optional<int> Process::wait(Millis patience) {
  const auto done = [this] {
    int status = 0;
    if (!code_ && ::waitpid(pid_, &status, WNOHANG) == pid_) code_ = code_of(status);
    return code_.has_value();
  };
  if (pid_ == 0) return std::nullopt;
  if (!done() && patience > Millis{0}) eventually(done, patience);
  return code_;
}

std::vector<pid_t> children(pid_t parent, const std::string& name) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string number = entry.path().filename();
    if (number.find_first_not_of("0123456789") != std::string::npos) continue;
    // "PID (NAME) STATE PPID ...": the name may hold anything, so it is cut off from behind.
    const std::string stat = slurp(entry.path() / "stat");
    const std::size_t close = stat.rfind(')');
    const std::size_t open = stat.find('(');
    if (close == std::string::npos || open == std::string::npos) continue;
    const bool same_parent = std::atoi(stat.c_str() + std::min(close + 4, stat.size())) == parent;
    if (same_parent && stat.substr(open + 1, close - open - 1) == name.substr(0, 15)) {
      found.push_back(std::atoi(number.c_str()));
    }
  }
  return found;
}

}  // namespace convene::test
