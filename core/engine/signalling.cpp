// core/engine/signalling.cpp - leg messages to the endpoints' side, repeated until they are acknowledged (claim 19).
#include <algorithm>

#include "core/engine/machine.hpp"
#include "core/engine/words.hpp"

namespace convene {

namespace {
Time next_of(const LegLink& link) { return link.next_ms() == LegLink::kNever ? kNever : from_ms(link.next_ms()); }
}  // namespace

/// What the core wants of this leg has changed: its proxy gets it when the input is done.
void Machine::order(LegEntry& leg) {
  leg.link.post(to_ms(now_));
  touch(leg);
  mark_sending(leg);
}

void Machine::mark_sending(LegEntry& leg) {
  if (leg.sending) return;
  leg.sending = true;
  sending_.push_back(&leg);
}

void Machine::send_orders() {
  for (LegEntry* leg : sending_) send_order(*leg);
  sending_.clear();
}

void Machine::send_order(LegEntry& leg) {
  leg.sending = false;
  const TimerKey timer{TimerKind::repeat, 0, leg.record.id.value};
  const input::PeerUp* peer = peers_.find(leg.record.proxy);
  if (peer == nullptr) return timers_.clear(timer);  // told when it is back
  if (leg.link.due(to_ms(now_))) {
    const LegStamp stamp = leg.link.stamp(to_ms(now_));
    output::LegOrder o{peer->peer, leg.record.id, stamp.seq, stamp.ack, is_live(leg.record.state), {}, {}, {}};
    o.endpoint = leg.record.endpoint;
    if (o.join) {
      o.details = details(leg);
    } else {
      o.reason = leg.record.reason;
    }
    out_->messages.emplace_back(std::move(o));
  }
  timers_.set(timer, next_of(leg.link));
}

/// Remembers the leg of a session that has ended until its proxy knows, or for a while.
void Machine::part(LegEntry& leg) {
  if (leg.link.settled()) return;
  const LegId id = leg.record.id;
  Parting& p = partings_[{id, 0}];
  p = {leg.record.proxy, leg.record.endpoint, leg.record.reason, leg.link, now_ + kPartingMax};
  const bool there = peers_.find(p.proxy) != nullptr;
  timers_.set({TimerKind::parting, 0, id.value}, there ? std::min(p.until, next_of(p.link)) : p.until);
}

/// Tells the proxy that speaks for a live leg that another one does from now on: until it knows, or for a while.
void Machine::part_from_proxy(LegEntry& leg) {
  leg.link.post(to_ms(now_));
  const PartingKey key{leg.record.id, leg.record.epoch};
  Parting& p = partings_[key];
  p = {leg.record.proxy, leg.record.endpoint, "taken_over", leg.link, now_ + kPartingMax};
  send_parting(key, p);
}

void Machine::send_parting(PartingKey key, Parting& p) {
  const LegId id = key.first;
  const TimerKey timer{TimerKind::parting, key.second, id.value};
  const input::PeerUp* peer = peers_.find(p.proxy);
  if (peer != nullptr && p.link.due(to_ms(now_))) {
    const LegStamp stamp = p.link.stamp(to_ms(now_));
    out_->messages.emplace_back(
        output::LegOrder{peer->peer, id, stamp.seq, stamp.ack, false, {}, p.endpoint, p.reason});
  }
  if (p.link.settled() || p.until <= now_) {
    timers_.clear(timer);
    partings_.erase(key);
  } else {
    timers_.set(timer, peer != nullptr ? std::min(p.until, next_of(p.link)) : p.until);
  }
}

/// A report about a leg that is not in a session, or not this peer's: it is told to leave, or just that we know.
void Machine::answer_stranger(const input::LegReport& in) {
  const std::string name = peers_.name(in.peer);
  if (name.empty()) return;
  for (auto it = partings_.lower_bound({in.leg, 0}); it != partings_.end() && it->first.first == in.leg; ++it) {
    if (it->second.proxy != name) continue;
    it->second.link.take({in.seq, in.ack}, to_ms(now_));
    return send_parting(it->first, it->second);
  }
  if (in.seq == 0 || in.seq > LegLink::kLastNumber || in.ack > LegLink::kLastNumber) return;
  const std::uint64_t seq = is_live(in.state) ? in.ack + 1 : 0;
  out_->messages.emplace_back(output::LegOrder{in.peer, in.leg, seq, in.seq, false, {}, {}, "no_session"});
}

}  // namespace convene
