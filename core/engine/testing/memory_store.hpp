// core/engine/testing/memory_store.hpp - a store in memory that can be told to fail: for tests and the simulator.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "core/model/store.hpp"

namespace convene::testing {

/// Keeps what a SessionStore keeps, ended sessions' legs and offers included, for as long as the object lives.
class MemoryStore final : public SessionStore {
 public:
  /// What the next calls come to. `refuse`: nothing happens. `lose_answer`: a commit takes place and its success is
  /// not heard of, as when a connection breaks: whoever restores afterwards finds it.
  enum class Fault { none, refuse, lose_answer };
  /// Asked before every call; "commit", "load", "load_due", "load_ended", "restore", "scrub".
  std::function<Fault(const char* call)> fault;

  Status commit(std::span<const Change> changes) override {
    const Fault f = fault_of("commit");
    if (f == Fault::refuse) return refused();
    for (const Change& change : changes) {
      if (const auto* record = std::get_if<Record>(&change)) {
        std::visit([this](const auto& r) { put(r); }, *record);
      } else {
        erase(std::get<Erase>(change));
      }
    }
    ++commits;
    if (f == Fault::lose_answer) return refused();
    return ok();
  }

  Result<Rendezvous> load(const Hash& key) override {
    if (fault_of("load") != Fault::none) return refused();
    const auto it = rendezvous.find(key);
    if (it == rendezvous.end()) return Error{"store.none", "There is no such rendezvous."};
    return it->second;
  }

  Result<std::vector<Rendezvous>> load_due(Time until, std::size_t limit) override {
    if (fault_of("load_due") != Fault::none) return refused();
    std::vector<Rendezvous> out;
    for (const auto& [at, key] : due_) {
      if (at > until || out.size() == limit) break;
      out.push_back(rendezvous.find(key)->second);
    }
    return out;
  }

  Result<Ended> load_ended(Time until, std::size_t limit) override {
    if (fault_of("load_ended") != Fault::none) return refused();
    Ended out;
    const auto take = [&](const auto& ended, auto& list) {
      for (const auto& [at, which] : ended) {
        if (at > until || list.size() == limit) {
          out.next = std::min(out.next, at);
          break;
        }
        list.push_back(which);
      }
    };
    take(ended_rendezvous_, out.rendezvous);
    take(ended_sessions_, out.sessions);
    return out;
  }

  Result<std::vector<SessionId>> sessions_of(const Hash& key) override {
    std::vector<SessionId> out;
    for (const auto* all : {&sessions_, &ended_sessions}) {
      for (const auto& [id, s] : *all) {
        if (s.rendezvous == key) out.push_back(id);
      }
    }
    return out;
  }

  Result<Hash> rendezvous_of(SessionId session) override {
    for (const auto* all : {&sessions_, &ended_sessions}) {
      if (const auto it = all->find(session); it != all->end()) return it->second.rendezvous;
    }
    return Error{"store.none", "There is no such session."};
  }

  Status scrub() override {
    if (fault_of("scrub") != Fault::none) return refused();
    ++scrubs;
    return ok();
  }

  Result<Snapshot> restore() override {
    if (fault_of("restore") != Fault::none) return refused();
    Snapshot out;
    for (const auto& [id, s] : sessions_) out.sessions.push_back(s);
    for (const auto& [id, leg] : legs_) out.legs.push_back(leg);
    for (const auto& [id, o] : offers_) out.offers.push_back(o);
    for (const auto& [id, a] : agents_) out.agents.push_back(a);
    for (const Hash& key : live_) {
      const Rendezvous& r = rendezvous.find(key)->second;
      const auto session = sessions_.find(r.session);
      const bool is_sound = !r.session || (session != sessions_.end() && session->second.rendezvous == key);
      if (is_sound) out.rendezvous.push_back(r);  // what is not, no other store would find either (model/store.hpp)
    }
    out.last_session = last_session_;
    out.last_leg = last_leg_;
    out.last_offer = last_offer_;
    return out;
  }

  Result<std::vector<Decision>> decisions(SessionId session) override {
    std::vector<Decision> out;
    for (auto it = decisions_.lower_bound({session, 0}); it != decisions_.end() && it->first.first == session; ++it) {
      out.push_back(it->second);
    }
    return out;
  }

