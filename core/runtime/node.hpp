// core/runtime/node.hpp - one running core: engine, store, buses and clock on one thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.hpp"
#include "core/model/settings.hpp"
#include "core/model/store.hpp"
#include "core/model/time.hpp"

namespace convene {

class LoopObserver;

/// What a peer of the command bus is, and with it what it may ask (the table is in translate.cpp).
enum class PeerKind : std::uint8_t {
  gateway = 1,  ///< Speaks for browsers, carries media. May ask everything but `status`.
  proxy,        ///< An ACD: speaks for agents and legs that the switch connects (claim 15).
  records,      ///< A CRM: answers requests, may only ask for snapshots.
  console,  ///< The command line: `convene status`, `explain`, `erase`, plugins. Sees no context.
};

/// One configured adapter. A peer with any other name is refused; "cli" is always known, as a console.
struct AdapterOptions {
  PeerKind kind = PeerKind::gateway;
  std::string config = "{}";  ///< JSON object, handed over in `welcome`.
  std::string
      public_key;  ///< CURVE key (Z85) that this name must present; empty where no CURVE is used.
};

/// CURVE for tcp endpoints (Z85). Empty: none, and a tcp endpoint off loopback is refused at `open`.
struct CurveOptions {
  std::string secret_key;
  bool insecure_loopback = false;  ///< tcp without CURVE where the address is loopback.
};

/// Bounds of the buses. Reaching one is a refusal or a counted error, never silence.
struct BusLimits {
  std::uint32_t body_max = 1u << 20;  ///< Bytes of a message's body.
  std::uint32_t event_max =
      8u << 10;  ///< Bytes of an event's body: times `events_waiting` bounds a slow reader.
  int messages_waiting = 10'000;  ///< High-water mark of the command bus, per peer and direction.
  int events_waiting = 1'000;     ///< High-water mark of the event bus, per subscriber.
  std::uint32_t remembered = 1'024;  ///< Replies kept per peer name, for repeated requests.
  std::uint32_t batch = 1'024;       ///< Messages taken into one commit at most.
  std::uint32_t unknown_peers =
      64;  ///< Connections without a hello that are answered at all, per second.
  std::uint32_t requests_waiting = 20'000;  ///< Requests that wait for an answer: then "busy".
  Duration heartbeat = std::chrono::milliseconds(1000);  ///< Three missed: the peer is gone.
};

/// Two clocks: one that only goes on, one that people set. Replaced in tests.
class NodeClock {
 public:
  virtual ~NodeClock() = default;
  virtual std::int64_t monotonic_ms() = 0;
  virtual std::int64_t wall_ms() = 0;  ///< Since 1970 UTC.
};

/// A console's request that the program answers, and not the engine: "plugins", "plugin_reload", "plugin_back".
struct ProgramRequest {
  std::string_view name;  ///< Lives for the call, as does `body`.
  std::string_view body;  ///< A JSON object.
  /// To be called once, now or later, on the node's thread: with the answer's body, or with why there is none.
  std::function<void(const Result<std::string>&)> answer;
};

struct NodeOptions {
  std::string name = "convene";
  EngineSettings settings;  ///< Bound plugins outlive the node.
  SessionStore* store =
      nullptr;  ///< Outlives the node; used on the node's thread only, once `run` is called.
  std::string command_endpoint;  ///< "ipc:///absolute/path" or "tcp://127.0.0.1:7001".
  std::string event_endpoint;
  std::map<std::string, AdapterOptions> adapters;
  /// Key of derived secrets: identifiers of repeatable bookings and tickets. Keep it across restarts, as a file that
  /// only the running user reads: then a booking repeated after a crash is still the same booking.
  std::array<std::uint8_t, 32> key{};
  CurveOptions curve;
  BusLimits limits;
  std::chrono::microseconds idle_poll{0};  ///< idle_poll.hpp
  LoopObserver* observer =
      nullptr;  ///< Sees all that goes into the engine, on the node's thread; outlives the node.
  NodeClock* clock = nullptr;  ///< Null: the machine's.
  /// Where log lines go: level as in convene/abi.h, stable id, "key=value" pairs without personal data. Called on the
  /// node's thread. May be empty.
  std::function<void(int level, std::string_view id, std::string_view fields)> log;
  /// A JSON object that `status` shows under "supervisor": what the program knows of its children and plugins. Called
  /// on the node's thread. May be empty.
  std::function<std::string()> more_status;
  /// Sessions were erased: whoever remembers anything of them drops it. Called on the node's thread, once they are gone
  /// from the store. May be empty.
  std::function<void(std::span<const SessionId>)> erased;
  /// Takes what consoles ask of the program. Called on the node's thread, and does not keep it waiting. Empty: they
  /// are told that nobody answers that here.
  std::function<void(ProgramRequest)> program;
};

/// What the buses have counted since the start.
struct NodeCounters {
  std::uint64_t batches = 0, inputs = 0, requests = 0, repeated = 0, refused = 0, malformed = 0;
  std::uint64_t unsent = 0;  ///< For a peer that was gone or full; a PeerDown, but not for legs.
  std::uint64_t peers_lost = 0;  ///< By missed heartbeats or a failed send.
  std::uint64_t events = 0;
  std::uint64_t slow_events =
      0;  ///< Events that at least one subscriber was too slow for: it sees a gap.
  std::uint64_t subscribers_gone =
      0;  ///< Event readers whose connection ended, also because they had stopped reading.
};

/// Everything that has arrived is one batch: translated, applied, committed, released. One thread does it all; only
/// the functions marked [any] may be called from others.
class Node {
 public:
  explicit Node(NodeOptions options);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// Checks the endpoints, restores the engine from the store, binds both buses. Call once, before `run`. After it
  /// returned ok adapters can connect: they are answered as soon as `run` is called.
  Status open();

  /// Runs until `stop`; then says goodbye to all peers and closes the buses. Returns within a second of `stop`.
  void run();

  /// [any] Ends `run`. Safe in a signal handler.
  void stop();

  /// [any] New settings and adapters for new decisions, from the next batch on; peers that are no longer configured
  /// get a goodbye, all others a new welcome with their new configuration. The plugins bound in the settings
  /// replaced are no longer called once `then` has run (on the node's thread); it may be empty.
  void reconfigure(EngineSettings settings, std::map<std::string, AdapterOptions> adapters,
                   std::function<void()> then = {});

  /// [any] Runs `work` on the node's thread between two batches.
  void post(std::function<void()> work);

  /// On the node's thread: shows every session that lives, with the plugin id of its service. False: there is no
  /// engine at the moment, because the store cannot be read.
  bool each_session(
      const std::function<void(const Session& session, const std::string& service)>& visit) const;
  /// On the node's thread, between two batches: a policy has changed, so everybody who waits is looked at anew.
  void ask_anew();
  /// On the node's thread: tells subscribers of the event bus. `body` is a JSON object.
  void publish(std::string_view topic, std::string_view body);

  /// What runs, what waits, what is booked: the JSON object that `convene status` shows. On the node's thread, or
  /// while it does not run.
  std::string status();

  NodeCounters counters() const;  ///< On the node's thread, or while it does not run.

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace convene
