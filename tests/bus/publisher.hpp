// tests/bus/publisher.hpp - for tests: a small world whose every change is published, and a reader that rebuilds it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <string>

#include "core/runtime/bus_fixture.hpp"
#include "core/runtime/event_bus.hpp"
#include "sdk/bus/events.hpp"

namespace convene::test {

/// The model: keys with values. Each change is one event "state.set" {"k","v"}.
using World = std::map<std::uint64_t, std::uint64_t>;

class Publisher {
 public:
  explicit Publisher(const std::string& endpoint, BusLimits limits = {},
                     std::string instance = "one")
      : bus_(context_, limits, clock_, counters) {
    bus_.set_instance(std::move(instance));
    const Status status = bus_.open(endpoint, {});
    EXPECT_TRUE(status) << (status ? "" : status.error().text);
  }

  /// One change, published.
  void change(std::uint64_t keys) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t key = random_() % keys, value = random_();
    world_[key] = value;
    body_ = "{\"k\":\"" + std::to_string(key) + "\",\"v\":\"" + std::to_string(value) + "\"}";
    bus_.publish("state.set", body_);
  }
  void tick() {
    const std::lock_guard lock(mutex_);
    bus_.tick();
  }

  struct Snapshot {
    World world;
    std::uint64_t number = 0;
  };
  Snapshot snapshot() {
    const std::lock_guard lock(mutex_);
    const auto number = bus_.numbers().find("state");
    return {world_, number == bus_.numbers().end() ? 0 : number->second};
  }

  NodeCounters counters;

 private:
  zmq::context_t context_{1};
  SteadyClock clock_;
  EventBus bus_;
  std::mutex mutex_;
  std::mt19937_64 random_{7};
  World world_;
  std::string body_;
};

/// Rebuilds the world from events, and from a snapshot after each gap.
class Follower {
 public:
  Follower(const std::string& endpoint, Publisher& publisher)
      : publisher_(publisher),
        reader_(options(endpoint), {[this](const bus::Event& event) { apply(event); },
                                    [this](const bus::Gap& gap) { repair(gap); }}) {
    EXPECT_TRUE(reader_.open());
  }

  void wait(std::int64_t ms) { reader_.wait(ms); }
  std::uint64_t number() const { return reader_.order().number("state"); }
  const World& world() const { return world_; }

  std::uint64_t events = 0, gaps = 0, missed = 0;

 private:
  static bus::EventOptions options(const std::string& endpoint) {
    bus::EventOptions made;
    made.endpoint = endpoint;
    made.words = {"state"};
    return made;
  }
  static std::uint64_t number_in(std::string_view body, std::string_view key) {
    const std::size_t at = body.find(key) + key.size();
    return std::stoull(std::string(body.substr(at, body.find('"', at) - at)));
  }
  void apply(const bus::Event& event) {
    ++events;
    world_[number_in(event.body, "\"k\":\"")] = number_in(event.body, "\"v\":\"");
  }
  void repair(const bus::Gap& gap) {
    ++gaps;
    missed += gap.number - gap.expected;
    const Publisher::Snapshot now = publisher_.snapshot();
    world_ = now.world;
    covered_ = now.number;
    reader_.covered("state", covered_);
  }

  Publisher& publisher_;
  World world_;
  std::uint64_t covered_ = 0;
  bus::EventReader reader_;
};

}  // namespace convene::test
