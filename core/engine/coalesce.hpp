// core/engine/coalesce.hpp - the changes of one batch, each record once, in its last state.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/model/store.hpp"

namespace convene {

/// Collects changes in order. A record that is saved again replaces its earlier save; what was removed stays removed
/// unless it is saved again afterwards.
class Coalescer {
 public:
  void add(Change change) {
    if (Erase* erase = std::get_if<Erase>(&change)) {
      places_.clear();  // nothing before may move behind it
      if (const Hash* key = std::get_if<Hash>(&erase->what)) booked_[*key] = kGone;
      changes_.emplace_back(std::move(*erase));
      return;
    }
    Record& record = std::get<Record>(change);
    const auto [it, inserted] = places_.try_emplace(key_of(record), changes_.size());
    if (const auto* r = std::get_if<Rendezvous>(&record)) booked_[r->key] = it->second;
    if (inserted) {
      changes_.emplace_back(std::move(record));
    } else {
      changes_[it->second] = std::move(record);
    }
  }

  const std::vector<Change>& changes() const { return changes_; }

  /// Whether this batch has saved or removed the rendezvous: what the store holds of it does not count any more.
  bool touches(const Hash& key) const { return booked_.count(key) != 0; }
  /// The rendezvous as this batch leaves it; null when the batch has not touched it, or has removed it.
  const Rendezvous* find(const Hash& key) const {
    const auto it = booked_.find(key);
    return it == booked_.end() || it->second == kGone ? nullptr : &at(it->second);
  }
  /// Every rendezvous that this batch has saved, by key.
  template <class Visit>
  void each_rendezvous(Visit visit) const {
    for (const auto& [key, place] : booked_) {
      if (place != kGone) visit(at(place));
    }
  }
  std::size_t rendezvous_count() const { return booked_.size(); }

  void clear() {
    changes_.clear();
    places_.clear();
    booked_.clear();
  }

 private:
  static constexpr std::size_t kGone = SIZE_MAX;

  /// Rendezvous have a table of their own; the others are told apart by kind, number and, of agents, id.
  using Key = std::variant<Hash, std::pair<int, std::pair<std::uint64_t, std::uint32_t>>, std::string>;

  static Key key_of(const Record& record) {
    struct Visitor {
      Key operator()(const Rendezvous& r) const { return r.key; }
      Key operator()(const Session& s) const { return numbered(1, s.id.value); }
      Key operator()(const Leg& leg) const { return numbered(2, leg.id.value); }
      Key operator()(const Offer& o) const { return numbered(3, o.id.value); }
      Key operator()(const Agent& a) const { return a.id; }
      Key operator()(const Decision& d) const { return numbered(4, d.session.value, d.number); }
      static Key numbered(int kind, std::uint64_t id, std::uint32_t sub = 0) {
        return std::pair{kind, std::pair{id, sub}};
      }
    };
    return std::visit(Visitor{}, record);
  }
  const Rendezvous& at(std::size_t place) const {
    return std::get<Rendezvous>(std::get<Record>(changes_[place]));
  }

  std::vector<Change> changes_;
  std::map<Key, std::size_t> places_;
  std::map<Hash, std::size_t> booked_;
};

}  // namespace convene
