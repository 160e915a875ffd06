// sdk/host/past.hpp - what a plugin was asked last and what it answered, so that another generation can be asked the
// same before it answers anybody.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <vector>

#include "core/model/result.hpp"
#include "sdk/host/effect_tape.hpp"
#include "sdk/host/policy_answer.hpp"
#include "sdk/host/shadow.hpp"

namespace convene {

/// A question with its answer, copied. Never changes, so that any thread may read it.
class PastEvent {
 public:
  virtual ~PastEvent() = default;
  /// Asks `plugin` the same and notes in `shadow` whether it answers alike; nobody else hears its answer.
  /// `alike`: its states are of the version of the one that answered then. An error: it failed where that did not.
  virtual Status ask(const LoadedPlugin& plugin, bool alike, Shadow& shadow) const = 0;
  virtual std::uint64_t session() const = 0;
  /// Roughly what it holds.
  virtual std::size_t bytes() const = 0;
};
using PastEvents = std::vector<std::shared_ptr<const PastEvent>>;

/// The newest events, bounded in number and in memory. [lane]
class Past {
 public:
  static constexpr std::size_t kEventsMax = 1'000;
  static constexpr std::size_t kBytesMax = 4u << 20;

  void keep(const convene_routing_request& request, const PolicyAnswer& answer);
  void keep(const convene_session& session, convene_text state, const convene_service_event& event,
            convene_status status, std::unique_ptr<EffectTape> tape);
  /// The last `most` of them, in their order.
  PastEvents last(std::size_t most) const;
  /// Nothing of these sessions is kept any more.
  void forget(const std::set<std::uint64_t>& sessions);
  void clear();

 private:
  void keep(std::shared_ptr<const PastEvent> event);

  std::deque<std::shared_ptr<const PastEvent>> events_;
  std::size_t bytes_ = 0;
};

/// Asks `plugin`, whom nobody calls yet, all of it. An error: it failed where the running generation did not.
Result<Shadow> rehearse(const LoadedPlugin& plugin, const PastEvents& past, bool alike);

}  // namespace convene
