// sdk/host/generations_routing.cpp - which generation decides, and what the one in the shadow would
// have decided.
#include "sdk/host/generations.hpp"
#include "sdk/host/policy_answer.hpp"

namespace convene {

Extension<convene_routing> PluginSlot::routing() {
  static constexpr convene_routing kTable = {
      [](void* self, const convene_routing_request* request,
         convene_routing_answer* answer) noexcept {
        return static_cast<PluginSlot*>(self)->decide(*request, *answer);
      },
      [](void* self, const convene_routing_outcome* outcome) noexcept {
        static_cast<PluginSlot*>(self)->outcome(*outcome);
      },
  };
  return {&kTable, this};
}

void PluginSlot::sign(const Generation& generation) {
  if (noted_ != generation.number) note_.label = generation.label;
  noted_ = generation.number;
  const RoutingNote* inner = generation.plugin->routing_note();
  note_.took_ns = inner ? inner->took_ns : 0;
}

convene_status PluginSlot::decide(const convene_routing_request& request,
                                  convene_routing_answer& answer) noexcept {
  if (!current_ || !current_->routing) return CONVENE_E_UNSUPPORTED;
  if (is_canary(request.session)) {
    const PolicyAnswer tried = ask_policy(trial_->generation->routing, request);
    if (tried.status == CONVENE_OK) {
      sign(*trial_->generation);
      return tried.hand_on(answer);
    }
    break_trial("failed as canary: " + trial_->generation->plugin->last_failure());
  }
  const Generation& current = *current_;
  const bool shadowed = is_shadowed();
  if (!shadowed && !past_) {
    const convene_status status =
        current.routing.table->decide(current.routing.self, &request, &answer);
    sign(current);
    return status;
  }
  const PolicyAnswer counts = ask_policy(current.routing, request);
  sign(current);
  if (past_) past_->keep(request, counts);
  if (shadowed) {
    const PolicyAnswer shadow = ask_policy(trial_->generation->routing, request);
    if (!compare(request, counts, shadow, trial_->shadow))
      break_trial("failed in the shadow: " + trial_->generation->plugin->last_failure());
    if (!is_shadowed()) trial_due();
  }
  return counts.hand_on(answer);
}

/// Told to whoever decides for this session. What became of offers that one in the shadow did not make
/// would teach it nothing.
void PluginSlot::outcome(const convene_routing_outcome& outcome) noexcept {
  const Generation* told = is_canary(outcome.session) ? trial_->generation.get() : current_.get();
  if (told && told->routing) told->routing.table->outcome(told->routing.self, &outcome);
}

}  // namespace convene
