// core/store/record_codec.hpp - records as bytes: what is sealed into the `body` column of each
// table.
#pragma once

#include <string>
#include <string_view>

#include "core/model/records.hpp"

namespace convene::store {

/// Appends the fields of `record` that have no column of their own. Columns are: of a rendezvous
/// key, state, session, flow and agent, and of one that has ended when it did; of the others their numbers, and whether they are live.
void encode(const Rendezvous& record, std::string& out);
void encode(const Session& record, std::string& out);
void encode(const Leg& record, std::string& out);
void encode(const Offer& record, std::string& out);
void encode(const Agent& record, std::string& out);
void encode(const Decision& record, std::string& out);

/// Fills in what `encode` wrote and leaves the columns' fields alone. False: these bytes are no
/// such record.
bool decode(std::string_view body, Rendezvous& record);
bool decode(std::string_view body, Session& record);
bool decode(std::string_view body, Leg& record);
bool decode(std::string_view body, Offer& record);
bool decode(std::string_view body, Agent& record);
bool decode(std::string_view body, Decision& record);

/// Names the row that a body belongs to: sealed bytes open only together with it, so that no body
/// can be moved to another row, and no column changed beside it, without that being noticed.
void bind_to_row(const Rendezvous& record, std::string& out);
void bind_to_row(const Session& record, std::string& out);
void bind_to_row(const Leg& record, std::string& out);
void bind_to_row(const Offer& record, std::string& out);
void bind_to_row(const Agent& record, std::string& out);
void bind_to_row(const Decision& record, std::string& out);

/// Whether an engine holds the rendezvous though it has no session (model/store.hpp, Snapshot::rendezvous).
bool is_resident_alone(const Rendezvous& record);
/// When a booked rendezvous wants attention: its time, or its expiry where that comes first.
Time wake_of(const Rendezvous& record);
/// Whether a restart takes the offer up again.
constexpr bool is_open(OfferState state) {
  return state == OfferState::made || state == OfferState::accepted;
}

}  // namespace convene::store
