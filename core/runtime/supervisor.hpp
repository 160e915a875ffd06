// core/runtime/supervisor.hpp - adapters as child processes: started, watched, restarted, and never
// left behind.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/runtime/log.hpp"
#include "sdk/host/back_off.hpp"

namespace convene {

/// One program to keep running.
struct ChildSpec {
  std::string name;
  std::vector<std::string> command;  ///< Program (a path, or found in PATH) and arguments.
  std::map<std::string, std::string> environment;  ///< Beyond our own.
  std::vector<std::string> without;                ///< Variables of ours that it does not inherit.

  /// The same program in the same surroundings: nothing has to be started again.
  bool operator==(const ChildSpec& other) const {
    return name == other.name && command == other.command && environment == other.environment;
  }
};

enum class ChildState { starting, running, waiting, quarantined, stopped };

struct ChildStatus {
  std::string name;
  ChildState state = ChildState::starting;
  std::int64_t pid = 0;
  std::uint32_t deaths = 0;  ///< Since the supervisor was made.
  std::string last_exit;     ///< "exit 1", "signal 9"; empty: never died.
};
const char* to_text(ChildState state);

/// A line that a child wrote, as it goes into our log: at the level that it begins with
/// ("level=warning ...", after a time or without), and without both; `info` where it names none.
struct SaidLine {
  log::Level level = log::Level::info;
  std::string_view text;
};
SaidLine said_line(std::string_view line);

/// Runs on a thread of its own, which is also the parent whose death kills the children
/// (run_child): they end with it, however it ends. Their standard output and error become lines of
/// our log (said_line).
class Supervisor {
 public:
  /// `launcher` is put before every command: {"/usr/bin/convene", "run-child"}; empty: commands are
  /// started as they are.
  explicit Supervisor(std::vector<std::string> launcher);
  ~Supervisor();

  /// Runs exactly these from now on: new ones are started, changed ones restarted, others stopped.
  void run(const std::vector<ChildSpec>& children);
  std::vector<ChildStatus> status() const;
  /// SIGTERM to all, SIGKILL to what is still there after `patience`. Returns when all are gone.
  void stop(std::chrono::milliseconds patience);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The hidden `convene run-child PARENT COMMAND...`: ties itself to the life of the process PARENT,
/// then becomes COMMAND. Returns only when that failed: the exit code.
int run_child(const std::vector<std::string>& arguments);

}  // namespace convene
