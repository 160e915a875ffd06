// core/engine/commit_loop.hpp - commit, then release: the one way in which an engine and a store work together.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "core/engine/coalesce.hpp"
#include "core/engine/engine.hpp"
#include "core/engine/observer.hpp"
#include "core/engine/requests.hpp"

namespace convene {

/// Runs batches of inputs through an engine and a store. Nothing is released before what it rests on is committed;
/// when the store refuses a commit the engine is thrown away and restored from what the store does hold, and every
/// request that waits for an answer is refused with "store_unavailable". Restoring is tried with back-off, 100 ms
/// doubling to 5 s. Used alike by the runtime and by the simulator.
///
/// What peers report of legs that go on promises nothing to anybody, and they report it again to a core that has come
/// back: it is released at once and written with the next commit, a second later at most.
///
/// Across a restored engine the loop itself remembers who is connected and what the wall clock's offset is. Desks and
/// legs are repeated by their peers, who are told by the runtime when `generation` has changed.
class CommitLoop {
 public:
  static constexpr Duration kFirstRetry{100};
  static constexpr Duration kLastRetry{5000};
  static constexpr Duration kScrubPause{10'000};
  static constexpr Duration kKeep{1000};           ///< So long may what is only repeated wait for a commit.
  static constexpr std::size_t kKeptMost = 256;    ///< So many records of it.

  /// `store` and `observer` (null: nobody watches) outlive the loop. Call `recover` before the first batch.
  CommitLoop(EngineSettings settings, SessionStore& store, LoopObserver* observer = nullptr);

  /// Restores the engine from the store. Fails when the store does; `run` tries again by itself.
  Status recover(Time now);

  /// Applies the batch, commits, and appends to `released` what may now be sent: what brings an agent in first, as
  /// somebody waits for the agent, events for listeners last. While the store is down every request is refused and everything else
  /// is dropped: peers repeat themselves.
  void run(Time now, std::span<const Input> batch, std::vector<Output>& released);

  /// To be called when what `run` has released is on its way, for the observer's sake.
  void sent() {
    if (observer_ != nullptr) observer_->sent();
  }

  /// When to call `run` with an empty batch at the latest.
  Time next_wake() const;

  /// Writes what waits for the next commit: before a stop. A failure costs what its makers repeat.
  Status flush();
  /// What waits: all of legs.
  std::span<const Change> kept() const { return kept_.changes(); }

  bool available() const { return engine_.has_value(); }
  /// How often the engine was restored: a new number tells peers to repeat their state.
  std::uint64_t generation() const { return generation_; }
  /// Only while `available`.
  const Engine& engine() const { return *engine_; }
  /// Why the engine was lost last; empty code: it never was.
  const Error& last_error() const { return last_error_; }
  void reconfigure(EngineSettings settings);
  /// The sessions that the last `run` has erased.
  std::span<const SessionId> erased() const { return erased_; }

 private:
  void remember(const Input& input);
  Status apply(Time now, const Input& input);
  Status write(Time now, std::span<const Input> batch);
  Status commit(const std::vector<Change>& changes);
  void release(std::vector<Output>& released);
  void feed(Time now, const Input& input);
  Status serve_queries(Time now);
  Result<input::Loaded> load(const output::Load& query);
  Result<input::LoadedDue> load_due(const output::LoadDue& query);
  Result<input::LoadedEnded> load_ended(const output::LoadEnded& query);
  void note_erasures(std::span<const Input> batch);
  bool wants_scrub() const {
    return unscrubbed_ == Unscrubbed::asked || (unscrubbed_ == Unscrubbed::swept && !sweeping_);
  }
  void scrub(Time now);
  void drop_engine(Time now, Error error);
  void refuse(const Asker& asker, Time now, std::vector<Output>& released) const;

  EngineSettings settings_;
  SessionStore& store_;
  LoopObserver* observer_;
  std::optional<Engine> engine_;
  std::uint64_t generation_ = 0;
  Time retry_at_{};
  Duration retry_delay_ = kFirstRetry;
  Error last_error_;
  /// Something was erased and may still be found in the store's files; `asked`: an operator wants it gone.
  enum class Unscrubbed : std::uint8_t { nothing, swept, asked } unscrubbed_ = Unscrubbed::nothing;
  bool sweeping_ = false;  ///< More is about to be erased.
  Time scrub_at_{};        ///< Not before.
  std::vector<SessionId> erased_;
  std::map<PeerId, input::PeerUp> peers_;
  Duration offset_{0};
  std::set<Asker> waiting_;  ///< Requests taken by the engine and not answered yet.
  Coalescer changes_;
  Coalescer kept_;      ///< Of former batches, not written yet; records of legs alone.
  Time keep_until_{};   ///< While there are any.
  Outputs outputs_;
  std::vector<std::uint8_t> ranks_;  ///< Of its messages; kept for its memory.
};

}  // namespace convene
