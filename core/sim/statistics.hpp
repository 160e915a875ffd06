// core/sim/statistics.hpp - what a few simulated days say about all days: a mean and how sure it is.
#pragma once

#include <span>

namespace convene::sim {

/// A mean and the half width of its confidence interval; `half` is 0 where fewer than two values
/// allow none.
struct Interval {
  double mean = 0;
  double half = 0;
  int values = 0;

  bool contains(double x) const { return x >= mean - half && x <= mean + half; }
};

/// Student's interval of independent values; values that are not numbers are left out.
Interval interval_of(std::span<const double> values, double level = 0.95);

/// The t beyond which, on both sides together, 1 - `level` of Student's distribution lies.
double student_t(double level, double degrees_of_freedom);

}  // namespace convene::sim
