// core/sim/chart.cpp - where bars, lines and ticks lie.
#include "core/sim/chart.hpp"

#include <algorithm>
#include <cmath>

namespace convene::sim {
namespace {

constexpr double kWidth = 720, kHeight = 250;
constexpr double kLeft = 64, kRight = 12, kTop = 14, kBottom = 28;
constexpr double kRow = 24;

double plot_width() { return kWidth - kLeft - kRight; }
double plot_height() { return kHeight - kTop - kBottom; }

/// A round step that divides `top` into four to eight parts or so.
double step_of(double top, Unit unit) {
  if (unit == Unit::time) {
    for (const double s : {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600}) {
      if (top / (s * 1000) <= 6) return s * 1000;
    }
  }
  if (unit == Unit::share) return top > 0.5 ? 0.2 : top > 0.2 ? 0.1 : 0.05;
  double step = unit == Unit::count ? 1 : 3'600'000;
  while (top / step > 6) {
    const double lead = step / std::pow(10, std::floor(std::log10(step) + 1e-9));
    step *= lead > 1.5 && lead < 3 ? 2.5 : 2;
  }
  return step;
}

double rounded_top(double most, Unit unit) {
  if (unit == Unit::share) return std::max(0.1, std::ceil(most * 10 - 1e-9) / 10);
  const double step = step_of(std::max(most, unit == Unit::time ? 1000.0 : 1.0), unit);
  return step * std::max(1.0, std::ceil(most / step - 1e-9));
}

std::string tick_text(double value, Unit unit) {
  if (unit == Unit::share) return svg_number(100 * value) + " %";
  if (unit == Unit::count) return svg_number(value);
  if (value == 0) return "0";
  const double s = value / 1000;
  if (s < 120) return svg_number(s) + " s";
  return s < 7200 ? svg_number(s / 60) + " min" : svg_number(s / 3600) + " h";
}

class Frame {
 public:
  Frame(Markup& m, const Chart& chart, double top) : m_(m), chart_(chart), top_(top) {}

  double y(double value) const {
    const double part = std::clamp(value / top_, 0.0, 1.0);
    return kTop + plot_height() * (1 - part);
  }
  double slot() const {
    return plot_width() / static_cast<double>(std::max<std::size_t>(chart_.places.size(), 1));
  }
  double middle(std::size_t place) const {
    return kLeft + slot() * (static_cast<double>(place) + 0.5);
  }

  void axes() {
    const double step = step_of(top_, chart_.unit);
    for (double v = 0; v <= top_ + step * 1e-6; v += step) {
      m_.empty(
          "line",
          {{"class", "grid"}, {"x1", kLeft}, {"x2", kWidth - kRight}, {"y1", y(v)}, {"y2", y(v)}});
      m_.element("text",
                 {{"class", "tick"}, {"x", kLeft - 8}, {"y", y(v) + 4}, {"text-anchor", "end"}},
                 tick_text(v, chart_.unit));
    }
    const std::size_t every = chart_.places.size() > 14 ? 2 : 1;
    for (std::size_t i = 0; i < chart_.places.size(); i += every) {
      m_.element(
          "text",
          {{"class", "tick"}, {"x", middle(i)}, {"y", kHeight - 8}, {"text-anchor", "middle"}},
          chart_.places[i]);
    }
  }

