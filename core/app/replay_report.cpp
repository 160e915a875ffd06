// core/app/replay_report.cpp - a replay's findings in words.
#include "core/app/replay_report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "sdk/bus/json_text.hpp"

namespace convene::app {
namespace {

constexpr std::size_t kRowsOfPage = 500;

template <class... Args>
std::string format(const char* pattern, Args... args) {
  std::array<char, 512> text{};
  std::snprintf(text.data(), text.size(), pattern, args...);
  return text.data();
}

std::string count(std::uint64_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string wall(Time at, const char* pattern) {
  const std::time_t seconds = static_cast<std::time_t>(to_ms(at) / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  std::strftime(text.data(), text.size(), pattern, &parts);
  return text.data();
}

std::string span_of(Duration d) {
  const double s = static_cast<double>(d.count()) / 1000;
  if (s < 120) return format("%.1f s", s);
  if (s < 7200) return format("%.1f min", s / 60);
  return format("%.1f h", s / 3600);
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string speed(const ReplayReport& report) {
  const double day = static_cast<double>((report.counts.to - report.counts.from).count()) / 1000;
  if (report.seconds <= 0 || day <= 0) return "";
  return ", " + count(static_cast<std::uint64_t>(day / report.seconds)) + " times real time";
}

std::string scored(const replay::Choice& choice) {
  return choice.score ? choice.what + ", score " + std::to_string(*choice.score) : choice.what;
}

std::string in_words(const replay::Choice& choice) {
  return choice.reason.empty() ? scored(choice) : scored(choice) + " (" + choice.reason + ")";
}

std::string after(const ReplayReport& report, const replay::Difference& d) {
  return "+" + span_of(d.at - report.counts.from);
}

std::string verdict(const ReplayReport& report) {
  const auto& c = report.counts;
  if (report.midway) {
    const std::string begun =
        "begun in the middle of a run, since what was written before is gone: the snapshot that it "
        "begins with knows no timers and not who rests from whom.\n";
    if (c.exact_batches == 0) {
      return begun + "Nothing of it is exact: the last of " + count(c.batches) +
             " batches still is not what it was\n";
    }
    return begun + "EXACT from +" + span_of(c.exact_from - c.from) + " (" +
           wall(c.exact_from, "%H:%M:%S UTC") + ") on: the last " + count(c.exact_batches) +
           " of " + count(c.batches) + " batches are all what they were; before, " +
           count(c.unlike) + " are not\n";
  }
  if (report.first_divergence.empty()) {
    return "the same: every change, message and decision is what it was\n";
  }
  return "NOT the same, from here on: " + report.first_divergence + "\n" + count(c.unlike) +
         " of " + count(c.batches) + " batches are not what they were\n";
}

void list_differences(const ReplayReport& report, std::size_t most, std::string& out) {
  const std::size_t shown = std::min(most, report.differences.size());
  if (shown == 0) return;
  std::size_t wide = 4;
  for (std::size_t i = 0; i < shown; ++i)
    wide = std::max(wide, in_words(report.differences[i].then).size());
  wide = std::min<std::size_t>(wide, 60);
  const int width = static_cast<int>(wide);
  out += format("\n  %-11s %8s  %-14s %-*s  %s\n", "when", "session", "flow", width, "then", "now");
  for (std::size_t i = 0; i < shown; ++i) {
    const replay::Difference& d = report.differences[i];
    out += format("  %-11s %8llu  %-14s %-*s  %s\n", after(report, d).c_str(),
                  static_cast<unsigned long long>(d.session.value), d.flow.c_str(), width,
                  in_words(d.then).c_str(), in_words(d.now).c_str());
  }
  if (report.counts.differing > shown) {
    out += "  and " + count(report.counts.differing - shown) + " more: --differences N, --json\n";
  }
}

void write_choice(bus::JsonText& text, const replay::Choice& choice) {
  text.open().key("what").text(choice.what).key("reason").text(choice.reason);
  if (choice.score) text.key("score").number(*choice.score);
  text.close();
}

}  // namespace

std::string to_text(const ReplayReport& report, std::size_t differences) {
  const auto& c = report.counts;
  std::string out = "journal " + report.run.name + ": node " + report.head.node + ", " +
                    wall(c.from, "%Y-%m-%d %H:%M:%S") + " to " + wall(c.to, "%H:%M:%S UTC") + " (" +
                    span_of(c.to - c.from) + "), " + std::to_string(report.run.files.size()) +
                    (report.run.files.size() == 1 ? " file" : " files") + ", written by convene " +
                    report.head.program + "\n";
  if (report.cut)
    out += "the last file ends within a frame, as a killed node leaves it: read up to there\n";
  out += count(c.inputs) + " inputs in " + count(c.batches) + " batches, " + count(c.engines) +
         (c.engines == 1 ? " engine, " : " engines, ") + count(c.dropped) + " commits refused, " +
         count(c.reconfigured) + " configurations applied, " + count(c.reloads) +
         " plugins reloaded\n";
  out += format("played in %.2f s", report.seconds) + speed(report) + "\n\n" + verdict(report);
  for (const std::string& remark : report.remarks) out += "note: " + remark + "\n";
  if (report.tried.empty()) {
    out += count(c.compared) + " of " + count(c.questions) +
           " answers of policies were asked for again: " + count(c.differing) + " differ" +
           (c.reworded > 0 ? ", " + count(c.reworded) + " say the same in other words" : "") + "\n";
  } else {
    out += "\n" + report.tried + " in the place of " + joined(report.replaced) + ": " +
           count(c.differing) + " of " + count(c.compared) + " decisions differ\n";
  }
  list_differences(report, differences, out);
  if (report.study) out += "\n" + sim::study_table(*report.study);
  return out;
}

std::string to_json(const ReplayReport& report) {
  const auto& c = report.counts;
  bus::JsonText text;
  text.open().key("run").text(report.run.name).key("files").open_array();
  for (const auto& file : report.run.files) text.text(file.string());
  text.close_array().key("node").text(report.head.node).key("program").text(report.head.program);
  text.key("from_ms")
      .number(to_ms(c.from))
      .key("to_ms")
      .number(to_ms(c.to))
      .key("cut")
      .boolean(report.cut);
  text.key("midway")
      .boolean(report.midway)
      .key("same")
      .boolean(report.first_divergence.empty() && !report.midway);
  text.key("first_divergence").text(report.first_divergence);
  text.key("exact_from_ms").number(to_ms(c.exact_from));
  text.key("exact_batches").number(c.exact_batches);
  const std::pair<std::string_view, std::uint64_t> counts[] = {
      {"inputs", c.inputs},       {"batches", c.batches},     {"batches_unlike", c.unlike},
      {"engines", c.engines},     {"dropped", c.dropped},     {"reconfigured", c.reconfigured},
      {"reloads", c.reloads},     {"questions", c.questions}, {"compared", c.compared},
      {"differing", c.differing}, {"reworded", c.reworded}};
  for (const auto& [key, value] : counts) text.key(key).number(value);
  text.key("played_ms").number(static_cast<std::int64_t>(report.seconds * 1000));
  text.key("tried").text(report.tried).key("replaced").texts(report.replaced);
  text.key("remarks").texts(report.remarks).key("differences").open_array();
  for (const replay::Difference& d : report.differences) {
    text.open().key("at_ms").number(to_ms(d.at)).key("session").number(d.session.value);
    text.key("flow").text(d.flow).key("policy").text(d.policy).key("then");
    write_choice(text, d.then);
    text.key("now");
    write_choice(text, d.now);
    text.close();
  }
  text.close_array();
  if (report.study) text.key("study").raw(sim::study_json(*report.study));
  return text.close().take();
}

std::string to_page(const ReplayReport& report) {
  sim::Study study = *report.study;
  sim::StudyTable table;
  table.title = "Decisions that differ";
  table.note = count(report.counts.differing) + " of " + count(report.counts.compared) +
               " questions of the recorded day, asked of " + report.tried +
               " as they were asked then.";
  table.columns = {"when", "session", "flow", "then", "because", "now", "because"};
  for (const replay::Difference& d : report.differences) {
    if (table.rows.size() == kRowsOfPage) break;
    table.rows.push_back({after(report, d), std::to_string(d.session.value), d.flow, scored(d.then),
                          d.then.reason, scored(d.now), d.now.reason});
  }
  if (report.counts.differing > table.rows.size())
    table.note += " The first " + count(table.rows.size()) + " are shown.";
  study.tables.push_back(std::move(table));
  return sim::study_page(study);
}

}  // namespace convene::app
