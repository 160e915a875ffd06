// core/sim/world.hpp - everything of one seed: the node, its peers, its people, and the weather between them.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/engine/testing/memory_store.hpp"
#include "core/sim/agenda.hpp"
#include "core/sim/checker.hpp"
#include "core/sim/history.hpp"
#include "core/sim/random.hpp"
#include "core/sim/scenario.hpp"
#include "core/sim/sim.hpp"

namespace convene::sim {

class Node;
class Peer;
class Customer;
class Desk;

/// Passes every commit on to the checker, whatever the store then says of it.
class WatchedStore final : public SessionStore {
 public:
  WatchedStore(testing::MemoryStore& store, Checker& checker, bool lies)
      : store_(store), checker_(checker), lies_(lies) {}

  Status commit(std::span<const Change> changes) override {
    if (lies_ && ++commits_ % 500 == 0) return ok();
    const std::uint64_t before = store_.commits;
    Status status = store_.commit(changes);
    if (store_.commits != before) checker_.committed(changes);
    return status;
  }
  Result<Rendezvous> load(const Hash& key) override { return store_.load(key); }
  Result<std::vector<Rendezvous>> load_due(Time until, std::size_t limit) override {
    return store_.load_due(until, limit);
  }
  Result<Ended> load_ended(Time until, std::size_t limit) override {
    return store_.load_ended(until, limit);
  }
  Result<std::vector<SessionId>> sessions_of(const Hash& key) override {
    return store_.sessions_of(key);
  }
  Result<Hash> rendezvous_of(SessionId id) override { return store_.rendezvous_of(id); }
  Status scrub() override { return store_.scrub(); }
  Result<Snapshot> restore() override { return store_.restore(); }
  Result<std::vector<Decision>> decisions(SessionId id) override { return store_.decisions(id); }
  Result<std::vector<std::uint64_t>> counts() override { return store_.counts(); }

 private:
  testing::MemoryStore& store_;
  Checker& checker_;
  bool lies_;
  std::uint64_t commits_ = 0;
};

class World {
 public:
  World(const SimOptions& options, const SimPlugins& plugins);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  SimReport play();

  /// Sends something through the network: it may be lost, doubled, late.
  void transmit(Agenda::Thing arrive);
  void count(FaultKind kind) { ++counts[static_cast<std::size_t>(kind)]; }
  Time now() const { return agenda.now(); }
  /// What the node's wall clock shows.
  Time wall() const { return agenda.now() + clock_error; }
  Peer& gateway();  ///< One that works, if there is one.

  const SimOptions options;
  std::array<std::uint64_t, kFaultKinds> counts{};
  Random net, life;  ///< Of the weather, and of the people: more of one does not change the other.
  Faults faults;
  Flaky flaky;
  EngineSettings settings;
  Agenda agenda;
  History history;
  Checker checker;
  testing::MemoryStore memory;
  WatchedStore store;
  bool calm = false;  ///< Faults have stopped (promise A3).
  bool store_down = false;
  Duration clock_error{0};
  std::unique_ptr<Node> node;
  std::vector<std::unique_ptr<Peer>> peers;
  std::vector<std::unique_ptr<Customer>> customers;
  std::vector<std::unique_ptr<Desk>> desks;

 private:
  EngineSettings bind(const SimPlugins& plugins);
  void plan_weather();
  void become_calm();
  /// Everything that should have come to rest by now and has not.
  std::set<std::string> complaints(Time calm_since);
};

}  // namespace convene::sim
