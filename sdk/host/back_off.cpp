// sdk/host/back_off.cpp - doubling, jitter, quarantine.
#include "sdk/host/back_off.hpp"

#include <algorithm>

namespace convene {

BackOff::Millis BackOff::died(Millis now, std::uint32_t dice) {
  if (now - started_ >= options_.healthy_after) {
    failures_ = 0;
    deaths_.clear();
    quarantined_ = false;
  }
  std::erase_if(deaths_, [&](Millis at) { return now - at >= options_.window; });
  deaths_.push_back(now);
  const std::uint32_t bound = options_.deaths_for_quarantine;
  if (bound > 0 && deaths_.size() >= bound) quarantined_ = true;
  if (quarantined_) return options_.quarantine;
  const std::uint32_t failure = failures_++;
  if (options_.at_once && failure == 0) return Millis{0};
  const std::uint32_t doublings = failure - (options_.at_once ? 1 : 0);
  const Millis full = std::min(options_.longest, options_.first * (1u << std::min(doublings, 16u)));
  // Half of it fixed, half of it diced: a machine full of children does not restart them in step.
  return full / 2 + Millis{dice % (static_cast<std::uint32_t>(full.count() / 2) + 1)};
}

}  // namespace convene
