// plugins/policy_longest_idle/policy_longest_idle.cpp - the reference: a complete routing policy, ready to be copied.
#include "convene/routing.hpp"

struct LongestIdle {
  convene::sdk::Decision decide(const convene::sdk::RoutingRequest& request) {
    // The core shows those who can take the session now, longest free first.
    if (request.empty()) return convene::sdk::Decision::wait("everybody is busy");
    return convene::sdk::Decision::assign(0, "free longest");
  }
};

CONVENE_PLUGIN(LongestIdle, "policy_longest_idle", "1.0.0", "Gives the longest idle agent first.")
