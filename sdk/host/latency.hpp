// sdk/host/latency.hpp - how long calls took, in few bytes: counts by size, an eighth of an octave
// each.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

namespace convene {

/// A log-linear histogram of nanoseconds: what it answers is at most an eighth too large. One thread
/// adds, any thread asks.
class Latency {
 public:
  void add(std::int64_t ns) {
    std::atomic<std::uint64_t>& count = counts_[bucket(ns)];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  /// What `percent` of all calls took at most, in nanoseconds; 0 before the first.
  std::int64_t at(unsigned percent) const {
    std::uint64_t all = 0;
    for (const auto& count : counts_) all += count.load(std::memory_order_relaxed);
    const std::uint64_t wanted = (all * percent + 99) / 100;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i].load(std::memory_order_relaxed);
      if (seen > 0 && seen >= wanted) return upper_end(i);
    }
    return 0;
  }

 private:
  static constexpr unsigned kOctaves = 40;  // up to 18 minutes; what is longer counts as that

  /// 0 to 7 are themselves; then eight to each power of two.
  static std::size_t bucket(std::int64_t ns) {
    const std::uint64_t value = ns < 0 ? 0 : static_cast<std::uint64_t>(ns);
    if (value < 8) return static_cast<std::size_t>(value);
    const unsigned octave = static_cast<unsigned>(std::bit_width(value)) - 3;
    if (octave >= kOctaves) return kOctaves * 8 - 1;
    return octave * 8 + static_cast<std::size_t>((value >> (octave - 1)) & 7);
  }
  static std::int64_t upper_end(std::size_t bucket) {
    if (bucket < 8) return static_cast<std::int64_t>(bucket);
    const std::size_t octave = bucket / 8, eighth = bucket % 8;
    return static_cast<std::int64_t>(((8 + eighth + 1) << (octave - 1)) - 1);
  }

  std::array<std::atomic<std::uint64_t>, kOctaves * 8> counts_{};
};

}  // namespace convene
