// sdk/host/isolation/read_calls.cpp - JSON to C records, whose views point into the JSON.
#include "sdk/host/isolation/calls.hpp"

#include <algorithm>

#include "sdk/host/isolation/cursor.hpp"
#include "sdk/host/isolation/frames.hpp"

namespace convene::isolation {
namespace {

void read_candidate(Cursor& in, Call& call) {
  convene_candidate c{};
  c.size = sizeof c;
  in.members([&](std::string_view key) {
    if (key == "sessions") return in.read(c.sessions);
    if (key == "capacity") return in.read(c.capacity);
    if (key == "missed") return in.read(c.missed);
    if (key == "agent") return in.read(c.agent);
    if (key == "idle_since_ms") return in.read(c.idle_since_ms);
    if (key != "skills") return in.skip();
    in.elements([&] {
      convene_skill skill{};
      int part = 0;
      in.elements([&] {
        ++part;
        part == 1 ? in.read(skill.name) : part == 2 ? in.read(skill.level) : in.skip();
      });
      call.skills.push_back(skill);
      ++c.skill_count;
    });
  });
  call.candidates.push_back(c);
}

void read_request(Cursor& in, Call& call) {
  convene_routing_request& r = call.request;
  in.members([&](std::string_view key) {
    if (key == "page") return in.read(r.page);
    if (key == "more") return in.read(r.more);
    if (key == "attempt") return in.read(r.attempt);
    if (key == "session") return in.read(r.session);
    if (key == "flow") return in.read(r.flow);
    if (key == "pool") return in.read(r.pool);
    if (key == "context") return in.read(r.context);
    if (key == "wanted_agent") return in.read(r.wanted_agent);
    if (key == "now_ms") return in.read(r.now_ms);
    if (key == "waiting_since_ms") return in.read(r.waiting_since_ms);
    if (key != "candidates") return in.skip();
    in.elements([&] { read_candidate(in, call); });
  });
}

void read_outcome(Cursor& in, convene_routing_outcome& o) {
  in.members([&](std::string_view key) {
    if (key == "outcome") return in.read(o.outcome);
    if (key == "session") return in.read(o.session);
    if (key == "agent") return in.read(o.agent);
    if (key == "offered_ms") return in.read(o.offered_ms);
    in.skip();
  });
}

void read_leg(Cursor& in, Call& call) {
  convene_leg leg{};
  leg.size = sizeof leg;
  in.members([&](std::string_view key) {
    if (key == "role") return in.read(leg.role);
    if (key == "state") return in.read(leg.state);
    if (key == "id") return in.read(leg.id);
    if (key == "endpoint") return in.read(leg.endpoint);
    in.skip();
  });
  call.legs.push_back(leg);
}

void read_session(Cursor& in, Call& call) {
  convene_session& s = call.session;
  in.members([&](std::string_view key) {
    if (key == "searching") return in.read(s.searching);
    if (key == "id") return in.read(s.id);
    if (key == "flow") return in.read(s.flow);
    if (key == "settings") return in.read(s.settings);
    if (key == "context") return in.read(s.context);
    if (key == "wanted_agent") return in.read(s.wanted_agent);
    if (key == "now_ms") return in.read(s.now_ms);
    if (key == "due_ms") return in.read(s.due_ms);
    if (key != "legs") return in.skip();
    in.elements([&] { read_leg(in, call); });
  });
}

void read_event(Cursor& in, convene_service_event& e) {
  in.members([&](std::string_view key) {
    if (key == "kind") return in.read(e.kind);
    if (key == "leg") return in.read(e.leg);
    if (key == "leg_state") return in.read(e.leg_state);
    if (key == "timer") return in.read(e.timer);
    if (key == "agent") return in.read(e.agent);
    if (key == "name") return in.read(e.name);
    if (key == "detail") return in.read(e.detail);
    in.skip();
  });
}

void read_input(Cursor& in, convene_channel_input& i) {
  in.members([&](std::string_view key) {
    if (key == "kind") return in.read(i.kind);
    if (key == "from") return in.read(i.from);
    if (key == "role") return in.read(i.role);
    if (key == "legs") return in.read(i.legs);
    if (key == "now_ms") return in.read(i.now_ms);
    if (key == "entries") return in.read(i.entries);
    if (key == "settings") return in.read(i.settings);
    if (key == "state") return in.read(i.state);
    if (key == "frame") return in.read(i.frame);
    in.skip();
  });
}

/// Sizes, strides, and the arrays, now that these grow no more.
void bind(Call& call) {
  const convene_skill* skills = call.skills.data();
  for (convene_candidate& c : call.candidates) {
    c.skills = skills;
    skills += c.skill_count;
  }
  convene_routing_request& r = call.request;
  r.size = sizeof r;
  r.candidates = call.candidates.data();
  r.candidate_count = call.candidates.size();
  r.candidate_stride = sizeof(convene_candidate);
  convene_session& s = call.session;
  s.size = sizeof s;
  s.legs = call.legs.data();
  s.leg_count = call.legs.size();
  s.leg_stride = sizeof(convene_leg);
  call.outcome.size = sizeof call.outcome;
  call.event.size = sizeof call.event;
  call.input.size = sizeof call.input;
}

}  // namespace

Result<std::unique_ptr<Call>> read_call(std::string_view body) {
  auto call = std::make_unique<Call>();
  std::string name;
  std::vector<std::string_view> parts;
  Cursor in(body, call->decoded);
  in.members([&](std::string_view key) {
    if (std::find(parts.begin(), parts.end(), key) != parts.end()) return in.fail();
    parts.push_back(key);
    if (key == "name") return in.read(name);
    if (key == "request") return read_request(in, *call);
    if (key == "outcome") return read_outcome(in, call->outcome);
    if (key == "session") return read_session(in, *call);
    if (key == "event") return read_event(in, call->event);
    if (key == "state") return in.read(call->state);
    if (key == "input") return read_input(in, call->input);
    in.skip();
  });
  const auto has = [&](std::string_view part) {
    return std::find(parts.begin(), parts.end(), part) != parts.end();
  };
  struct Form {
    std::string_view name;
    Function function;
    std::string_view part, other;
  };
  constexpr Form kForms[] = {{"decide", Function::decide, "request", "request"},
                             {"outcome", Function::outcome, "outcome", "outcome"},
                             {"step", Function::step, "session", "event"},
                             {"frame", Function::frame, "input", "input"}};
  const auto form = std::find_if(std::begin(kForms), std::end(kForms),
                                 [&](const Form& f) { return f.name == name; });
  if (!in.fine() || !in.ended() || form == std::end(kForms) || !has(form->part) ||
      !has(form->other)) {
    return Error{"malformed", "a call that is not as WIRE.md says" +
                                  (in.fine() ? std::string() : ", at \"" + in.wrong() + "\"")};
  }
  call->function = form->function;
  bind(*call);
  return call;
}

}  // namespace convene::isolation
