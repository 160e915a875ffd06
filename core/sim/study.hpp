// core/sim/study.hpp - the same days in several houses, compared figure by figure.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/sim/day.hpp"
#include "core/sim/statistics.hpp"

namespace convene::sim {

/// What is measured, in the order in which tables show it.
enum class Figure : std::uint8_t {
  contacts,
  answered,
  abandoned,
  turned_away,
  open,
  abandonment,
  service_level,
  wait_mean,
  wait_p50,
  wait_p90,
  wait_p95,
  wait_max,
  handle_mean,
  promises,
  promises_kept,
  sessions,
  occupancy
};
inline constexpr std::size_t kFigures = 17;

enum class Unit : std::uint8_t { count, share, time };

struct FigureInfo {
  Figure figure;
  const char* id;     ///< In JSON: times in ms, shares from 0 to 1.
  const char* title;  ///< For people.
  Unit unit;
};
std::span<const FigureInfo> all_figures();
const FigureInfo& info_of(Figure figure);

/// One value per figure; not a number where there is nothing to measure.
using FigureRow = std::array<double, kFigures>;
FigureRow figures_of(const DayMeasures& measures, const DayStaff& staff);
/// Of an agent, who has no contacts but sessions.
FigureRow figures_of(const DayStaff& staff);

/// Some part of the house over many days.
class FigureSeries {
 public:
  void put(std::size_t day, const FigureRow& row);
  /// Days on which there was nothing of this count as well.
  void reach(std::size_t days);
  Interval at(Figure figure, double level = 0.95) const;
  /// Of this minus another, day by day: what both days have in common falls out.
  Interval difference(const FigureSeries& other, Figure figure, double level = 0.95) const;
  double on(std::size_t day, Figure figure) const;

 private:
  std::vector<FigureRow> rows_;
};

/// One house over the days of the study.
struct StudyVariant {
  std::string name;
  FigureSeries all;
  std::map<std::string, FigureSeries> flows, pools, agents;
  std::vector<FigureSeries> hours;

  void put(std::size_t day, const DayReport& report);
};

/// Anything else that belongs to a study, as a table of its page.
struct StudyTable {
  std::string title;
  std::string note;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

struct Study {
  std::string title;     ///< What the day is called.
  std::string subtitle;  ///< How it was made: days, contacts, level.
  std::size_t days = 0;
  Duration within{0};
  Duration promise_within{0};
  std::vector<StudyVariant> variants;  ///< The first is what others are compared with.
  std::vector<StudyTable> tables;      ///< At the page's end.
  std::string foot;                    ///< The page's last words; empty: what intervals are.
};

/// "83.1 %", "1 m 12 s", "412"; with "± ..." where the interval has a width.
std::string to_text(double value, Unit unit);
std::string to_text(const Interval& interval, Unit unit);

/// The study as a table for a terminal, and as JSON.
std::string study_table(const Study& study);
std::string study_json(const Study& study);

/// As one HTML page with charts; nothing is loaded from anywhere.
std::string study_page(const Study& study);

}  // namespace convene::sim
