// sdk/host/service_answer.hpp - what a service has come to in a step, and whether another one does the same.
#pragma once

#include <string>

#include "convene/service.h"
#include "sdk/host/effect_tape.hpp"
#include "sdk/host/loaded_plugin.hpp"
#include "sdk/host/shadow.hpp"

namespace convene {

/// A step whose effects take place now, or wherever its tape is played.
convene_status take_step(const Extension<convene_service>& service, const convene_session& session,
                         convene_text state, const convene_service_event& event, EffectTape& tape);

/// One step as two services took it, or would have. `alike`: their states are of one version.
struct TwoSteps {
  const convene_session& session;
  const convene_service_event& event;
  bool has_state = false, alike = true;
  convene_status current = CONVENE_OK, candidate = CONVENE_OK;
  const EffectTape& current_tape;
  const EffectTape& candidate_tape;
};
/// Notes in `shadow` whether both ask for the same. False: the candidate failed where the other did not, and where it
/// had to know the state.
bool compare(const TwoSteps& steps, Shadow& shadow);

/// "leg 3 in state 6": for people, without what may be about a customer.
std::string in_words(const convene_service_event& event);

}  // namespace convene
