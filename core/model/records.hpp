// core/model/records.hpp - what the store keeps, as plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/model/ids.hpp"
#include "core/model/time.hpp"

namespace convene {

/// Who an endpoint is. The numbers are those of sdk/include/convene/service.h.
enum class Role : std::uint8_t { customer = 1, agent = 2, supervisor = 3, automaton = 4 };

enum class RendezvousState : std::uint8_t { booked = 1, due, joining, live, ended };

/// How a rendezvous ends. There is no other end (design 5, "no silence"). `none` while it has not ended.
enum class End : std::uint8_t { none = 0, completed, retimed, cancelled, declined, escalated };

/// How the identifier travels with the bookmarked page: claims 11, 10, and not at all.
enum class Carriage : std::uint8_t { query = 1, cookie, api };

/// The stored record of a future session.
struct Rendezvous {
  Hash key;              ///< Of the identifier that the customer holds.
  std::string flow;
  RendezvousState state = RendezvousState::booked;
  End end = End::none;
  std::string cause;     ///< Code of why it ended: "customer_left", "expired", "agent_gone", ...
  Time booked_at{};
  Time expires{};        ///< Not returned by then: ends as cancelled, cause "expired".
  std::optional<Time> due;  ///< The agreed time; none: when the customer returns.
  std::string agent;     ///< The named agent; empty: anybody of the pool.
  Carriage carriage = Carriage::query;
  SessionId session;     ///< None while no session instance exists (lazy creation).
  std::string context;   ///< JSON object, to the byte as it was booked (claim 2) or extracted (claim 4).
  std::optional<Time> ended_at;  ///< Once it has ended: how long it is kept counts from here.

  bool operator==(const Rendezvous&) const = default;
};

enum class LegState : std::uint8_t {
  invited = 1, accepted, connecting, connected, degraded, left, declined, expired, failed
};

/// Whether the leg may still come (back) to the session.
constexpr bool is_live(LegState s) { return s <= LegState::degraded; }
/// Whether the endpoint counts as joined: it is on the roster.
constexpr bool is_joined(LegState s) { return s == LegState::connected || s == LegState::degraded; }

/// One endpoint's tie to one session.
struct Leg {
  LegId id;
  SessionId session;
  Role role = Role::customer;
  LegState state = LegState::invited;
  std::string endpoint;   ///< An agent's id; empty for a customer.
  std::string proxy;      ///< Name of the adapter that speaks for the endpoint: a gateway or an ACD adapter.
  Hash token;             ///< Of the secret with which the customer's browser comes back. None for agents.
  std::uint32_t epoch = 0;  ///< Counts connection details sent; only the newest ticket opens the leg.
  std::uint64_t sent = 0;      ///< Sequence number of the newest leg message to the endpoint's side.
  std::uint64_t received = 0;  ///< Sequence number of the newest leg message taken from it.
  std::vector<std::string> channels;  ///< That the endpoint has open, sorted.
  std::string reason;     ///< Code of why it ended, once it has.
  Time since{};           ///< When it entered `state`.

  bool operator==(const Leg&) const = default;
};

/// A session: the state of its session instance and of its service instance.
struct Session {
  SessionId id;
  std::string flow;
  Hash rendezvous;        ///< None for a session that was asked for now.
  std::string gateway;    ///< Adapter that carries its media: all legs get details naming it.
  std::string context;
  std::string wanted_agent;
  std::string first_agent;  ///< The first agent that joined: "the same agent" of claim 4.
  std::string state;      ///< Of the service instance: opaque bytes.
  std::vector<std::string> channels;  ///< Open now, sorted.
  std::vector<std::pair<std::uint32_t, Time>> timers;  ///< Set by the service, sorted by number.
  std::string pool;       ///< Where an agent is being searched; empty: no search.
  std::string only_agent; ///< The search is for this agent and nobody else.
  Time search_since{};
  std::uint32_t attempts = 0;  ///< Offers made.
  std::uint32_t decisions = 0;  ///< Routing decisions kept, so that numbering goes on after a restart.
  std::optional<Time> due;
  Time created_at{};
  std::optional<Time> ended_at;
  End end = End::none;
  std::string cause;

  bool operator==(const Session&) const = default;
};

enum class OfferState : std::uint8_t { made = 1, accepted, declined, expired, withdrawn };

/// One invitation of one agent to one session.
struct Offer {
  OfferId id;
  SessionId session;
  std::string agent;
  OfferState state = OfferState::made;
  Time made_at{};
  Time deadline{};

  bool operator==(const Offer&) const = default;
};

enum class AgentState : std::uint8_t { signed_out = 0, ready, paused, wrap_up };

/// What must be remembered of an agent beyond the configuration.
struct Agent {
  std::string id;
  AgentState state = AgentState::signed_out;
  Time since{};           ///< When it entered `state`.
  Time idle_since{};      ///< When it signed in, was last given or finished a session, or missed an offer.
  std::string reason;     ///< Code of why the system paused it; empty where the agent did, or an ACD.
  std::uint32_t missed = 0;  ///< Sessions in a row that it was given while ready, and did not answer.

  bool operator==(const Agent&) const = default;
};

/// One routing decision, for `explain`.
struct Decision {
  SessionId session;
  std::uint32_t number = 0;  ///< Within the session, from 1.
  Time at{};
  std::string policy;     ///< Plugin id and version, and its generation where there were several.
  std::string outcome;    ///< "assign", "wait", "overflow", "failed".
  std::string agent;      ///< With "assign".
  std::string reason;
  std::string candidates; ///< JSON array: agent, idle_ms, sessions, capacity, missed, score; at most 32 of them.
  std::string pool;       ///< Whose agents were looked at.
  std::string excluded;   ///< JSON array: agent and why; at most 32 of those in the pool who were no candidates.
  std::uint32_t excluded_more = 0;  ///< How many of the pool are named in neither.
  std::string config;     ///< EngineSettings::config_hash of that moment.
  std::int64_t took_ns = 0;  ///< The policy's answer, as its host measured it; 0: not measured.

  bool operator==(const Decision&) const = default;
};

/// One record to be written. The store inserts it or replaces what has the same primary key.
using Record = std::variant<Rendezvous, Session, Leg, Offer, Agent, Decision>;

/// One record to be removed for good, with what hangs on it: a session takes its legs, offers and decisions along.
struct Erase {
  std::variant<Hash, SessionId> what;
};

}  // namespace convene
