// core/engine/commit_loop.hpp - commit, then release: the one way in which an engine and a store work together.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/engine/engine.hpp"

namespace convene {

/// Runs batches of inputs through an engine and a store. Nothing is released before what it rests on is committed;
/// when the store refuses a commit the engine is thrown away and restored from what the store does hold, and the
/// batch's requests are refused with "store_unavailable". Used alike by the runtime and by the simulator.
class CommitLoop {
 public:
  /// `store` outlives the loop. Call `recover` before the first batch.
  CommitLoop(EngineSettings settings, SessionStore& store);

  /// Restores the engine from the store. Fails when the store does; try again later.
  Status recover(Time now);

  /// Applies the batch, commits, and appends to `released` what may now be sent. While the store is down every
  /// request is refused and everything else is dropped: peers repeat themselves.
  void run(Time now, std::span<const Input> batch, std::vector<Output>& released);

  /// When to call `run` with an empty batch at the latest.
  Time next_wake() const;

  bool available() const { return engine_.has_value(); }
  /// How often the engine was restored: a new number tells peers to repeat their state.
  std::uint64_t generation() const { return generation_; }
  const Engine& engine() const { return *engine_; }
  void reconfigure(EngineSettings settings);

 private:
  EngineSettings settings_;
  SessionStore& store_;
  std::optional<Engine> engine_;
  std::uint64_t generation_ = 0;
  Time retry_at_{};
};

}  // namespace convene