 private:
  Markup& m_;
  const Chart& chart_;
  double top_;
};

std::string tip(const Chart& chart, const ChartSeries& s, std::size_t place) {
  return chart.places[place] + ", " + s.name + ": " + to_text(s.values[place], chart.unit);
}

template <class Inside>
void picture(Markup& m, const Chart& chart, double height, Inside inside) {
  m.element("svg",
            {{"viewBox", "0 0 " + svg_number(kWidth) + " " + svg_number(height)},
             {"role", "img"},
             {"aria-label", chart.title}},
            inside);
}

}  // namespace

double stacked_top(const Chart& chart) {
  double most = 0;
  for (std::size_t i = 0; i < chart.places.size(); ++i) {
    double sum = 0;
    for (const ChartSeries& s : chart.series) sum += s.values[i].mean;
    most = std::max(most, sum);
  }
  return rounded_top(most, chart.unit);
}

void draw_legend(Markup& m, const Chart& chart) {
  m.element("ul", {{"class", "legend"}}, [&] {
    for (const ChartSeries& s : chart.series) {
      m.element("li", {{"class", s.css}}, s.name);
    }
  });
}

void draw_stacked(Markup& m, const Chart& chart) {
  Frame frame(m, chart, chart.top > 0 ? chart.top : stacked_top(chart));
  picture(m, chart, kHeight, [&] {
    frame.axes();
    const double width = frame.slot() * 0.72;
    for (std::size_t i = 0; i < chart.places.size(); ++i) {
      double below = 0;
      for (const ChartSeries& s : chart.series) {
        const double value = s.values[i].mean;
        if (value <= 0) continue;
        const double high = frame.y(below + value);
        m.element("rect",
                  {{"class", s.css},
                   {"x", frame.middle(i) - width / 2},
                   {"y", high},
                   {"width", width},
                   {"height", frame.y(below) - high}},
                  [&] { m.element("title", {}, tip(chart, s, i)); });
        below += value;
      }
    }
  });
}

void draw_lines(Markup& m, const Chart& chart) {
  double most = 0;
  for (const ChartSeries& s : chart.series) {
    for (const Interval& v : s.values) most = std::max(most, v.mean + v.half);
  }
  if (chart.unit == Unit::share) most = std::min(most, 1.0);
  Frame frame(m, chart, chart.top > 0 ? chart.top : rounded_top(most, chart.unit));
  picture(m, chart, kHeight, [&] {
    frame.axes();
    for (const ChartSeries& s : chart.series) {
      for (std::size_t i = 0; i < s.values.size();) {
        if (s.values[i].values == 0) {
          ++i;
          continue;
        }
        std::string line, upper, lower;
        std::size_t j = i;
        for (; j < s.values.size() && s.values[j].values > 0; ++j) {
          const Interval& v = s.values[j];
          const std::string x = svg_number(frame.middle(j)) + ",";
          line += x + svg_number(frame.y(v.mean)) + " ";
          upper += x + svg_number(frame.y(v.mean + v.half)) + " ";
          lower = x + svg_number(frame.y(v.mean - v.half)) + " " + lower;
        }
        m.empty("polygon", {{"class", "band " + s.css}, {"points", upper + lower}});
        m.empty("polyline", {{"class", "line " + s.css}, {"points", line}});
        i = j;
      }
      for (std::size_t i = 0; i < s.values.size(); ++i) {
        if (s.values[i].values == 0) continue;
        m.element("circle",
                  {{"class", "dot " + s.css},
                   {"cx", frame.middle(i)},
                   {"cy", frame.y(s.values[i].mean)},
                   {"r", 3.0}},
                  [&] { m.element("title", {}, tip(chart, s, i)); });
      }
    }
  });
}

void draw_rows(Markup& m, const Chart& chart) {
  constexpr double kName = 130, kFigure = 120;
  const double plot = kWidth - kName - kFigure;
  const double each = chart.series.size() > 1 ? 18 : kRow;
  const double group = each * static_cast<double>(chart.series.size()) + 8;
  double most = chart.unit == Unit::share ? 1 : 0;
  for (const ChartSeries& s : chart.series) {
    for (const Interval& v : s.values) most = std::max(most, v.mean + v.half);
  }
  if (most <= 0) most = 1;
  const double height = group * static_cast<double>(chart.places.size()) + 8;
  picture(m, chart, height, [&] {
    for (std::size_t i = 0; i < chart.places.size(); ++i) {
      const double y0 = 8 + group * static_cast<double>(i);
      m.element("text",
                {{"class", "label"},
                 {"x", kName - 10},
                 {"y", y0 + (group - 8) / 2 + 4},
                 {"text-anchor", "end"}},
                chart.places[i]);
      double y = y0;
      for (const ChartSeries& s : chart.series) {
        const Interval& v = s.values[i];
        const double width = plot * std::clamp(v.mean / most, 0.0, 1.0);
        m.empty(
            "rect",
            {{"class", "track"}, {"x", kName}, {"y", y}, {"width", plot}, {"height", each - 4}});
        m.element(
            "rect",
            {{"class", s.css}, {"x", kName}, {"y", y}, {"width", width}, {"height", each - 4}},
            [&] { m.element("title", {}, tip(chart, s, i)); });
        if (v.half > 0) {
          const double middle = y + (each - 4) / 2;
          const double from = kName + plot * std::clamp((v.mean - v.half) / most, 0.0, 1.0);
          const double to = kName + plot * std::clamp((v.mean + v.half) / most, 0.0, 1.0);
          m.empty("line",
                  {{"class", "whisker"}, {"x1", from}, {"x2", to}, {"y1", middle}, {"y2", middle}});
        }
        m.element("text", {{"class", "tick"}, {"x", kName + plot + 10}, {"y", y + each / 2 + 2}},
                  to_text(v, chart.unit));
        y += each;
      }
    }
  });
}

}  // namespace convene::sim
