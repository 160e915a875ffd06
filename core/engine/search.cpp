// core/engine/search.cpp - who waits for whom: sessions in order of age, agents in order of idleness.
//
// Nothing is polled. A pool is looked at when somebody in it became free; a session when it began to search, when its
// policy's time has come, or when an agent that it waits for is there. The oldest search goes first, and one whose
// policy prefers to wait does not hold up the next.
#include <algorithm>

#include "core/engine/machine.hpp"

namespace convene {

/// A search whose agent accepted and never came goes on where it was: with its place, its patience, and who rests.
void Machine::start_search(SessionEntry& s, const std::string& pool, const std::string& agent) {
  const bool goes_on = s.record.pool.empty() && s.record.search_since != Time{};
  if (!goes_on) stop_search(s);
  if (!s.counted && searches_ >= settings_.limits.searches) return no_agent(s);
  s.record.pool = pool.empty() ? s.flow->flow.pool : pool;
  s.record.only_agent = agent;
  if (!goes_on) s.record.search_since = now_;
  s.counted = true;
  ++searches_;
  touch(s);
  const auto target = pools_.find(s.record.pool);
  const AgentEntry* wanted = agent.empty() ? nullptr : find_agent(agent);
  const bool in_vain = agent.empty() ? target == pools_.end() || target->second.agents == 0
                                     : wanted == nullptr || wanted->settings == nullptr;
  if (in_vain) return no_agent(s);
  timers_.clear({TimerKind::empty, 0, s.record.id.value});
  timers_.set({TimerKind::wait_max, 0, s.record.id.value}, s.record.search_since + s.flow->flow.wait_max);
  enqueue(s);
}

void Machine::stop_search(SessionEntry& s) {
  leave_queue(s);
  s.missed.clear();
  s.said.clear();
  if (s.record.search_since == Time{}) return;
  s.record.search_since = {};
  touch(s);
}

void Machine::leave_queue(SessionEntry& s) {
  withdraw(s);
  dequeue(s);
  timers_.clear({TimerKind::wait_max, 0, s.record.id.value});
  timers_.clear({TimerKind::ask_again, 0, s.record.id.value});
  if (s.counted) --searches_;
  s.counted = false;
  if (s.record.pool.empty()) return;
  s.record.pool.clear();
  s.record.only_agent.clear();
  touch(s);
}

void Machine::no_agent(SessionEntry& s) {
  std::string agent = s.record.only_agent;
  stop_search(s);
  happen({.session = &s, .kind = CONVENE_EVENT_NO_AGENT, .agent = std::move(agent)});
}

/// Into the queue that fits, to be looked at with this input.
void Machine::enqueue(SessionEntry& s) {
  if (s.pool != nullptr || s.wanted != nullptr) return;
  const std::pair<Time, SessionId> place{s.record.search_since, s.record.id};
  if (!s.record.only_agent.empty()) {
    s.wanted = &agent_entry(s.record.only_agent);
    s.wanted->wanted_by.insert(place);
  } else {
    s.pool = &pool_named(s.record.pool);
    s.pool->waiting.insert(place);
  }
  s.seen = 0;
  to_ask_.push_back(&s);
}

void Machine::dequeue(SessionEntry& s) {
  const std::pair<Time, SessionId> place{s.record.search_since, s.record.id};
  if (s.pool != nullptr) s.pool->waiting.erase(place);
  if (s.wanted != nullptr) s.wanted->wanted_by.erase(place);
  s.pool = nullptr;
  s.wanted = nullptr;
}

void Machine::unlist(AgentEntry& a) {
  if (!a.listed) return;
  for (Pool* pool : a.pools) pool->idle.erase(&a);
  a.listed = false;
}

/// Puts the agent where it belongs: into the idle order of its pools, or out of it.
void Machine::relist(AgentEntry& a) {
  const bool could = a.settings != nullptr && a.desk && a.record.state == AgentState::ready &&
                     a.load() < a.settings->capacity;
  if (!could) return unlist(a);
  if (a.listed) return;
  a.listed = true;
  for (Pool* pool : a.pools) {
    pool->idle.insert(&a);
    ++pool->version;
    change(*pool);
  }
  if (!a.fresh && !a.wanted_by.empty()) {
    a.fresh = true;
    fresh_agents_.push_back(&a);
  }
}

void Machine::change(Pool& pool) {
  if (pool.changed) return;
  pool.changed = true;
  changed_pools_.push_back(&pool);
}

void Machine::route() {
  std::vector<AgentEntry*> agents;
  std::vector<Pool*> pools;
  std::vector<SessionEntry*> sessions;
  agents.swap(fresh_agents_);
  pools.swap(changed_pools_);
  sessions.swap(to_ask_);
  for (AgentEntry* a : agents) {
    a->fresh = false;
    route_wanted(*a);
  }
  for (Pool* pool : pools) {
    pool->changed = false;
    route_pool(*pool);
  }
  for (SessionEntry* s : sessions) {
    if (s->ended) continue;
    if (s->wanted != nullptr) {
      route_wanted(*s->wanted);
    } else if (s->pool != nullptr) {
      ask(*s);
    }
  }
}

void Machine::route_pool(Pool& pool) {
  for (auto it = pool.waiting.begin(); it != pool.waiting.end() && !pool.idle.empty();) {
    SessionEntry& s = sessions_.find(it->second)->second;
    ++it;  // asking takes at most this session out of the queue
    if (s.seen != pool.version) ask(s);
  }
}

/// Sessions that want this agent and nobody else: no policy is asked, the choice was made with the booking (claim 4).
void Machine::route_wanted(AgentEntry& a) {
  for (auto it = a.wanted_by.begin(); it != a.wanted_by.end();) {
    SessionEntry& s = sessions_.find(it->second)->second;
    ++it;
    if (a.settings == nullptr) {
      no_agent(s);
      continue;
    }
    if (!a.listed) return;
    Time until{};
    if (rests(s, a, until)) {
      timers_.set({TimerKind::ask_again, 0, s.record.id.value}, until);
      continue;
    }
    keep_decision(s, {.policy = "-", .outcome = "assign", .agent = a.record.id,
                      .reason = "the session is for this agent", .candidates = "[]", .excluded = "[]"});
    make_offer(s, a);
  }
}

/// Whether the agent has just declined or missed this session, and until when it is left alone with it.
bool Machine::rests(const SessionEntry& s, const AgentEntry& a, Time& until) const {
  for (const Missed& m : s.missed) {
    if (m.agent != &a) continue;
    until = m.until;
    return m.until > now_;
  }
  return false;
}

}  // namespace convene
