// core/sim/study.cpp - figures over days, and how they read.
#include "core/sim/study.hpp"

#include <cmath>
#include <cstdio>
#include <limits>

namespace convene::sim {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

constexpr FigureInfo kInfos[kFigures] = {
    {Figure::contacts, "contacts", "contacts", Unit::count},
    {Figure::answered, "answered", "answered", Unit::count},
    {Figure::abandoned, "abandoned", "abandoned", Unit::count},
    {Figure::turned_away, "turned_away", "turned away", Unit::count},
    {Figure::open, "open", "still open", Unit::count},
    {Figure::abandonment, "abandonment", "abandonment", Unit::share},
    {Figure::service_level, "service_level", "service level", Unit::share},
    {Figure::wait_mean, "wait_mean_ms", "wait, mean", Unit::time},
    {Figure::wait_p50, "wait_p50_ms", "wait, half within", Unit::time},
    {Figure::wait_p90, "wait_p90_ms", "wait, 90 % within", Unit::time},
    {Figure::wait_p95, "wait_p95_ms", "wait, 95 % within", Unit::time},
    {Figure::wait_max, "wait_max_ms", "wait, longest", Unit::time},
    {Figure::handle_mean, "handle_mean_ms", "conversation, mean", Unit::time},
    {Figure::promises, "promises", "bookings", Unit::count},
    {Figure::promises_kept, "promises_kept", "promises kept", Unit::share},
    {Figure::sessions, "sessions", "sessions", Unit::count},
    {Figure::occupancy, "occupancy", "occupancy", Unit::share},
};

std::size_t index(Figure figure) { return static_cast<std::size_t>(figure); }

std::string print(const char* format, double value) {
  char out[64];
  std::snprintf(out, sizeof out, format, value);
  return out;
}

std::string time_text(double ms) {
  if (ms < 0) return "-" + time_text(-ms);
  if (ms < 9'950) return print("%.1f s", ms / 1000);
  const auto seconds = static_cast<long long>(std::llround(ms / 1000));
  char out[64];
  if (seconds < 60) {
    std::snprintf(out, sizeof out, "%lld s", seconds);
  } else if (seconds < 3600 && seconds % 60 == 0) {
    std::snprintf(out, sizeof out, "%lld m", seconds / 60);
  } else if (seconds < 3600) {
    std::snprintf(out, sizeof out, "%lld m %02lld s", seconds / 60, seconds % 60);
  } else {
    std::snprintf(out, sizeof out, "%lld h %02lld m", seconds / 3600, seconds / 60 % 60);
  }
  return out;
}

}  // namespace

std::span<const FigureInfo> all_figures() { return kInfos; }
const FigureInfo& info_of(Figure figure) { return kInfos[index(figure)]; }

FigureRow figures_of(const DayMeasures& m, const DayStaff& s) {
  const auto n = [](std::uint64_t v) { return static_cast<double>(v); };
  const auto of = [](bool any, double v) { return any ? v : kNothing; };
  const bool served = m.answered > 0;
  return {n(m.contacts),
          n(m.answered),
          n(m.abandoned),
          n(m.turned_away),
          n(m.open),
          of(m.contacts > 0, m.abandonment()),
          of(m.contacts > 0, m.service_level()),
          of(served, m.wait_ms_mean),
          of(served, m.wait_ms_p50),
          of(served, m.wait_ms_p90),
          of(served, m.wait_ms_p95),
          of(served, m.wait_ms_max),
          of(served, m.handle_ms_mean),
          n(m.promises),
          of(m.promises > 0, m.kept()),
          n(s.sessions),
          of(s.slot_ms > 0, s.occupancy())};
}

FigureRow figures_of(const DayStaff& s) {
  FigureRow row;
  row.fill(kNothing);
  row[index(Figure::sessions)] = static_cast<double>(s.sessions);
  if (s.slot_ms > 0) row[index(Figure::occupancy)] = s.occupancy();
  return row;
}

void FigureSeries::reach(std::size_t days) {
  static const FigureRow kEmpty = figures_of({}, {});
  if (rows_.size() < days) rows_.resize(days, kEmpty);
}

void FigureSeries::put(std::size_t day, const FigureRow& row) {
  reach(day + 1);
  rows_[day] = row;
}

double FigureSeries::on(std::size_t day, Figure figure) const {
  return day < rows_.size() ? rows_[day][index(figure)] : figures_of({}, {})[index(figure)];
}

Interval FigureSeries::at(Figure figure, double level) const {
  std::vector<double> values;
  for (const FigureRow& row : rows_) values.push_back(row[index(figure)]);
  return interval_of(values, level);
}

Interval FigureSeries::difference(const FigureSeries& other, Figure figure, double level) const {
  std::vector<double> values;
  for (std::size_t day = 0; day < rows_.size(); ++day) {
    values.push_back(on(day, figure) - other.on(day, figure));
  }
  return interval_of(values, level);
}

void StudyVariant::put(std::size_t day, const DayReport& report) {
  all.put(day, figures_of(report.all, report.staff));
  for (const auto& [id, m] : report.flows) flows[id].put(day, figures_of(m, {}));
  for (const auto& [id, m] : report.pools) {
    const auto staff = report.pool_staff.find(id);
    const DayStaff none;
    pools[id].put(day, figures_of(m, staff == report.pool_staff.end() ? none : staff->second));
  }
  for (const auto& [id, staff] : report.agents) agents[id].put(day, figures_of(staff));
  if (hours.size() < report.hours.size()) hours.resize(report.hours.size());
  for (std::size_t h = 0; h < report.hours.size(); ++h) {
    hours[h].put(day, figures_of(report.hours[h].measures, report.hours[h].staff));
  }
  for (auto* series : {&flows, &pools, &agents}) {
    for (auto& [id, one] : *series) one.reach(day + 1);
  }
  for (FigureSeries& hour : hours) hour.reach(day + 1);
}

std::string to_text(double value, Unit unit) {
  if (std::isnan(value)) return "-";
  switch (unit) {
    case Unit::count:
      return print(std::fabs(value - std::round(value)) < 1e-9 ? "%.0f" : "%.1f", value);
    case Unit::share:
      return print("%.1f %%", 100 * value);
    case Unit::time:
      return time_text(value);
  }
  return "-";
}

std::string to_text(const Interval& interval, Unit unit) {
  if (interval.values == 0) return "-";
  std::string out = to_text(interval.mean, unit);
  if (interval.half > 0) out += " ± " + to_text(interval.half, unit);
  return out;
}

}  // namespace convene::sim