  Result<std::vector<std::uint64_t>> counts() override {
    std::vector<std::uint64_t> out(6);
    for (const auto& [key, r] : rendezvous) ++out[static_cast<std::size_t>(r.state)];
    return out;
  }

  std::map<Hash, Rendezvous> rendezvous;       ///< All there ever were and are not erased, as of sessions.
  std::map<SessionId, Session> ended_sessions;
  std::uint64_t commits = 0;
  std::uint64_t scrubs = 0;

 private:
  Fault fault_of(const char* call) const { return fault ? fault(call) : Fault::none; }
  static Error refused() { return {"store.down", "The store has been told to fail."}; }
  static Time moment(const Rendezvous& r) { return std::min(r.due.value_or(kNever), r.expires); }

  void put(const Rendezvous& r) {
    forget(r.key);
    rendezvous[r.key] = r;
    if (r.state == RendezvousState::booked) due_.insert({moment(r), r.key});
    if (r.state == RendezvousState::ended && r.ended_at) ended_rendezvous_.insert({*r.ended_at, r.key});
    const bool between = r.state != RendezvousState::booked && r.state != RendezvousState::ended;
    if (between || r.session) live_.insert(r.key);
  }
  void put(const Session& s) {
    last_session_ = std::max(last_session_, s.id);
    if (!s.ended_at) {
      sessions_[s.id] = s;
      return;
    }
    sessions_.erase(s.id);
    forget(s.id);
    ended_sessions[s.id] = s;
    ended_sessions_.insert({*s.ended_at, s.id});
    std::erase_if(legs_, [&](const auto& leg) { return leg.second.session == s.id; });
    std::erase_if(offers_, [&](const auto& o) { return o.second.session == s.id; });
  }
  void put(const Leg& leg) {
    last_leg_ = std::max(last_leg_, leg.id);
    if (ended_sessions.count(leg.session) == 0) legs_[leg.id] = leg;
  }
  void put(const Offer& o) {
    last_offer_ = std::max(last_offer_, o.id);
    const bool counts = o.state == OfferState::made || o.state == OfferState::accepted;
    if (counts && ended_sessions.count(o.session) == 0) {
      offers_[o.id] = o;
    } else {
      offers_.erase(o.id);
    }
  }
  void put(const Agent& a) { agents_[a.id] = a; }
  void put(const Decision& d) { decisions_[{d.session, d.number}] = d; }

  void forget(const Hash& key) {
    const auto it = rendezvous.find(key);
    if (it == rendezvous.end()) return;
    due_.erase({moment(it->second), key});
    live_.erase(key);
    if (it->second.ended_at) ended_rendezvous_.erase({*it->second.ended_at, key});
  }
  void forget(SessionId id) {
    const auto it = ended_sessions.find(id);
    if (it != ended_sessions.end()) ended_sessions_.erase({*it->second.ended_at, id});
  }
  void erase(const Erase& e) {
    if (const auto* key = std::get_if<Hash>(&e.what)) {
      forget(*key);
      rendezvous.erase(*key);
      return;
    }
    const SessionId id = std::get<SessionId>(e.what);
    forget(id);
    sessions_.erase(id);
    ended_sessions.erase(id);
    std::erase_if(legs_, [&](const auto& leg) { return leg.second.session == id; });
    std::erase_if(offers_, [&](const auto& o) { return o.second.session == id; });
    decisions_.erase(decisions_.lower_bound({id, 0}), decisions_.lower_bound({SessionId{id.value + 1}, 0}));
  }

  std::set<std::pair<Time, Hash>> due_;
  std::set<Hash> live_;
  std::set<std::pair<Time, Hash>> ended_rendezvous_;
  std::set<std::pair<Time, SessionId>> ended_sessions_;
  std::map<SessionId, Session> sessions_;
  std::map<LegId, Leg> legs_;
  std::map<OfferId, Offer> offers_;
  std::map<std::string, Agent> agents_;
  std::map<std::pair<SessionId, std::uint32_t>, Decision> decisions_;
  SessionId last_session_;
  LegId last_leg_;
  OfferId last_offer_;
};

}  // namespace convene::testing
