// plugins/policy_longest_idle/policy_longest_idle.cpp - the reference: a complete routing policy, ready to be copied.
#include "convene/routing.hpp"

struct LongestIdle {
  convene::sdk::Decision decide(const convene::sdk::RoutingRequest& request,
                                convene::sdk::Scores seconds_free) {
    // The core shows those who can take the session now, longest free first.
    if (request.empty()) return convene::sdk::Decision::wait("everybody is busy");
    for (std::size_t i = 0; i < request.size(); ++i)
      seconds_free.give(i, (request.now_ms() - request[i].idle_since_ms()) / 1000);
    return convene::sdk::Decision::assign(0, "free longest");
  }
};

CONVENE_PLUGIN(LongestIdle, "policy_longest_idle", "1.0.0", "Gives the longest idle agent first.")
