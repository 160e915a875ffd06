// core/runtime/bus_server_state.hpp - what the bus server keeps; included by its own files only.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/runtime/bus_server.hpp"
#include "core/runtime/reply_memory.hpp"
#include "sdk/bus/wire.hpp"

namespace convene {

struct BusServer::State {
  struct Peer {
    PeerId id;
    std::string route;   ///< ZeroMQ's name of the connection.
    std::string memory;  ///< Key of its reply memory: its name; consoles have one each.
    Hello hello;
    std::int64_t heard_ms = 0;
    std::int64_t since_ms = 0;
    bool lost = false;  ///< A send failed: down in the next tick.
  };
  struct Waiting {
    std::string memory;
    PeerId peer;
    std::uint64_t correlation = 0;
    std::int64_t deadline = 0;
  };

  State(zmq::context_t& context_given, const BusLimits& limits_given, NodeClock& clock_given,
        BusHandler& handler_given, NodeCounters& counters_given, Log log_given)
      : limits(limits_given),
        clock(clock_given),
        handler(handler_given),
        counters(counters_given),
        log(std::move(log_given)),
        socket(context_given, zmq::socket_type::router) {}

  // bus_server.cpp: peers, sending, time
  Peer* find(PeerId id);
  Peer* find(std::string_view route);
  void send(Peer& peer, bus::Kind kind, std::uint64_t correlation, std::string_view body);
  void send_welcome(Peer& peer, std::string_view config);
  void drop(PeerId id, std::string_view reason, bool say_goodbye);
  void expire(std::int64_t now);
  void finish(RequestId request, std::string_view reply, bool remember);

  // bus_server_take.cpp: messages that come in
  void take(std::string_view route, const bus::Message& message, std::string_view key_name);
  void take_stranger(std::string_view route, const bus::Message& message,
                     std::string_view key_name);
  void take_hello(std::string_view route, std::string_view body, std::string_view key_name);
  void take_request(Peer& peer, std::uint64_t id, std::string_view body);
  void take_reply(Peer& peer, std::uint64_t id, std::string_view body);
  void take_event(Peer& peer, std::string_view body);
  void take_leg(Peer& peer, std::string_view body);
  void refuse(std::string_view route, std::uint64_t correlation, std::string_view code,
              std::string_view text);
  void say(int level, std::string_view id, std::string_view fields) const {
    if (log) log(level, id, fields);
  }

  const BusLimits limits;
  NodeClock& clock;
  BusHandler& handler;
  NodeCounters& counters;
  Log log;
  zmq::socket_t socket;
  bus::wire::Frames frames;
  std::string instance;
  std::uint64_t last_peer = 0;
  std::uint64_t last_request = 0;
  std::map<PeerId, Peer> peers;
  std::unordered_map<std::string, PeerId> routes;
  std::map<std::string, ReplyMemory, std::less<>> memories;
  std::unordered_map<std::uint64_t, Waiting> waiting;          ///< By RequestId.
  std::set<std::pair<std::int64_t, std::uint64_t>> deadlines;  ///< Of `waiting`.
  std::set<PeerId> lost;                                       ///< Down in the next tick.
  std::int64_t ping_at = 0;
  std::int64_t strangers_since = 0;
  std::uint32_t strangers = 0;  ///< Refusals told to strangers in this second.
};

}  // namespace convene
