// core/model/output.hpp - everything that the engine can want. Released only after the batch's changes are committed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/model/ids.hpp"
#include "core/model/records.hpp"
#include "core/model/store.hpp"
#include "core/model/time.hpp"

namespace convene::output {

/// A secret that the runtime makes where it sends the message, remembers hashed, and recognises when it comes back:
/// the engine only knows which leg and which epoch it opens. Single use.
struct Ticket {
  LegId leg;
  std::uint32_t epoch = 0;
};

/// Connection details (claim 13): what an endpoint or its proxy needs to connect itself.
struct Details {
  SessionId session;
  LegId leg;
  Role role = Role::customer;
  std::string gateway;              ///< Name of the adapter that carries the media; empty: the switch connects.
  Ticket ticket;
  Time expires{};                   ///< Of the ticket.
  std::vector<std::string> channels;  ///< The session's media channels (claim 18), sorted.
  std::string flow;
};

struct RosterEntry {
  LegId leg;
  Role role = Role::customer;
  LegState state = LegState::invited;
  std::string name;                 ///< Of an agent, as shown to people; empty for a customer.
  std::vector<std::string> channels;
};

// Answers ---------------------------------------------------------------------------------------------------------

struct Booked {
  Hash key;
  std::string flow;
  std::optional<Time> due;
  Time expires{};
  std::string agent;                ///< Display name of the named agent; empty: none named.
  Carriage carriage = Carriage::query;
};
struct Joined {
  Details details;
  bool resumed = false;             ///< The leg existed before.
  RendezvousState state = RendezvousState::live;
};
struct Found {
  Booked booking;
  RendezvousState state = RendezvousState::booked;
  End end = End::none;
};
struct OfferView {
  OfferId offer;
  SessionId session;
  std::string flow;
  std::string context;
  Time deadline{};
  Time waiting_since{};
};
struct AgentSession {
  Details details;                  ///< Fresh: a desk that reloads connects again with it.
  std::string context;
  std::vector<RosterEntry> roster;
};
struct Attached {
  std::string agent;
  std::string name;
  AgentState state = AgentState::signed_out;
  std::string reason;               ///< As Agent::reason.
  std::vector<OfferView> offers;
  std::vector<AgentSession> sessions;
};
struct Accepted {};
/// `code` is one of the catalogue in core/engine/README.md; `retry_after` is 0 where trying again is of no use.
struct Refused {
  std::string code;
  std::string text;
  Duration retry_after{0};
};
using Body = std::variant<Booked, Joined, Found, Attached, Accepted, Refused>;

/// Answers a request. Every request is answered exactly once.
struct Answer {
  RequestId request;
  PeerId peer;
  Body body;
};

// Leg messages ----------------------------------------------------------------------------------------------------

/// What the session instance wants of a leg. Repeated until acknowledged; the latest sequence number wins.
struct LegOrder {
  PeerId peer;                      ///< Who speaks for the endpoint.
  LegId leg;
  std::uint64_t seq = 0;
  std::uint64_t ack = 0;            ///< Newest LegReport taken.
  bool join = true;                 ///< Join with `details`; false: leave, with `reason`.
  Details details;
  std::string endpoint;             ///< An agent's id; empty for a customer.
  std::string reason;
};

/// Tells a leg's endpoint something that is not its state: roster, waiting, notices of the service.
struct Notice {
  PeerId peer;
  SessionId session;
  LegId leg;
  std::string name;                 ///< "roster", "searching", or a code of the service.
  std::string detail;               ///< JSON.
};

/// An offer to an agent, or its end.
struct OfferMade {
  PeerId peer;
  std::string agent;
  bool answered = false;  ///< For somebody who is not asked: the leg follows.
  OfferView offer;
};
struct OfferEnded {
  PeerId peer;
  std::string agent;
  OfferId offer;
  OfferState state = OfferState::withdrawn;
};
/// The agent's state changed without the desk having asked.
struct AgentChanged {
  PeerId peer;
  std::string agent;
  AgentState state = AgentState::ready;
  std::string reason;               ///< As Agent::reason.
};

// Others ----------------------------------------------------------------------------------------------------------

/// Asks an adapter. Answered with input::AdapterReply; none by the deadline is a failure.
struct Ask {
  PeerId peer;
  std::uint64_t token = 0;
  std::string name;
  std::string idempotency_key;
  std::string body;
  Time deadline{};
};

/// Publishes an event on the event bus. `topic` is "session.created", "leg.connected", "agent.ready", ...
/// The body holds no identifier, name, number or context.
struct Publish {
  std::string topic;
  std::string body;                 ///< JSON.
};

/// Asks the store; answered within the same batch, before commit.
struct Load {
  std::uint64_t token = 0;
  Hash key;
};
struct LoadDue {
  Time until{};
  std::size_t limit = 256;
};
/// What has ended at or before `until`, oldest first; up to `limit` of rendezvous and as many sessions.
struct LoadEnded {
  Time until{};
  std::size_t limit = 64;
};

}  // namespace convene::output

namespace convene {

/// Released after commit, in the order of `CommitLoop::run`.
using Output = std::variant<output::Answer, output::LegOrder, output::Notice, output::OfferMade, output::OfferEnded,
                            output::AgentChanged, output::Ask, output::Publish>;

/// Served by the commit loop before the batch is committed.
using Query = std::variant<output::Load, output::LoadDue, output::LoadEnded>;

/// What one or more calls of Engine::apply produced.
struct Outputs {
  std::vector<Change> changes;
  std::vector<Query> queries;
  std::vector<Output> messages;

  bool empty() const { return changes.empty() && queries.empty() && messages.empty(); }
};

}  // namespace convene
