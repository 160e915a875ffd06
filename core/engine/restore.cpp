// core/engine/restore.cpp - from what the store holds to a running engine, and back.
#include <algorithm>

#include "core/engine/machine.hpp"

namespace convene {

/// Deadlines are computed from stored moments; those that lie ahead of the new time line (the clock was set back while
/// nothing ran) count from now, so that nothing waits longer than it should.
void Machine::restore(const Snapshot& snapshot) {
  last_session_ = snapshot.last_session;
  last_leg_ = snapshot.last_leg;
  last_offer_ = snapshot.last_offer;
  const auto from = [this](Time stored) { return std::min(stored, now_); };

  for (const Agent& record : snapshot.agents) {
    AgentEntry& a = agent_entry(record.id);
    a.record = record;
    a.stored = true;
    bind_agent(a);
    if (record.state == AgentState::wrap_up && a.settings && a.settings->wrap_up > Duration{0}) {
      timers_.set({TimerKind::wrap_up, 0, a.number}, from(record.since) + a.settings->wrap_up);
    }
  }
  for (auto& [name, pool] : pools_) {
    pool.agents = 0;
    pool.members.clear();
  }
  for (AgentEntry* a : agent_numbers_) bind_agent(*a);

  for (const Session& record : snapshot.sessions) {
    SessionEntry& s = sessions_[record.id];
    s.record = record;
    s.announced = true;
    if (const FlowRef* flow = find_flow(record.flow)) {
      s.flow = *flow;
    } else {  // not configured any more: its first step fails, and the session ends with a reason
      Flow gone;
      gone.id = record.flow;
      gone.pool = record.pool;
      s.flow = bind_flow(gone);
      happen({.session = &s, .kind = CONVENE_EVENT_TIMER});
      timers_.set({TimerKind::ask_again, 0, 0}, now_);
    }
    for (const auto& [number, at] : record.timers) {
      timers_.set({TimerKind::service, number, record.id.value}, at);
    }
  }
  for (const Leg& record : snapshot.legs) {
    const auto owner = sessions_.find(record.session);
    if (owner == sessions_.end()) continue;
    LegEntry& leg = legs_[record.id];
    leg.record = record;
    leg.session = &owner->second;
    leg.link = LegLink(LegEnd::core, record.sent, record.received);
    leg.session->legs.push_back(&leg);
    leg.confirmed = record.state != LegState::connected;
    if (!is_live(record.state)) continue;
    if (record.role == Role::agent) {
      leg.agent = &agent_entry(record.endpoint);
      leg.agent->legs.push_back(&leg);
    }
    if (record.token) tokens_[record.token] = &leg;
    const Flow& flow = leg.session->flow->flow;
    const Duration patience = record.state == LegState::connected  ? kOrphanGrace
                              : record.state == LegState::degraded ? flow.resume_timeout
                                                                   : flow.connect_timeout;
    const Time since = record.state == LegState::connected ? now_ : from(record.since);
    timers_.set({TimerKind::leg, 0, record.id.value}, since + patience);
  }
  for (const Offer& record : snapshot.offers) {
    const auto owner = sessions_.find(record.session);
    if (owner == sessions_.end()) continue;
    OfferEntry& o = offers_[record.id];
    o.record = record;
    o.session = &owner->second;
    o.agent = &agent_entry(record.agent);
    o.session->offers.push_back(record.id);
    if (record.state != OfferState::made) continue;
    o.session->standing = record.id;
    o.agent->offers.push_back(record.id);
    timers_.set({TimerKind::offer, 0, record.id.value},
                std::min(record.deadline, now_ + o.session->flow->flow.offer_timeout));
  }
  for (auto& [id, s] : sessions_) {
    if (s.record.pool.empty()) continue;
    s.counted = true;
    ++searches_;
    timers_.set({TimerKind::wait_max, 0, id.value}, from(s.record.search_since) + s.flow->flow.wait_max);
    if (!s.standing) enqueue(s);
  }
  for (const Rendezvous& record : snapshot.rendezvous) {
    RendezvousEntry& r = resident(record);
    const auto it = sessions_.find(record.session);
    if (it != sessions_.end()) {
      r.session = &it->second;
      it->second.rendezvous = &r;
    }
    watch(r);
  }
  for (auto& [id, s] : sessions_) watch_empty(s);
}

Snapshot Machine::snapshot() const {
  Snapshot out;
  for (const auto& [id, s] : sessions_) out.sessions.push_back(s.record);
  for (const auto& [id, leg] : legs_) out.legs.push_back(leg.record);
  for (const auto& [id, o] : offers_) out.offers.push_back(o.record);
  for (const auto& [id, a] : agents_) {
    if (a.stored) out.agents.push_back(a.record);
  }
  for (const auto& [key, r] : rendezvous_) out.rendezvous.push_back(r.record);
  out.last_session = last_session_;
  out.last_leg = last_leg_;
  out.last_offer = last_offer_;
  return out;
}

void Machine::each_session(const SessionVisitor& visit) const {
  for (const auto& [id, s] : sessions_) {
    if (!s.ended) visit(s.record, s.flow->flow.service);
  }
}

}  // namespace convene
