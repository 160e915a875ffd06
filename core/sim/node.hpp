// core/sim/node.hpp - the core's process: commit loop, requests that may be repeated, crashes and restarts.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "core/engine/commit_loop.hpp"
#include "core/sim/world.hpp"

namespace convene::sim {

/// What a peer gets for a request: the answer, and the secret that only the runtime knows.
struct Reply {
  output::Body body;
  Hash token;
};

/// Does what core/runtime does around the same CommitLoop, without sockets.
class Node {
 public:
  explicit Node(World& world) : world_(world) {}

  void start();
  /// As kill -9, when everything that is not in the store is gone, or as a stop.
  void crash(Duration down_for);
  bool up() const { return loop_ != nullptr; }

  /// A peer says hello; nothing when the node is down. The connection's number.
  PeerId hello(Peer& peer);
  /// The connection is known to be broken.
  void gone(PeerId connection);
  void request(PeerId connection, Peer& peer, std::uint64_t id, const Input& input);
  void tell(Input input);
  void clock_changed();

  /// Null while the store is down.
  const Engine* engine() const { return loop_ && loop_->available() ? &loop_->engine() : nullptr; }
  /// The engine's time line.
  Time now() const { return world_.now() + shift_; }

 private:
  struct Asking {
    RequestId request;
    std::optional<Reply> reply;
    Time since{};
  };
  struct Origin {
    Peer* peer = nullptr;
    std::uint64_t id = 0;
    Hash token;
  };

  void plan(Time when);
  void run();
  void release(const Output& output);
  void restored();
  void reply(Peer& peer, std::uint64_t id, const Reply& reply);

  World& world_;
  std::unique_ptr<CommitLoop> loop_;
  std::uint64_t life_ = 0;        ///< Counts processes: what was meant for a former one is dropped.
  std::uint64_t generation_ = 0;  ///< Of the engine.
  std::uint64_t last_connection_ = 0, last_request_ = 0;
  Duration shift_{0};
  Time planned_ = kNever;
  std::uint64_t plan_ = 0;
  Time last_run_{};
  int runs_ = 0;  ///< At this very moment: a core that never comes to rest stops time.
  std::vector<Input> batch_;
  std::vector<Output> released_;
  std::map<PeerId, Peer*> connections_;
  std::map<std::pair<const Peer*, std::uint64_t>, Asking> asking_;
  std::map<RequestId, Origin> origins_;
};

}  // namespace convene::sim
