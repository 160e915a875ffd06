// core/engine/desk.cpp - agents: who speaks for them, what they do, and since when they are idle.
#include "core/engine/machine.hpp"
#include "core/engine/words.hpp"

namespace convene {

/// One desk per agent: the newest takes over, and gets all there is to show.
void Machine::on(const input::Attach& in) {
  AgentEntry* a = find_agent(in.agent);
  const input::PeerUp* peer = peers_.find(in.peer);
  if (a == nullptr || a->settings == nullptr) {
    return refuse(in.request, in.peer, "unknown_agent", "There is no agent of this id.");
  }
  if (peer == nullptr) return refuse(in.request, in.peer, "not_allowed", "Say hello first.");
  if (a->desk && a->desk != in.peer && peers_.find(a->desk) != nullptr) {
    out_->messages.emplace_back(output::AgentChanged{a->desk, in.agent, AgentState::signed_out, {}});
  }
  const bool moved = a->desk != in.peer;
  a->desk = in.peer;
  for (LegEntry* leg : a->legs) {
    if (leg->record.proxy == peer->name && leg->record.state == LegState::connected) continue;
    if (leg->record.proxy != peer->name) {
      part_from_proxy(*leg);
      std::erase_if(partings_, [&](const auto& p) {  // it comes back to where it was just told to leave
        return p.first.first == leg->record.id && p.second.proxy == peer->name;
      });
      leg->record.proxy = peer->name;
      leg->link = LegLink(LegEnd::core, leg->link.sent(), 0);  // the new proxy counts anew
    }
    renew(*leg);
  }
  if (!a->stored) touch(*a);
  if (moved) unlist(*a);
  relist(*a);
  output::Attached attached{a->record.id, a->settings->name, a->record.state, a->record.reason, {}, {}};
  for (const OfferId id : a->offers) attached.offers.push_back(offer_view(offers_.find(id)->second));
  for (const LegEntry* leg : a->legs) {
    attached.sessions.push_back({details(*leg), leg->session->record.context, roster(*leg->session)});
  }
  answer(in.request, in.peer, std::move(attached));
}

void Machine::on(const input::Detach& in) {
  AgentEntry* a = find_agent(in.agent);
  if (a == nullptr || !in.peer || a->desk != in.peer) return;
  a->desk = {};
  relist(*a);
}

void Machine::on(const input::AgentSays& in) {
  AgentEntry* a = find_agent(in.agent);
  const input::PeerUp* peer = peers_.find(in.peer);
  if (a == nullptr || a->settings == nullptr) {
    return refuse(in.request, in.peer, "unknown_agent", "There is no agent of this id.");
  }
  if (peer == nullptr || (a->desk != in.peer && !peer->switch_connects)) {
    return refuse(in.request, in.peer, "not_allowed", "Another desk speaks for this agent.");
  }
  set_agent(*a, in.state, a->desk != in.peer);
  answers(*a);
  answer(in.request, in.peer, output::Accepted{});
}

void Machine::set_agent(AgentEntry& a, AgentState state, bool tell_desk, const std::string& reason) {
  if (a.record.state == state && a.record.reason == reason) return;
  const bool arrives = a.record.state == AgentState::signed_out;
  a.record.state = state;
  a.record.reason = reason;
  a.record.since = now_;
  const TimerKey timer{TimerKind::wrap_up, 0, a.number};
  const Duration pause = a.settings ? a.settings->wrap_up : Duration{0};
  timers_.set(timer, state == AgentState::wrap_up && pause > Duration{0} ? now_ + pause : kNever);
  touch(a);
  publish(a.record);
  if (tell_desk && peers_.find(a.desk) != nullptr) {
    out_->messages.emplace_back(output::AgentChanged{a.desk, a.record.id, state, reason});
  }
  if (arrives) set_idle(a);
  if (state != AgentState::ready) {  // whoever waits for this agent's answer is better served by the next one
    const std::vector<OfferId> standing = a.offers;
    for (const OfferId id : standing) {
      OfferEntry& o = offers_.find(id)->second;
      SessionEntry& s = *o.session;
      end_offer(o, OfferState::withdrawn, true);
      enqueue(s);
    }
  }
  relist(a);
}

/// The agent is at the desk: what was not answered before does not count any more. Whoever was paused for it says so first.
void Machine::answers(AgentEntry& a) {
  if (a.record.missed == 0 || !a.record.reason.empty()) return;
  a.record.missed = 0;
  touch(a);
}

/// The agent was given a session while ready, and neither took nor declined it. Who does so `max_no_answer` times in a
/// row, or once unasked, has gone away: nobody waits for this agent again before it says that it is back. Where no desk
/// is connected it was not for the agent to answer, and there are no offers anyway.
void Machine::no_answer(AgentEntry& a, bool unasked) {
  const bool at_work = a.record.state == AgentState::ready || a.record.state == AgentState::wrap_up;
  if (a.settings == nullptr || a.settings->max_no_answer == 0 || !at_work || peers_.find(a.desk) == nullptr) return;
  const std::uint32_t most = a.settings->max_no_answer;
  a.record.missed = unasked ? most : a.record.missed + 1;
  touch(a);
  if (a.record.missed >= most) set_agent(a, AgentState::paused, true, "no_answer");
}

std::vector<PoolLoad> Machine::pools() const {
  std::vector<PoolLoad> all;
  for (const auto& [name, pool] : pools_) {
    const auto here = std::count_if(pool.members.begin(), pool.members.end(), [](const AgentEntry* a) {
      return a->record.state != AgentState::signed_out && a->record.reason.empty();
    });
    all.push_back({name, static_cast<std::uint64_t>(here), pool.idle.size(), pool.waiting.size()});
  }
  return all;
}

/// To the end of the idle order.
void Machine::set_idle(AgentEntry& a) {
  unlist(a);
  a.record.idle_since = now_;
  touch(a);
  relist(a);
}

void Machine::agent_left_session(AgentEntry& a) {
  set_idle(a);
  const bool pauses = a.settings && a.settings->wrap_up > Duration{0} && a.record.state == AgentState::ready;
  if (pauses) set_agent(a, AgentState::wrap_up, true);
}

}  // namespace convene
