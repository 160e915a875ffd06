// core/engine/engine.hpp - the state machine that everything runs on: production, simulation, replay.
#pragma once

#include <functional>
#include <memory>
#include <vector>
#include <string>

#include "core/model/input.hpp"
#include "core/model/output.hpp"
#include "core/model/settings.hpp"
#include "core/model/store.hpp"
#include "core/model/time.hpp"

namespace convene {

/// Sees one session that lives, and the plugin id of its service.
using SessionVisitor = std::function<void(const Session& session, const std::string& service)>;

/// How a pool stands at this moment, in numbers.
struct PoolLoad {
  std::string pool;
  std::uint64_t agents = 0;   ///< Signed in, whatever they do; but not those who were paused for not answering.
  std::uint64_t free = 0;     ///< Of those, who could take a session now.
  std::uint64_t waiting = 0;  ///< Sessions that look for one of them.
};

/// Sessions, legs, rendezvous, offers, agents and timers of one node. Pure: no I/O, no clock, no thread, no dice.
/// The same settings, snapshot and inputs give the same outputs, byte for byte. Not thread-safe.
class Engine {
 public:
  /// Starts from what the store holds. `settings` is copied; the plugins bound in it must outlive the engine.
  Engine(EngineSettings settings, const Snapshot& snapshot, Time now);
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  /// Takes one input at `now` and appends what follows to `out`. Never blocks, never throws. A `now` before the
  /// last one counts as the last one.
  void apply(Time now, const Input& input, Outputs& out);

  /// When to apply input::Tick at the latest; kNever when nothing waits for time.
  Time next_wake() const;

  /// New settings for new decisions; sessions that run keep the flow they started with if it is gone.
  void reconfigure(EngineSettings settings);

  /// What is live, for snapshots of late joiners, `convene status`, and the simulator's invariants. Equal to what a
  /// store that took all changes would restore.
  Snapshot snapshot() const;

  /// Every pool that has agents or sessions, by name. Costs a look at each agent.
  std::vector<PoolLoad> pools() const;

  /// Shows every session that lives, by number, without a copy: cheaper than a snapshot.
  void each_session(const SessionVisitor& visit) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace convene
