// sdk/host/isolation/host_process.hpp - a plugin's process: started, asked, watched, restarted.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.hpp"
#include "sdk/host/isolated.hpp"
#include "sdk/host/loaded_plugin.hpp"

namespace convene::isolation {

/// How the process of one plugin is made, each time anew.
struct HostLaunch {
  std::string plugin;                ///< Its id.
  std::string program;               ///< Of convene-host.
  std::vector<std::string> command;  ///< Instead of a library.
  int library = -1;                  ///< A sealed copy; stays the caller's.
  std::string library_name;          ///< How errors call it.
  std::string folder;                ///< Of sockets; exists, mode 0700.
  IsolationOptions options;
  /// The settings that a plugin which says this of itself is welcomed with.
  std::function<Result<std::string>(const PluginDescription&)> settings;
  /// Called on any thread.
  std::function<void(int level, std::string_view id, std::string_view message)> log;
};

/// A thread of its own starts the process, is the parent with which it dies, watches its pidfd and
/// restarts it. Whoever asks sends and receives himself, on his own thread: no hand-over costs time
/// between question and answer. Thread-safe; those who ask at the same time wait for one another.
class HostProcess {
 public:
  using Millis = std::chrono::milliseconds;
  explicit HostProcess(HostLaunch launch);
  /// Says goodbye, waits a quarter of a second at most, and kills.
  ~HostProcess();
  HostProcess(const HostProcess&) = delete;
  HostProcess& operator=(const HostProcess&) = delete;

  /// Waits for the first start. An error says why the plugin cannot run; it is not tried again.
  Result<PluginDescription> start();

  /// Makes one call (calls.hpp) and waits for its answer (answers.hpp), at most `within`. With
  /// `again`, a call during which the process died is made once more under the same number. Failures
  /// count for the breaker. The error is a sentence about the plugin.
  Result<std::string> call(std::string_view body, Millis within, bool again);
  /// Makes a call whose answer nobody waits for.
  void tell(std::string_view body);

  /// The lower face, without breaker and retry: several calls at once, their answers in any order.
  Result<std::uint64_t> submit(std::string_view body);
  Result<std::string> await(std::uint64_t call, Millis within);

  /// The process answered what cannot be: it is killed and started anew.
  void distrust(const std::string& why);

  IsolationStatus status() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace convene::isolation
