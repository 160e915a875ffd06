// core/runtime/reply_memory.hpp - what was answered to one peer name, so that a repeated request is not done twice.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

#include "core/model/ids.hpp"

namespace convene {

/// The newest requests of one peer name, bounded in number and in bytes. A request in work is never forgotten.
class ReplyMemory {
 public:
  struct Entry {
    RequestId request;  ///< In work while `done` is false.
    bool done = false;
    std::string reply;
  };
  static constexpr std::size_t kBytesMax = 8u << 20;

  explicit ReplyMemory(std::size_t most) : most_(most) {}

  /// The request of this id, if it is remembered.
  const Entry* find(std::uint64_t id) const {
    const auto found = entries_.find(id);
    return found == entries_.end() ? nullptr : &found->second;
  }

  void started(std::uint64_t id, RequestId request) { entries_[id] = {request, false, {}}; }

  void answered(std::uint64_t id, std::string reply) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    bytes_ += reply.size();
    found->second = {{}, true, std::move(reply)};
    order_.push_back(id);
    while (order_.size() > most_ || (bytes_ > kBytesMax && order_.size() > 1)) {
      forget(order_.front());
      order_.pop_front();
    }
  }

  /// A request that may well be done again: nothing is kept of it.
  void forget(std::uint64_t id) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    bytes_ -= found->second.reply.size();
    entries_.erase(found);
  }

  std::size_t size() const { return entries_.size(); }

 private:
  std::size_t most_;
  std::size_t bytes_ = 0;
  std::unordered_map<std::uint64_t, Entry> entries_;
  std::deque<std::uint64_t> order_;  ///< Of answered ones.
};

}  // namespace convene
