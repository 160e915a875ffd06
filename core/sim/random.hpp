// core/sim/random.hpp - the simulator's dice: the same throws on every machine and with every compiler.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "core/model/ids.hpp"
#include "core/model/time.hpp"

namespace convene::sim {

/// xoshiro256** 1.0 by David Blackman and Sebastiano Vigna (2018), seeded through their splitmix64. The standard
/// library's generators are portable, its distributions are not; integers only, so that no rounding differs.
class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (auto& word : s_) {
      seed += 0x9e3779b97f4a7c15;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      word = z ^ (z >> 31);
    }
  }

  std::uint64_t next() {
    const std::uint64_t result = std::rotl(s_[1] * 5, 7) * 9;
    const std::uint64_t t = s_[1] << 17;
    s_[2] ^= s_[0];
    s_[3] ^= s_[1];
    s_[1] ^= s_[2];
    s_[0] ^= s_[3];
    s_[2] ^= t;
    s_[3] = std::rotl(s_[3], 45);
    return result;
  }

  /// 0 to bound - 1, by Lemire's multiplication; the bias of at most bound / 2^32 does not matter here.
  std::uint64_t below(std::uint64_t bound) { return ((next() >> 32) * bound) >> 32; }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low + 1)));
  }
  Duration between(Duration low, Duration high) {
    return Duration{between(low.count(), high.count())};
  }
  /// True `n` times in a million.
  bool chance_ppm(std::uint64_t n) { return below(1'000'000) < n; }
  bool percent(std::uint64_t n) { return below(100) < n; }

  Hash hash() {
    Hash h;
    for (std::size_t i = 0; i < h.bytes.size(); i += 8) {
      const std::uint64_t word = next();
      for (std::size_t k = 0; k < 8; ++k)
        h.bytes[i + k] = static_cast<std::uint8_t>(word >> (8 * k));
    }
    return h;
  }

 private:
  std::array<std::uint64_t, 4> s_{};
};

}  // namespace convene::sim
