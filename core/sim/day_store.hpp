// core/sim/day_store.hpp - the store of a simulated day: forgets what has ended, shows what is written.
#pragma once

#include <map>
#include <set>

#include "core/model/store.hpp"

namespace convene::sim {

/// Sees every record that the engine has committed.
class DayWriter {
 public:
  virtual ~DayWriter() = default;
  virtual void written(const Session& session) = 0;
  virtual void written(const Leg& leg) = 0;
  virtual void written(const Decision& decision) = 0;
};

/// Keeps rendezvous and nothing else: the day's engine is never restored.
class DayStore final : public SessionStore {
 public:
  explicit DayStore(DayWriter& writer) : writer_(writer) {}

  Status commit(std::span<const Change> changes) override {
    for (const Change& change : changes) {
      const auto* record = std::get_if<Record>(&change);
      if (record == nullptr) continue;
      if (const auto* r = std::get_if<Rendezvous>(record)) put(*r);
      if (const auto* s = std::get_if<Session>(record)) writer_.written(*s);
      if (const auto* leg = std::get_if<Leg>(record)) writer_.written(*leg);
      if (const auto* d = std::get_if<Decision>(record)) writer_.written(*d);
    }
    return ok();
  }
  Result<Rendezvous> load(const Hash& key) override {
    const auto it = rendezvous_.find(key);
    if (it == rendezvous_.end()) return Error{"store.none", "There is no such rendezvous."};
    return it->second;
  }
  Result<std::vector<Rendezvous>> load_due(Time until, std::size_t limit) override {
    std::vector<Rendezvous> out;
    for (const auto& [at, key] : due_) {
      if (at > until || out.size() == limit) break;
      out.push_back(rendezvous_.find(key)->second);
    }
    return out;
  }
  Result<Ended> load_ended(Time, std::size_t) override { return Ended{}; }
  Result<std::vector<SessionId>> sessions_of(const Hash&) override {
    return std::vector<SessionId>{};
  }
  Result<Hash> rendezvous_of(SessionId) override { return Hash{}; }
  Result<Snapshot> restore() override { return Snapshot{}; }
  Result<std::vector<Decision>> decisions(SessionId) override { return std::vector<Decision>{}; }
  Result<std::vector<std::uint64_t>> counts() override { return std::vector<std::uint64_t>(6); }

 private:
  static Time moment(const Rendezvous& r) { return std::min(r.due.value_or(kNever), r.expires); }
  void put(const Rendezvous& r) {
    const auto it = rendezvous_.find(r.key);
    if (it != rendezvous_.end()) due_.erase({moment(it->second), r.key});
    if (r.state == RendezvousState::ended) {
      if (it != rendezvous_.end()) rendezvous_.erase(it);
      return;
    }
    rendezvous_[r.key] = r;
    if (r.state == RendezvousState::booked) due_.insert({moment(r), r.key});
  }

  DayWriter& writer_;
  std::map<Hash, Rendezvous> rendezvous_;
  std::set<std::pair<Time, Hash>> due_;
};

}  // namespace convene::sim
