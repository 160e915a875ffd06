// core/engine/calendar.cpp - rendezvous and time: which are in memory, which come due, which expire.
#include <algorithm>

#include "core/engine/machine.hpp"

namespace convene {

/// The entry of this record; made when it is not in memory. What is in memory is newer than what was loaded.
RendezvousEntry& Machine::resident(const Rendezvous& record) {
  const auto [it, inserted] = rendezvous_.try_emplace(record.key);
  RendezvousEntry& r = it->second;
  if (inserted) {
    r.record = record;
    r.number = ++last_resident_;
    residents_[r.number] = &r;
  }
  return r;
}

/// Sets the next moment at which the calendar has to look at it.
void Machine::watch(RendezvousEntry& r) {
  const TimerKey key{TimerKind::rendezvous, 0, r.number};
  const Time due = r.record.due.value_or(kNever);
  switch (r.record.state) {
    case RendezvousState::booked:
      if (r.session != nullptr) timers_.set(key, engine_time(std::min(due, r.record.expires)));
      next_due_ = std::min(next_due_, std::min(due, r.record.expires));
      break;
    case RendezvousState::due:
      timers_.set(key, engine_time(r.record.expires));
      break;
    default:
      timers_.clear(key);
  }
}

void Machine::set_state(RendezvousEntry& r, RendezvousState state) {
  if (r.record.state == state) return;
  r.record.state = state;
  touch(r);
  watch(r);
  publish(r.record);
}

void Machine::end_rendezvous(RendezvousEntry& r, End end, const std::string& cause) {
  r.record.end = end;
  r.record.cause = cause;
  r.record.session = {};
  r.record.ended_at = now_;
  r.session = nullptr;
  has_ended();
  set_state(r, RendezvousState::ended);
}

/// Back to `booked`, with the same identifier: the session came to nothing, or the customer wants it so. A time that
/// has passed is no agreed time any more: the customer returns when it suits.
void Machine::rebook(RendezvousEntry& r) {
  const FlowRef* flow = find_flow(r.record.flow);
  const Duration grace = flow ? (*flow)->flow.grace : Flow{}.grace;
  r.record.session = {};
  r.session = nullptr;
  if (r.record.due && *r.record.due <= wall()) r.record.due.reset();
  r.record.expires = std::max(r.record.expires, wall() + grace);
  set_state(r, RendezvousState::booked);
  touch(r);
  watch(r);
}

bool Machine::expire_if_late(RendezvousEntry& r) {
  const bool waits = r.record.state == RendezvousState::booked || r.record.state == RendezvousState::due;
  if (!waits || r.record.expires > wall()) return false;
  if (r.session != nullptr) {
    end_session(*r.session, End::cancelled, "expired");
  } else {
    end_rendezvous(r, End::cancelled, "expired");
  }
  return true;
}

/// Due or expired, or too early: then it is watched again.
void Machine::time_came(RendezvousEntry& r) {
  if (expire_if_late(r)) return;
  if (r.record.state != RendezvousState::booked || !r.record.due || *r.record.due > wall()) return watch(r);
  set_state(r, RendezvousState::due);
  if (r.session == nullptr) {
    const FlowRef* flow = find_flow(r.record.flow);
    if (flow == nullptr || full()) return;  // it stays due: the customer's return is answered then
    std::string gateway, proxy;
    place({}, gateway, proxy);
    SessionEntry& s = create_session(*flow, r.record.context, &r, gateway);
    s.tentative = true;
    s.before = RendezvousState::due;
    tentative_.push_back(&s);
    happen({.session = &s, .kind = CONVENE_EVENT_CREATED});
  }
  happen({.session = r.session, .kind = CONVENE_EVENT_DUE});
}

void Machine::ask_for_due() {
  if (due_asked_ || next_due_ > wall()) return;
  due_asked_ = true;
  out_->queries.emplace_back(output::LoadDue{wall()});
}

void Machine::on(const input::LoadedDue& in) {
  due_asked_ = false;
  next_due_ = in.next;
  for (const Rendezvous& record : in.records) {
    if (record.state != RendezvousState::booked) continue;
    RendezvousEntry& r = resident(record);
    if (!r.touched) {
      r.touched = true;
      touched_rendezvous_.push_back(&r);
    }
    time_came(r);
  }
}

void Machine::on(const input::ClockStep& in) {
  offset_ = in.offset;
  for (auto& [key, r] : rendezvous_) watch(r);
}

}  // namespace convene
