// tests/support/process.hpp - one child process of a test: started, watched, and never left behind.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace convene::test {

using Millis = std::chrono::milliseconds;

/// A machine that runs eight builds at once is slow: waits are for conditions, and this long at
/// most.
inline constexpr Millis kPatience{30'000};

/// What a finished program left.
struct Finished {
  int code = -1;  ///< Exit code, or 128 + the signal that ended it.
  std::string out;
  std::string err;
};

/// Runs a program to its end; `input` goes to its standard input.
Finished run(const std::vector<std::string>& command, const std::string& input = "",
             const std::map<std::string, std::string>& environment = {},
             const std::filesystem::path& folder = ".");

/// A program that keeps running. Killed when the object goes, and with the test.
class Process {
 public:
  Process() = default;
  ~Process();
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;

  /// Starts `command` in `folder`; standard output and error go to the end of `log`.
  static Process start(const std::vector<std::string>& command, const std::filesystem::path& folder,
                       const std::filesystem::path& log,
                       const std::map<std::string, std::string>& environment = {});

  pid_t pid() const { return pid_; }
  bool running();
  void signal(int number);
  /// Waits for the end: the exit code, 128 + signal, or nothing when it still runs after
  /// `patience`.
  std::optional<int> wait(Millis patience = kPatience);

 private:
  pid_t pid_ = 0;
  std::optional<int> code_;
};

/// Processes whose parent is `parent` and whose program is called `name`.
std::vector<pid_t> children(pid_t parent, const std::string& name);

/// Asks `holds` every few milliseconds until it says yes; false when `patience` ends first.
template <class Condition>
bool eventually(Condition holds, Millis patience = kPatience);

/// The time between two questions of `eventually`.
void pause_briefly();

template <class Condition>
bool eventually(Condition holds, Millis patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  do {
    if (holds()) return true;
    pause_briefly();
  } while (std::chrono::steady_clock::now() < end);
  return holds();
}

}  // namespace convene::test
