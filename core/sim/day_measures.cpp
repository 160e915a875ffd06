// core/sim/day_measures.cpp - sums a day up: waits, service level, occupancy, promises kept.
#include <algorithm>
#include <cmath>

#include "core/sim/day.hpp"

namespace convene::sim {
namespace {

constexpr Duration kHour = std::chrono::hours(1);
constexpr std::int64_t kHoursMost = 24 * 8;

double ms(Duration d) { return static_cast<double>(d.count()); }

/// Collects contacts; sorts their waits once.
class Sum {
 public:
  void add(const DayPlan& plan, const DayContact& c, const DayOutcome& o) {
    ++m_.contacts;
    delay_ += ms(o.wait);
    m_.waited += o.end != DayEnd::open && o.wait > Duration{0};
    const bool answered = o.end == DayEnd::answered;
    m_.answered += answered;
    m_.abandoned += o.end == DayEnd::abandoned;
    m_.turned_away += o.end == DayEnd::turned_away;
    m_.open += o.end == DayEnd::open;
    m_.within += answered && o.wait <= plan.within;
    if (c.booked) {
      ++m_.promises;
      m_.promises_kept += answered && o.wait <= plan.promise_within;
    }
    if (!answered) return;
    waits_.push_back(o.wait.count());
    handle_ += ms(o.left_at - o.connected_at);
  }

  DayMeasures take() {
    std::sort(waits_.begin(), waits_.end());
    const auto n = static_cast<double>(waits_.size());
    if (!waits_.empty()) {
      double sum = 0;
      for (const std::int64_t wait : waits_) sum += static_cast<double>(wait);
      m_.wait_ms_mean = sum / n;
      m_.wait_ms_p50 = at(0.50);
      m_.wait_ms_p90 = at(0.90);
      m_.wait_ms_p95 = at(0.95);
      m_.wait_ms_max = static_cast<double>(waits_.back());
      m_.handle_ms_mean = handle_ / n;
    }
    if (m_.contacts > 0) m_.delay_ms_mean = delay_ / static_cast<double>(m_.contacts);
    return m_;
  }

 private:
  /// The smallest wait that at least this share does not exceed (nearest rank).
  double at(double share) const {
    const auto rank =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(waits_.size())));
    return static_cast<double>(waits_[std::max<std::size_t>(rank, 1) - 1]);
  }

  DayMeasures m_;
  std::vector<std::int64_t> waits_;
  double delay_ = 0, handle_ = 0;
};

struct Span {
  Duration from{0}, to{0};
};

/// An agent's time at work without overlaps, in order.
std::vector<Span> united(std::vector<Span> spans) {
  std::sort(spans.begin(), spans.end(),
            [](const Span& a, const Span& b) { return a.from < b.from; });
  std::vector<Span> out;
  for (const Span& s : spans) {
    if (!out.empty() && s.from <= out.back().to) {
      out.back().to = std::max(out.back().to, s.to);
    } else {
      out.push_back(s);
    }
  }
  return out;
}

/// Staff figures as they grow: of an agent, of its pools, of everybody, by the hour.
class Staffing {
 public:
  Staffing(const DayPlan& plan, const EngineSettings& settings, DayReport& report)
      : plan_(plan), settings_(settings), report_(report) {
    std::map<std::string, std::vector<Span>> shifts;
    for (const DayShift& s : plan.shifts) {
      const Duration from = std::max(s.from, plan.measure_from);
      if (s.to > from && settings.agents.count(s.agent) != 0)
        shifts[s.agent].push_back({from, s.to});
    }
    for (auto& [agent, spans] : shifts) {
      work_[agent] = united(std::move(spans));
      const double capacity = settings.agents.at(agent).capacity;
      for (const Span& s : work_[agent]) {
        count(agent, s, [&](DayStaff& staff, double time) { staff.slot_ms += time * capacity; });
      }
    }
  }

  void served(const DayOutcome& o) {
    const auto shifts = work_.find(o.agent);
    if (shifts == work_.end()) return;
    const AgentSettings& agent = settings_.agents.at(o.agent);
    if (o.connected_at >= plan_.measure_from) {
      each(agent, [](DayStaff& staff) { ++staff.sessions; });
      if (DayHour* hour = hour_at(o.connected_at)) ++hour->staff.sessions;
    }
    const Duration free_at = o.left_at + agent.wrap_up;
    for (const Span& s : shifts->second) {
      const Span busy{std::max(s.from, o.connected_at), std::min(s.to, free_at)};
      if (busy.to <= busy.from) continue;
      count(o.agent, busy, [](DayStaff& staff, double time) { staff.busy_ms += time; });
    }
  }

  DayHour* hour_at(Duration t) {
    if (t < Duration{0} || t / kHour >= kHoursMost) return nullptr;
    const auto n = static_cast<std::size_t>(t / kHour);
    if (n >= report_.hours.size()) report_.hours.resize(n + 1);
    return &report_.hours[n];
  }

 private:
  template <class Do>
  void each(const AgentSettings& agent, Do act) {
    act(report_.staff);
    act(report_.agents[agent.id]);
    for (const std::string& pool : agent.pools) act(report_.pool_staff[pool]);
  }
  template <class Do>
  void count(const std::string& agent, const Span& span, Do act) {
    each(settings_.agents.at(agent), [&](DayStaff& staff) { act(staff, ms(span.to - span.from)); });
    for (Duration from = span.from; from < span.to;) {
      const Duration to = std::min(span.to, (from / kHour + 1) * kHour);
      if (DayHour* hour = hour_at(from)) act(hour->staff, ms(to - from));
      from = to;
    }
  }

  const DayPlan& plan_;
  const EngineSettings& settings_;
  DayReport& report_;
  std::map<std::string, std::vector<Span>> work_;
};

}  // namespace

const char* name_of(DayEnd end) {
  static constexpr const char* kNames[] = {"open", "answered", "abandoned", "turned_away"};
  return kNames[static_cast<std::size_t>(end)];
}

DayReport measure_day(const DayPlan& plan, const EngineSettings& settings,
                      std::vector<DayOutcome> outcomes) {
  DayReport report;
  outcomes.resize(plan.contacts.size());
  Staffing staffing(plan, settings, report);
  Sum all;
  std::map<std::string, Sum> flows, pools;
  std::vector<Sum> hours;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const DayContact& c = plan.contacts[i];
    const DayOutcome& o = outcomes[i];
    if (o.end == DayEnd::answered) staffing.served(o);
    if (c.moment() < plan.measure_from) continue;
    all.add(plan, c, o);
    flows[c.flow].add(plan, c, o);
    if (!o.pool.empty()) pools[o.pool].add(plan, c, o);
    if (staffing.hour_at(c.moment()) == nullptr) continue;
    const auto hour = static_cast<std::size_t>(c.moment() / kHour);
    if (hour >= hours.size()) hours.resize(hour + 1);
    hours[hour].add(plan, c, o);
  }
  report.all = all.take();
  for (auto& [id, sum] : flows) report.flows[id] = sum.take();
  for (auto& [id, sum] : pools) report.pools[id] = sum.take();
  for (std::size_t i = 0; i < hours.size(); ++i) report.hours[i].measures = hours[i].take();
  report.outcomes = std::move(outcomes);
  return report;
}

}  // namespace convene::sim
