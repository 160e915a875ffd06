// sdk/host/isolation/write_calls.cpp - C records to JSON, field by field under their own names.
#include <cstring>

#include "sdk/host/isolation/calls.hpp"

namespace convene::isolation {
namespace {

using bus::JsonText;

template <std::integral T>
JsonText& put(JsonText& to, std::string_view key, T n) {
  put_number(to.key(key), n);
  return to;
}
JsonText& put(JsonText& to, std::string_view key, convene_text t) {
  put_text(to.key(key), t);
  return to;
}

JsonText begin(std::string_view name, std::int64_t deadline_ms) {
  JsonText to;
  to.open().key("name").text(name).key("deadline_ms").number(deadline_ms);
  return to;
}

/// Record `i` of an array whose records may be longer or shorter than ours: what a shorter one
/// lacks is 0 (law 1).
template <class Record>
Record at(const Record* records, std::size_t stride, std::size_t i) {
  Record mine{};
  const char* from = reinterpret_cast<const char*>(records) + i * stride;
  std::memcpy(&mine, from, std::min(stride, sizeof mine));
  return mine;
}

void put_candidate(JsonText& to, const convene_candidate& c) {
  to.open();
  put(to, "sessions", c.sessions);
  put(to, "capacity", c.capacity);
  put(to, "missed", c.missed);
  put(to, "agent", c.agent);
  put(to, "idle_since_ms", c.idle_since_ms);
  to.key("skills").open_array();
  for (std::size_t i = 0; i < c.skill_count; ++i) {
    to.open_array();
    put_text(to, c.skills[i].name);
    to.number(c.skills[i].level).close_array();
  }
  to.close_array().close();
}

}  // namespace

std::string write_decide(const convene_routing_request& r, std::int64_t deadline_ms) {
  JsonText to = begin("decide", deadline_ms);
  to.key("request").open();
  put(to, "page", r.page);
  put(to, "more", r.more);
  put(to, "attempt", r.attempt);
  put(to, "session", r.session);
  put(to, "flow", r.flow);
  put(to, "pool", r.pool);
  put(to, "context", r.context);
  put(to, "wanted_agent", r.wanted_agent);
  put(to, "now_ms", r.now_ms);
  put(to, "waiting_since_ms", r.waiting_since_ms);
  to.key("candidates").open_array();
  for (std::size_t i = 0; i < r.candidate_count; ++i) {
    put_candidate(to, at(r.candidates, r.candidate_stride, i));
  }
  to.close_array().close().close();
  return to.take();
}

std::string write_outcome(const convene_routing_outcome& o, std::int64_t deadline_ms) {
  JsonText to = begin("outcome", deadline_ms);
  to.key("outcome").open();
  put(to, "outcome", o.outcome);
  put(to, "session", o.session);
  put(to, "agent", o.agent);
  put(to, "offered_ms", o.offered_ms);
  to.close().close();
  return to.take();
}

std::string write_step(const convene_session& s, convene_text state, const convene_service_event& e,
                       std::int64_t deadline_ms) {
  JsonText to = begin("step", deadline_ms);
  put(to, "state", state);
  to.key("session").open();
  put(to, "searching", s.searching);
  put(to, "id", s.id);
  put(to, "flow", s.flow);
  put(to, "settings", s.settings);
  put(to, "context", s.context);
  put(to, "wanted_agent", s.wanted_agent);
  put(to, "now_ms", s.now_ms);
  put(to, "due_ms", s.due_ms);
  to.key("legs").open_array();
  for (std::size_t i = 0; i < s.leg_count; ++i) {
    const convene_leg leg = at(s.legs, s.leg_stride, i);
    to.open();
    put(to, "role", leg.role);
    put(to, "state", leg.state);
    put(to, "id", leg.id);
    put(to, "endpoint", leg.endpoint);
    to.close();
  }
  to.close_array().close();
  to.key("event").open();
  put(to, "kind", e.kind);
  put(to, "leg", e.leg);
  put(to, "leg_state", e.leg_state);
  put(to, "timer", e.timer);
  put(to, "agent", e.agent);
  put(to, "name", e.name);
  put(to, "detail", e.detail);
  to.close().close();
  return to.take();
}

std::string write_frame(const convene_channel_input& i, std::int64_t deadline_ms) {
  JsonText to = begin("frame", deadline_ms);
  to.key("input").open();
  put(to, "kind", i.kind);
  put(to, "from", i.from);
  put(to, "role", i.role);
  put(to, "legs", i.legs);
  put(to, "now_ms", i.now_ms);
  put(to, "entries", i.entries);
  put(to, "settings", i.settings);
  put(to, "state", i.state);
  put(to, "frame", i.frame);
  to.close().close();
  return to.take();
}

}  // namespace convene::isolation
