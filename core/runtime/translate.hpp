// core/runtime/translate.hpp - what peers say as the engine's inputs, and what the engine wants as messages to peers.
#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

#include "core/model/input.hpp"
#include "core/model/output.hpp"
#include "core/model/result.hpp"
#include "core/runtime/node.hpp"
#include "core/runtime/secrets.hpp"

namespace convene {

/// Whether `request` is answered by the program around the node (ProgramRequest).
bool is_for_program(std::string_view request);

/// Whether a peer of this kind may ask `request`: the one table of rights on the command bus.
bool may_ask(PeerKind kind, std::string_view request);

/// A request on its way to the engine.
struct Translated {
  Input input;
  std::string secret;  ///< What the answer gives back in clear: an identifier or a resume token.
  bool repeatable =
      false;  ///< A booking with an idempotency key: the same key may have been booked already.
};

struct Asking {
  PeerId peer;
  RequestId request;
  std::string_view name;
  std::string_view idempotency_key;  ///< Of the envelope.
  const boost::json::object& body;
  std::string_view text;  ///< Of the body; valid JSON.
};

/// Every violation is Error{"malformed", ...} that names the field; a name that is not in README.md is
/// Error{"unknown_request"}.
Result<Translated> to_input(const Asking& asking, Secrets& secrets);

/// Nobody is answered, so these errors are fit for the log: they name our own fields only.
Result<Input> leg_to_input(PeerId peer, const boost::json::object& body);

/// An event of an ACD: `agent_state` {agent, state} is what the agent said. Others are Error{"unknown_event"}.
Result<Input> event_to_input(PeerId peer, std::string_view name, const boost::json::object& body);

/// What turns the engine's values into what peers read.
class Outgoing {
 public:
  /// `now` is engine time; wall time is engine time plus `wall_offset`.
  Outgoing(const Secrets& secrets, Time now, Duration wall_offset)
      : secrets_(secrets), now_(now), offset_(wall_offset) {}

  /// The whole body of a reply. `secret` is that of the request; an answer that speaks of another one does not get it.
  std::string reply(const output::Body& body, std::string_view secret) const;
  std::string leg(const output::LegOrder& order) const;
  std::string offer(const output::OfferMade& made) const;
  std::string offer_ended(const output::OfferEnded& ended) const;
  std::string agent(const output::AgentChanged& changed) const;
  /// {session, leg, detail members}: the body of a service's notice; `entries` of a roster stand beside.
  std::string notice(const output::Notice& notice) const;
  std::string booked(const output::Booked& booked, std::string_view secret) const;

 private:
  std::int64_t wall_ms(Time time) const { return to_ms(time + offset_); }
  std::string details(const output::Details& details) const;
  std::string offer_members(const std::string& agent, const output::OfferView& offer,
                            bool answered = false) const;

  const Secrets& secrets_;
  Time now_;
  Duration offset_;
};

}  // namespace convene
