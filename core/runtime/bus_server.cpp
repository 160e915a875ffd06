// core/runtime/bus_server.cpp - peers, sending and time on the core's end of the command bus.
#include "core/runtime/bus_server.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/runtime/bus_endpoint.hpp"
#include "core/runtime/bus_server_state.hpp"
#include "sdk/bus/json_text.hpp"

namespace convene {
namespace {

constexpr std::int64_t kMissedHeartbeats = 3;
constexpr int kLingerMs = 200;  ///< For the last goodbyes.

}  // namespace

std::string refusal(std::string_view code, std::string_view text, std::int64_t retry_after_ms) {
  bus::JsonText reply;
  reply.open().key("ok").boolean(false).key("code").text(code).key("text").text(text);
  if (retry_after_ms > 0) reply.key("retry_after_ms").number(retry_after_ms);
  return reply.close().take();
}

std::string success(std::string_view body) {
  return std::string("{\"ok\":true,\"body\":").append(body).append("}");
}

BusServer::State::Peer* BusServer::State::find(PeerId id) {
  const auto found = peers.find(id);
  return found == peers.end() ? nullptr : &found->second;
}

BusServer::State::Peer* BusServer::State::find(std::string_view route) {
  const auto found = routes.find(std::string(route));
  return found == routes.end() ? nullptr : find(found->second);
}

/// A ROUTER that is told to says so when a peer is gone (EHOSTUNREACH) or does not keep up with reading (EAGAIN). A leg
/// message or a heartbeat that finds no room is left out: the one is repeated until it is acknowledged, and in place of
/// the other there is all that waits. Anything else that is missed makes it no peer any more: it says hello again and
/// repeats its state.
void BusServer::State::send(Peer& peer, bus::Kind kind, std::uint64_t correlation,
                            std::string_view body) {
  if (peer.lost) {
    ++counters.unsent;
    return;
  }
  const int error = bus::wire::send(socket, peer.route, kind, correlation, body);
  if (error == 0) return;
  ++counters.unsent;
  const bool is_said_again =
      kind == bus::Kind::leg || kind == bus::Kind::ping || kind == bus::Kind::pong;
  if (error == EAGAIN && is_said_again) return;
  peer.lost = true;
  lost.insert(peer.id);
}

void BusServer::State::send_welcome(Peer& peer, std::string_view config) {
  bus::JsonText body;
  body.open().key("instance").text(instance).key("version").number(bus::kVersion);
  body.key("heartbeat_ms").number(limits.heartbeat.count());
  body.key("limits").open().key("body_max").number(limits.body_max);
  body.key("requests_max").number(limits.requests_waiting).close();
  body.key("config").raw(config).close();
  send(peer, bus::Kind::welcome, 0, body.view());
}

void BusServer::State::drop(PeerId id, std::string_view reason, bool say_goodbye) {
  const auto found = peers.find(id);
  if (found == peers.end()) return;
  Peer& peer = found->second;
  if (say_goodbye) {
    bus::JsonText body;
    body.open().key("reason").text(reason).close();
    send(peer, bus::Kind::goodbye, 0, body.view());
  }
  const std::string name = peer.hello.name;
  if (peer.hello.kind == PeerKind::console) memories.erase(peer.memory);
  routes.erase(peer.route);
  lost.erase(id);
  peers.erase(found);
  say(1, "bus.peer_down", "peer=" + name + " reason=" + std::string(reason));
  handler.peer_down(id, name, reason);
}

/// Answers a request in the memory of its peer name, wherever that peer is connected now.
void BusServer::State::finish(RequestId request, std::string_view reply, bool remember) {
  const auto found = waiting.find(request.value);
  if (found == waiting.end()) return;  // its deadline has passed
  const Waiting asked = std::move(found->second);
  deadlines.erase({asked.deadline, request.value});
  waiting.erase(found);
  if (const auto memory = memories.find(asked.memory); memory != memories.end()) {
    if (remember) {
      memory->second.answered(asked.correlation, std::string(reply));
    } else {
      memory->second.forget(asked.correlation);
    }
  }
  if (reply.size() > limits.body_max)
    reply = "{\"ok\":false,\"code\":\"too_large\",\"text\":\"The answer is too large.\"}";
  Peer* peer = find(asked.peer);
  if (!peer)  // it has come back under a new number
    for (auto& [id, other] : peers)
      if (other.memory == asked.memory) peer = &other;
  if (peer) send(*peer, bus::Kind::reply, asked.correlation, reply);
}

void BusServer::State::expire(std::int64_t now) {
  while (!deadlines.empty() && deadlines.begin()->first <= now) {
    const RequestId request{deadlines.begin()->second};
    finish(request, refusal("deadline", "The core did not get it done in time."), true);
  }
  for (auto& [id, peer] : peers)
    if (!peer.lost && now - peer.heard_ms > kMissedHeartbeats * limits.heartbeat.count()) {
      peer.lost = true;
      lost.insert(id);
    }
}

BusServer::BusServer(zmq::context_t& context, const BusLimits& limits, NodeClock& clock,
                     BusHandler& handler, NodeCounters& counters, Log log)
    : state_(std::make_unique<State>(context, limits, clock, handler, counters, std::move(log))) {}

BusServer::~BusServer() = default;

Status BusServer::open(const std::string& endpoint, const CurveOptions& curve) {
  State& s = *state_;
  bus::wire::SocketOptions options;
  options.messages_waiting = s.limits.messages_waiting;
  options.body_max = s.limits.body_max;
  options.linger_ms = kLingerMs;
  bus::wire::prepare(s.socket, options);
  s.socket.set(zmq::sockopt::router_mandatory, true);
  return bind_guarded(s.socket, endpoint, curve);
}

int BusServer::descriptor() { return state_->socket.get(zmq::sockopt::fd); }

std::size_t BusServer::take(std::size_t most) {
  State& s = *state_;
  std::size_t taken = 0;
  for (; taken < most && s.frames.receive(s.socket) == 0; ++taken) {
    const std::string_view route = s.frames[0];
    const std::size_t count = s.frames.count() - 1;
    std::array<std::string_view, bus::kFrames> views;
    const bool whole = count == views.size();
    for (std::size_t i = 0; whole && i < count; ++i) views[i] = s.frames[i + 1];
    const auto message = bus::decode({views.data(), whole ? count : 0}, s.limits.body_max);
    if (!message) {
      ++s.counters.malformed;
      s.refuse(route, 0, message.error().code, message.error().text);
      continue;
    }
    s.take(route, *message, s.frames.property("User-Id"));
  }
  return taken;
}

void BusServer::tick() {
  State& s = *state_;
  const std::int64_t now = s.clock.monotonic_ms();
  s.expire(now);
  if (now >= s.ping_at) {
    s.ping_at = now + s.limits.heartbeat.count();
    for (auto& [id, peer] : s.peers) s.send(peer, bus::Kind::ping, 0, "{}");
  }
  while (!s.lost.empty()) {
    const PeerId id = *s.lost.begin();
    ++s.counters.peers_lost;
    s.drop(id, "lost", false);
  }
}

std::int64_t BusServer::next_wake_ms() const {
  const State& s = *state_;
  std::int64_t at = s.ping_at;
  if (!s.deadlines.empty()) at = std::min(at, s.deadlines.begin()->first);
  if (!s.lost.empty()) at = 0;
  return at;
}

void BusServer::set_instance(std::string instance) { state_->instance = std::move(instance); }

void BusServer::welcome_all() {
  State& s = *state_;
  std::vector<PeerId> ids;
  for (const auto& [id, peer] : s.peers) ids.push_back(id);
  for (const PeerId id : ids) {
    State::Peer& peer = *s.find(id);
    if (const auto config = s.handler.admit(peer.hello)) {
      s.send_welcome(peer, *config);
    } else {
      s.drop(id, config.error().code, true);
    }
  }
}

void BusServer::answer(RequestId request, std::string_view reply_body, bool remember) {
  state_->finish(request, reply_body, remember);
}

void BusServer::leg(PeerId peer, std::string_view body) {
  if (auto* found = state_->find(peer)) return state_->send(*found, bus::Kind::leg, 0, body);
  ++state_->counters.unsent;
}

void BusServer::notice(PeerId peer, std::string_view name, std::string_view body) {
  auto* found = state_->find(peer);
  if (!found) {
    ++state_->counters.unsent;
    return;
  }
  bus::JsonText message;
  message.open().key("name").text(name).key("body").raw(body).close();
  state_->send(*found, bus::Kind::notice, 0, message.view());
}

void BusServer::ask(PeerId peer, std::uint64_t token, std::string_view name,
                    std::string_view idempotency_key, std::string_view body,
                    std::int64_t deadline_ms) {
  auto* found = state_->find(peer);
  if (!found) {
    ++state_->counters.unsent;
    return;
  }
  bus::JsonText message;
  message.open().key("name").text(name).key("deadline_ms").number(deadline_ms);
  if (!idempotency_key.empty()) message.key("idempotency_key").text(idempotency_key);
  message.key("body").raw(body).close();
  state_->send(*found, bus::Kind::request, token, message.view());
}

void BusServer::goodbye_all(std::string_view reason) {
  State& s = *state_;
  while (!s.peers.empty()) s.drop(s.peers.begin()->first, reason, true);
}

std::vector<PeerView> BusServer::peers() const {
  std::vector<PeerView> views;
  for (const auto& [id, peer] : state_->peers)
    views.push_back({id, peer.hello.name, peer.hello.kind, peer.since_ms});
  return views;
}

std::size_t BusServer::waiting() const { return state_->waiting.size(); }

}  // namespace convene
