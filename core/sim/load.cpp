// core/sim/load.cpp - draws a day's customers from their laws.
#include "core/sim/load.hpp"

namespace convene::sim {
namespace {

constexpr double kHourMs = 3'600'000;

/// FNV-1a (Fowler, Noll, Vo).
std::uint64_t number_of(std::string_view name) {
  std::uint64_t h = 14695981039346656037u;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return h;
}

DayContact contact_of(const DayStream& stream, Duration at, Random& dice) {
  DayContact c;
  c.flow = stream.flow;
  c.context = stream.context;
  c.arrival = at;
  // Always the same throws in the same order: another law for one of them leaves the others.
  c.patience = stream.patience.draw(dice);
  c.handle = stream.handle.draw(dice);
  const Duration ahead = stream.ahead.draw(dice);
  const Duration late = stream.late.draw(dice);
  if (stream.coming == Coming::now) return c;
  c.agent = stream.agent;
  c.booked = std::max(at - ahead, Duration{0});
  if (stream.coming == Coming::appointment) {
    c.due = at;
    c.arrival = at + late;
  }
  return c;
}

}  // namespace

DayPlan draw_day(const DayLoad& load, std::uint64_t seed) {
  DayPlan plan = load.frame;
  plan.seed = seed;
  const Law gap = Law::exponential(Duration{1'000'000});
  for (const DayStream& stream : load.streams) {
    Random clock(seed * 2 + number_of(stream.name));
    Random dice(seed * 2 + 1 + number_of(stream.name));
    for (std::size_t hour = 0; hour < stream.per_hour.size(); ++hour) {
      const double rate = stream.per_hour[hour];
      if (rate <= 0) continue;
      const double end = static_cast<double>(hour + 1) * kHourMs;
      // A Poisson process forgets: it may begin anew with each hour's rate.
      for (double at = end - kHourMs;;) {
        at += static_cast<double>(gap.draw(clock).count()) / 1e6 * kHourMs / rate;
        if (at >= end) break;
        const Duration when{static_cast<std::int64_t>(at)};
        plan.contacts.push_back(contact_of(stream, when, dice));
      }
    }
  }
  std::stable_sort(plan.contacts.begin(), plan.contacts.end(),
                   [](const DayContact& a, const DayContact& b) { return a.arrival < b.arrival; });
  return plan;
}

}  // namespace convene::sim
