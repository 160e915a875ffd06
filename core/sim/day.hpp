// core/sim/day.hpp - a working day as plain values: who comes, who is there, and what became of it.
//
// A plan says everything that does not depend on the house: when each customer comes, how long they
// wait, how long they talk, when each agent is at work. `run_day` plays it in virtual time through
// the engine, the services and the policies that production runs. The same plan with another policy
// is a fair comparison: the same people, with the same patience and the same matters.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/settings.hpp"
#include "core/model/time.hpp"
#include "core/sim/law.hpp"

namespace convene {
class LoopObserver;
}

namespace convene::sim {

/// Longer than any day: of a patience, "waits for ever".
inline constexpr Duration kEndless = std::chrono::hours(24 * 365);

/// One customer. Times count from the day's start.
struct DayContact {
  Duration arrival{0};  ///< At the door: asks for a conversation, or returns an identifier.
  std::string flow;
  std::string context = "{}";      ///< JSON object.
  Duration patience = kEndless;    ///< From the moment of `moment()` until connected; then leaves.
  Duration handle{0};              ///< Customer and agent together, until the customer leaves.
  std::optional<Duration> booked;  ///< When the rendezvous was booked; none: comes unannounced.
  std::optional<Duration> due;     ///< Of a booking: the agreed time; none: on return.
  std::string agent;               ///< Of a booking: the named agent; empty: anybody.

  /// From when on this customer waits: who comes before the agreed time does not wait before it.
  Duration moment() const { return due ? std::max(arrival, *due) : arrival; }
};

/// An agent is at work and takes sessions from `from` until `to`; who is talking then finishes.
struct DayShift {
  std::string agent;
  Duration from{0};
  Duration to{0};
};

/// How agents treat offers. Drawn per contact and attempt, so that they are the same whatever
/// policy is tried.
struct DayDesk {
  Law answer;                      ///< From the offer to its acceptance; by default at once.
  std::uint32_t misses_ppm = 0;    ///< Offers that nobody looks at, in a million.
  std::uint32_t declines_ppm = 0;  ///< Offers that are declined, in a million.
  Duration connect{0};             ///< From invited to connected, of every leg.
  Duration back =
      std::chrono::minutes(1);  ///< Until somebody who is paused for not answering notices it.
};

struct DayPlan {
  Time start = from_ms(1'790'553'600'000);  ///< 2026-09-28 00:00 UTC, a Monday; any day will do.
  std::uint64_t seed = 1;                   ///< Of the desks' reactions and of the identifiers.
  std::vector<DayContact> contacts;         ///< In any order; outcomes stand at the same places.
  std::vector<DayShift> shifts;
  DayDesk desk;
  Duration within = std::chrono::seconds(20);         ///< Of the service level.
  Duration promise_within = std::chrono::minutes(5);  ///< A promise is kept if connected by then.
  Duration measure_from{0};  ///< Who arrives before is served, and not counted: the warm-up.
};

enum class DayEnd : std::uint8_t {
  open,         ///< Still under way when the day was cut off.
  answered,     ///< Connected with an agent.
  abandoned,    ///< Left before that.
  turned_away,  ///< The house ended it: nobody there, busy, refused. `code` says why.
};
const char* name_of(DayEnd end);

/// What became of one contact; times count from the day's start.
struct DayOutcome {
  DayEnd end = DayEnd::open;
  std::string code;          ///< Of a refusal, or the cause of the session's end.
  std::string agent;         ///< Who was connected; empty: nobody.
  std::string pool;          ///< In which an agent was searched last.
  Duration wait{0};          ///< From moment() to being connected, or to giving up.
  Duration connected_at{0};  ///< With `answered`.
  Duration left_at{0};       ///< When the agent was free again; with `answered`.
  std::uint32_t offers = 0;  ///< Made for this contact.

  bool operator==(const DayOutcome&) const = default;
};

/// Of a number of contacts.
struct DayMeasures {
  std::uint64_t contacts = 0, answered = 0, abandoned = 0, turned_away = 0, open = 0;
  std::uint64_t within = 0;    ///< Answered within the plan's `within`.
  std::uint64_t waited = 0;    ///< Not answered in the very moment.
  std::uint64_t promises = 0;  ///< Bookings.
  std::uint64_t promises_kept = 0;
  double wait_ms_mean = 0;  ///< Of those answered, as are the following.
  double wait_ms_p50 = 0, wait_ms_p90 = 0, wait_ms_p95 = 0, wait_ms_max = 0;
  double delay_ms_mean = 0;  ///< Of everybody, answered or not: the time in the queue.
  double handle_ms_mean = 0;

  double service_level() const { return share(within, contacts); }
  double abandonment() const { return share(abandoned, contacts); }
  double kept() const { return promises == 0 ? 1 : share(promises_kept, promises); }
  static double share(std::uint64_t part, std::uint64_t all) {
    return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
  }
};

/// Of one agent, or of all agents of a pool.
struct DayStaff {
  std::uint64_t sessions = 0;
  double slot_ms = 0;  ///< Time at work, times capacity.
  double busy_ms = 0;  ///< Of that: connected with a customer, or wrapping up.
  double occupancy() const { return slot_ms > 0 ? busy_ms / slot_ms : 0; }
};

/// One hour of the day, by the contacts' moments.
struct DayHour {
  DayMeasures measures;
  DayStaff staff;
};

struct DayReport {
  DayMeasures all;
  std::map<std::string, DayMeasures> flows;
  std::map<std::string, DayMeasures> pools;  ///< By the pool searched last.
  DayStaff staff;
  std::map<std::string, DayStaff> agents;
  std::map<std::string, DayStaff> pool_staff;  ///< An agent of two pools counts in both.
  std::vector<DayHour> hours;                  ///< From the day's start on.
  std::vector<DayOutcome> outcomes;            ///< One per contact of the plan, in its order.
  std::uint64_t inputs = 0;                    ///< That the engine has taken.
  std::uint64_t decisions = 0;                 ///< That policies have made.
};

/// Looks on while a day runs; may be empty.
struct DayWatch {
  /// A routing decision for contact number `contact` of the plan was kept.
  std::function<void(std::size_t contact, const Decision&)> decided;
  /// Called after every so many contacts that arrived, with their number.
  std::function<void(std::size_t arrived)> progress;
  LoopObserver* observer = nullptr;  ///< Sees what the engine is told: a journal.
};

/// Plays the plan. `settings` is complete, with its plugins bound; plugins that remember are fresh
/// ones. The same plan, settings and plugins give the same report. Contacts of flows and shifts of
/// agents that `settings` does not have count as turned away and are left out.
DayReport run_day(const DayPlan& plan, const EngineSettings& settings, const DayWatch& watch = {});

/// Only the sums: `outcomes` in the plan's order may come from a recording as well.
DayReport measure_day(const DayPlan& plan, const EngineSettings& settings,
                      std::vector<DayOutcome> outcomes);

}  // namespace convene::sim
