// adapters/web/entry_log.hpp - the recorded entries of one channel: appended at the end, dropped at the beginning.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace convene::web {

struct Entry {
  std::uint64_t leg = 0;                    ///< Who sent it.
  std::shared_ptr<const std::string> tail;  ///< Of the message that browsers get.
};

/// A queue that takes no memory while it is empty, which a std::deque does: most channels of most sessions are.
class EntryLog {
 public:
  std::size_t size() const { return entries_.size() - first_; }
  const Entry& operator[](std::size_t i) const { return entries_[first_ + i]; }
  const Entry& front() const { return entries_[first_]; }
  auto begin() const { return entries_.begin() + static_cast<std::ptrdiff_t>(first_); }
  auto end() const { return entries_.end(); }

  void push_back(Entry entry) { entries_.push_back(std::move(entry)); }
  /// Moves what is left to the beginning once half of the room is unused: a constant cost for each entry.
  void pop_front() {
    entries_[first_++] = {};
    if (first_ * 2 < entries_.size()) return;
    entries_.erase(entries_.begin(), begin());
    first_ = 0;
  }
  void clear() {
    entries_ = {};
    first_ = 0;
  }

 private:
  std::vector<Entry> entries_;
  std::size_t first_ = 0;
};

}  // namespace convene::web
