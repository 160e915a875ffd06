// core/engine/legs.cpp - the state machine of a leg: what its endpoint's side reports, and what time does to it.
#include <algorithm>

#include "convene/json.hpp"
#include "core/engine/machine.hpp"
#include "core/engine/words.hpp"

namespace convene {

namespace {

constexpr std::size_t kChannelsMax = 16;
constexpr std::size_t kDetailMax = 8192;

std::vector<std::string> sorted_channels(const std::vector<std::string>& reported,
                                         const std::vector<std::string>& session) {
  std::vector<std::string> channels;
  for (const std::string& channel : reported) {
    if (std::binary_search(session.begin(), session.end(), channel)) channels.push_back(channel);
    if (channels.size() == kChannelsMax) break;
  }
  std::sort(channels.begin(), channels.end());
  channels.erase(std::unique(channels.begin(), channels.end()), channels.end());
  return channels;
}

/// The state that a report takes a live leg to; its own where the report says nothing new or makes no sense.
LegState next_state(LegState from, LegState reported) {
  const bool joined = is_joined(from);
  switch (reported) {
    case LegState::accepted: return from == LegState::invited ? reported : joined ? LegState::degraded : from;
    case LegState::connecting: return joined ? LegState::degraded : reported;
    case LegState::connected: return reported;
    case LegState::degraded: return joined ? reported : from;
    case LegState::declined: return joined ? LegState::left : reported;
    case LegState::left:
    case LegState::failed: return reported;
    case LegState::invited:
    case LegState::expired: return from;
  }
  return from;
}

}  // namespace

void Machine::on(const input::LegReport& in) {
  const auto it = legs_.find(in.leg);
  if (it == legs_.end() || !peers_.is(in.peer, it->second.record.proxy)) return answer_stranger(in);
  LegEntry& leg = it->second;
  const bool newer = leg.link.take({in.seq, in.ack}, to_ms(now_));
  mark_sending(leg);
  retold(in.peer, leg);
  // A proxy that has forgotten the leg may be woken by an old order to join that comes late: it is told again.
  const bool settled = leg.link.acked() == leg.link.sent();
  if (!is_live(leg.record.state) && in.seq > 0 && is_live(in.state) && settled) return order(leg);
  if (in.epoch == leg.record.epoch && in.seq > 0) leg.confirmed = true;
  if (!newer) return;
  touch(leg);
  if (!is_live(leg.record.state) || in.epoch != leg.record.epoch) return;
  const LegState next = next_state(leg.record.state, in.state);
  if (next == LegState::connected) {
    std::vector<std::string> channels = sorted_channels(in.channels, leg.session->record.channels);
    if (channels != leg.record.channels) {
      leg.record.channels = std::move(channels);
      if (!leg.session->roster_changed) changed_rosters_.push_back(leg.session);
      leg.session->roster_changed = true;
    }
  }
  if (next != leg.record.state) set_leg(leg, next, code_of(in.reason));
}

/// Every change of state goes through here: what hangs on it is done once.
void Machine::set_leg(LegEntry& leg, LegState state, const std::string& reason) {
  SessionEntry& s = *leg.session;
  const LegState before = leg.record.state;
  leg.record.state = state;
  leg.record.reason = reason;
  leg.record.since = now_;
  touch(leg);
  publish(leg.record);
  const TimerKey timer{TimerKind::leg, 0, leg.record.id.value};
  if (state == LegState::connected) {
    timers_.clear(timer);
    if (leg.record.role == Role::agent && s.record.first_agent.empty()) {
      s.record.first_agent = leg.record.endpoint;
      touch(s);
    }
    if (leg.agent != nullptr && before < LegState::connected) {  // whoever only comes back shows nothing of the agent
      answers(*leg.agent);
      if (s.record.pool.empty()) stop_search(s);  // found: another search will be a new one
    }
  } else if (state == LegState::degraded) {
    timers_.set(timer, now_ + s.flow->flow.resume_timeout);
  } else if (!is_live(state)) {
    timers_.clear(timer);
    if (leg.record.token) tokens_.erase(leg.record.token);
    if (leg.agent != nullptr) {
      std::erase(leg.agent->legs, &leg);
      if (state == LegState::declined) answers(*leg.agent);
      if (before < LegState::connected && (reason == "timeout" || reason == "no_answer")) never_came(leg);
      agent_left_session(*leg.agent);
    }
    watch_empty(s);
  }
  if ((is_joined(before) || is_joined(state)) && !s.roster_changed) {
    s.roster_changed = true;
    changed_rosters_.push_back(&s);
  }
  if (s.rendezvous && s.rendezvous->record.state == RendezvousState::joining && roster(s).size() >= 2) {
    set_state(*s.rendezvous, RendezvousState::live);
  }
  happen({.session = &s, .kind = CONVENE_EVENT_LEG, .leg = leg.record.id, .leg_state = state});
}

/// An agent's leg that rang and was not answered, as time says or the agent's proxy. Other failures are the house's.
void Machine::never_came(LegEntry& leg) {
  AgentEntry& a = *leg.agent;
  let_rest(*leg.session, a);
  no_answer(a, a.settings != nullptr && a.settings->auto_answer);
}

/// Not connected in time, or not back in time.
void Machine::leg_late(LegEntry& leg) {
  switch (leg.record.state) {
    case LegState::invited: set_leg(leg, LegState::expired, "timeout"); break;
    case LegState::accepted:
    case LegState::connecting: set_leg(leg, LegState::failed, "timeout"); break;
    case LegState::connected:  // since a restart nobody has spoken for it
      if (!leg.confirmed) set_leg(leg, LegState::degraded, "peer_gone");
      return;
    case LegState::degraded: set_leg(leg, LegState::left, "lost"); break;
    default: return;
  }
  order(leg);
}

/// New connection details for a live leg: the old ticket opens nothing any more.
void Machine::renew(LegEntry& leg) {
  ++leg.record.epoch;
  touch(leg);
  const Flow& flow = leg.session->flow->flow;
  if (leg.record.state == LegState::connected) {
    set_leg(leg, LegState::degraded, "resumed");
  } else {
    const bool degraded = leg.record.state == LegState::degraded;
    timers_.set({TimerKind::leg, 0, leg.record.id.value},
                now_ + (degraded ? flow.resume_timeout : flow.connect_timeout));
  }
  order(leg);
}

/// Claim 13: what the endpoint or its proxy needs to connect itself; claim 18: with the session's channels.
output::Details Machine::details(const LegEntry& leg) const {
  const SessionEntry& s = *leg.session;
  const input::PeerUp* proxy = peers_.find(leg.record.proxy);
  output::Details d;
  d.session = s.record.id;
  d.leg = leg.record.id;
  d.role = leg.record.role;
  if (proxy == nullptr || !proxy->switch_connects) d.gateway = s.record.gateway;
  d.ticket = {leg.record.id, leg.record.epoch};
  d.expires = now_ + s.flow->flow.connect_timeout;
  d.channels = s.record.channels;
  d.flow = s.record.flow;
  return d;
}

void Machine::on(const input::LegRequest& in) {
  const auto it = legs_.find(in.leg);
  if (it == legs_.end() || !is_live(it->second.record.state)) {
    return refuse(in.request, in.peer, "no_session", "This leg is in no session.");
  }
  LegEntry& leg = it->second;
  if (!peers_.is(in.peer, leg.record.proxy)) {
    return refuse(in.request, in.peer, "not_allowed", "This leg belongs to another peer.");
  }
  const json::Parsed detail = json::parse(in.detail, {.bytes = kDetailMax});
  if (in.name.empty() || code_of(in.name) != in.name || !detail || detail.value->as_object() == nullptr) {
    return refuse(in.request, in.peer, "malformed", "A request needs a name and, as its detail, a JSON object.");
  }
  happen({.session = leg.session, .kind = CONVENE_EVENT_REQUEST, .leg = leg.record.id, .leg_state = leg.record.state,
          .name = in.name, .detail = in.detail});
  answer(in.request, in.peer, output::Accepted{});
}

}  // namespace convene
