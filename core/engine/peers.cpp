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
  for (auto& [id, leg] : legs_) {
    if (leg.record.proxy != in.name) continue;
    leg.link.repeat(to_ms(now_));
    mark_sending(leg);
  }
  for (auto& [id, parting] : partings_) {
    if (parting.proxy != in.name) continue;
    parting.link.repeat(to_ms(now_));
    send_parting(id, parting);
  }
}

void Machine::on(const input::PeerDown& in) { peer_lost(in.peer); }

void Machine::peer_lost(PeerId peer) {
  const input::PeerUp* known = peers_.find(peer);
  if (known == nullptr) return;
  const std::string name = known->name;
  peers_.down(peer);
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
