// tests/bench/decide/decide_in_cpp.cpp - the same two policies through the C++ face.
#include "convene/routing.hpp"

namespace {

using convene::sdk::Decision;
using convene::sdk::RoutingRequest;

struct LongestIdle {
  Decision decide(const RoutingRequest& request) {
    if (request.empty()) return Decision::wait("everybody is busy");
    return Decision::assign(0, "free longest");
  }
};

struct WithSkill {
  Decision decide(const RoutingRequest& request) {
    for (std::size_t i = 0; i < request.size(); ++i) {
      if (request[i].skill("fr") >= 5) return Decision::assign(i, "speaks it");
    }
    return Decision::wait("nobody speaks it");
  }
};

}  // namespace

CONVENE_PLUGINS(convene::sdk::plugin<LongestIdle>("longest_idle", "1.0.0", "Longest idle first."),
                convene::sdk::plugin<WithSkill>("with_skill", "1.0.0",
                                                "Longest idle of those with a skill."))
