// core/runtime/event_bus.cpp - an XPUB socket that says when it drops.
#include "core/runtime/event_bus.hpp"

#include <zmq.h>

#include <cerrno>

#include "core/runtime/bus_endpoint.hpp"
#include "sdk/bus/json_text.hpp"
#include "sdk/bus/trace.hpp"
#include "sdk/bus/wire.hpp"

namespace convene {
namespace {

constexpr std::int64_t kBeatMs = 500;
constexpr int kHeartbeatMs = 1'000;  ///< Of the transport: a subscriber that does not answer ...
constexpr int kSilentMs = 5'000;     ///< ... for so long is disconnected.
constexpr std::size_t kUpstreamMax = 1'000;

}  // namespace

struct EventBus::State {
  State(zmq::context_t& context, const BusLimits& limits_given, NodeClock& clock_given,
        NodeCounters& counters_given)
      : limits(limits_given),
        clock(clock_given),
        counters(counters_given),
        socket(context, zmq::socket_type::xpub),
        monitor(context, zmq::socket_type::pair) {}

  void set_lossy(bool lossy) { socket.set(zmq::sockopt::xpub_nodrop, !lossy); }

  /// All three frames, or EAGAIN before the first when a subscriber's queue is full.
  int send(std::string_view topic, std::uint64_t number, std::string_view body) {
    const auto bytes = bus::to_bytes(number);
    if (const int error = bus::wire::send_frame(socket, topic, true)) return error;
    if (const int error = bus::wire::send_frame(socket, {bytes.data(), bytes.size()}, true))
      return error;
    return bus::wire::send_frame(socket, body, false);
  }

  void publish(std::string_view topic, std::uint64_t number, std::string_view body) {
    if (send(topic, number, body) == EAGAIN) {
      ++counters.slow_events;
      set_lossy(true);  // those that keep up get it, the one that does not sees a gap
      send(topic, number, body);
      set_lossy(false);
    }
    bus::trace::event(topic, number, body);
  }

  const BusLimits limits;
  NodeClock& clock;
  NodeCounters& counters;
  zmq::socket_t socket;
  zmq::socket_t monitor;
  bus::wire::Frames frames;
  std::string instance;
  std::map<std::string, std::uint64_t, std::less<>> numbers;
  std::int64_t beat_at = 0;
  bool more_upstream = false;  ///< Subscriptions wait that were too many for one turn.
};

EventBus::EventBus(zmq::context_t& context, const BusLimits& limits, NodeClock& clock,
                   NodeCounters& counters)
    : state_(std::make_unique<State>(context, limits, clock, counters)) {}

EventBus::~EventBus() {
  if (state_) zmq_socket_monitor(state_->socket.handle(), nullptr, 0);
}

Status EventBus::open(const std::string& endpoint, const CurveOptions& curve) {
  State& s = *state_;
  bus::wire::SocketOptions options;
  options.messages_waiting = s.limits.events_waiting;
  options.body_max = 1'024;  // subscriptions are short
  bus::wire::prepare(s.socket, options);
  s.socket.set(zmq::sockopt::heartbeat_ivl, kHeartbeatMs);
  s.socket.set(zmq::sockopt::heartbeat_timeout, kSilentMs);
  s.set_lossy(false);
  const std::string watch =
      "inproc://event-bus-" + std::to_string(reinterpret_cast<std::uintptr_t>(&s));
  if (zmq_socket_monitor(s.socket.handle(), watch.c_str(), ZMQ_EVENT_DISCONNECTED) == 0) {
    s.monitor.set(zmq::sockopt::linger, 0);
    s.monitor.connect(watch);
  }
  return bind_guarded(s.socket, endpoint, curve);
}

void EventBus::publish(std::string_view topic, std::string_view body) {
  State& s = *state_;
  const std::string_view word = topic.substr(0, topic.find('.'));
  auto count = s.numbers.find(word);
  if (count == s.numbers.end()) count = s.numbers.emplace(word, 0).first;
  ++s.counters.events;
  s.publish(topic, ++count->second, body.size() <= s.limits.event_max ? body : "{}");
}

const std::map<std::string, std::uint64_t, std::less<>>& EventBus::numbers() const {
  return state_->numbers;
}

void EventBus::set_instance(std::string instance) { state_->instance = std::move(instance); }

void EventBus::tick() {
  State& s = *state_;
  const std::int64_t now = s.clock.monotonic_ms();
  if (now < s.beat_at && !s.more_upstream) return;
  std::size_t taken = 0;
  while (taken < kUpstreamMax && s.frames.receive(s.socket) == 0) ++taken;
  s.more_upstream = taken == kUpstreamMax;
  if (now < s.beat_at) return;
  while (s.frames.receive(s.monitor) == 0) ++s.counters.subscribers_gone;
  s.beat_at = now + kBeatMs;
  bus::JsonText body;
  body.open().key("instance").text(s.instance).key("numbers").open();
  for (const auto& [word, number] : s.numbers) body.key(word).number(number);
  body.close().close();
  s.publish("beat", 0, body.view());
}

std::int64_t EventBus::next_wake_ms() const { return state_->more_upstream ? 0 : state_->beat_at; }

}  // namespace convene
