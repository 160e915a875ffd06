// core/engine/entries.hpp - the records while they live in the engine: each with its neighbours and its bookkeeping.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "convene/leg_link.hpp"
#include "convene/routing.h"
#include "core/model/records.hpp"
#include "core/model/settings.hpp"

namespace convene {

struct SessionEntry;
struct AgentEntry;
struct Pool;

/// A flow with its plugins bound. Shared: a session keeps the flow it started with when a new configuration has none.
struct FlowEntry {
  Flow flow;
  BoundService service;
  BoundRouting routing;
  BoundRouting fallback;
};
using FlowRef = std::shared_ptr<const FlowEntry>;

struct LegEntry {
  Leg record;
  SessionEntry* session = nullptr;
  AgentEntry* agent = nullptr;  ///< Of an agent's leg, when the agent is known.
  LegLink link;
  bool confirmed = true;  ///< False from a restart until its proxy has spoken of it.
  bool dirty = false;
  bool sending = false;  ///< In the list of links to look at when the input is done.
};

/// An offer that this session has seen refused or expired: the agent rests from it for a while.
struct Missed {
  const AgentEntry* agent = nullptr;
  std::uint32_t times = 0;
  Time until{};
};

/// Who returned an identifier, or asked to talk now, and is answered when the customer's leg exists.
struct Arrival {
  RequestId request;
  PeerId peer;
  Hash token;
  std::string proxy;  ///< Of the leg to be.
};

struct RendezvousEntry {
  Rendezvous record;
  SessionEntry* session = nullptr;
  std::uint64_t number = 0;  ///< Names it in the timer queue while it is resident.
  bool dirty = false;
  bool touched = false;      ///< In the list of those that may leave memory when the input is done.
};

struct SessionEntry {
  Session record;
  FlowRef flow;
  std::vector<LegEntry*> legs;     ///< By id, ended ones included.
  std::vector<OfferId> offers;     ///< Standing or accepted.
  OfferId standing;                ///< The one that stands.
  RendezvousEntry* rendezvous = nullptr;
  std::optional<Arrival> arrival;

  Pool* pool = nullptr;            ///< Whose queue it waits in; null: in none.
  AgentEntry* wanted = nullptr;    ///< Whose queue it waits in, when only this agent will do.
  std::uint64_t seen = 0;          ///< Version of the pool that its policy has seen and waited at.
  std::vector<Missed> missed;
  AgentEntry* reserved = nullptr;  ///< Has accepted; holds a slot until the service was told.
  std::string said;                ///< What the last kept decision said, so that waiting is not told twice.

  std::uint32_t steps = 0;         ///< Of the service, within the input number `stepped_in`.
  std::uint64_t stepped_in = 0;
  bool counted = false;            ///< Among the searches that a limit counts.
  bool dirty = false;
  bool ended = false;
  bool announced = false;          ///< session.created is published.
  bool tentative = false;          ///< Made by this input for its service to look at; may be undone.
  bool undone = false;             ///< It was: nothing of it is said or saved.
  RendezvousState before = RendezvousState::booked;  ///< Of the rendezvous, for undoing.
  bool roster_changed = false;
};

struct OfferEntry {
  Offer record;
  SessionEntry* session = nullptr;
  AgentEntry* agent = nullptr;
  bool dirty = false;
};

struct AgentEntry {
  Agent record;
  std::uint64_t number = 0;        ///< Names it in the timer queue.
  const AgentSettings* settings = nullptr;  ///< Null: not configured any more.
  std::vector<convene_skill> skills;        ///< Views into `settings`.
  std::vector<Pool*> pools;
  PeerId desk;                     ///< Who speaks for the agent; none: nobody, and no offers.
  std::vector<LegEntry*> legs;     ///< Live ones.
  std::vector<OfferId> offers;     ///< Standing ones.
  std::uint32_t reserved = 0;      ///< Accepted, and the service has not added the agent yet.
  std::set<std::pair<Time, SessionId>> wanted_by;  ///< Sessions that wait for this agent and nobody else.
  bool listed = false;             ///< In the idle order of its pools.
  bool fresh = false;              ///< Became free since sessions that want it were looked at.
  bool stored = false;             ///< The store has heard of it.
  bool dirty = false;

  std::uint32_t load() const {
    return static_cast<std::uint32_t>(legs.size() + offers.size()) + reserved;
  }
};

/// Longest idle first; agents of the same moment by id.
struct IdleOrder {
  bool operator()(const AgentEntry* a, const AgentEntry* b) const {
    if (a->record.idle_since != b->record.idle_since) return a->record.idle_since < b->record.idle_since;
    return a->record.id.compare(b->record.id) < 0;
  }
};

/// The agents that a flow may draw from, and the sessions that wait for one of them.
struct Pool {
  std::string name;
  std::uint64_t agents = 0;        ///< Configured.
  std::vector<AgentEntry*> members;  ///< The same, in the order in which the engine learned of them.
  std::set<AgentEntry*, IdleOrder> idle;           ///< Who could take a session now.
  std::set<std::pair<Time, SessionId>> waiting;    ///< Oldest search first.
  std::uint64_t version = 1;       ///< Grows when somebody becomes free.
  bool changed = false;            ///< In the list of pools to be looked at.
};

}  // namespace convene
