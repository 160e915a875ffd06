// core/engine/observer.hpp - who may watch a commit loop: sees what an engine is made of and
// everything that goes in.
#pragma once

#include <span>

#include "core/engine/engine.hpp"
#include "core/model/input.hpp"
#include "core/model/output.hpp"
#include "core/model/result.hpp"
#include "core/model/settings.hpp"
#include "core/model/store.hpp"
#include "core/model/time.hpp"

namespace convene {

/// Told by the loop, on its thread, in the order in which things happen. Whoever gives an engine
/// made of the same settings and snapshot the same inputs at the same times gets the same changes
/// and messages: that is what a journal is. An observer changes nothing and takes no longer than it
/// must: the commit waits for it.
class LoopObserver {
 public:
  virtual ~LoopObserver() = default;

  /// The settings with which the loop runs instead: the same, with plugins bound that also tell the
  /// observer what they answer. What it returns is used until the loop ends or is given other
  /// settings, and by sessions beyond that.
  virtual EngineSettings tapped(EngineSettings settings) { return settings; }
  /// An engine was made of `settings` and what the store holds. Peers that are connected follow as
  /// inputs.
  virtual void made(Time now, const EngineSettings& settings, const Snapshot& snapshot) = 0;
  /// `input` goes into the engine now: a peer's, the store's (Loaded, LoadedDue, LoadedEnded) or time's (Tick).
  virtual void applies(Time now, const Input& input) = 0;
  /// The batch is over, and durable but for what its makers repeat: what it has changed, what is
  /// now released in some other order, and the engine between two batches.
  virtual void committed(const Engine& engine, std::span<const Change> changes,
                         std::span<const Output> messages) = 0;
  /// What the batch released is on its way, and nobody waits: the moment for what takes time. Some who run a loop never
  /// say so.
  virtual void sent() {}
  /// The store has refused; the engine is thrown away with what it has taken since the last commit.
  virtual void dropped(Time now, const Error& why) = 0;
  /// From the next input on the engine runs with these.
  virtual void reconfigured(const EngineSettings& settings) = 0;
};

}  // namespace convene
