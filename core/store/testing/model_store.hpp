// core/store/testing/model_store.hpp - what a store means, in maps: the SQL store must never tell
// anything else.
#pragma once

#include <algorithm>
#include <map>
#include <tuple>

#include "core/model/store.hpp"

namespace convene::store::testing {

class ModelStore {
 public:
  void apply(const Change& change) {
    if (const auto* erase = std::get_if<Erase>(&change)) {
      if (const auto* key = std::get_if<Hash>(&erase->what)) {
        rendezvous.erase(*key);
        std::erase_if(linked, [&](const auto& link) { return link.second == *key; });
      } else {
        const SessionId id = std::get<SessionId>(erase->what);
        sessions.erase(id);
        linked.erase(id);
        std::erase_if(legs, [&](const auto& l) { return l.second.session == id; });
        std::erase_if(offers, [&](const auto& o) { return o.second.session == id; });
        std::erase_if(decisions, [&](const auto& d) { return d.first.first == id; });
      }
      return;
    }
    std::visit([this](const auto& record) { put(record); }, std::get<Record>(change));
  }

  Snapshot restore() const {
    Snapshot s;
    for (const auto& [id, session] : sessions) {
      if (!session.ended_at) s.sessions.push_back(session);
    }
    const auto is_live = [&](SessionId id) {
      const auto it = sessions.find(id);
      return it != sessions.end() && !it->second.ended_at;
    };
    for (const auto& [id, leg] : legs) {
      if (is_live(leg.session)) s.legs.push_back(leg);
    }
    for (const auto& [id, offer] : offers) {
      if (offer.state <= OfferState::accepted && is_live(offer.session)) s.offers.push_back(offer);
    }
    for (const auto& [id, agent] : agents) s.agents.push_back(agent);
    for (const auto& [key, r] : rendezvous) {
      const bool active = r.state > RendezvousState::booked && r.state < RendezvousState::ended;
      if (active || (r.state == RendezvousState::booked && r.session)) s.rendezvous.push_back(r);
    }
    s.last_session = last_session;
    s.last_leg = last_leg;
    s.last_offer = last_offer;
    return s;
  }

  static Time wake(const Rendezvous& r) { return r.due ? std::min(*r.due, r.expires) : r.expires; }

  std::vector<Time> wakes() const {
    std::vector<Time> out;
    for (const auto& [key, r] : rendezvous) {
      if (r.state == RendezvousState::booked) out.push_back(wake(r));
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  /// Moments at which what is kept has ended, in order.
  std::vector<Time> ends() const {
    std::vector<Time> out;
    for (const auto& [key, r] : rendezvous) {
      if (r.ended_at) out.push_back(*r.ended_at);
    }
    for (const auto& [id, s] : sessions) {
      if (s.ended_at) out.push_back(*s.ended_at);
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  std::vector<SessionId> sessions_of(const Hash& key) const {
    std::vector<SessionId> out;
    for (const auto& [id, whose] : linked) {
      if (whose == key) out.push_back(id);
    }
    return out;
  }
  std::vector<std::uint64_t> counts() const {
    std::vector<std::uint64_t> out(6);
    for (const auto& [key, r] : rendezvous) ++out[static_cast<std::size_t>(r.state)];
    return out;
  }

  std::map<Hash, Rendezvous> rendezvous;
  std::map<SessionId, Session> sessions;
  std::map<LegId, Leg> legs;
  std::map<OfferId, Offer> offers;
  std::map<std::string, Agent> agents;
  std::map<std::pair<SessionId, std::uint32_t>, Decision> decisions;
  std::map<SessionId, Hash>
      linked;  ///< To a rendezvous that was there when the session was written.
  SessionId last_session;
  LegId last_leg;
  OfferId last_offer;

 private:
  void put(const Rendezvous& r) { rendezvous[r.key] = r; }
  void put(const Session& s) {
    sessions[s.id] = s;
    linked.erase(s.id);
    if (rendezvous.count(s.rendezvous) != 0) linked[s.id] = s.rendezvous;
    last_session = std::max(last_session, s.id);
  }
  void put(const Leg& l) {
    legs[l.id] = l;
    last_leg = std::max(last_leg, l.id);
  }
  void put(const Offer& o) {
    offers[o.id] = o;
    last_offer = std::max(last_offer, o.id);
  }
  void put(const Agent& a) { agents[a.id] = a; }
  void put(const Decision& d) { decisions[{d.session, d.number}] = d; }
};

}  // namespace convene::store::testing
