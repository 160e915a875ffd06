// core/app/serving.hpp - a node that serves: everything it owns, and how it is reloaded and
// stopped.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/app/generation.hpp"
#include "core/app/journaling.hpp"
#include "core/store/sql_store.hpp"

namespace convene::app {

/// Made once by `convene serve`; all functions are called on the main thread, which waits for
/// signals.
class Serving {
 public:
  explicit Serving(std::filesystem::path config_path) : config_path_(std::move(config_path)) {}
  ~Serving();

  /// Everything up to the first answer; an exit code, or nothing when it serves.
  std::optional<int> start();
  /// Reads the configuration anew and applies it as a whole. A bad one changes nothing and is
  /// logged.
  void reload();
  /// Does what consoles have asked for; SIGUSR1 says that there is something.
  void work();
  /// Ends plugin instances that nobody needs any more.
  void tidy();
  /// The node has ended by itself: that is a failure.
  bool ended() const { return ended_; }
  /// Goodbye to peers, end of children; within 4 s.
  void stop();

 private:
  std::optional<int> make_node(const Key& master);
  std::string more_status() const;

  // serving_plugins.cpp
  void serve_plugins();
  void quietly(const PluginSlots::Work& work);
  void changed(const GenerationChange& change);
  void take(const ProgramRequest& request);
  Result<std::string> run(const std::string& name, const std::string& body);

  /// What a console asks for, and who waits for the answer.
  struct Job {
    std::string name, body;
    std::function<void(const Result<std::string>&)> answer;  ///< On the node's thread.
  };

  std::filesystem::path config_path_;
  std::unique_ptr<DataFolder> folder_;
  Key master_{};
  std::unique_ptr<SessionStore> store_;
  std::unique_ptr<journal::Journal> journal_;  ///< Null: none is wanted. Used on the node's thread.
  PluginSlots slots_;
  mutable std::mutex mutex_;  // guards what follows: status is asked for on the node's thread
  std::vector<Job> jobs_;
  std::shared_ptr<Generation> current_;
  std::uint64_t revision_ = 0;  ///< Configurations applied.
  std::uint64_t refused_ = 0;   ///< Reloads refused.
  std::unique_ptr<Supervisor> supervisor_;
  std::unique_ptr<Node> node_;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

}  // namespace convene::app
