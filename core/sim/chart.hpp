// core/sim/chart.hpp - charts as inline SVG: bars over hours, lines with bands, bars in rows.
//
// Colours, fonts and dark mode are the page's style sheet: a series carries a class, no colour.
#pragma once

#include <string>
#include <vector>

#include "core/sim/markup.hpp"
#include "core/sim/statistics.hpp"
#include "core/sim/study.hpp"

namespace convene::sim {

/// One colour of a chart; `css` is the class that the page's style sheet paints.
struct ChartSeries {
  std::string name;
  std::string css;
  std::vector<Interval> values;  ///< One per place on the axis; no values: a gap.
};

struct Chart {
  std::string title;
  Unit unit = Unit::count;
  std::vector<std::string> places;  ///< Labels along the axis.
  std::vector<ChartSeries> series;
  double top = 0;  ///< Of the value axis; 0: as the values need it.
};

/// What a chart of these values needs as its top; for several charts on one scale.
double stacked_top(const Chart& chart);

/// Series upon each other, one bar per place.
void draw_stacked(Markup& m, const Chart& chart);
/// One line per series, with a band where the interval has a width.
void draw_lines(Markup& m, const Chart& chart);
/// One row per place, one bar per series, with the interval as a whisker.
void draw_rows(Markup& m, const Chart& chart);
/// The series' names beside their colours.
void draw_legend(Markup& m, const Chart& chart);

}  // namespace convene::sim
