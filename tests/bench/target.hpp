// tests/bench/target.hpp - one line for each target of ./dev bench: figure, baseline, ratio, what is to be reached.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace convene::bench {

/// What was measured, and the baseline that was built and run beside it.
struct Figure {
  double value = 0;
  std::string unit;
};

/// What is held against the bound.
enum class Held { ratio, figure };
enum class Bound { at_most, at_least, none };

struct Target {
  std::string what;
  Figure ours;
  Figure baseline;          ///< Without a unit: there is none.
  std::string baseline_is;  ///< "bare Boost.Beast relay".
  Held held = Held::ratio;
  Bound bound = Bound::at_most;
  double reach = 0;
  double ratio =
      0;  ///< 0: ours through the baseline; else as it was taken, such as the median over rounds.
};

/// Prints the line; true when the target is reached, or none was set. `./dev bench` collects the lines of all programs: they begin with
/// "target" and their columns are parted by tabs.
inline bool report(const Target& t) {
  const auto number = [](double value, const std::string& unit) {
    char text[64];
    const char* format = value >= 1000 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f";
    std::snprintf(text, sizeof text, format, value);
    return unit.empty() ? std::string(text) : std::string(text) + " " + unit;
  };
  const bool has_baseline = !t.baseline_is.empty();
  const double ratio = t.ratio != 0 || !has_baseline ? t.ratio : t.ours.value / t.baseline.value;
  const double held = t.held == Held::ratio ? ratio : t.ours.value;
  const bool reached =
      t.bound == Bound::none || (t.bound == Bound::at_most ? held <= t.reach : held >= t.reach);
  const std::string reach = t.bound == Bound::none
                                ? "-"
                                : (t.bound == Bound::at_most ? "<= " : ">= ") +
                                      number(t.reach, t.held == Held::ratio ? "" : t.ours.unit);
  std::printf("target\t%s\t%s\t%s\t%s\t%s\t%s\n",
              t.bound == Bound::none ? "shown"
              : reached              ? "reached"
                                     : "MISSED",
              t.what.c_str(), number(t.ours.value, t.ours.unit).c_str(),
              has_baseline
                  ? (t.baseline_is + " " + number(t.baseline.value, t.baseline.unit)).c_str()
                  : "-",
              ratio != 0 ? number(ratio, "").c_str() : "-", reach.c_str());
  std::fflush(stdout);
  return reached;
}

/// Of values that were taken in turns with the baseline's: `part` of them lie below. The median by default.
inline double at(std::vector<double> values, double part = 0.5) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto place = static_cast<std::size_t>(part * static_cast<double>(values.size()));
  return values[std::min(values.size() - 1, place)];
}

/// The median of the ratios round by round: a busy machine disturbs both sides of a round alike.
inline double median_ratio(const std::vector<double>& ours, const std::vector<double>& baseline) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(ours.size(), baseline.size()); ++i)
    ratios.push_back(ours[i] / baseline[i]);
  return at(std::move(ratios));
}

}  // namespace convene::bench
