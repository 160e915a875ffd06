// core/engine/session_instance.cpp - the generic half of a session: endpoints, roster, channels. It knows no service.
#include <algorithm>

#include "core/engine/machine.hpp"
#include "core/engine/words.hpp"

namespace convene {

SessionEntry& Machine::create_session(FlowRef flow, std::string context, RendezvousEntry* r, std::string gateway) {
  const SessionId id{++last_session_.value};
  SessionEntry& s = sessions_[id];
  s.record.id = id;
  s.record.flow = flow->flow.id;
  s.record.gateway = std::move(gateway);
  s.record.context = std::move(context);
  s.record.channels = flow->flow.channels;
  s.record.created_at = now_;
  s.flow = std::move(flow);
  if (r != nullptr) {
    s.record.rendezvous = r->record.key;
    s.record.wanted_agent = r->record.agent;
    s.record.due = r->record.due;
    s.rendezvous = r;
    r->session = &s;
    r->record.session = id;
    touch(*r);
  }
  touch(s);
  return s;
}

/// As if it had never been: nothing of it was said or saved, and its number is given again.
void Machine::undo_session(SessionEntry& s) {
  stop_search(s);
  if (RendezvousEntry* r = s.rendezvous) {
    r->session = nullptr;
    r->record.session = {};
    set_state(*r, s.before);
    touch(*r);
  }
  for (const auto& [number, at] : s.record.timers) timers_.clear({TimerKind::service, number, s.record.id.value});
  timers_.clear({TimerKind::empty, 0, s.record.id.value});
  timers_.clear({TimerKind::arrival, 0, s.record.id.value});
  s.undone = s.ended = true;
  s.dirty = false;
  if (last_session_ == s.record.id) --last_session_.value;
  ended_sessions_.push_back(&s);
}

void Machine::announce(SessionEntry& s) {
  if (s.announced) return;
  s.announced = true;
  publish("session.created", ObjectWriter().add("session", s.record.id.value).add("flow", s.record.flow).take());
}

LegEntry* Machine::add_leg(SessionEntry& s, Role role, std::string endpoint, std::string proxy) {
  if (s.legs.size() >= settings_.limits.legs_per_session) return nullptr;
  announce(s);
  const LegId id{++last_leg_.value};
  LegEntry& leg = legs_[id];
  leg.record.id = id;
  leg.record.session = s.record.id;
  leg.record.role = role;
  leg.record.endpoint = std::move(endpoint);
  leg.record.proxy = std::move(proxy);
  leg.record.epoch = 1;
  leg.record.since = now_;
  leg.session = &s;
  s.legs.push_back(&leg);
  timers_.set({TimerKind::leg, 0, id.value}, now_ + s.flow->flow.connect_timeout);
  timers_.clear({TimerKind::empty, 0, s.record.id.value});
  touch(leg);
  publish(leg.record);
  return &leg;
}

/// Lets in who has arrived. A customer who has not arrived cannot be added: nobody knows where they are.
void Machine::add_customer(SessionEntry& s) {
  if (!s.arrival || customer_leg(s) != nullptr) return;
  const Arrival arrival = *s.arrival;
  LegEntry* leg = add_leg(s, Role::customer, {}, arrival.proxy);
  if (leg == nullptr) {
    return refuse_arrival(s, "busy", "This session has had too many legs.", Duration{0});
  }
  s.arrival.reset();
  timers_.clear({TimerKind::arrival, 0, s.record.id.value});
  leg->record.token = arrival.token;
  if (arrival.token) tokens_[arrival.token] = leg;
  order(*leg);
  const RendezvousState state = s.rendezvous ? s.rendezvous->record.state : RendezvousState::live;
  answer(arrival.request, arrival.peer, output::Joined{details(*leg), false, state});
}

/// Adds an agent who has accepted. Capacity was checked when the offer was made, and the slot is kept since.
void Machine::add_agent(SessionEntry& s, const std::string& agent) {
  for (const LegEntry* leg : s.legs) {
    if (is_live(leg->record.state) && leg->record.role == Role::agent && leg->record.endpoint == agent) return;
  }
  AgentEntry* a = find_agent(agent);
  const bool accepted = a != nullptr && std::any_of(s.offers.begin(), s.offers.end(), [&](OfferId id) {
    const auto it = offers_.find(id);
    return it != offers_.end() && it->second.agent == a && it->second.record.state == OfferState::accepted;
  });
  const bool has_slot = accepted && (s.reserved == a || (a->settings && a->load() < a->settings->capacity));
  LegEntry* leg = has_slot ? add_leg(s, Role::agent, agent, peers_.name(a->desk)) : nullptr;
  if (leg == nullptr) {
    happen({.session = &s, .kind = CONVENE_EVENT_NO_AGENT, .agent = agent});
    return;
  }
  if (s.reserved == a) {
    --a->reserved;
    s.reserved = nullptr;
  }
  leg->agent = a;
  a->legs.push_back(leg);
  order(*leg);
  set_idle(*a);
}

void Machine::remove_leg(LegEntry& leg, const std::string& reason) {
  if (!is_live(leg.record.state)) return;
  set_leg(leg, LegState::left, reason);
  order(leg);
}

/// Claim 18: the new list of channels goes to every leg, those already joined included.
void Machine::open_channel(SessionEntry& s, const std::string& channel, bool open) {
  auto& channels = s.record.channels;
  const auto at = std::lower_bound(channels.begin(), channels.end(), channel);
  const bool is_open = at != channels.end() && *at == channel;
  if (is_open == open) return;
  if (open) {
    channels.insert(at, channel);
  } else {
    channels.erase(at);
  }
  touch(s);
  for (LegEntry* leg : s.legs) {
    if (is_live(leg->record.state)) order(*leg);
  }
}

void Machine::notify(SessionEntry& s, int role, const std::string& name, const std::string& detail) {
  for (const LegEntry* leg : s.legs) {
    const bool addressed = role == 0 || role == static_cast<int>(leg->record.role);
    if (!addressed || !is_live(leg->record.state)) continue;
    const input::PeerUp* peer = peers_.find(leg->record.proxy);
    if (peer == nullptr) continue;
    out_->messages.emplace_back(output::Notice{peer->peer, s.record.id, leg->record.id, name, detail});
  }
}

void Machine::end_session(SessionEntry& s, End end, const std::string& cause) {
  if (s.ended) return;
  announce(s);
  s.ended = true;
  stop_search(s);
  refuse_arrival(s, "no_session", "The session has ended.", Duration{0});
  for (LegEntry* leg : s.legs) remove_leg(*leg, cause);
  if (s.reserved != nullptr) {
    --s.reserved->reserved;
    relist(*s.reserved);
    s.reserved = nullptr;
  }
  for (const auto& [number, at] : s.record.timers) timers_.clear({TimerKind::service, number, s.record.id.value});
  for (const TimerKind kind : {TimerKind::arrival, TimerKind::empty, TimerKind::ask_again, TimerKind::wait_max}) {
    timers_.clear({kind, 0, s.record.id.value});
  }
  s.record.timers.clear();
  s.record.ended_at = now_;
  has_ended();
  s.record.end = end;
  s.record.cause = cause;
  touch(s);
  ended_sessions_.push_back(&s);
  if (RendezvousEntry* r = s.rendezvous) {
    s.rendezvous = nullptr;
    if (end == End::retimed) {
      rebook(*r);
    } else {
      end_rendezvous(*r, end, cause);
    }
  }
  ObjectWriter w;
  w.add("session", s.record.id.value).add("end", name_of(end)).add("cause", cause);
  publish("session.ended", w.take());
}

LegEntry* Machine::customer_leg(SessionEntry& s) const {
  for (LegEntry* leg : s.legs) {
    if (leg->record.role == Role::customer && is_live(leg->record.state)) return leg;
  }
  return nullptr;
}

std::vector<output::RosterEntry> Machine::roster(const SessionEntry& s) const {
  std::vector<output::RosterEntry> entries;
  for (const LegEntry* leg : s.legs) {
    if (!is_joined(leg->record.state)) continue;
    output::RosterEntry e{leg->record.id, leg->record.role, leg->record.state, {}, leg->record.channels};
    if (leg->agent && leg->agent->settings) e.name = leg->agent->settings->name;
    entries.push_back(std::move(e));
  }
  return entries;
}

void Machine::send_roster(SessionEntry& s) {
  s.roster_changed = false;
  if (s.ended) return;
  std::string entries;
  for (const output::RosterEntry& e : roster(s)) {
    std::string channels;
    for (const std::string& channel : e.channels) {
      if (!channels.empty()) channels += ',';
      json::quote(channels, channel);
    }
    ObjectWriter w;
    w.add("leg", e.leg.value).add("role", std::uint64_t(e.role)).add("state", name_of(e.state));
    if (!e.name.empty()) w.add("name", e.name);
    w.raw("channels", "[" + channels + "]");
    entries += entries.empty() ? "" : ",";
    entries += w.take();
  }
  const std::string detail = ObjectWriter().raw("entries", "[" + entries + "]").take();
  for (const LegEntry* leg : s.legs) {
    const input::PeerUp* peer = is_joined(leg->record.state) ? peers_.find(leg->record.proxy) : nullptr;
    if (peer == nullptr) continue;
    out_->messages.emplace_back(output::Notice{peer->peer, s.record.id, leg->record.id, "roster", detail});
  }
}

/// A session in which nobody is, and for which nobody is looked, does not stay for ever.
void Machine::watch_empty(SessionEntry& s) {
  if (s.ended) return;
  const bool anybody = std::any_of(s.legs.begin(), s.legs.end(),
                                   [](const LegEntry* leg) { return is_live(leg->record.state); });
  const bool booked = s.rendezvous && (s.rendezvous->record.state == RendezvousState::booked ||
                                       s.rendezvous->record.state == RendezvousState::due);
  const bool hopeless = !anybody && !booked && !s.arrival && s.record.pool.empty() && s.record.timers.empty();
  timers_.set({TimerKind::empty, 0, s.record.id.value}, hopeless ? now_ + kEmptyMax : kNever);
}

}  // namespace convene
