// core/engine/offers.cpp - one agent is asked to take one session, with a deadline.
#include <algorithm>

#include "core/engine/machine.hpp"

namespace convene {

/// The slot is taken in the same step that makes the offer: an agent never has more than it has room for.
void Machine::make_offer(SessionEntry& s, AgentEntry& a) {
  announce(s);
  dequeue(s);
  const OfferId id{++last_offer_.value};
  OfferEntry& o = offers_[id];
  o.record = {id, s.record.id, a.record.id, OfferState::made, now_, now_ + s.flow->flow.offer_timeout};
  o.session = &s;
  o.agent = &a;
  s.standing = id;
  s.offers.push_back(id);
  ++s.record.attempts;
  a.offers.push_back(id);
  relist(a);
  timers_.set({TimerKind::offer, 0, id.value}, o.record.deadline);
  timers_.clear({TimerKind::ask_again, 0, s.record.id.value});
  touch(s);
  touch(o);
  publish(o.record);
  const bool is_there = peers_.find(a.desk) != nullptr;
  const bool answered = is_there && a.settings->auto_answer;
  if (is_there) out_->messages.emplace_back(output::OfferMade{a.desk, a.record.id, answered, offer_view(o)});
  if (answered) accept(o);
}

/// The slot stays taken, for the agent whom the service adds now. The session's place in the queue is kept until that
/// agent is there: it goes on from it should the agent never come.
void Machine::accept(OfferEntry& o) {
  SessionEntry& s = *o.session;
  AgentEntry& a = *o.agent;
  ++a.reserved;
  s.reserved = &a;
  end_offer(o, OfferState::accepted, false);
  leave_queue(s);
  happen({.session = &s, .kind = CONVENE_EVENT_ACCEPTED, .agent = a.record.id});
}

output::OfferView Machine::offer_view(const OfferEntry& o) const {
  const Session& s = o.session->record;
  return {o.record.id, s.id, s.flow, s.context, o.record.deadline, s.search_since};
}

/// Ends the standing of an offer. An accepted one stays in memory with its session, the others are forgotten.
void Machine::end_offer(OfferEntry& o, OfferState state, bool tell_desk) {
  SessionEntry& s = *o.session;
  AgentEntry& a = *o.agent;
  o.record.state = state;
  touch(o);
  publish(o.record);
  timers_.clear({TimerKind::offer, 0, o.record.id.value});
  std::erase(a.offers, o.record.id);
  s.standing = {};
  if (state != OfferState::accepted) {
    std::erase(s.offers, o.record.id);
    gone_offers_.push_back(o.record.id);
  }
  if (tell_desk && peers_.find(a.desk) != nullptr) {
    out_->messages.emplace_back(output::OfferEnded{a.desk, a.record.id, o.record.id, state});
  }
  const int word = state == OfferState::accepted   ? CONVENE_OUTCOME_ACCEPTED
                   : state == OfferState::declined ? CONVENE_OUTCOME_DECLINED
                   : state == OfferState::expired  ? CONVENE_OUTCOME_EXPIRED
                                                   : CONVENE_OUTCOME_WITHDRAWN;
  outcome(o, word);
}

void Machine::outcome(const OfferEntry& o, int outcome) {
  const BoundRouting& policy = o.session->flow->routing;
  if (policy.table == nullptr || policy.table->outcome == nullptr) return;
  convene_routing_outcome told{};
  told.size = sizeof told;
  told.outcome = outcome;
  told.session = o.record.session.value;
  told.agent = {o.record.agent.data(), o.record.agent.size()};
  told.offered_ms = (now_ - o.record.made_at).count();
  policy.table->outcome(policy.self, &told);
}

/// Declined or expired: the agent goes to the end of the idle order and is left alone with this session for a while,
/// the service is told, and the search goes on with its old place in the queue.
void Machine::offer_missed(OfferEntry& o, OfferState state) {
  SessionEntry& s = *o.session;
  AgentEntry& a = *o.agent;
  end_offer(o, state, state == OfferState::expired);
  let_rest(s, a);
  set_idle(a);
  if (state == OfferState::expired) {
    no_answer(a, false);
  } else {
    answers(a);
  }
  enqueue(s);
  happen({.session = &s, .kind = CONVENE_EVENT_MISSED, .agent = a.record.id});
}

void Machine::let_rest(SessionEntry& s, AgentEntry& a) {
  const auto known = std::find_if(s.missed.begin(), s.missed.end(), [&](const Missed& m) { return m.agent == &a; });
  Missed& missed = known != s.missed.end() ? *known : s.missed.emplace_back(Missed{&a});
  ++missed.times;
  missed.until = now_ + kMissedRest;
}

void Machine::withdraw(SessionEntry& s) {
  if (!s.standing) return;
  OfferEntry& o = offers_.find(s.standing)->second;
  end_offer(o, OfferState::withdrawn, true);
  relist(*o.agent);
}

void Machine::on(const input::OfferAnswer& in) {
  AgentEntry* a = find_agent(in.agent);
  if (a == nullptr) return refuse(in.request, in.peer, "unknown_agent", "There is no agent of this id.");
  if (!in.peer || a->desk != in.peer) {
    return refuse(in.request, in.peer, "not_allowed", "Another desk speaks for this agent.");
  }
  const OfferState wish = in.accepts ? OfferState::accepted : OfferState::declined;
  const auto gone = [&] { refuse(in.request, in.peer, "offer_gone", "This offer does not stand any more."); };
  const auto it = offers_.find(in.offer);
  if (it == offers_.end()) {
    const auto past = ended_offers_.find(in.offer);
    const bool again = past != ended_offers_.end() && past->second.agent == in.agent && past->second.state == wish;
    return again ? answer(in.request, in.peer, output::Accepted{}) : gone();
  }
  OfferEntry& o = it->second;
  if (o.agent != a) return gone();
  if (o.record.state != OfferState::made) {
    return o.record.state == wish ? answer(in.request, in.peer, output::Accepted{}) : gone();
  }
  if (!in.accepts) {
    offer_missed(o, OfferState::declined);
    return answer(in.request, in.peer, output::Accepted{});
  }
  accept(o);
  answer(in.request, in.peer, output::Accepted{});
}

}  // namespace convene
