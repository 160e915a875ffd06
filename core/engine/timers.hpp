// core/engine/timers.hpp - everything that waits for a moment, in one ordered queue.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>

#include "core/model/time.hpp"

namespace convene {

/// What a deadline is for. The order decides between deadlines of the same millisecond.
enum class TimerKind : std::uint8_t {
  offer,       ///< id: the offer. It expires.
  leg,         ///< id: the leg. Not connected, or not back, in time.
  service,     ///< id: the session, sub: the service's number.
  wait_max,    ///< id: the session. Searched too long.
  ask_again,   ///< id: the session. The policy, or a declined offer, said so.
  wrap_up,     ///< id: the agent's number. Free again.
  rendezvous,  ///< id: the resident's number. Due, or expired.
  arrival,     ///< id: the session. A returned identifier still waits for its leg.
  empty,       ///< id: the session. Nobody is there and nobody is awaited.
  repeat,      ///< id: the leg. Its newest order is not acknowledged.
  parting,     ///< id: the leg, of a session that has ended.
  retell,      ///< id: the peer. It is told of more of its legs, whatever it has acknowledged.
};

struct TimerKey {
  TimerKind kind = TimerKind::offer;
  std::uint32_t sub = 0;
  std::uint64_t id = 0;
  auto operator<=>(const TimerKey&) const = default;
};

/// One deadline per key. Setting, clearing and taking cost O(log n).
class Timers {
 public:
  void set(TimerKey key, Time at) {
    if (at == kNever) return clear(key);
    const auto [it, inserted] = at_.try_emplace(key, at);
    if (!inserted) {
      if (it->second == at) return;
      queue_.erase({it->second, key});
      it->second = at;
    }
    queue_.insert({at, key});
  }

  void clear(TimerKey key) {
    const auto it = at_.find(key);
    if (it == at_.end()) return;
    queue_.erase({it->second, key});
    at_.erase(it);
  }

  Time next() const { return queue_.empty() ? kNever : queue_.begin()->first; }

  /// Takes the earliest deadline at or before `now`; false when there is none.
  bool take(Time now, TimerKey& key) {
    if (queue_.empty() || queue_.begin()->first > now) return false;
    key = queue_.begin()->second;
    queue_.erase(queue_.begin());
    at_.erase(key);
    return true;
  }

  std::size_t size() const { return at_.size(); }

 private:
  std::set<std::pair<Time, TimerKey>> queue_;
  std::map<TimerKey, Time> at_;
};

}  // namespace convene
