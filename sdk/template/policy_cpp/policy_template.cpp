// policy_template.cpp - a routing policy: which agent gets a session, or what happens instead.
#include "convene/routing.hpp"

using convene::sdk::Candidate;
using convene::sdk::Decision;
using convene::sdk::RoutingRequest;

class PolicyTemplate {
 public:
  /// What [plugin.policy_template.settings] may say; `convene config check` holds operators to it.
  static constexpr std::string_view kConfigSchema = R"({
    "type": "object",
    "properties": {
      "skill": {"type": "string", "description": "An agent must have it; empty: everybody may"},
      "level": {"type": "integer", "minimum": 1, "maximum": 10, "description": "At least so well"}
    },
    "additionalProperties": false
  })";

  explicit PolicyTemplate(const convene::json::Value& settings)
      : skill_(settings.text("skill")), level_(settings.integer("level", 1)) {}

  /// Candidates could all take the session now and come longest free first, page by page. Everything
  /// that counts is in `request`: the same question always gets the same answer.
  Decision decide(const RoutingRequest& request) const {
    for (std::size_t i = 0; i < request.size(); ++i) {
      if (may_take(request, request[i]))
        return Decision::assign(i, "free longest of those who may");
    }
    if (request.has_more()) return Decision::more("nobody on this page");
    return Decision::wait("nobody who may is free");
  }

 private:
  bool may_take(const RoutingRequest& request, const Candidate& agent) const {
    // A session that was promised to somebody is never given to anybody else.
    if (!request.wanted_agent().empty()) return agent.agent() == request.wanted_agent();
    return skill_.empty() || agent.skill(skill_) >= level_;
  }

  std::string skill_;
  std::int64_t level_;
};

CONVENE_PLUGIN(PolicyTemplate, "policy_template", "0.1.0",
               "Gives a session to whoever has been free longest and has the skill.")
