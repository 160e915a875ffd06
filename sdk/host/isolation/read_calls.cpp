// sdk/host/isolation/read_calls.cpp - JSON to C records, whose views point into the JSON.
#include "sdk/host/isolation/calls.hpp"
#include "sdk/host/isolation/frames.hpp"

namespace convene::isolation {
namespace {

Error wrong(const std::string& what) {
  return {"malformed", "a call lacks, or has wrong, \"" + what + "\"; see WIRE.md"};
}

const json::Value& member(const json::Value& of, std::string_view key) {
  static const json::Value nothing;
  const json::Value* found = of.find(key);
  return found ? *found : nothing;
}

Status read_skills(const json::Value& from, Call& call) {
  auto& to = call.skills.emplace_back();
  for (const json::Value& pair : member(from, "skills").array()) {
    const auto& two = pair.array();
    if (two.size() != 2) return wrong("skills");
    const auto name = take_text(two[0], call.decoded);
    const auto level = take_number<std::int32_t>(two[1]);
    if (!name || !level) return wrong("skills");
    to.push_back({{name->data(), name->size()}, *level, 0});
  }
  return ok();
}

Status read_request(Call& call) {
  const json::Value& from = member(call.body, "request");
  convene_routing_request& r = call.request;
  Members in(from, call.decoded);
  in.read("page", r.page).read("more", r.more).read("attempt", r.attempt);
  in.read("session", r.session).read("flow", r.flow).read("pool", r.pool);
  in.read("context", r.context).read("wanted_agent", r.wanted_agent);
  in.read("now_ms", r.now_ms).read("waiting_since_ms", r.waiting_since_ms);
  if (!in.fine()) return wrong("request " + in.what());
  for (const json::Value& one : member(from, "candidates").array()) {
    convene_candidate c{};
    Members fields(one, call.decoded);
    fields.read("sessions", c.sessions).read("capacity", c.capacity).read("missed", c.missed);
    fields.read("agent", c.agent).read("idle_since_ms", c.idle_since_ms);
    if (!fields.fine()) return wrong("candidates " + fields.what());
    if (Status skills = read_skills(one, call); !skills) return skills;
    c.size = sizeof c;
    call.candidates.push_back(c);
  }
  for (std::size_t i = 0; i < call.candidates.size(); ++i) {
    call.candidates[i].skills = call.skills[i].data();
    call.candidates[i].skill_count = call.skills[i].size();
  }
  r.size = sizeof r;
  r.candidates = call.candidates.data();
  r.candidate_count = call.candidates.size();
  r.candidate_stride = sizeof(convene_candidate);
  return ok();
}

Status read_outcome(Call& call) {
  convene_routing_outcome& o = call.outcome;
  Members in(member(call.body, "outcome"), call.decoded);
  in.read("outcome", o.outcome).read("session", o.session).read("agent", o.agent);
  in.read("offered_ms", o.offered_ms);
  o.size = sizeof o;
  return in.fine() ? ok() : wrong("outcome " + in.what());
}

Status read_step(Call& call) {
  const json::Value& from = member(call.body, "session");
  convene_session& s = call.session;
  Members in(from, call.decoded);
  in.read("searching", s.searching).read("id", s.id).read("flow", s.flow);
  in.read("settings", s.settings).read("context", s.context);
  in.read("wanted_agent", s.wanted_agent).read("now_ms", s.now_ms).read("due_ms", s.due_ms);
  if (!in.fine()) return wrong("session " + in.what());
  for (const json::Value& one : member(from, "legs").array()) {
    convene_leg leg{};
    Members fields(one, call.decoded);
    fields.read("role", leg.role).read("state", leg.state).read("id", leg.id);
    fields.read("endpoint", leg.endpoint);
    if (!fields.fine()) return wrong("legs " + fields.what());
    leg.size = sizeof leg;
    call.legs.push_back(leg);
  }
  s.size = sizeof s;
  s.legs = call.legs.data();
  s.leg_count = call.legs.size();
  s.leg_stride = sizeof(convene_leg);

  convene_service_event& e = call.event;
  Members event(member(call.body, "event"), call.decoded);
  event.read("kind", e.kind).read("leg", e.leg).read("leg_state", e.leg_state);
  event.read("timer", e.timer).read("agent", e.agent).read("name", e.name);
  event.read("detail", e.detail);
  if (!event.fine()) return wrong("event " + event.what());
  e.size = sizeof e;
  Members rest(call.body, call.decoded);
  rest.read("state", call.state);
  return rest.fine() ? ok() : wrong("state");
}

Status read_frame(Call& call) {
  convene_channel_input& i = call.input;
  Members in(member(call.body, "input"), call.decoded);
  in.read("kind", i.kind).read("from", i.from).read("role", i.role).read("legs", i.legs);
  in.read("now_ms", i.now_ms).read("entries", i.entries).read("settings", i.settings);
  in.read("state", i.state).read("frame", i.frame);
  i.size = sizeof i;
  return in.fine() ? ok() : wrong("input " + in.what());
}

}  // namespace

Result<std::unique_ptr<Call>> read_call(std::string_view body) {
  json::Parsed parsed = json::parse(body, {.bytes = kBodyMax});
  if (!parsed) return Error{"malformed", "a call that is no JSON: " + parsed.error};
  auto call = std::make_unique<Call>();
  call->body = std::move(*parsed.value);
  const std::string_view name = call->body.text("name");
  const auto as = [&](Function function, Status (*read)(Call&)) -> Status {
    call->function = function;
    return read(*call);
  };
  const Status status = name == "decide"    ? as(Function::decide, read_request)
                        : name == "outcome" ? as(Function::outcome, read_outcome)
                        : name == "step"    ? as(Function::step, read_step)
                        : name == "frame"   ? as(Function::frame, read_frame)
                                            : Status(wrong("name"));
  if (!status) return status.error();
  return call;
}

}  // namespace convene::isolation
