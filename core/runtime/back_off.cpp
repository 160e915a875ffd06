// core/runtime/back_off.cpp - when a child that died is started again.
#include <algorithm>

#include "core/runtime/supervisor.hpp"

namespace convene {
namespace {

using Millis = BackOff::Millis;
constexpr Millis kFirst{100};
constexpr Millis kLongest{10'000};
constexpr Millis kHealthyAfter{30'000};
constexpr Millis kQuarantine{30'000};
constexpr Millis kWindow{60'000};
constexpr std::size_t kDeathsForQuarantine = 3;

}  // namespace

Millis BackOff::died(Millis now, std::uint32_t dice) {
  if (now - started_ >= kHealthyAfter) {
    failures_ = 0;
    deaths_.clear();
    quarantined_ = false;
  }
  std::erase_if(deaths_, [&](Millis at) { return now - at >= kWindow; });
  deaths_.push_back(now);
  if (deaths_.size() >= kDeathsForQuarantine) quarantined_ = true;
  if (quarantined_) return kQuarantine;
  const Millis full = std::min(kLongest, kFirst * (1u << std::min(failures_, 16u)));
  ++failures_;
  // Half of it fixed, half of it diced: a machine full of children does not restart them in step.
  return full / 2 + Millis{dice % (static_cast<std::uint32_t>(full.count() / 2) + 1)};
}

}  // namespace convene
