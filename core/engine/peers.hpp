// core/engine/peers.hpp - who is connected to the command bus, by connection and by name.
#pragma once

#include <map>
#include <string>

#include "core/model/input.hpp"

namespace convene {

class Peers {
 public:
  /// Notes a peer; returns the connection that had its name before, if another one had.
  PeerId up(const input::PeerUp& peer) {
    PeerId older;
    const auto it = by_name_.find(peer.name);
    if (it != by_name_.end() && it->second != peer.peer) older = it->second;
    if (older) down(older);
    by_id_[peer.peer] = peer;
    by_name_[peer.name] = peer.peer;
    return older;
  }

  void down(PeerId id) {
    const auto it = by_id_.find(id);
    if (it == by_id_.end()) return;
    const auto name = by_name_.find(it->second.name);
    if (name != by_name_.end() && name->second == id) by_name_.erase(name);
    by_id_.erase(it);
  }

  const input::PeerUp* find(PeerId id) const {
    const auto it = by_id_.find(id);
    return it == by_id_.end() ? nullptr : &it->second;
  }
  const input::PeerUp* find(const std::string& name) const {
    const auto it = by_name_.find(name);
    return it == by_name_.end() ? nullptr : find(it->second);
  }
  /// Name of the peer; empty when it is not connected.
  std::string name(PeerId id) const {
    const input::PeerUp* peer = find(id);
    return peer ? peer->name : std::string();
  }
  /// Whether this connection is the peer of that name. Nobody is the peer of no name.
  bool is(PeerId id, const std::string& name) const {
    const input::PeerUp* peer = find(id);
    return peer != nullptr && !name.empty() && peer->name == name;
  }
  /// The first gateway by name; null when none is connected.
  const input::PeerUp* gateway() const {
    for (const auto& [name, id] : by_name_) {
      const input::PeerUp* peer = find(id);
      if (peer->gateway) return peer;
    }
    return nullptr;
  }
  /// Every gateway that is connected, by name.
  template <class Visit>
  void each_gateway(Visit visit) const {
    for (const auto& [name, id] : by_name_) {
      if (find(id)->gateway) visit(id);
    }
  }

 private:
  std::map<PeerId, input::PeerUp> by_id_;
  std::map<std::string, PeerId> by_name_;
};

}  // namespace convene
