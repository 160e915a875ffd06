// core/runtime/event_bus.hpp - the core's end of the event bus: numbered events for whoever listens.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/model/result.hpp"
#include "core/runtime/node.hpp"

namespace zmq {
class context_t;
}

namespace convene {

/// Publishes and never waits. A subscriber that does not keep up has at most `limits.events_waiting` events of at most
/// `limits.event_max` bytes kept for it; what is more is not sent to it, counted, and visible to it as a gap in the
/// numbers. A subscriber that stops reading altogether is disconnected after a few seconds.
class EventBus {
 public:
  EventBus(zmq::context_t& context, const BusLimits& limits, NodeClock& clock,
           NodeCounters& counters);
  ~EventBus();

  Status open(const std::string& endpoint, const CurveOptions& curve);

  /// Topic "leg.connected", body JSON. The number counts per first word. A body over the bound is replaced by {}: the
  /// subscriber learns that something happened, and a snapshot says what.
  void publish(std::string_view topic, std::string_view body);

  /// The newest number of each word that was ever published.
  const std::map<std::string, std::uint64_t, std::less<>>& numbers() const;

  /// What beats say: so that subscribers know when the numbers start anew.
  void set_instance(std::string instance);

  /// Beats (twice a second: instance and newest numbers, so that a loss at the end of a burst is seen too), and what
  /// subscribers have sent.
  void tick();
  std::int64_t next_wake_ms() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace convene
