// core/sim/study_text.cpp - a study for a terminal, and as JSON for programs.
#include <algorithm>

#include "convene/json.hpp"
#include "core/sim/study.hpp"

namespace convene::sim {
namespace {

constexpr Figure kHead[] = {Figure::contacts,      Figure::answered,      Figure::abandoned,
                            Figure::turned_away,   Figure::open,          Figure::abandonment,
                            Figure::service_level, Figure::wait_mean,     Figure::wait_p50,
                            Figure::wait_p90,      Figure::wait_p95,      Figure::wait_max,
                            Figure::handle_mean,   Figure::promises_kept, Figure::occupancy};
constexpr Figure kPart[] = {Figure::contacts,  Figure::abandonment, Figure::service_level,
                            Figure::wait_mean, Figure::wait_p90,    Figure::promises_kept};
constexpr Figure kPool[] = {Figure::contacts,  Figure::abandonment, Figure::service_level,
                            Figure::wait_mean, Figure::wait_p90,    Figure::occupancy};
constexpr Figure kAgent[] = {Figure::sessions, Figure::occupancy};

/// Columns of a terminal that a UTF-8 text takes: continuation bytes take none.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

/// Rows of cells, the first column to the left, the others to the right.
class Table {
 public:
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::string text() const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
      if (widths.size() < row.size()) widths.resize(row.size());
      for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
    }
    std::string out;
    for (const auto& row : rows_) {
      std::string line;
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string space(widths[i] - width(row[i]), ' ');
        line += i == 0 ? "  " + row[i] + space : "   " + space + row[i];
      }
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + "\n";
    }
    return out;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

using Parts = std::map<std::string, FigureSeries> StudyVariant::*;

std::string part_table(const Study& study, const char* name, Parts parts,
                       std::span<const Figure> figures) {
  if ((study.variants.front().*parts).empty()) return {};
  Table table;
  std::vector<std::string> head{name};
  if (study.variants.size() > 1) head.emplace_back();
  for (const Figure f : figures) head.emplace_back(info_of(f).title);
  table.row(head);
  for (const auto& [id, unused] : study.variants.front().*parts) {
    bool first = true;
    for (const StudyVariant& variant : study.variants) {
      const auto series = (variant.*parts).find(id);
      std::vector<std::string> row{first ? id : ""};
      first = false;
      if (study.variants.size() > 1) row.push_back(variant.name);
      for (const Figure f : figures) {
        row.push_back(series == (variant.*parts).end()
                          ? "-"
                          : to_text(series->second.at(f), info_of(f).unit));
      }
      table.row(row);
    }
  }
  return "\n" + table.text();
}

std::string title_of(const Study& study, Figure f) {
  std::string title = info_of(f).title;
  if (f == Figure::service_level) {
    title += ", within " + to_text(static_cast<double>(study.within.count()), Unit::time);
  }
  if (f == Figure::promises_kept) {
    title += ", within " + to_text(static_cast<double>(study.promise_within.count()), Unit::time);
  }
  return title;
}

json::Value figures_json(const FigureSeries& series, const FigureSeries* base) {
  json::Value out = json::object({});
  for (const FigureInfo& info : all_figures()) {
    const Interval i = base ? series.difference(*base, info.figure) : series.at(info.figure);
    if (i.values == 0) continue;
    out.set(info.id, json::object({{"mean", i.mean}, {"plus_minus", i.half}}));
  }
  return out;
}

}  // namespace

std::string study_table(const Study& study) {
  std::string out = study.title + ": " + study.subtitle + "\n\n";
  const StudyVariant& base = study.variants.front();
  Table table;
  std::vector<std::string> head{""};
  for (const StudyVariant& v : study.variants) head.push_back(v.name);
  if (study.variants.size() > 1) head.emplace_back("difference");
  table.row(head);
  for (const Figure f : kHead) {
    const Unit unit = info_of(f).unit;
    const bool shown =
        std::any_of(study.variants.begin(), study.variants.end(), [&](const StudyVariant& v) {
          const Interval i = v.all.at(f);
          return i.values > 0 && (f != Figure::open || i.mean > 0);
        });
    if (!shown) continue;
    std::vector<std::string> row{title_of(study, f)};
    for (const StudyVariant& v : study.variants) row.push_back(to_text(v.all.at(f), unit));
    if (study.variants.size() > 1) {
      row.push_back(to_text(study.variants.back().all.difference(base.all, f), unit));
    }
    table.row(row);
  }
  out += table.text();
  out += part_table(study, "flow", &StudyVariant::flows, kPart);
  out += part_table(study, "pool", &StudyVariant::pools, kPool);
  out += part_table(study, "agent", &StudyVariant::agents, kAgent);
  return out;
}

std::string study_json(const Study& study) {
  json::Array variants;
  for (const StudyVariant& v : study.variants) {
    const auto parts = [](const std::map<std::string, FigureSeries>& map) {
      json::Value out = json::object({});
      for (const auto& [id, series] : map) out.set(id, figures_json(series, nullptr));
      return out;
    };
    json::Array hours;
    for (const FigureSeries& hour : v.hours) hours.push_back(figures_json(hour, nullptr));
    const bool other = &v != &study.variants.front();
    variants.push_back(
        json::object({{"name", v.name},
                      {"all", figures_json(v.all, nullptr)},
                      {"difference", other ? figures_json(v.all, &study.variants.front().all)
                                           : json::Value(nullptr)},
                      {"flows", parts(v.flows)},
                      {"pools", parts(v.pools)},
                      {"agents", parts(v.agents)},
                      {"hours", json::Value(std::move(hours))}}));
  }
  return json::write(json::object({{"title", study.title},
                                   {"days", static_cast<std::int64_t>(study.days)},
                                   {"level", 0.95},
                                   {"within_ms", study.within.count()},
                                   {"promise_within_ms", study.promise_within.count()},
                                   {"variants", json::Value(std::move(variants))}}));
}

}  // namespace convene::sim
