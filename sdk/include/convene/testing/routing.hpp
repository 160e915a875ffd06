// sdk/include/convene/testing/routing.hpp - a pool of agents and one session that a policy decides
// about.
//
//   Question question;
//   question.context = R"({"product":"loans"})";
//   question.add("anna", {{"loans", 7}});
//   const Answer answer = question.ask(plugin);
//   // answer.agent == "anna", answer.reason == "speaks of loans"
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "convene/routing.hpp"
#include "convene/testing/plugin.hpp"

namespace convene::testing {

/// What a policy decided.
struct Answer {
  convene_status status = CONVENE_OK;  ///< A failure: `host.failure` of the plugin says why.
  int action = 0;                      ///< CONVENE_ROUTING_...
  std::string agent;                   ///< Of an assignment; empty for an index out of range.
  std::int64_t until_ms = 0;
  std::string pool;  ///< Of an overflow.
  std::string reason;
  std::map<std::string, std::int64_t> scores;  ///< By agent, of those that were given one.
};

/// One agent who could take the session now.
struct Agent {
  std::string agent;
  std::vector<std::pair<std::string, int>> skills = {};  ///< Name and level, 1 to 10.
  std::uint32_t sessions = 0;
  std::uint32_t capacity = 2;
  std::uint32_t missed = 0;
  std::int64_t idle_since_ms = 0;
};

/// Fill the fields, then ask. Agents are shown in the order in which they were added: longest free
/// first.
class Question {
 public:
  std::string context = "{}";  ///< JSON object.
  std::string flow = "talk_later";
  std::string pool = "sales";
  std::string wanted;  ///< The agent that the session is for; empty: anybody.
  std::int64_t now_ms = 1'000'000;
  std::int64_t waiting_since_ms = 1'000'000;
  std::uint64_t session = 7;
  std::uint32_t attempt = 0;
  std::uint32_t page = 0;
  bool more = false;

  void add(std::string agent, std::vector<std::pair<std::string, int>> skills = {},
           std::uint32_t missed = 0, std::int64_t idle_since_ms = 0) {
    agents_.push_back({.agent = std::move(agent),
                       .skills = std::move(skills),
                       .missed = missed,
                       .idle_since_ms = idle_since_ms});
  }
  void add_agent(Agent agent) { agents_.push_back(std::move(agent)); }
  void clear() { agents_.clear(); }

  /// Asks as a host of a later version would: its records are longer than those that the plugin
  /// was compiled with (law 1).
  Answer ask(const Plugin& policy) const {
    return ask(policy.table<convene_routing>(CONVENE_ROUTING), policy.self());
  }
  /// The same of a bare table, wherever it comes from.
  Answer ask(const convene_routing& table, void* self) const {
    std::vector<std::vector<convene_skill>> skills(agents_.size());
    std::vector<Longer> candidates;
    for (std::size_t i = 0; i < agents_.size(); ++i) {
      const Agent& a = agents_[i];
      for (const auto& [name, level] : a.skills) skills[i].push_back({sdk::text(name), level, 0});
      candidates.push_back({{sizeof(Longer), a.sessions, a.capacity, a.missed, sdk::text(a.agent),
                             a.idle_since_ms, skills[i].data(), skills[i].size()}});
    }
    convene_routing_request request{};
    request.size = sizeof request;
    request.page = page;
    request.more = more ? 1 : 0;
    request.attempt = attempt;
    request.session = session;
    request.flow = sdk::text(flow);
    request.pool = sdk::text(pool);
    request.context = sdk::text(context);
    request.wanted_agent = sdk::text(wanted);
    request.now_ms = now_ms;
    request.waiting_since_ms = waiting_since_ms;
    request.candidates = candidates.empty() ? nullptr : &candidates[0].candidate;
    request.candidate_count = candidates.size();
    request.candidate_stride = sizeof(Longer);

    Answer answer;
    const convene_sink reason = sink_into(answer.reason), pool_name = sink_into(answer.pool);
    convene_routing_answer raw{};
    raw.size = sizeof raw;
    raw.reason = &reason;
    raw.pool = &pool_name;
    Scored scored{agents_, answer.scores};
    const convene_scores scores{&scored, &Scored::give};
    raw.scores = &scores;
    answer.status = table.decide(self, &request, &raw);
    answer.action = raw.action;
    answer.until_ms = raw.until_ms;
    if (raw.action == CONVENE_ROUTING_ASSIGN && raw.index < agents_.size()) {
      answer.agent = agents_[raw.index].agent;
    }
    return answer;
  }

 private:
  struct Longer {
    convene_candidate candidate;
    std::uint64_t added_later = ~0ull;
  };
  struct Scored {
    const std::vector<Agent>& agents;
    std::map<std::string, std::int64_t>& scores;
    static convene_status give(void* self, std::size_t index, std::int64_t score) noexcept {
      const auto& to = *static_cast<Scored*>(self);
      if (index >= to.agents.size()) return CONVENE_E_INVALID;
      to.scores[to.agents[index].agent] = score;
      return CONVENE_OK;
    }
  };
  static convene_sink sink_into(std::string& text) {
    return {&text, [](void* self, convene_text piece) noexcept -> convene_status {
              static_cast<std::string*>(self)->append(sdk::view(piece));
              return CONVENE_OK;
            }};
  }
  std::vector<Agent> agents_;
};

}  // namespace convene::testing
