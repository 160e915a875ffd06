// sdk/host/generations_service.cpp - which generation takes a step, and what the one in the shadow
// would have asked for.
#include "sdk/host/effect_tape.hpp"
#include "sdk/host/generations.hpp"

namespace convene {
namespace {

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

std::string in_words(convene_status status, const EffectTape& tape) {
  return status == CONVENE_OK ? tape.to_text() : "fails with " + std::to_string(status);
}

/// A step whose effects take place now, or wherever its tape is played.
convene_status run(const Extension<convene_service>& service, const convene_session& session,
                   convene_text state, const convene_service_event& event, EffectTape& tape) {
  const convene_service_effects table = tape.table();
  return service.table->step(service.self, &session, state, &event, &table);
}

}  // namespace

Extension<convene_service> PluginSlot::service() {
  static constexpr convene_service kTable = {
      [](void* self, const convene_session* session, convene_text state,
         const convene_service_event* event, const convene_service_effects* effects) noexcept {
        return static_cast<PluginSlot*>(self)->step(*session, state, *event, *effects);
      },
  };
  return {&kTable, this};
}

convene_status PluginSlot::step(const convene_session& session, convene_text state,
                                const convene_service_event& event,
                                const convene_service_effects& effects) noexcept {
  if (!current_ || !current_->service) return CONVENE_E_UNSUPPORTED;
  const bool created = event.kind == CONVENE_EVENT_CREATED;
  if (!held_.empty()) {
    if (created) held_.erase(session.id);  // a number that a session which never was had before
    if (const auto held = held_.find(session.id); held != held_.end()) {
      return step_held(held, session, state, event, effects);
    }
  }
  const bool alike = !trial_ || trial_->generation->state_version() == current_->state_version();
  if ((created || alike) && is_canary(session.id)) {
    EffectTape tape;
    const convene_status status = run(trial_->generation->service, session, state, event, tape);
    if (status == CONVENE_OK) {
      if (!alike) held_.insert_or_assign(session.id, Held{trial_->generation, current_->number});
      return tape.play(effects);
    }
    break_trial("failed as canary: " + trial_->generation->plugin->last_failure());
  }
  if (is_shadowed()) return step_shadowed(session, state, event, effects);
  const Extension<convene_service>& current = current_->service;
  return current.table->step(current.self, &session, state, &event, &effects);
}

/// A session whose state was made by another generation. The current one is asked once whether it can
/// go on with that state; if not, the session stays where it is.
convene_status PluginSlot::step_held(HeldAt at, const convene_session& session, convene_text state,
                                     const convene_service_event& event,
                                     const convene_service_effects& effects) {
  const GenerationPtr by = at->second.by;  // a copy: the entry may go
  if (by != current_ && at->second.refused_by != current_->number) {
    EffectTape tape;
    if (run(current_->service, session, state, event, tape) == CONVENE_OK) {
      held_.erase(at);
      ++moved_;
      return tape.play(effects);
    }
    at->second.refused_by = current_->number;
  }
  return by->service.table->step(by->service.self, &session, state, &event, &effects);
}

convene_status PluginSlot::step_shadowed(const convene_session& session, convene_text state,
                                         const convene_service_event& event,
                                         const convene_service_effects& effects) {
  EffectTape counts(&effects), shadow;
  const Generation& tried = *trial_->generation;
  const bool alike = tried.state_version() == current_->state_version();
  const convene_status status = run(current_->service, session, state, event, counts);
  const convene_status other = run(tried.service, session, state, event, shadow);
  if (other != CONVENE_OK && status == CONVENE_OK && (alike || state.size == 0)) {
    break_trial("failed in the shadow at \"" + in_words(event) +
                "\": " + tried.plugin->last_failure());
  } else if (other != CONVENE_OK && status == CONVENE_OK) {
    trial_->shadow.unknown_state();
  } else if (status == other && (status != CONVENE_OK || counts.same_as(shadow, alike))) {
    trial_->shadow.same();
  } else {
    trial_->shadow.differs(
        {session.id, in_words(event), in_words(status, counts), in_words(other, shadow)});
  }
  if (!is_shadowed()) trial_due();
  return status;
}

}  // namespace convene
