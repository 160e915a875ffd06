// core/sim/load.hpp - a day as its laws: how many come at which hour, how patient, with how much to say.
#pragma once

#include <string>
#include <vector>

#include "core/sim/day.hpp"

namespace convene::sim {

/// How the customers of a stream come.
enum class Coming : std::uint8_t {
  now,          ///< Unannounced, and want to talk at once.
  on_return,    ///< Booked without a time, and return the identifier when they like.
  appointment,  ///< Booked for an agreed time, and come at about that time.
};

/// Customers of one kind. The name decides over their chances: another stream beside this one does
/// not change who comes in it.
struct DayStream {
  std::string name;
  std::string flow;
  std::string context = "{}";
  std::string agent;  ///< Booked with this one; empty: anybody.
  Coming coming = Coming::now;
  std::vector<double> per_hour;  ///< Expected in each hour of the day, from 0; a Poisson process.
  Law patience = Law::endless();
  Law handle = Law::fixed(std::chrono::minutes(5));
  Law ahead = Law::fixed(std::chrono::hours(2));  ///< From the booking to the return, or the time.
  Law late;                                       ///< From the agreed time to the arrival.
};

struct DayLoad {
  DayPlan frame;  ///< Everything but what is drawn; its contacts come every day alike.
  std::vector<DayStream> streams;
};

/// One day of these laws. The same seed gives the same day.
DayPlan draw_day(const DayLoad& load, std::uint64_t seed);

}  // namespace convene::sim
