// core/replay/player.hpp - plays a journal through the engine, asks policies of today what they
// would have said, and notices where anything differs.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "convene/routing.h"
#include "convene/service.h"
#include "core/engine/coalesce.hpp"
#include "core/engine/engine.hpp"
#include "core/journal/items.hpp"

namespace convene::replay {

/// The plugins that are asked. A policy that is not here is not asked: what it said then is known.
/// A service must be here.
struct Bindings {
  std::map<std::string, BoundRouting> routing;
  std::map<std::string, BoundService> services;
};

/// One answer of a policy, for people: "assign anna", "wait until +2.5 s", "overflow to evening",
/// "failed".
struct Choice {
  std::string what;
  std::string reason;
  std::optional<std::int64_t> score;  ///< That the chosen candidate was given.
};

/// A question that was answered in one way then, and is answered in another one now.
struct Difference {
  Time at{};
  SessionId session;
  std::string flow;
  std::string policy;  ///< Id of the policy that the flow asks.
  Choice then;
  Choice now;
};

struct Counts {
  std::uint64_t engines = 0, inputs = 0, batches = 0, dropped = 0, reconfigured = 0, reloads = 0;
  std::uint64_t questions = 0;  ///< That policies were asked then.
  std::uint64_t compared = 0;   ///< Of these, asked again now.
  std::uint64_t differing = 0;  ///< Decisions that would have been others.
  std::uint64_t reworded = 0;   ///< The same decision, in other words.
  std::uint64_t unlike = 0;     ///< Batches of which the engine now says something else.
  Time from{}, to{};            ///< Engine time of the first and the last input.
  Time exact_from{};  ///< When something was last not as it was; `from` where nothing was.
  std::uint64_t exact_batches = 0;  ///< Since then.
};

/// Who is told while a journal is played; each may be empty.
struct Watch {
  std::function<void(const Difference&)> differs;
  std::function<void(const journal::Settings&, const Snapshot&, Time)> made;
  std::function<void(Time, std::span<const Change>)> committed;
};

/// The engine gets the recorded inputs at the recorded times, and from policies the recorded
/// answers, so that it goes through the recorded day whatever is asked of others beside it.
/// Services are run again.
class Player {
 public:
  /// Asked whenever an engine is made or gets other settings; what was bound before stays in use
  /// until `bind` returns.
  using Bind = std::function<Result<Bindings>(const journal::Settings&)>;
  Player(Bind bind, Watch watch);
  ~Player();

  /// Takes the journal's items in their order. An error ends the replay: a service that is not here
  /// ("replay.plugin"), a journal that says something impossible ("replay.journal").
  Status play(journal::Item item);
  /// After the last item.
  Status finish();

  const Counts& counts() const { return counts_; }
  /// What was the first thing that did not go as it went then; empty: everything did.
  const std::string& first_divergence() const { return first_divergence_; }
  /// Began in the middle of a run: what a snapshot does not hold was missing, and differences before
  /// `exact_from` mean nothing.
  bool midway() const { return midway_; }

 private:
  struct RoutingSeat;
  struct ServiceSeat;
  using Answer = std::variant<journal::Asked, journal::Stepped>;

  Status on(journal::Head head);
  Status on(journal::Made made);
  Status on(journal::Middle middle);
  Status on(journal::Applied applied);
  Status on(journal::Asked asked);
  Status on(journal::Stepped stepped);
  Status on(journal::Committed committed);
  Status on(journal::Dropped dropped);
  Status on(journal::Reconfigured reconfigured);
  Status on(journal::PluginMark mark);

  Result<EngineSettings> bound(const journal::Settings& settings);
  void apply_pending();
  void apply(Time now, const Input& input);
  void forget_batch();
  void diverged(std::string what);
  convene_status answer(RoutingSeat& seat, const convene_routing_request& request,
                        convene_routing_answer& answer);
  void compare(const RoutingSeat& seat, const convene_routing_request& request,
               const journal::Asked& then);
  convene_status step(ServiceSeat& seat, const convene_session* session, convene_text state,
                      const convene_service_event* event, const convene_service_effects* effects);

  Bind bind_;
  Watch watch_;
  Counts counts_;
  std::string first_divergence_;
  bool midway_ = false, begun_ = false;
  std::optional<Engine> engine_;
  journal::Settings settings_;
  std::vector<std::unique_ptr<RoutingSeat>> routing_;
  std::vector<std::unique_ptr<ServiceSeat>> services_;
  std::optional<journal::Applied> pending_;
  std::deque<std::uint64_t>
      loads_;  ///< Of an engine begun midway: its own tokens of what it has asked the store.
  std::deque<Answer> answers_;  ///< To what the pending input makes the engine ask.
  Coalescer changes_;
  Outputs outputs_;
  Time now_{};
  SessionId told_;  ///< Of the question under way a difference was told already.
};

}  // namespace convene::replay
