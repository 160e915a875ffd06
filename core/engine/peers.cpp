// core/engine/peers.cpp - peers come and go; their legs degrade at once and are told everything when they are back.
#include "core/engine/machine.hpp"

namespace convene {

void Machine::on(const input::PeerUp& in) {
  if (!in.peer || in.name.empty()) return;
  if (peers_.find(in.peer) != nullptr) {  // said twice: only its abilities may have changed
    peers_.up(in);
    return;
  }
  if (const input::PeerUp* older = peers_.find(in.name)) peer_lost(older->peer);
  peers_.up(in);
  retellings_[in.peer].last = last_leg_;
  retell(in.peer);
  std::size_t parted = 0;
  for (auto& [key, parting] : partings_) {
    if (parting.proxy != in.name) continue;
    parting.link.repeat(to_ms(now_));
    const auto turn = static_cast<Duration::rep>(parted++ / kRetoldMost);
    timers_.set({TimerKind::parting, key.second, key.first.value}, now_ + turn * kRetellPause);
  }
  expire_timers();
}

/// Tells a peer that is back of its legs: as many as may wait for its acknowledgement, then the next as it gives them. A
/// hundred thousand at once would be more than the bus keeps for a peer. Where it acknowledges nothing the rest follows
/// all the same, slowly; each leg goes on to repeat itself.
void Machine::retell(PeerId peer) {
  Retelling& r = retellings_.at(peer);
  const std::string name = peers_.name(peer);
  auto it = legs_.upper_bound(r.told);
  for (; it != legs_.end() && it->first <= r.last && r.waiting.size() < kRetoldMost; ++it) {
    r.told = it->first;
    LegEntry& leg = it->second;
    if (leg.record.proxy != name || leg.link.sent() == 0) continue;
    leg.link.repeat(to_ms(now_));
    mark_sending(leg);
    r.waiting.insert(it->first);
  }
  const TimerKey timer{TimerKind::retell, 0, peer.value};
  if (it != legs_.end() && it->first <= r.last) return timers_.set(timer, now_ + kRetellPause);
  timers_.clear(timer);
  retellings_.erase(peer);
}

/// The peer has spoken of a leg: more may be said to it when half of what it was told has arrived.
void Machine::retold(PeerId peer, const LegEntry& leg) {
  const auto it = retellings_.find(peer);
  if (it == retellings_.end() || leg.link.acked() != leg.link.sent()) return;
  it->second.waiting.erase(leg.record.id);
  if (it->second.waiting.size() <= kRetoldMost / 2) retell(peer);
}

void Machine::on(const input::PeerDown& in) { peer_lost(in.peer); }

void Machine::peer_lost(PeerId peer) {
  const input::PeerUp* known = peers_.find(peer);
  if (known == nullptr) return;
  const std::string name = known->name;
  peers_.down(peer);
  retellings_.erase(peer);
  timers_.clear({TimerKind::retell, 0, peer.value});
  for (auto& [id, leg] : legs_) {
    if (leg.record.proxy != name) continue;
    timers_.clear({TimerKind::repeat, 0, id.value});
    if (leg.record.state == LegState::connected) set_leg(leg, LegState::degraded, "peer_gone");
  }
  for (AgentEntry* a : agent_numbers_) {
    if (a->desk != peer) continue;
    a->desk = {};
    relist(*a);
  }
}

}  // namespace convene
