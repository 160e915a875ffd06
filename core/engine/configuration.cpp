// core/engine/configuration.cpp - settings turned into flows, agents and pools; again when they change.
#include <algorithm>

#include "core/engine/machine.hpp"

namespace convene {

FlowRef Machine::bind_flow(const Flow& flow) const {
  FlowEntry entry;
  entry.flow = flow;
  if (const auto it = settings_.services.find(flow.service); it != settings_.services.end()) {
    entry.service = it->second;
  }
  if (const auto it = settings_.routing.find(flow.routing); it != settings_.routing.end()) entry.routing = it->second;
  if (const auto it = settings_.routing.find(flow.fallback); it != settings_.routing.end()) {
    entry.fallback = it->second;
  }
  return std::make_shared<const FlowEntry>(std::move(entry));
}

const FlowRef* Machine::find_flow(const std::string& id) const {
  const auto it = flows_.find(id);
  return it == flows_.end() ? nullptr : &it->second;
}

AgentEntry* Machine::find_agent(std::string_view id) {
  const auto it = agents_.find(id);
  return it == agents_.end() ? nullptr : &it->second;
}

AgentEntry& Machine::agent_entry(const std::string& id) {
  const auto [it, inserted] = agents_.try_emplace(id);
  AgentEntry& a = it->second;
  if (inserted) {
    a.record.id = id;
    a.number = agent_numbers_.size();
    agent_numbers_.push_back(&a);
  }
  return a;
}

Pool& Machine::pool_named(const std::string& name) {
  const auto [it, inserted] = pools_.try_emplace(name);
  if (inserted) it->second.name = name;
  return it->second;
}

void Machine::bind_agent(AgentEntry& a) {
  const auto it = settings_.agents.find(a.record.id);
  a.settings = it == settings_.agents.end() ? nullptr : &it->second;
  a.skills.clear();
  a.pools.clear();
  if (a.settings == nullptr) return;
  for (const Skill& s : a.settings->skills) {
    a.skills.push_back({{s.name.data(), s.name.size()}, s.level, 0});
  }
  for (const std::string& name : a.settings->pools) {
    Pool& pool = pool_named(name);
    ++pool.agents;
    pool.members.push_back(&a);
    a.pools.push_back(&pool);
  }
}

void Machine::bind_settings() {
  flows_.clear();
  for (const auto& [id, flow] : settings_.flows) flows_[id] = bind_flow(flow);
  for (const auto& [id, flow] : settings_.flows) pool_named(flow.pool);
  for (auto& [name, pool] : pools_) {
    pool.agents = 0;
    pool.members.clear();
  }
  for (const auto& [id, agent] : settings_.agents) agent_entry(id);
  for (AgentEntry* a : agent_numbers_) bind_agent(*a);
}

void Machine::reconfigure(EngineSettings settings) {
  for (AgentEntry* a : agent_numbers_) unlist(*a);
  settings_ = std::move(settings);
  bind_settings();
  for (auto& [id, s] : sessions_) {
    if (const FlowRef* flow = find_flow(s.record.flow)) s.flow = *flow;
  }
  for (AgentEntry* a : agent_numbers_) relist(*a);
  for (auto& [name, pool] : pools_) {  // other policies may see the same agents with other eyes
    ++pool.version;
    change(pool);
  }
  for (auto& [id, s] : sessions_) {
    if (!s.record.pool.empty() && !s.standing) to_ask_.push_back(&s);
  }
  next_sweep_ = {};  // what has ended may have become too old
  timers_.set({TimerKind::ask_again, 0, 0}, now_);  // so that somebody wakes the engine to look at them
}

}  // namespace convene
