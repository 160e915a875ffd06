// core/sim/statistics.cpp - Student's t by the incomplete beta function.
#include "core/sim/statistics.hpp"

#include <cmath>

namespace convene::sim {
namespace {

/// The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method as
/// modified by Thompson and Barnett (1986).
double beta_fraction(double x, double a, double b) {
  constexpr double kTiny = 1e-300;
  const auto floor = [](double v) { return std::fabs(v) < kTiny ? kTiny : v; };
  double c = 1;
  double d = 1 / floor(1 - (a + b) * x / (a + 1));
  double f = d;
  for (int m = 1; m < 500; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / floor(1 + even * d);
    c = floor(1 + even / c);
    f *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / floor(1 + odd * d);
    c = floor(1 + odd / c);
    const double factor = d * c;
    f *= factor;
    if (std::fabs(factor - 1) < 1e-14) break;
  }
  return f;
}

/// The regularised incomplete beta function I_x(a, b).
double beta(double x, double a, double b) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(x, a, b) / a;
  return 1 - front * beta_fraction(1 - x, b, a) / b;
}

}  // namespace

double student_t(double level, double degrees_of_freedom) {
  const double n = degrees_of_freedom;
  const auto beyond = [n](double t) { return beta(n / (n + t * t), n / 2, 0.5); };
  double low = 0, high = 1;
  while (beyond(high) > 1 - level && high < 1e12) high *= 2;
  for (int i = 0; i < 200 && high - low > 1e-12 * high; ++i) {
    const double middle = (low + high) / 2;
    (beyond(middle) > 1 - level ? low : high) = middle;
  }
  return (low + high) / 2;
}

Interval interval_of(std::span<const double> values, double level) {
  Interval out;
  double sum = 0;
  for (const double v : values) {
    if (std::isnan(v)) continue;
    sum += v;
    ++out.values;
  }
  if (out.values == 0) return out;
  out.mean = sum / out.values;
  if (out.values < 2) return out;
  double squares = 0;
  for (const double v : values) {
    if (!std::isnan(v)) squares += (v - out.mean) * (v - out.mean);
  }
  const double deviation = std::sqrt(squares / (out.values - 1));
  out.half = student_t(level, out.values - 1) * deviation / std::sqrt(out.values);
  return out;
}

}  // namespace convene::sim
