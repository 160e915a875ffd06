// core/runtime/node_state.hpp - what a node keeps; included by its own files only.
#pragma once

#include <zmq.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/engine/commit_loop.hpp"
#include "core/runtime/bus_server.hpp"
#include "core/runtime/event_bus.hpp"
#include "core/runtime/idle_poll.hpp"
#include "core/runtime/node.hpp"
#include "core/runtime/secrets.hpp"
#include "core/runtime/translate.hpp"
#include "core/runtime/zap.hpp"

namespace convene {

struct Node::State final : BusHandler {
  /// A request of the engine to an adapter that waits for its answer.
  struct Asked {
    output::Ask ask;
    std::int64_t repeat_at = 0;  ///< Monotonic.
  };
  /// A request that is answered from what is live, after the batch it came with is committed.
  struct Viewing {
    RequestId request;
    PeerId peer;
    enum class Of : std::uint8_t { status, snapshot, availability } of = Of::snapshot;
    std::uint64_t after = 0;               ///< Sessions up to this number were told already.
    std::vector<std::string> topics = {};  ///< First words asked for; none: all.
    bool wants(std::string_view word) const {
      return topics.empty() || std::find(topics.begin(), topics.end(), word) != topics.end();
    }
  };
  /// What a peer that reads a long snapshot page by page is told from.
  struct Page {
    Snapshot snapshot;
    std::map<std::string, std::uint64_t, std::less<>> numbers;
    std::int64_t taken_ms = 0;
  };

  explicit State(NodeOptions options_given);

  // BusHandler: node_bus.cpp
  Result<std::string> admit(const Hello& hello) override;
  void peer_up(PeerId peer, const Hello& hello) override;
  void peer_down(PeerId peer, std::string_view name, std::string_view reason) override;
  void request(const BusRequest& request) override;
  void leg(PeerId peer, const boost::json::object& body) override;
  void event(PeerId peer, PeerKind kind, std::string_view name,
             const boost::json::object& body) override;
  void replied(PeerId peer, std::uint64_t token, bool ok, std::string_view text) override;
  void hand_to_program(const BusRequest& request);
  void tell_sign_out(PeerId asker, const Input& input);
  bool answer_from_store(const Translated& translated, RequestId request);
  void release(const Output& output);
  void ask_again(std::int64_t now_ms);

  // node.cpp
  Status open();
  void run();
  void run_once();
  std::int64_t until_due();
  void look_around(std::int64_t most_ms);
  void run_batch();
  void restored();
  void check_clock();
  void allow_keys();
  Time now() const;
  void wake();
  void take_tasks();
  void log(int level, std::string_view id, std::string_view fields) const {
    if (options.log) options.log(level, id, fields);
  }

  // explain.cpp
  void explain(const BusRequest& request);

  // erase.cpp
  void erase(const BusRequest& request);

  // node_views.cpp
  void answer_views();
  std::string status_text();
  std::string availability_text() const;
  std::string snapshot_text(Page& page, const Viewing& viewing) const;

  NodeOptions options;
  NodeClock& clock;
  zmq::context_t context{1};
  Secrets secrets;
  NodeCounters counters;
  Zap zap{context};
  CommitLoop loop;
  BusServer server;
  EventBus events;
  std::string run_name;  ///< With the generation: the instance that peers see.
  std::uint64_t generation = 0;
  bool was_available = true;
  std::int64_t started_ms = 0;  ///< Monotonic, at construction: engine time counts on from
  Time started_at{};            ///< this wall time.
  Duration wall_offset{0};
  std::map<PeerId, Hello> peers;
  std::vector<Input> inbox;
  std::vector<Output> released;
  std::unordered_map<std::uint64_t, std::string>
      secrets_of;  ///< By request: what its answer gives back in clear.
  std::map<std::pair<PeerId, std::uint64_t>, Asked> asked;
  std::vector<Viewing> viewings;
  std::map<PeerId, Page> pages;

  IdlePoll idle_poll;
  int wake_fd = -1;
  std::atomic<bool> stopping{false};
  std::mutex tasks_mutex;
  std::vector<std::function<void()>> tasks;
};

}  // namespace convene
