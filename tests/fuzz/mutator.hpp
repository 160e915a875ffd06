// tests/fuzz/mutator.hpp - makes new inputs out of kept ones; the same seed makes the same inputs on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace convene::fuzz {

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// 0 to `bound` - 1; 0 for a bound of 0.
  std::size_t below(std::size_t bound);

 private:
  std::uint64_t state_;
};

/// Inputs worth starting from, and the mutations that lead away from them: bits, bytes, runs, splices of two inputs,
/// words of a dictionary, numbers at their limits.
class Mutator {
 public:
  Mutator(std::uint64_t seed, std::size_t size_max) : dice_(seed), size_max_(size_max) {}

  /// Keeps `input`: it may be mutated and spliced from now on.
  void keep(std::string input);
  std::size_t kept() const { return kept_.size(); }
  const std::string& at(std::size_t index) const { return kept_[index]; }

  /// The next input, at most `size_max` bytes.
  std::string next();

 private:
  void mutate(std::string& input);
  std::string_view piece();

  Dice dice_;
  std::size_t size_max_;
  std::vector<std::string> kept_;
};

}  // namespace convene::fuzz
