// sdk/host/policy_answer.hpp - what a policy has answered, as values: to compare it, to hand it on, or to forget it.
#pragma once

#include <cstdint>
#include <string>

#include "convene/routing.h"
#include "core/model/scores.hpp"
#include "sdk/host/loaded_plugin.hpp"
#include "sdk/host/shadow.hpp"

namespace convene {

struct PolicyAnswer {
  convene_status status = CONVENE_E_FAILED;
  std::int32_t action = 0;
  std::size_t index = 0;
  std::int64_t until_ms = 0;
  std::string pool, reason;
  ScoreList scores;

  /// Whether the same was decided. Reasons and scores are words about it.
  bool same_as(const PolicyAnswer& other) const;
  /// Says it again: to the answer's sinks. The status it was given with, or of a pool that was not taken.
  convene_status hand_on(convene_routing_answer& to) const;
};

PolicyAnswer ask_policy(const Extension<convene_routing>& policy,
                        const convene_routing_request& request);

/// Notes in `shadow` whether both have decided alike. False: the candidate failed where the other did not.
bool compare(const convene_routing_request& request, const PolicyAnswer& current,
             const PolicyAnswer& candidate, Shadow& shadow);

}  // namespace convene
