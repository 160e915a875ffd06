// plugins/policy_fallback/policy_fallback.cpp - decides when a flow's own policy cannot: simple, so that it never fails.
#include "convene/routing.hpp"

namespace {

using convene::sdk::Decision;
using convene::sdk::RoutingRequest;

/// Allocates nothing, parses nothing, reads no settings: nothing of it can go wrong.
class Fallback {
 public:
  Decision decide(const RoutingRequest& request) const {
    if (!request.wanted_agent().empty()) return wanted(request);
    return request.empty() ? Decision::wait("everybody is busy")
                           : Decision::assign(0, "free longest");
  }

 private:
  /// The wanted agent or, for now, nobody: a failed policy is no reason to swap agents in silence (claim 4).
  Decision wanted(const RoutingRequest& request) const {
    for (std::size_t i = 0; i < request.size(); ++i) {
      if (request[i].agent() == request.wanted_agent())
        return Decision::assign(i, "the wanted agent");
    }
    return request.has_more() ? Decision::more() : Decision::wait("the wanted agent is not free");
  }
};

}  // namespace

CONVENE_PLUGIN(Fallback, "policy_fallback", "1.0.0", "Decides when a flow's own policy cannot.")
