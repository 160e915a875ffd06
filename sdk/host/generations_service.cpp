// sdk/host/generations_service.cpp - which generation takes a step, and what the one in the shadow
// would have asked for.
#include "sdk/host/generations.hpp"
#include "sdk/host/service_answer.hpp"

namespace convene {

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
    const convene_status status =
        take_step(trial_->generation->service, session, state, event, tape);
    if (status == CONVENE_OK) {
      if (!alike) held_.insert_or_assign(session.id, Held{trial_->generation, current_->number});
      return tape.play(effects);
    }
    break_trial("failed as canary: " + trial_->generation->plugin->last_failure());
  }
  if (is_shadowed() || past_) return step_watched(session, state, event, effects);
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
    if (take_step(current_->service, session, state, event, tape) == CONVENE_OK) {
      held_.erase(at);
      ++moved_;
      return tape.play(effects);
    }
    at->second.refused_by = current_->number;
  }
  return by->service.table->step(by->service.self, &session, state, &event, &effects);
}

/// A step of the current generation that is kept, compared, or both.
convene_status PluginSlot::step_watched(const convene_session& session, convene_text state,
                                        const convene_service_event& event,
                                        const convene_service_effects& effects) {
  auto counts = std::make_unique<EffectTape>(&effects);
  const convene_status status = take_step(current_->service, session, state, event, *counts);
  if (is_shadowed()) {
    EffectTape shadow;
    const Generation& tried = *trial_->generation;
    const bool alike = tried.state_version() == current_->state_version();
    const convene_status other = take_step(tried.service, session, state, event, shadow);
    const TwoSteps steps{session, event, state.size > 0, alike, status, other, *counts, shadow};
    if (!compare(steps, trial_->shadow)) {
      break_trial("failed in the shadow at \"" + in_words(event) +
                  "\": " + tried.plugin->last_failure());
    }
    if (!is_shadowed()) trial_due();
  }
  if (past_) past_->keep(session, state, event, status, std::move(counts));
  return status;
}

}  // namespace convene
