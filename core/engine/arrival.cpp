// core/engine/arrival.cpp - customers who come: with an identifier, right now, or back after a reload.
#include "convene/json.hpp"
#include "core/engine/machine.hpp"

namespace convene {

bool Machine::full() const { return sessions_.size() >= settings_.limits.sessions; }

/// Where a session's media go and who speaks for its customer: the asker where it is a gateway, the switch where the
/// asker connects legs itself (claim 15), else the first gateway by name. False: nobody can carry it now.
bool Machine::place(PeerId peer, std::string& gateway, std::string& proxy) const {
  const input::PeerUp* asker = peers_.find(peer);
  if (asker != nullptr && asker->gateway) {
    gateway = proxy = asker->name;
    return true;
  }
  const input::PeerUp* first = peers_.gateway();
  if (first != nullptr) gateway = first->name;
  if (asker != nullptr && asker->switch_connects) {
    proxy = asker->name;
  } else if (first != nullptr) {
    proxy = first->name;
  }
  return !proxy.empty();
}

void Machine::on(const input::Start& in) {
  const auto no = [&](const char* code, const char* text) { refuse(in.request, in.peer, code, text); };
  const FlowRef* flow = find_flow(in.flow);
  if (flow == nullptr) return no("unknown_flow", "There is no flow of this name; see `convene config check`.");
  const Flow& f = (*flow)->flow;
  if (in.context.size() > f.context_max) return no("context_too_large", "The context is larger than allowed.");
  const json::Parsed parsed = json::parse(in.context, {.bytes = f.context_max});
  if (!parsed || parsed.value->as_object() == nullptr) return no("context_invalid", "The context is not a JSON object.");
  Arrival arrival{in.request, in.peer, in.token, {}};
  std::string gateway;
  if (!place(in.peer, gateway, arrival.proxy)) {
    return refuse(in.request, in.peer, "busy", "No gateway is connected.", std::chrono::seconds(1));
  }
  if (full() || searches_ >= settings_.limits.searches) {
    return refuse(in.request, in.peer, "busy", "Too many people are here already.", std::chrono::seconds(5));
  }
  SessionEntry& s = create_session(*flow, in.context, nullptr, gateway);
  s.tentative = true;
  tentative_.push_back(&s);
  s.arrival = std::move(arrival);
  timers_.set({TimerKind::arrival, 0, s.record.id.value}, now_ + kArrivalMax);
  happen({.session = &s, .kind = CONVENE_EVENT_CREATED});
  happen({.session = &s, .kind = CONVENE_EVENT_ARRIVED});
}

/// Claim 1b and promise E4: a stored, living identifier joins its customer, and exactly once at a time.
void Machine::arrive(const input::Return& in, RendezvousEntry& r) {
  SessionEntry* s = r.session;
  if (s != nullptr) {
    if (s->arrival) return refuse_identifier(in.request, in.peer);
    if (LegEntry* leg = customer_leg(*s)) {
      if (leg->record.state != LegState::degraded) return refuse_identifier(in.request, in.peer);
      return take_over(*leg, in.token, in.request, in.peer);
    }
  }
  const FlowRef* flow = find_flow(r.record.flow);
  Arrival arrival{in.request, in.peer, in.token, {}};
  std::string gateway;
  if ((s == nullptr && flow == nullptr) || !place(in.peer, gateway, arrival.proxy)) {
    return refuse(in.request, in.peer, "busy", "This cannot be carried at the moment.", std::chrono::seconds(1));
  }
  if ((s == nullptr && full()) || searches_ >= settings_.limits.searches) {
    return refuse(in.request, in.peer, "busy", "Too many people are here already.", std::chrono::seconds(5));
  }
  const RendezvousState before = r.record.state;
  if (s == nullptr) {
    s = &create_session(*flow, r.record.context, &r, gateway);
    s->tentative = true;
    s->before = before;
    tentative_.push_back(s);
    happen({.session = s, .kind = CONVENE_EVENT_CREATED});
  } else if (s->record.gateway.empty() || (s->legs.empty() && peers_.find(s->record.gateway) == nullptr)) {
    s->record.gateway = gateway;
    touch(*s);
  } else if (arrival.proxy == gateway) {
    arrival.proxy = s->record.gateway;  // all media of one session meet in one gateway (design 8)
  }
  s->before = before;
  s->arrival = std::move(arrival);
  timers_.clear({TimerKind::empty, 0, s->record.id.value});
  timers_.set({TimerKind::arrival, 0, s->record.id.value}, now_ + kArrivalMax);
  if (before == RendezvousState::booked || before == RendezvousState::due) set_state(r, RendezvousState::joining);
  happen({.session = s, .kind = CONVENE_EVENT_ARRIVED});
}

void Machine::on(const input::Resume& in) {
  const auto it = tokens_.find(in.token);
  if (!in.token || it == tokens_.end() || it->second->session->ended || !is_live(it->second->record.state)) {
    return refuse(in.request, in.peer, "no_session", "There is no session to come back to.");
  }
  take_over(*it->second, in.token, in.request, in.peer);
}

/// The same leg on a new connection: a new epoch makes the old ticket and, with a new token, the old token void.
void Machine::take_over(LegEntry& leg, const Hash& token, RequestId request, PeerId peer) {
  SessionEntry& s = *leg.session;
  if (leg.record.token != token) {
    tokens_.erase(leg.record.token);
    leg.record.token = token;
    if (token) tokens_[token] = &leg;
  }
  const input::PeerUp* asker = peers_.find(peer);
  const bool homeless = leg.record.proxy == s.record.gateway && peers_.find(s.record.gateway) == nullptr;
  if (homeless && asker != nullptr && asker->gateway) {  // its gateway is gone: the session moves to the asker
    s.record.gateway = asker->name;
    touch(s);
    leg.record.proxy = asker->name;
  }
  renew(leg);
  const RendezvousState state = s.rendezvous ? s.rendezvous->record.state : RendezvousState::live;
  answer(request, peer, output::Joined{details(leg), true, state});
}

/// Answers who waits to be let in, and is not.
void Machine::refuse_arrival(SessionEntry& s, std::string code, std::string text, Duration retry_after) {
  if (!s.arrival) return;
  refuse(s.arrival->request, s.arrival->peer, std::move(code), std::move(text), retry_after);
  s.arrival.reset();
  timers_.clear({TimerKind::arrival, 0, s.record.id.value});
  watch_empty(s);
}

}  // namespace convene
