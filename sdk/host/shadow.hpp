// sdk/host/shadow.hpp - what two generations of a plugin answered to the same questions, and where
// they differ.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace convene {

/// One question that was answered in two ways, in words for people.
struct Difference {
  std::uint64_t session = 0;
  std::string question;            ///< "page 0, attempt 2" or "leg 3 is left".
  std::string current, candidate;  ///< "assign anna: free longest".
};

/// Counts what was asked of both, and keeps the first differences.
class Shadow {
 public:
  static constexpr std::size_t kKept = 32;
  static constexpr std::size_t kTextMax = 512;

  void same() { ++asked_; }
  void differs(Difference difference);
  /// Nothing of these sessions is shown any more; they still count.
  void forget(const std::set<std::uint64_t>& sessions) {
    std::erase_if(differences_,
                  [&](const Difference& one) { return sessions.contains(one.session); });
  }
  /// The candidate does not know the state of a session that lives: it would stay with the old one.
  void unknown_state() { ++asked_, ++unknown_states_; }

  /// Everything up to here was asked before, of the running generation alone.
  void was_rehearsed() { recorded_ = asked_; }

  std::uint64_t asked() const { return asked_; }
  /// How many of these are of the past.
  std::uint64_t recorded() const { return recorded_; }
  std::uint64_t differing() const { return differing_; }
  std::uint64_t unknown_states() const { return unknown_states_; }
  const std::vector<Difference>& differences() const { return differences_; }

 private:
  std::uint64_t asked_ = 0, differing_ = 0, unknown_states_ = 0, recorded_ = 0;
  std::vector<Difference> differences_;
};

}  // namespace convene
