// core/engine/machine.cpp - one input from its arrival to its saves: deadlines first, then the input, then all that follows.
#include "core/engine/machine.hpp"

#include <algorithm>

namespace convene {

Machine::Machine(EngineSettings settings, const Snapshot& snapshot, Time now)
    : settings_(std::move(settings)), now_(now) {
  bind_settings();
  restore(snapshot);
}

void Machine::apply(Time now, const Input& input, Outputs& out) {
  now_ = std::max(now_, now);
  out_ = &out;
  ++applied_;
  if (timers_.next() <= now_) {
    expire_timers();
    finish();
  }
  std::visit([this](const auto& in) { on(in); }, input);
  finish();
  if (!std::holds_alternative<input::LoadedDue>(input)) ask_for_due();
  if (!std::holds_alternative<input::LoadedEnded>(input)) ask_for_ended();
  out_ = nullptr;
}

Time Machine::next_wake() const {
  const Time due = due_asked_ || next_due_ == kNever ? kNever : std::max(engine_time(next_due_), Time{});
  return std::min({timers_.next(), due, ended_asked_ ? kNever : next_sweep_});
}

Time Machine::engine_time(Time wall_time) const { return wall_time == kNever ? kNever : wall_time - offset_; }

void Machine::expire_timers() {
  TimerKey key;
  while (timers_.take(now_, key)) timer_ran_out(key);
}

void Machine::timer_ran_out(const TimerKey& key) {
  const auto session = [&]() -> SessionEntry* {
    const auto it = sessions_.find(SessionId{key.id});
    return it == sessions_.end() || it->second.ended ? nullptr : &it->second;
  };
  const auto leg = [&]() -> LegEntry* {
    const auto it = legs_.find(LegId{key.id});
    return it == legs_.end() ? nullptr : &it->second;
  };
  switch (key.kind) {
    case TimerKind::offer: {
      const auto it = offers_.find(OfferId{key.id});
      if (it != offers_.end()) offer_missed(it->second, OfferState::expired);
      break;
    }
    case TimerKind::leg:
      if (LegEntry* l = leg()) leg_late(*l);
      break;
    case TimerKind::repeat:
      if (LegEntry* l = leg()) mark_sending(*l);
      break;
    case TimerKind::parting: {
      const auto it = partings_.find({LegId{key.id}, key.sub});
      if (it != partings_.end()) send_parting(it->first, it->second);
      break;
    }
    case TimerKind::retell: {
      const auto it = retellings_.find(PeerId{key.id});
      if (it != retellings_.end()) it->second.waiting.clear(), retell(it->first);
      break;
    }
    case TimerKind::service:
      if (SessionEntry* s = session()) {
        auto& timers = s->record.timers;
        std::erase_if(timers, [&](const auto& t) { return t.first == key.sub; });
        touch(*s);
        happen({.session = s, .kind = CONVENE_EVENT_TIMER, .timer = key.sub});
      }
      break;
    case TimerKind::wait_max:
      if (SessionEntry* s = session()) no_agent(*s);
      break;
    case TimerKind::ask_again:
      if (SessionEntry* s = session()) to_ask_.push_back(s);
      break;
    case TimerKind::wrap_up: {
      AgentEntry& a = *agent_numbers_[key.id];
      if (a.record.state == AgentState::wrap_up) set_agent(a, AgentState::ready, true);
      break;
    }
    case TimerKind::rendezvous: {
      const auto it = residents_.find(key.id);
      if (it != residents_.end()) time_came(*it->second);
      break;
    }
    case TimerKind::arrival:
      if (SessionEntry* s = session()) {
        refuse_arrival(*s, "busy", "Nobody could let you in yet. Please try again.", std::chrono::seconds(1));
      }
      break;
    case TimerKind::empty:
      if (SessionEntry* s = session()) {
        const bool never_met = s->rendezvous && s->rendezvous->record.state != RendezvousState::live;
        end_session(*s, never_met ? End::retimed : End::completed, "abandoned");
      }
      break;
  }
}

void Machine::finish() {
  settle();
  flush();
  forget();
}

void Machine::settle() {
  while (true) {
    if (!happenings_.empty()) {
      const Happening h = std::move(happenings_.front());
      happenings_.pop_front();
      step(h);
    } else if (!changed_pools_.empty() || !to_ask_.empty() || !fresh_agents_.empty()) {
      route();
    } else {
      break;
    }
  }
  review_tentative();
  for (SessionEntry* s : changed_rosters_) send_roster(*s);
  changed_rosters_.clear();
  send_orders();
}

/// A session that was made for its service to look at stays only if the service did something with it.
void Machine::review_tentative() {
  for (auto it = tentative_.rbegin(); it != tentative_.rend(); ++it) {
    SessionEntry& s = **it;
    if (s.undone || s.ended) continue;
    s.tentative = false;
    if (s.legs.empty() && s.record.pool.empty() && s.record.timers.empty() && !s.arrival) {
      undo_session(s);
    } else {
      announce(s);
    }
  }
  tentative_.clear();
}

void Machine::touch(SessionEntry& s) {
  if (s.dirty || s.undone) return;
  s.dirty = true;
  dirty_sessions_.push_back(&s);
}
void Machine::touch(LegEntry& leg) {
  if (leg.dirty) return;
  leg.dirty = true;
  dirty_legs_.push_back(&leg);
}
void Machine::touch(OfferEntry& o) {
  if (o.dirty) return;
  o.dirty = true;
  dirty_offers_.push_back(&o);
}
void Machine::touch(AgentEntry& a) {
  if (a.dirty) return;
  a.dirty = true;
  dirty_agents_.push_back(&a);
}
void Machine::touch(RendezvousEntry& r) {
  r.dirty = true;
  if (r.touched) return;
  r.touched = true;
  touched_rendezvous_.push_back(&r);
}

/// Turns everything that changed into saves, each record once, in its last state.
void Machine::flush() {
  const auto save = [this](const auto& record) { out_->changes.emplace_back(Record(record)); };
  for (RendezvousEntry* r : touched_rendezvous_) {
    if (r->dirty) save(r->record);
    r->dirty = false;
  }
  for (SessionEntry* s : dirty_sessions_) {
    if (s->dirty) save(s->record);
    s->dirty = false;
  }
  for (LegEntry* leg : dirty_legs_) {
    leg->record.sent = leg->link.sent();
    leg->record.received = leg->link.received();
    save(leg->record);
    leg->dirty = false;
  }
  for (OfferEntry* o : dirty_offers_) {
    save(o->record);
    o->dirty = false;
  }
  for (AgentEntry* a : dirty_agents_) {
    save(a->record);
    a->stored = true;
    a->dirty = false;
  }
  for (Decision& d : decisions_) out_->changes.emplace_back(Record(std::move(d)));
  for (Erase& e : erased_) out_->changes.emplace_back(e);  // last: after all that is saved of it
  dirty_sessions_.clear();
  dirty_legs_.clear();
  dirty_offers_.clear();
  dirty_agents_.clear();
  decisions_.clear();
  erased_.clear();
}

/// Lets go of what has ended, now that its last state is saved.
void Machine::forget() {
  for (const OfferId id : gone_offers_) {
    const auto it = offers_.find(id);
    if (it == offers_.end()) continue;
    ended_offers_.emplace(id, std::move(it->second.record));
    offers_.erase(it);
  }
  gone_offers_.clear();
  while (ended_offers_.size() > kEndedOffersMax) ended_offers_.erase(ended_offers_.begin());
  for (SessionEntry* s : ended_sessions_) {
    for (const OfferId id : s->offers) offers_.erase(id);
    for (LegEntry* leg : s->legs) {
      part(*leg);
      timers_.clear({TimerKind::leg, 0, leg->record.id.value});
      timers_.clear({TimerKind::repeat, 0, leg->record.id.value});
      legs_.erase(leg->record.id);
    }
    sessions_.erase(s->record.id);
  }
  ended_sessions_.clear();
  for (RendezvousEntry* r : touched_rendezvous_) {
    r->touched = false;
    const bool stays = r->session != nullptr || r->record.state == RendezvousState::due ||
                       r->record.state == RendezvousState::joining || r->record.state == RendezvousState::live;
    if (stays) continue;
    timers_.clear({TimerKind::rendezvous, 0, r->number});
    residents_.erase(r->number);
    rendezvous_.erase(Hash(r->record.key));
  }
  touched_rendezvous_.clear();
}

}  // namespace convene
