// sdk/host/service_answer.cpp - takes a step on a tape, and tells two steps apart.
#include "sdk/host/service_answer.hpp"

namespace convene {
namespace {

std::string in_words(convene_status status, const EffectTape& tape) {
  return status == CONVENE_OK ? tape.to_text() : "fails with " + std::to_string(status);
}

}  // namespace

std::string in_words(const convene_service_event& event) {
  static constexpr const char* kNames[] = {"nothing",  "created", "arrived",  "due",   "leg",
                                           "accepted", "missed",  "no_agent", "timer", "request"};
  const bool known = event.kind > 0 && event.kind <= CONVENE_EVENT_REQUEST;
  std::string out = known ? kNames[event.kind] : "event " + std::to_string(event.kind);
  if (event.kind == CONVENE_EVENT_LEG) {
    out += " " + std::to_string(event.leg) + " in state " + std::to_string(event.leg_state);
  }
  if (event.kind == CONVENE_EVENT_TIMER) out += " " + std::to_string(event.timer);
  return out;
}

convene_status take_step(const Extension<convene_service>& service, const convene_session& session,
                         convene_text state, const convene_service_event& event, EffectTape& tape) {
  const convene_service_effects table = tape.table();
  return service.table->step(service.self, &session, state, &event, &table);
}

bool compare(const TwoSteps& s, Shadow& shadow) {
  const bool lost = s.candidate != CONVENE_OK && s.current == CONVENE_OK;
  if (lost && (s.alike || !s.has_state)) return false;
  if (lost) {
    shadow.unknown_state();
  } else if (s.current == s.candidate &&
             (s.current != CONVENE_OK || s.current_tape.same_as(s.candidate_tape, s.alike))) {
    shadow.same();
  } else {
    shadow.differs({s.session.id, in_words(s.event), in_words(s.current, s.current_tape),
                    in_words(s.candidate, s.candidate_tape)});
  }
  return true;
}

}  // namespace convene
