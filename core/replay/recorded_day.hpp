// core/replay/recorded_day.hpp - the day that a journal holds, in the simulator's words: who came,
// who was there, and what became of it.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/model/store.hpp"
#include "core/sim/day.hpp"

namespace convene::replay {

/// Collects from what was committed. A contact is a session whose customer came; its arrival is
/// that moment, or the agreed time where that is later.
class RecordedDay {
 public:
  /// An engine was made: with the first one the day begins. Later ones know what the store knows,
  /// which is no news.
  void made(const Snapshot& snapshot, Time now);
  void committed(Time now, std::span<const Change> changes);

  struct Day {
    sim::DayPlan plan;
    std::vector<sim::DayOutcome> outcomes;  ///< What became of the plan's contacts, in its order.
    /// Contacts that were answered: how long they would have waited is drawn.
    std::uint64_t guessed_patience = 0;
  };
  /// After the last batch. Those who gave up have shown their patience. Of those who were answered
  /// it is only known that it was longer than their wait; the rest is drawn from an exponential law
  /// whose rate is that of the recorded giving up (all who gave up by all time waited: its maximum
  /// likelihood estimate).
  Day day() const;

 private:
  struct Contact {
    SessionId session;
    Time arrival{};
    std::string flow, context, agent, pool, cause;
    std::optional<Time> booked, due;
    std::optional<Time> connected, left, ended;
    std::optional<Time> gone;  ///< When the customer's leg ended; `gone_reason` says why.
    std::string gone_reason;
    std::string answered_by;
    std::uint32_t offers = 0;
    LegId customer, agent_leg;

    /// Left before being answered, of their own accord: a leg that the house has removed ends as
    /// its session does.
    bool gave_up() const {
      return !connected && gone && (gone_reason != cause || cause.starts_with("customer"));
    }
  };
  struct Shift {
    std::string agent;
    Time from{};
    std::optional<Time> to;
  };

  void take(const Session& session);
  void take(const Leg& leg);
  void take(const Offer& offer);
  void take(const Agent& agent);
  void take(const Rendezvous& rendezvous);
  void take(const Decision&) {}
  sim::DayDesk desk() const;

  bool begun_ = false;
  Time start_{}, now_{};
  std::map<SessionId, Session> sessions_;  ///< That live, and those of the batch.
  std::map<Hash, Rendezvous> rendezvous_;  ///< That have not ended.
  std::map<SessionId, Contact> contacts_;
  std::map<std::string, std::size_t> at_work_;  ///< Agent to its open shift.
  std::vector<Shift> shifts_;
  std::map<OfferId, Offer> offers_;  ///< That stand.
  std::vector<Duration> answers_;    ///< From an offer to its acceptance.
  std::uint64_t accepted_ = 0, declined_ = 0, expired_ = 0;
  std::map<LegId, Time> invited_;
  double connect_ms_ = 0;
  std::uint64_t connects_ = 0;
};

}  // namespace convene::replay
