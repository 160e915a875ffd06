// plugins/test/routing_scene.hpp - a pool of agents and one session that a policy decides about.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "convene/routing.hpp"
#include "plugins/test/library.hpp"

namespace convene::test {

struct Answer {
  convene_status status = CONVENE_OK;
  int action = 0;
  std::string agent;  ///< Of an assignment.
  std::int64_t until_ms = 0;
  std::string reason;
};

/// Fill the fields, then ask. Agents are shown in the order in which they were added: longest free first.
class Scene {
 public:
  std::string context = "{}";
  std::string wanted;
  std::int64_t now_ms = 1'000'000;
  std::int64_t waiting_since_ms = 1'000'000;
  std::uint32_t page = 0;
  bool more = false;

  void add(std::string agent, std::vector<std::pair<std::string, int>> skills = {},
           std::uint32_t missed = 0, std::int64_t idle_since_ms = 0) {
    agents_.push_back({std::move(agent), std::move(skills), missed, idle_since_ms});
  }
  void clear() { agents_.clear(); }

  /// Asks as a host of a later version would: its records are longer than those that the plugin was compiled with.
  Answer ask(const Library& policy) const {
    struct Longer {
      convene_candidate candidate;
      std::uint64_t added_later = ~0ull;
    };
    std::vector<std::vector<convene_skill>> skills(agents_.size());
    std::vector<Longer> candidates;
    for (std::size_t i = 0; i < agents_.size(); ++i) {
      const Agent& a = agents_[i];
      for (const auto& [name, level] : a.skills) skills[i].push_back({sdk::text(name), level, 0});
      candidates.push_back({{sizeof(Longer), 0, 2, a.missed, sdk::text(a.id), a.idle_since_ms,
                             skills[i].data(), skills[i].size()}});
    }
    convene_routing_request request{};
    request.size = sizeof request;
    request.page = page;
    request.more = more ? 1 : 0;
    request.session = 7;
    request.flow = sdk::text("talk_later");
    request.pool = sdk::text("sales");
    request.context = sdk::text(context);
    request.wanted_agent = sdk::text(wanted);
    request.now_ms = now_ms;
    request.waiting_since_ms = waiting_since_ms;
    request.candidates = candidates.empty() ? nullptr : &candidates[0].candidate;
    request.candidate_count = candidates.size();
    request.candidate_stride = sizeof(Longer);

    Answer answer;
    const convene_sink reason{&answer.reason,
                              [](void* self, convene_text piece) noexcept -> convene_status {
                                static_cast<std::string*>(self)->append(sdk::view(piece));
                                return CONVENE_OK;
                              }};
    convene_routing_answer raw{};
    raw.size = sizeof raw;
    raw.reason = raw.pool = &reason;
    answer.status =
        policy.table<convene_routing>(CONVENE_ROUTING).decide(policy.self(), &request, &raw);
    answer.action = raw.action;
    answer.until_ms = raw.until_ms;
    if (raw.action == CONVENE_ROUTING_ASSIGN && raw.index < agents_.size())
      answer.agent = agents_[raw.index].id;
    return answer;
  }

 private:
  struct Agent {
    std::string id;
    std::vector<std::pair<std::string, int>> skills;
    std::uint32_t missed;
    std::int64_t idle_since_ms;
  };
  std::vector<Agent> agents_;
};

}  // namespace convene::test
