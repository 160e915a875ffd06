// core/model/input.hpp - everything that can happen to the engine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/model/ids.hpp"
#include "core/model/records.hpp"
#include "core/model/time.hpp"

namespace convene::input {

/// A customer asks to talk later. Answered with Booked or Refused.
struct Book {
  RequestId request;
  PeerId peer;                ///< The gateway that asks.
  Hash key;                   ///< Of the fresh identifier that the runtime made.
  Hash idempotency;           ///< Of the client's Idempotency-Key; none: not repeatable. Same key, same booking.
  std::string flow;           ///< Empty with `continues`: the flow of that session.
  std::string context = "{}"; ///< Ignored with `continues`: the system extracts it (claim 4).
  std::optional<Time> due;    ///< At a time; none: when the customer returns.
  std::string agent;          ///< A named agent; empty: anybody. Ignored with `continues`.
  Hash continues;             ///< Resume token of a live leg: continue that session later with the same agent.
  LegId continues_leg;        ///< Or the leg itself, asked by the agent's side.
  std::optional<Carriage> carriage;  ///< None: the flow's.
};

/// A customer returns the identifier (claim 1b). Answered with Joined or Refused.
struct Return {
  RequestId request;
  PeerId peer;
  Hash key;
  Hash token;                 ///< Of the fresh resume token that the runtime made.
};

/// A customer wants to talk now. Answered with Joined or Refused.
struct Start {
  RequestId request;
  PeerId peer;
  std::string flow;
  std::string context = "{}";
  Hash token;
};

/// A customer's browser comes back to its session: reload, lost network, restart of the core.
/// Answered with Joined or Refused.
struct Resume {
  RequestId request;
  PeerId peer;
  Hash token;
};

/// What is stored under an identifier? Answered with Found or Refused. Changes nothing.
struct Look {
  RequestId request;
  PeerId peer;
  Hash key;
};

/// Another time, or none. Answered with Booked or Refused.
struct Retime {
  RequestId request;
  PeerId peer;
  Hash key;
  std::optional<Time> due;
};

struct Cancel {
  RequestId request;
  PeerId peer;
  Hash key;
};

/// A leg controller at the endpoint's side reports the leg's state (claim 19). Latest sequence number wins.
struct LegReport {
  PeerId peer;
  LegId leg;
  std::uint64_t seq = 0;      ///< Of this report.
  std::uint64_t ack = 0;      ///< Newest LegOrder seen.
  std::uint32_t epoch = 0;    ///< Of the connection details used.
  LegState state = LegState::connecting;
  std::vector<std::string> channels;  ///< Open at the endpoint; with connected.
  std::string reason;
};

/// An endpoint asks its service for something: "leave", "open_channel", "continue_later" is a Book instead.
struct LegRequest {
  RequestId request;
  PeerId peer;
  LegId leg;
  std::string name;
  std::string detail = "{}";
};

/// A desk or proxy now speaks for this agent. Answered with Attached: everything it needs to show.
struct Attach {
  RequestId request;
  PeerId peer;
  std::string agent;
};

/// It no longer does. An agent for whom nobody speaks gets no offers.
struct Detach {
  PeerId peer;
  std::string agent;
};

/// The agent, or an ACD, says what the agent does. Answered with Accepted or Refused where `request` is set.
struct AgentSays {
  RequestId request;
  PeerId peer;
  std::string agent;
  AgentState state = AgentState::ready;
};

/// Answered with Accepted or Refused ("offer_gone"); the same answer twice is answered alike.
struct OfferAnswer {
  RequestId request;
  PeerId peer;
  std::string agent;
  OfferId offer;
  bool accepts = false;
};

/// A peer has said hello. `name` is unique among those connected: an older one of that name is gone.
struct PeerUp {
  PeerId peer;
  std::string name;
  bool gateway = false;       ///< Carries media: sessions may be placed on it.
  bool switch_connects = false;  ///< Connects legs itself, given the endpoint only (claim 15).
};

struct PeerDown {
  PeerId peer;
};

/// An adapter answers what output::Ask asked.
struct AdapterReply {
  PeerId peer;
  std::uint64_t token = 0;
  bool ok = false;
  std::string body;
};

/// What the store says to output::Load.
struct Loaded {
  std::uint64_t token = 0;
  std::optional<Rendezvous> record;
};

/// What the store says to output::LoadDue.
struct LoadedDue {
  std::vector<Rendezvous> records;
  Time next = kNever;         ///< Of what was not loaded.
};

/// What the store says to output::LoadEnded.
struct LoadedEnded {
  std::vector<Hash> rendezvous;
  std::vector<SessionId> sessions;
  Time next = kNever;         ///< When the oldest of what was not loaded ended.
};

/// An operator has everything erased that is kept of a rendezvous or a session; what is still live of it ends first.
/// Answered with Accepted, or Refused where nothing is known of it.
struct Forget {
  RequestId request;
  PeerId peer;
  Hash key;                   ///< Of the rendezvous; none: the sessions were asked for now.
  std::vector<SessionId> sessions;  ///< Of it, as the store knows them.
};

/// The wall clock was set: wall time is engine time plus `offset` from now on.
struct ClockStep {
  Duration offset{0};
};

/// Nothing but time has passed.
struct Tick {};

}  // namespace convene::input

namespace convene {
using Input = std::variant<input::Book, input::Return, input::Start, input::Resume, input::Look, input::Retime,
                           input::Cancel, input::LegReport, input::LegRequest, input::Attach, input::Detach,
                           input::AgentSays, input::OfferAnswer, input::PeerUp, input::PeerDown, input::AdapterReply,
                           input::Loaded, input::LoadedDue, input::ClockStep, input::Tick, input::LoadedEnded, input::Forget>;
}
