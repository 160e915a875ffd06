// core/sim/study_page.cpp - a study as one HTML page: figures, charts over the hours, who was how busy.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/sim/chart.hpp"

namespace convene::sim {
namespace {

constexpr StyleSheet kStyle = R"(
:root{color-scheme:light dark;--ink:#1c2733;--soft:#5b6b7b;--paper:#fff;--card:#f5f7f9;--line:#d9e0e6;
--c0:#1f77b4;--c1:#e07b1a;--c2:#8a5fbf;--good:#2f8f5b;--late:#d9a514;--gone:#c8453b;--away:#8592a0}
@media (prefers-color-scheme:dark){:root{--ink:#e6ecf1;--soft:#9fb0bf;--paper:#12181e;--card:#1b232b;--line:#33404c;
--c0:#5aa9e0;--c1:#f0a050;--c2:#b592e0;--good:#54b881;--late:#e3bc4b;--gone:#e8746a;--away:#71808f}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:2rem 1.25rem 3rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,"DejaVu Sans",sans-serif}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2.25rem 0 .25rem}
h3{font-size:.9rem;font-weight:600;color:var(--soft);margin:1rem 0 .25rem}
p{margin:.25rem 0;color:var(--soft);max-width:46rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.75rem;margin:1.5rem 0}
.tile{background:var(--card);border-radius:.6rem;margin:0;padding:.8rem 1rem}
.tile dt{font-size:.8rem;color:var(--soft)}.tile dd{margin:0;font-variant-numeric:tabular-nums;white-space:nowrap}
.tile dd.main{font-size:1.35rem;font-weight:650}.tile dd.more{font-size:.8rem;color:var(--soft)}
svg{display:block;width:100%;height:auto;margin:.25rem 0}
svg text{font-size:12px;fill:var(--soft);font-variant-numeric:tabular-nums}svg text.label{fill:var(--ink)}
.grid{stroke:var(--line);stroke-width:1}.track{fill:var(--card)}.whisker{stroke:var(--ink);stroke-width:2}
.v0{fill:var(--c0)}.v1{fill:var(--c1)}.v2{fill:var(--c2)}
.line{fill:none;stroke-width:2.5;stroke-linejoin:round}.band{opacity:.16}
.line.v0{stroke:var(--c0)}.line.v1{stroke:var(--c1)}.line.v2{stroke:var(--c2)}
.good{fill:var(--good)}.late{fill:var(--late)}.gone{fill:var(--gone)}.away{fill:var(--away)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;margin:.4rem 0 0;font-size:.85rem}
.legend li::before{content:"";display:inline-block;width:.75rem;height:.75rem;border-radius:.2rem;margin-right:.45rem;
background:currentColor}
.legend li{color:var(--ink)}
.legend .v0::before{background:var(--c0)}.legend .v1::before{background:var(--c1)}.legend .v2::before{background:var(--c2)}
.legend .good::before{background:var(--good)}.legend .late::before{background:var(--late)}
.legend .gone::before{background:var(--gone)}.legend .away::before{background:var(--away)}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums;margin:.5rem 0}
th,td{text-align:right;padding:.35rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap}
th{font-weight:600;color:var(--soft)}th:first-child,td:first-child{text-align:left;padding-left:0}
footer{margin-top:2.5rem;font-size:.8rem;color:var(--soft)}
@media (max-width:34rem){svg{overflow:visible}svg text{font-size:18px}}
@media print{:root{--ink:#000;--soft:#444;--paper:#fff;--card:#f2f2f2;--line:#bbb}body{max-width:none;padding:0}
section,.tile{break-inside:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
)";

std::string class_of(std::size_t variant) {
  return "v" + std::to_string(std::min<std::size_t>(variant, 2));
}

std::string text_of(const Study& study, Figure f) {
  std::string title = info_of(f).title;
  const Duration limit = f == Figure::service_level   ? study.within
                         : f == Figure::promises_kept ? study.promise_within
                                                      : Duration{0};
  if (limit > Duration{0}) {
    title += ", within " + to_text(static_cast<double>(limit.count()), Unit::time);
  }
  return title;
}

bool measured(const Study& study, Figure f) {
  return std::any_of(study.variants.begin(), study.variants.end(),
                     [f](const StudyVariant& v) { return v.all.at(f).values > 0; });
}

/// The hours in which anything happens in any house.
struct Hours {
  std::size_t from = 0, to = 0;
  explicit Hours(const Study& study) {
    bool any = false;
    for (const StudyVariant& v : study.variants) {
      for (std::size_t h = 0; h < v.hours.size(); ++h) {
        const bool busy =
            v.hours[h].at(Figure::contacts).mean > 0 || v.hours[h].at(Figure::occupancy).values > 0;
        if (!busy) continue;
        from = any ? std::min(from, h) : h;
        to = std::max(to, h + 1);
        any = true;
      }
    }
  }
  std::vector<std::string> labels() const {
    std::vector<std::string> out;
    for (std::size_t h = from; h < to; ++h) {
      char label[16];
      std::snprintf(label, sizeof label, "%02zu", h % 24);
      out.emplace_back(label);
    }
    return out;
  }
};

Interval at(const StudyVariant& v, std::size_t hour, Figure f) {
  return hour < v.hours.size() ? v.hours[hour].at(f) : Interval{};
}

void tiles(Markup& m, const Study& study) {
  m.element("div", {{"class", "tiles"}}, [&] {
    for (const Figure f :
         {Figure::contacts, Figure::service_level, Figure::wait_mean, Figure::wait_p90,
          Figure::abandonment, Figure::occupancy, Figure::promises_kept}) {
      if (!measured(study, f)) continue;
      m.element("dl", {{"class", "tile"}}, [&] {
        m.element("dt", {}, text_of(study, f));
        const Unit unit = info_of(f).unit;
        const Interval last = study.variants.back().all.at(f);
        m.element("dd", {{"class", "main"}}, last.values > 0 ? to_text(last.mean, unit) : "-");
        if (last.half > 0) m.element("dd", {{"class", "more"}}, "± " + to_text(last.half, unit));
        if (study.variants.size() > 1) {
          const StudyVariant& base = study.variants.front();
          m.element("dd", {{"class", "more"}},
                    base.name + ": " + to_text(base.all.at(f).mean, unit));
        }
      });
    }
  });
}

Chart by_hour(const Study& study, const Hours& hours, Figure f) {
  Chart chart;
  chart.title = text_of(study, f);
  chart.unit = info_of(f).unit;
  chart.places = hours.labels();
  for (std::size_t n = 0; n < study.variants.size(); ++n) {
    ChartSeries series{study.variants[n].name, class_of(n), {}};
    for (std::size_t h = hours.from; h < hours.to; ++h) {
      series.values.push_back(at(study.variants[n], h, f));
    }
    chart.series.push_back(std::move(series));
  }
  return chart;
}

void line_section(Markup& m, const Study& study, const Hours& hours, Figure f,
                  std::string_view note) {
  const Chart chart = by_hour(study, hours, f);
  m.element("section", {}, [&] {
    m.element("h2", {}, "By the hour: " + chart.title);
    m.element("p", {}, note);
    if (chart.series.size() > 1) draw_legend(m, chart);
    draw_lines(m, chart);
  });
}

/// What became of those who came in each hour.
Chart endings(const StudyVariant& v, const Hours& hours) {
  Chart chart;
  chart.title = v.name + ": contacts by what became of them";
  chart.places = hours.labels();
  chart.series = {{"answered in time", "good", {}},
                  {"answered later", "late", {}},
                  {"abandoned", "gone", {}},
                  {"turned away", "away", {}}};
  for (std::size_t h = hours.from; h < hours.to; ++h) {
    const double contacts = at(v, h, Figure::contacts).mean;
    const double answered = at(v, h, Figure::answered).mean;
    // Of all the days' contacts of this hour, not the mean of the days' shares.
    const double in_time = std::min(answered, contacts * at(v, h, Figure::service_level).mean);
    const auto value = [](double x) { return Interval{x, 0, 1}; };
    chart.series[0].values.push_back(value(in_time));
    chart.series[1].values.push_back(value(answered - in_time));
    chart.series[2].values.push_back(value(at(v, h, Figure::abandoned).mean));
    chart.series[3].values.push_back(value(at(v, h, Figure::turned_away).mean));
  }
  return chart;
}

void endings_section(Markup& m, const Study& study, const Hours& hours) {
  std::vector<Chart> charts;
  double top = 0;
  for (const StudyVariant& v : study.variants) {
    charts.push_back(endings(v, hours));
    top = std::max(top, stacked_top(charts.back()));
  }
  m.element("section", {}, [&] {
    m.element("h2", {}, "Who came, and what became of them");
    m.element("p", {}, "Contacts by the hour of their coming, a mean of all days.");
    draw_legend(m, charts.front());
    for (Chart& chart : charts) {
      chart.top = top;
      if (charts.size() > 1) m.element("h3", {}, chart.title.substr(0, chart.title.rfind(':')));
      draw_stacked(m, chart);
    }
  });
}

using Parts = std::map<std::string, FigureSeries> StudyVariant::*;

void staff_section(Markup& m, const Study& study) {
  Chart chart;
  chart.title = "Occupancy of each agent";
  chart.unit = Unit::share;
  for (const StudyVariant& v : study.variants) {
    for (const auto& [id, series] : v.agents) {
      const auto it = std::lower_bound(chart.places.begin(), chart.places.end(), id);
      if (it == chart.places.end() || *it != id) chart.places.insert(it, id);
    }
  }
  if (chart.places.empty()) return;
  if (chart.places.size() > 60) chart.places.resize(60);
  for (std::size_t n = 0; n < study.variants.size(); ++n) {
    ChartSeries series{study.variants[n].name, class_of(n), {}};
    for (const std::string& id : chart.places) {
      const auto agent = study.variants[n].agents.find(id);
      series.values.push_back(agent == study.variants[n].agents.end()
                                  ? Interval{}
                                  : agent->second.at(Figure::occupancy));
    }
    chart.series.push_back(std::move(series));
  }
  m.element("section", {}, [&] {
    m.element("h2", {}, chart.title);
    m.element("p", {},
              "Connected with a customer or wrapping up, as a share of the time at work times the "
              "sessions that the agent may have at once.");
    if (chart.series.size() > 1) draw_legend(m, chart);
    draw_rows(m, chart);
  });
}

void all_table(Markup& m, const Study& study) {
  m.element("section", {}, [&] {
    m.element("h2", {}, "All figures");
    m.element("div", {{"class", "wide"}}, [&] {
      m.element("table", {}, [&] {
        m.element("tr", {}, [&] {
          m.element("th", {}, "");
          for (const StudyVariant& v : study.variants) m.element("th", {}, v.name);
          if (study.variants.size() > 1) m.element("th", {}, "difference");
        });
        for (const FigureInfo& info : all_figures()) {
          if (!measured(study, info.figure) || info.figure == Figure::sessions) continue;
          m.element("tr", {}, [&] {
            m.element("td", {}, text_of(study, info.figure));
            for (const StudyVariant& v : study.variants) {
              m.element("td", {}, to_text(v.all.at(info.figure), info.unit));
            }
            if (study.variants.size() > 1) {
              const FigureSeries& base = study.variants.front().all;
              m.element(
                  "td", {},
                  to_text(study.variants.back().all.difference(base, info.figure), info.unit));
            }
          });
        }
      });
    });
  });
}

void part_table(Markup& m, const Study& study, std::string_view title, Parts parts, Figure last) {
  if ((study.variants.front().*parts).empty()) return;
  const Figure figures[] = {Figure::contacts,  Figure::abandonment, Figure::service_level,
                            Figure::wait_mean, Figure::wait_p90,    last};
  m.element("section", {}, [&] {
    m.element("h2", {}, title);
    m.element("div", {{"class", "wide"}}, [&] {
      m.element("table", {}, [&] {
        m.element("tr", {}, [&] {
          m.element("th", {}, "");
          for (const Figure f : figures) m.element("th", {}, info_of(f).title);
        });
        for (const auto& part : study.variants.front().*parts) {
          const std::string& id = part.first;
          for (const StudyVariant& v : study.variants) {
            const auto series = (v.*parts).find(id);
            if (series == (v.*parts).end()) continue;
            m.element("tr", {}, [&] {
              m.element("td", {}, study.variants.size() > 1 ? id + ", " + v.name : id);
              for (const Figure f : figures) {
                m.element("td", {}, to_text(series->second.at(f), info_of(f).unit));
              }
            });
          }
        }
      });
    });
  });
}

void own_table(Markup& m, const StudyTable& table) {
  m.element("section", {}, [&] {
    m.element("h2", {}, table.title);
    m.element("p", {}, table.note);
    m.element("div", {{"class", "wide"}}, [&] {
      m.element("table", {}, [&] {
        m.element("tr", {}, [&] {
          for (const std::string& column : table.columns) m.element("th", {}, column);
        });
        for (const auto& row : table.rows) {
          m.element("tr", {}, [&] {
            for (const std::string& cell : row) m.element("td", {}, cell);
          });
        }
      });
    });
  });
}

}  // namespace

std::string study_page(const Study& study) {
  const Hours hours(study);
  Markup m = Markup::page();
  m.element("html", {{"lang", "en"}}, [&] {
    m.element("head", {}, [&] {
      m.empty("meta", {{"charset", "utf-8"}});
      m.empty("meta", {{"name", "viewport"}, {"content", "width=device-width,initial-scale=1"}});
      m.empty("meta", {{"http-equiv", "Content-Security-Policy"},
                       {"content", "default-src 'none'; style-src 'unsafe-inline'"}});
      m.element("title", {}, study.title);
      m.style(kStyle);
    });
    m.element("body", {}, [&] {
      m.element("h1", {}, study.title);
      m.element("p", {}, study.subtitle);
      tiles(m, study);
      if (hours.to > hours.from) {
        line_section(m, study, hours, Figure::service_level,
                     "Of those who came in this hour, who was connected in time. The band is where "
                     "the mean of all such days lies with 95 % confidence.");
        endings_section(m, study, hours);
        line_section(m, study, hours, Figure::wait_p90,
                     "Nine in ten of those who were answered had waited no longer than this.");
        line_section(m, study, hours, Figure::occupancy, "How much of the agents' time was taken.");
      }
      staff_section(m, study);
      all_table(m, study);
      part_table(m, study, "By flow", &StudyVariant::flows, Figure::promises_kept);
      part_table(m, study, "By pool", &StudyVariant::pools, Figure::occupancy);
      for (const StudyTable& table : study.tables) own_table(m, table);
      if (!study.foot.empty()) return m.element("footer", {}, study.foot);
      m.element("footer", {},
                "± is Student's 95 % confidence interval over the simulated days. Differences "
                "compare the same days: the same people, with the same patience.");
    });
  });
  return m.take() + "\n";
}

}  // namespace convene::sim
