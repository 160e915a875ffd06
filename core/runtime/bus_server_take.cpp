// core/runtime/bus_server_take.cpp - every kind of message that a peer can send: checked, then handed on or refused.
#include <boost/json.hpp>

#include "core/runtime/body_reader.hpp"
#include "core/runtime/bus_server_state.hpp"
#include "sdk/bus/json_text.hpp"

namespace convene {
namespace {

namespace json = boost::json;

constexpr std::size_t kDepthMax = 32;
constexpr std::size_t kConsolesMax = 16;
constexpr std::uint64_t kDeadlineMax = 10 * 60 * 1'000;
constexpr std::uint64_t kDeadline = 5'000;

/// One object of bounded depth. Small bodies are parsed without touching the heap.
class Body {
 public:
  explicit Body(std::string_view text) {
    json::parse_options options;
    options.max_depth = kDepthMax;
    boost::system::error_code error;
    value_ = json::parse(text, error, &memory_, options);
    if (error || !value_.is_object()) value_ = nullptr;
  }
  explicit operator bool() const { return value_.is_object(); }
  const json::object& object() const { return value_.get_object(); }

 private:
  unsigned char buffer_[8192];
  json::monotonic_resource memory_{buffer_, sizeof buffer_};
  json::value value_ = json::value(json::storage_ptr(&memory_));
};

std::optional<PeerKind> kind_of(std::string_view word) {
  if (word == "gateway") return PeerKind::gateway;
  if (word == "proxy") return PeerKind::proxy;
  if (word == "records") return PeerKind::records;
  if (word == "console") return PeerKind::console;
  return std::nullopt;
}

bool speaks_our_version(const json::object& hello) {
  const json::value* versions = hello.if_contains("versions");
  if (!versions || !versions->is_array()) return false;
  for (const auto& version : versions->get_array())
    if (version.is_int64() && version.get_int64() == bus::kVersion) return true;
  return false;
}

}  // namespace

/// To a peer, or to a stranger by its route. Strangers are told so many times a second, then only counted.
void BusServer::State::refuse(std::string_view route, std::uint64_t correlation,
                              std::string_view code, std::string_view text) {
  ++counters.refused;
  bus::JsonText body;
  body.open().key("code").text(code).key("text").text(text).close();
  if (Peer* peer = find(route)) return send(*peer, bus::Kind::refused, correlation, body.view());
  const std::int64_t now = clock.monotonic_ms();
  if (now - strangers_since >= 1'000) {
    strangers_since = now;
    strangers = 0;
  }
  if (++strangers > limits.unknown_peers) return;
  if (bus::wire::send(socket, route, bus::Kind::refused, correlation, body.view()) != 0)
    ++counters.unsent;
}

void BusServer::State::take(std::string_view route, const bus::Message& message,
                            std::string_view key_name) {
  Peer* peer = find(route);
  if (!peer || message.kind == bus::Kind::hello) return take_stranger(route, message, key_name);
  peer->heard_ms = clock.monotonic_ms();
  switch (message.kind) {
    case bus::Kind::ping:
      return send(*peer, bus::Kind::pong, message.correlation, "{}");
    case bus::Kind::pong:
      return;
    case bus::Kind::request:
      return take_request(*peer, message.correlation, message.body);
    case bus::Kind::reply:
      return take_reply(*peer, message.correlation, message.body);
    case bus::Kind::event:
      return take_event(*peer, message.body);
    case bus::Kind::leg:
      return take_leg(*peer, message.body);
    case bus::Kind::goodbye:
      return drop(peer->id, "goodbye", false);
    case bus::Kind::hello:
    case bus::Kind::welcome:
    case bus::Kind::notice:
    case bus::Kind::refused:
      break;
  }
  ++counters.malformed;
  refuse(route, message.correlation, "malformed", "a peer does not send messages of this kind");
}

void BusServer::State::take_stranger(std::string_view route, const bus::Message& message,
                                     std::string_view key_name) {
  if (message.kind == bus::Kind::hello) return take_hello(route, message.body, key_name);
  if (message.kind == bus::Kind::goodbye) return;
  refuse(route, message.correlation, "hello_first", "say hello before anything else");
}

void BusServer::State::take_hello(std::string_view route, std::string_view text,
                                  std::string_view key_name) {
  const Body body(text);
  if (!body) {
    ++counters.malformed;
    return refuse(route, 0, "malformed", "hello: one JSON object is expected");
  }
  if (!speaks_our_version(body.object()))
    return refuse(route, 0, "bad_version",
                  "this core speaks version 1 of the bus; update the adapter");
  BodyReader reader(body.object());
  Hello hello;
  hello.name = reader.must_text("name", 64);
  const auto kind = kind_of(reader.must_text("kind", 16));
  if (!kind) reader.fail("kind", "gateway, proxy, records or console is expected");
  hello.kind = kind.value_or(PeerKind::console);
  hello.capabilities = reader.texts("capabilities", 16);
  hello.key_name = key_name;
  reader.know("versions");
  if (const Status status = reader.finish(); !status) {
    ++counters.malformed;
    return refuse(route, 0, status.error().code, status.error().text);
  }
  const auto config = handler.admit(hello);
  if (!config) {
    say(2, "bus.peer_refused", "reason=" + config.error().code);
    return refuse(route, 0, config.error().code, config.error().text);
  }
  // One connection a name: who comes later is the one that is alive. Consoles may be many, up to a bound.
  std::vector<PeerId> former;
  std::size_t consoles = 0;
  for (const auto& [id, other] : peers) {
    if (other.route == route || (hello.kind != PeerKind::console && other.hello.name == hello.name))
      former.push_back(id);
    if (other.hello.kind == PeerKind::console) ++consoles;
  }
  if (hello.kind == PeerKind::console && consoles >= kConsolesMax)
    return refuse(route, 0, "busy", "too many consoles are connected");
  const std::string own_route(route);
  for (const PeerId id : former) drop(id, "replaced", find(id)->route != own_route);

  const std::int64_t now = clock.monotonic_ms();
  const PeerId id{++last_peer};
  std::string memory = hello.name;
  if (hello.kind == PeerKind::console) memory += "#" + std::to_string(id.value);
  memories.try_emplace(memory, limits.remembered);
  const auto [entry, fresh] =
      peers.emplace(id, Peer{id, own_route, memory, std::move(hello), now, now, false});
  routes[own_route] = id;
  Peer& peer = entry->second;
  say(1, "bus.peer_up", "peer=" + peer.hello.name);
  send_welcome(peer, *config);
  handler.peer_up(id, peer.hello);
}

void BusServer::State::take_request(Peer& peer, std::uint64_t id, std::string_view text) {
  ReplyMemory& memory = memories.find(peer.memory)->second;
  if (const auto* known = memory.find(id)) {
    ++counters.repeated;
    if (known->done) send(peer, bus::Kind::reply, id, known->reply);
    if (!known->done) waiting.at(known->request.value).peer = peer.id;
    return;
  }
  ++counters.requests;
  const Body body(text);
  if (!body) {
    ++counters.malformed;
    return refuse(peer.route, id, "malformed", "request: one JSON object is expected");
  }
  BodyReader reader(body.object());
  const std::string name = reader.must_text("name", 64);
  const std::string key = reader.text("idempotency_key", 128);
  const std::uint64_t deadline_ms = reader.number("deadline_ms").value_or(kDeadline);
  const json::object* inner = reader.object("body");
  if (!inner) reader.fail("body", "missing");
  if (deadline_ms == 0 || deadline_ms > kDeadlineMax)
    reader.fail("deadline_ms", "from 1 to 600000 is expected");
  if (const Status status = reader.finish(); !status) {
    ++counters.malformed;
    return refuse(peer.route, id, status.error().code, status.error().text);
  }
  if (waiting.size() >= limits.requests_waiting)
    return send(peer, bus::Kind::reply, id,
                refusal("busy", "Too many requests wait for an answer.", 1'000));

  const RequestId request{++last_request};
  const std::int64_t deadline = clock.monotonic_ms() + static_cast<std::int64_t>(deadline_ms);
  memory.started(id, request);
  waiting.emplace(request.value, Waiting{peer.memory, peer.id, id, deadline});
  deadlines.emplace(deadline, request.value);
  handler.request({peer.id, request, peer.hello.name, peer.hello.kind, name, key, *inner,
                   bus::member_text(text, "body")});
}

void BusServer::State::take_reply(Peer& peer, std::uint64_t id, std::string_view text) {
  const Body body(text);
  const json::value* good = body ? body.object().if_contains("ok") : nullptr;
  if (!good || !good->is_bool()) {
    ++counters.malformed;
    return refuse(peer.route, id, "malformed", "reply: an object with \"ok\" is expected");
  }
  handler.replied(peer.id, id, good->get_bool(),
                  good->get_bool() ? bus::member_text(text, "body") : text);
}

void BusServer::State::take_event(Peer& peer, std::string_view text) {
  const Body body(text);
  const json::value* name = body ? body.object().if_contains("name") : nullptr;
  const json::value* inner = body ? body.object().if_contains("body") : nullptr;
  if (!name || !name->is_string() || !inner || !inner->is_object()) {
    ++counters.malformed;
    return refuse(peer.route, 0, "malformed",
                  "event: an object with \"name\" and \"body\" is expected");
  }
  handler.event(peer.id, peer.hello.kind, name->get_string(), inner->get_object());
}

void BusServer::State::take_leg(Peer& peer, std::string_view text) {
  const Body body(text);
  if (!body) {
    ++counters.malformed;
    return refuse(peer.route, 0, "malformed", "leg: one JSON object is expected");
  }
  handler.leg(peer.id, body.object());
}

}  // namespace convene
