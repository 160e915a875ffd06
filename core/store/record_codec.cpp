// core/store/record_codec.cpp - records as bytes, field by field.
#include "core/store/record_codec.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/store/bytes.hpp"

namespace convene::store {
namespace {

void put(ByteWriter& w, Time time) { w.signed_number(to_ms(time)); }
Time take_time(ByteReader& r) { return from_ms(r.signed_number()); }

void put(ByteWriter& w, const std::optional<Time>& time) {
  w.number(time ? 1 : 0);
  if (time) put(w, *time);
}
std::optional<Time> take_optional_time(ByteReader& r) {
  if (r.within(0, 1) == 0) return std::nullopt;
  return take_time(r);
}

/// Most records carry none: one byte then.
void put(ByteWriter& w, const Hash& hash) {
  w.number(hash ? 1 : 0);
  if (hash) w.raw(hash.bytes);
}
Hash take_hash(ByteReader& r) {
  Hash hash;
  if (r.within(0, 1) == 1) r.raw(hash.bytes);
  return hash;
}

void put(ByteWriter& w, const std::vector<std::string>& texts) {
  w.number(texts.size());
  for (const auto& text : texts) w.text(text);
}
std::vector<std::string> take_texts(ByteReader& r) {
  std::vector<std::string> texts;
  for (std::uint64_t left = r.number(); left > 0 && r.good(); --left) texts.emplace_back(r.text());
  return texts;
}

template <class Enum>
void put_enum(ByteWriter& w, Enum value) {
  w.number(static_cast<std::uint64_t>(value));
}
template <class Enum>
Enum take_enum(ByteReader& r, Enum first, Enum last) {
  return static_cast<Enum>(
      r.within(static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(last)));
}
End take_end(ByteReader& r) { return take_enum(r, End::none, End::escalated); }

}  // namespace

void encode(const Rendezvous& record, std::string& out) {
  ByteWriter w(out);
  put_enum(w, record.end);
  put_enum(w, record.carriage);
  put(w, record.booked_at);
  put(w, record.expires);
  put(w, record.due);
  w.text(record.cause);
  w.text(record.context);
  if (record.state == RendezvousState::ended && record.ended_at) put(w, *record.ended_at);
}

bool decode(std::string_view body, Rendezvous& record) {
  ByteReader r(body);
  record.end = take_end(r);
  record.carriage = take_enum(r, Carriage::query, Carriage::api);
  record.booked_at = take_time(r);
  record.expires = take_time(r);
  record.due = take_optional_time(r);
  record.cause = r.text();
  record.context = r.text();
  if (record.state != RendezvousState::ended || r.finished()) return r.finished();
  record.ended_at = take_time(r);
  return r.finished();
}

void encode(const Session& record, std::string& out) {
  ByteWriter w(out);
  w.text(record.flow);
  put(w, record.rendezvous);
  w.text(record.gateway);
  w.text(record.context);
  w.text(record.wanted_agent);
  w.text(record.first_agent);
  w.text(record.state);
  put(w, record.channels);
  w.number(record.timers.size());
  for (const auto& [number, at] : record.timers) {
    w.number(number);
    put(w, at);
  }
  w.text(record.pool);
  w.text(record.only_agent);
  put(w, record.search_since);
  w.number(record.attempts);
  w.number(record.decisions);
  put(w, record.due);
  put(w, record.created_at);
  put(w, record.ended_at);
  put_enum(w, record.end);
  w.text(record.cause);
}

bool decode(std::string_view body, Session& record) {
  ByteReader r(body);
  record.flow = r.text();
  record.rendezvous = take_hash(r);
  record.gateway = r.text();
  record.context = r.text();
  record.wanted_agent = r.text();
  record.first_agent = r.text();
  record.state = r.text();
  record.channels = take_texts(r);
  record.timers.clear();
  for (std::uint64_t left = r.number(); left > 0 && r.good(); --left) {
    const auto number = static_cast<std::uint32_t>(r.within(0, UINT32_MAX));
    record.timers.emplace_back(number, take_time(r));
  }
  record.pool = r.text();
  record.only_agent = r.text();
  record.search_since = take_time(r);
  record.attempts = static_cast<std::uint32_t>(r.within(0, UINT32_MAX));
  record.decisions = static_cast<std::uint32_t>(r.within(0, UINT32_MAX));
  record.due = take_optional_time(r);
  record.created_at = take_time(r);
  record.ended_at = take_optional_time(r);
  record.end = take_end(r);
  record.cause = r.text();
  return r.finished();
}

void encode(const Leg& record, std::string& out) {
  ByteWriter w(out);
  put_enum(w, record.role);
  put_enum(w, record.state);
  w.text(record.endpoint);
  w.text(record.proxy);
  put(w, record.token);
  w.number(record.epoch);
  w.number(record.sent);
  w.number(record.received);
  put(w, record.channels);
  w.text(record.reason);
  put(w, record.since);
}

bool decode(std::string_view body, Leg& record) {
  ByteReader r(body);
  record.role = take_enum(r, Role::customer, Role::automaton);
  record.state = take_enum(r, LegState::invited, LegState::failed);
  record.endpoint = r.text();
  record.proxy = r.text();
  record.token = take_hash(r);
  record.epoch = static_cast<std::uint32_t>(r.within(0, UINT32_MAX));
  record.sent = r.number();
  record.received = r.number();
  record.channels = take_texts(r);
  record.reason = r.text();
  record.since = take_time(r);
  return r.finished();
}

void encode(const Offer& record, std::string& out) {
  ByteWriter w(out);
  w.text(record.agent);
  put_enum(w, record.state);
  put(w, record.made_at);
  put(w, record.deadline);
}

bool decode(std::string_view body, Offer& record) {
  ByteReader r(body);
  record.agent = r.text();
  record.state = take_enum(r, OfferState::made, OfferState::withdrawn);
  record.made_at = take_time(r);
  record.deadline = take_time(r);
  return r.finished();
}

void encode(const Agent& record, std::string& out) {
  ByteWriter w(out);
  put_enum(w, record.state);
  put(w, record.since);
  put(w, record.idle_since);
  w.text(record.reason);
  w.number(record.missed);
}

bool decode(std::string_view body, Agent& record) {
  ByteReader r(body);
  record.state = take_enum(r, AgentState::signed_out, AgentState::wrap_up);
  record.since = take_time(r);
  record.idle_since = take_time(r);
  if (r.finished()) return true;  // written before agents were paused for not answering
  record.reason = r.text();
  record.missed = static_cast<std::uint32_t>(r.within(0, UINT32_MAX));
  return r.finished();
}

void encode(const Decision& record, std::string& out) {
  ByteWriter w(out);
  put(w, record.at);
  w.text(record.policy);
  w.text(record.outcome);
  w.text(record.agent);
  w.text(record.reason);
  w.text(record.candidates);
  w.text(record.pool);
  w.text(record.excluded);
  w.number(record.excluded_more);
  w.text(record.config);
  w.signed_number(record.took_ns);
}

bool decode(std::string_view body, Decision& record) {
  ByteReader r(body);
  record.at = take_time(r);
  record.policy = r.text();
  record.outcome = r.text();
  record.agent = r.text();
  record.reason = r.text();
  record.candidates = r.text();
  if (r.finished()) return true;  // written before decisions told more than this
  record.pool = r.text();
  record.excluded = r.text();
  record.excluded_more = static_cast<std::uint32_t>(r.within(0, UINT32_MAX));
  record.config = r.text();
  record.took_ns = r.signed_number();
  return r.finished();
}

// The first letter keeps rows of different tables apart.

void bind_to_row(const Rendezvous& record, std::string& out) {
  out.push_back('r');
  ByteWriter w(out);
  w.raw(record.key.bytes);
  put_enum(w, record.state);
  w.number(record.session.value);
  w.text(record.flow);
  w.text(record.agent);
}

void bind_to_row(const Session& record, std::string& out) {
  out.push_back('s');
  ByteWriter(out).number(record.id.value);
}

void bind_to_row(const Leg& record, std::string& out) {
  out.push_back('l');
  ByteWriter w(out);
  w.number(record.id.value);
  w.number(record.session.value);
}

void bind_to_row(const Offer& record, std::string& out) {
  out.push_back('o');
  ByteWriter w(out);
  w.number(record.id.value);
  w.number(record.session.value);
}

void bind_to_row(const Agent& record, std::string& out) {
  out.push_back('a');
  out.append(record.id);
}

void bind_to_row(const Decision& record, std::string& out) {
  out.push_back('d');
  ByteWriter w(out);
  w.number(record.session.value);
  w.number(record.number);
}

bool is_resident_alone(const Rendezvous& record) {
  return !record.session && record.state != RendezvousState::booked &&
         record.state != RendezvousState::ended;
}

Time wake_of(const Rendezvous& record) {
  return record.due ? std::min(*record.due, record.expires) : record.expires;
}

}  // namespace convene::store
