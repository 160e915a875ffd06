// core/runtime/bus_server.hpp - the core's end of the command bus: who is there, what they ask, what they are told.
#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/ids.hpp"
#include "core/model/result.hpp"
#include "core/runtime/node.hpp"

namespace zmq {
class context_t;
}

namespace convene {

/// A peer that says hello.
struct Hello {
  std::string name;
  PeerKind kind = PeerKind::gateway;
  std::vector<std::string> capabilities;
  std::string key_name;  ///< To whom the CURVE key belongs; empty without CURVE.
};

/// A request as it came in. The views live for the call.
struct BusRequest {
  PeerId peer;
  RequestId id;  ///< Answer it exactly once.
  std::string_view peer_name;
  PeerKind peer_kind;
  std::string_view name;
  std::string_view idempotency_key;
  const boost::json::object& body;
  std::string_view text;  ///< Of `body`, to the byte.
};

/// What the server tells its owner. Called from `BusServer::take` and `BusServer::tick` only.
class BusHandler {
 public:
  virtual ~BusHandler() = default;
  /// The peer's configuration, or why it is refused.
  virtual Result<std::string> admit(const Hello& hello) = 0;
  virtual void peer_up(PeerId peer, const Hello& hello) = 0;
  virtual void peer_down(PeerId peer, std::string_view name, std::string_view reason) = 0;
  virtual void request(const BusRequest& request) = 0;
  virtual void leg(PeerId peer, const boost::json::object& body) = 0;
  virtual void event(PeerId peer, PeerKind kind, std::string_view name,
                     const boost::json::object& body) = 0;
  /// The answer to `ask`.
  virtual void replied(PeerId peer, std::uint64_t token, bool ok, std::string_view text) = 0;
};

struct PeerView {
  PeerId id;
  std::string name;
  PeerKind kind;
  std::int64_t since_ms;
};

/// Protocol, bounds and memory of repeated requests; knows no engine. Not thread-safe, never blocks.
class BusServer {
 public:
  using Log = std::function<void(int level, std::string_view id, std::string_view fields)>;

  /// Everything given outlives the server.
  BusServer(zmq::context_t& context, const BusLimits& limits, NodeClock& clock, BusHandler& handler,
            NodeCounters& counters, Log log);
  ~BusServer();

  /// Binds. An ipc file gets mode 0600; tcp needs CURVE, or loopback and the option that allows it.
  Status open(const std::string& endpoint, const CurveOptions& curve);

  /// Readable when something may have arrived since a `take` that took nothing; sending may take the sign away.
  int descriptor();
  /// Handles up to `most` messages that have arrived; how many there were.
  std::size_t take(std::size_t most);
  /// Heartbeats, lost peers, requests past their deadline.
  void tick();
  std::int64_t next_wake_ms() const;

  /// What `welcome` says from now on. A new instance tells peers to repeat their state: `welcome_all` sends it.
  void set_instance(std::string instance);
  /// Asks the handler again for every peer: a new welcome, or a goodbye for those that are no longer admitted.
  void welcome_all();

  // What follows is dropped, counted and made a peer_down (in the next tick) when the peer is gone or too slow.
  void answer(RequestId request, std::string_view reply_body, bool remember = true);
  void leg(PeerId peer, std::string_view body);
  void notice(PeerId peer, std::string_view name, std::string_view body);
  void ask(PeerId peer, std::uint64_t token, std::string_view name,
           std::string_view idempotency_key, std::string_view body, std::int64_t deadline_ms);

  void goodbye_all(std::string_view reason);
  std::vector<PeerView> peers() const;
  std::size_t waiting() const;  ///< Requests without an answer yet.

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A reply's body that refuses: {"ok":false,"code","text","retry_after_ms"?}.
std::string refusal(std::string_view code, std::string_view text, std::int64_t retry_after_ms = 0);
/// A reply's body that answers: {"ok":true,"body":...}.
std::string success(std::string_view body);

}  // namespace convene
