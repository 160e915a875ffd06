// core/app/serving.hpp - a node that serves: everything it owns, and how it is reloaded and
// stopped.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/app/generation.hpp"
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
  /// Frees what earlier configurations needed, once the node no longer calls it.
  void tidy();
  /// The node has ended by itself: that is a failure.
  bool ended() const { return ended_; }
  /// Goodbye to peers, end of children; within 4 s.
  void stop();

 private:
  std::optional<int> make_node(const Key& master);
  std::string more_status() const;

  struct Retired {
    std::shared_ptr<Generation> generation;
    std::shared_ptr<std::atomic<bool>> free;
  };

  std::filesystem::path config_path_;
  std::unique_ptr<DataFolder> folder_;
  Key master_{};
  std::unique_ptr<SessionStore> store_;
  std::vector<Retired> retired_;
  mutable std::mutex mutex_;  // guards what follows: status is asked for on the node's thread
  std::shared_ptr<Generation> current_;
  std::uint64_t revision_ = 0;  ///< Configurations applied.
  std::uint64_t refused_ = 0;   ///< Reloads refused.
  std::unique_ptr<Supervisor> supervisor_;
  std::unique_ptr<Node> node_;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

}  // namespace convene::app
