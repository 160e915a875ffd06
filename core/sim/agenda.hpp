// core/sim/agenda.hpp - virtual time: what will happen when, in one order for all.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "core/model/time.hpp"

namespace convene::sim {

/// Things of the same millisecond happen in the order in which they were entered.
class Agenda {
 public:
  using Thing = std::function<void()>;

  explicit Agenda(Time start) : now_(start) {}

  Time now() const { return now_; }
  void at(Time when, Thing thing) {
    std::size_t slot = things_.size();
    if (free_.empty()) {
      things_.push_back(std::move(thing));
    } else {
      slot = free_.back();
      free_.pop_back();
      things_[slot] = std::move(thing);
    }
    heap_.push_back({std::max(when, now_), ++entered_, slot});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  void in(Duration delay, Thing thing) { at(now_ + delay, std::move(thing)); }

  /// Does the next thing, if it comes not after `until`; else moves time there and returns false.
  bool step(Time until) {
    if (heap_.empty() || heap_.front().when > until) {
      now_ = until;
      return false;
    }
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const Entry entry = heap_.back();
    heap_.pop_back();
    now_ = entry.when;
    const Thing thing = std::move(things_[entry.slot]);
    things_[entry.slot] = nullptr;
    free_.push_back(entry.slot);
    thing();
    return true;
  }

 private:
  struct Entry {
    Time when;
    std::uint64_t number;
    std::size_t slot;
  };
  static bool later(const Entry& a, const Entry& b) {
    return a.when != b.when ? a.when > b.when : a.number > b.number;
  }

  Time now_;
  std::uint64_t entered_ = 0;
  std::vector<Entry> heap_;
  std::vector<Thing> things_;
  std::vector<std::size_t> free_;
};

}  // namespace convene::sim
