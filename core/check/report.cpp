// core/check/report.cpp - a report for people, for programs, and the list of all cases.
#include <map>

#include "convene/json.hpp"
#include "core/check/check.hpp"

namespace convene::check {
namespace {

/// Escape sequences, or nothing.
struct Paint {
  const char *good, *bad, *faint, *bold, *plain;
};
constexpr Paint kColours{"\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[1m", "\x1b[0m"};
constexpr Paint kNone{"", "", "", "", ""};

const char* word(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed:
      return "passed";
    case Outcome::failed:
      return "failed";
    case Outcome::skipped:
      return "skipped";
  }
  return "";
}

std::string seconds(std::int64_t ms) {
  return std::to_string(ms / 1000) + "." + std::to_string(ms / 100 % 10) + " s";
}

std::string quoted_for_shell(const std::string& text) {
  if (text.find_first_of(" '\"$") == text.npos) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string again(const Report& report, const CaseResult& r) {
  const std::string which =
      " --case " + r.name + (r.seed ? " --reproduce " + std::to_string(*r.seed) : "");
  for (const std::string kind : {"adapter", "plugin"}) {
    if (report.subject.starts_with(kind + " -- "))
      return "convene check " + kind + which + report.subject.substr(kind.size());
  }
  return "convene check " + quoted_for_shell(report.subject) + which;
}

void add_finding(std::string& out, const Report& report, const CaseResult& r, const Paint& p) {
  out += std::string(p.bad) + "FAILED " + p.plain + p.bold + r.name + p.plain +
         (r.plugin.empty() ? "" : " of " + r.plugin) + ": " + r.proves + "\n";
  out += "  seen:    " + r.verdict.text + "\n";
  out += "  remedy:  " + r.remedy + "\n";
  out += "  again:   " + again(report, r) + "\n";
}

void add_levels(std::string& out, const Report& report, const std::string& plugin, const Paint& p) {
  struct Counts {
    std::size_t of[3] = {};
    std::size_t not_of_this_kind = 0;
  };
  std::map<std::string, Counts> counts;
  std::vector<std::string> order;
  for (const CaseResult& r : report.results) {
    if (r.plugin != plugin) continue;
    if (!counts.contains(r.level)) order.push_back(r.level);
    Counts& c = counts[r.level];
    if (r.applies) {
      ++c.of[static_cast<int>(r.verdict.outcome)];
    } else {
      ++c.not_of_this_kind;
    }
  }
  for (const std::string& level : order) {
    const Counts& c = counts[level];
    std::string line = "  " + level + std::string(level.size() < 10 ? 10 - level.size() : 1, ' ');
    line += c.of[1] ? p.bad : p.good;
    line += std::to_string(c.of[0]) + " passed";
    if (c.of[1]) line += ", " + std::to_string(c.of[1]) + " failed";
    line += p.plain;
    if (c.of[2]) line += ", " + std::to_string(c.of[2]) + " skipped";
    if (c.not_of_this_kind)
      line += std::string(p.faint) + ", " + std::to_string(c.not_of_this_kind) +
              " for other kinds" + p.plain;
    out += line + "\n";
  }
}

}  // namespace

std::string to_text(const Report& report, bool colour, bool verbose) {
  const Paint& p = colour ? kColours : kNone;
  std::string out = std::string(p.bold) + report.subject + p.plain + "\n";
  if (verbose) {
    for (const CaseResult& r : report.results) {
      if (!r.applies) continue;
      out += std::string("  ") + (r.verdict.outcome == Outcome::failed   ? p.bad
                                  : r.verdict.outcome == Outcome::passed ? p.good
                                                                         : p.faint);
      out += word(r.verdict.outcome) + std::string(p.plain) + " " + r.name;
      if (!r.plugin.empty()) out += std::string(p.faint) + " " + r.plugin + p.plain;
      if (!r.verdict.text.empty()) out += ": " + shown(r.verdict.text, 200);
      out += std::string(p.faint) + " (" + std::to_string(r.took_ms) + " ms)" + p.plain + "\n";
    }
  }
  add_levels(out, report, "", p);
  for (const PluginDescription& plugin : report.plugins) {
    std::string offers;
    for (const std::string& id : plugin.offers) offers += (offers.empty() ? "" : " ") + id;
    out += std::string(p.bold) + plugin.id + " " + plugin.version + p.plain + " (" + offers + ")\n";
    add_levels(out, report, plugin.id, p);
  }
  std::map<std::string, std::vector<std::string>> reasons;
  for (const CaseResult& r : report.results) {
    if (r.verdict.outcome == Outcome::failed) add_finding(out, report, r, p);
    if (r.verdict.outcome == Outcome::skipped && r.applies && !verbose)
      reasons[r.verdict.text].push_back(r.name);
  }
  for (const auto& [reason, names] : reasons) {
    out += std::string(p.faint) + "skipped " +
           (names.size() == 1 ? names.front() : std::to_string(names.size()) + " cases") + ": " +
           reason + p.plain + "\n";
  }
  const std::size_t bad = report.count(Outcome::failed);
  out += std::string(bad ? p.bad : p.good) + std::to_string(report.count(Outcome::passed)) +
         " passed, " + std::to_string(bad) + " failed, " +
         std::to_string(report.count(Outcome::skipped)) + " skipped" + p.plain + " in " +
         seconds(report.took_ms) + "\n";
  return out;
}

std::string to_json(const Report& report) {
  json::Value all = json::object({{"schema", "convene.check/1"},
                                  {"subject", report.subject},
                                  {"sha256", report.sha256},
                                  {"took_ms", report.took_ms}});
  json::Value plugins = json::array(), cases = json::array();
  for (const PluginDescription& plugin : report.plugins) {
    json::Value offers = json::array();
    for (const std::string& id : plugin.offers) offers.push(id);
    plugins.push(
        json::object({{"id", plugin.id}, {"version", plugin.version}, {"offers", offers}}));
  }
  for (const CaseResult& r : report.results) {
    json::Value one = json::object({{"name", r.name},
                                    {"level", r.level},
                                    {"plugin", r.plugin},
                                    {"outcome", word(r.verdict.outcome)},
                                    {"applies", r.applies},
                                    {"text", r.verdict.text},
                                    {"took_ms", r.took_ms}});
    if (r.seed) one.set("seed", *r.seed);
    if (r.verdict.outcome == Outcome::failed)
      one.set("proves", r.proves).set("remedy", r.remedy).set("again", again(report, r));
    cases.push(std::move(one));
  }
  all.set("plugins", plugins).set("cases", cases);
  for (const Outcome o : {Outcome::passed, Outcome::failed, Outcome::skipped})
    all.set(word(o), report.count(o));
  return json::write(all) + "\n";
}

std::string list_cases() {
  std::string out;
  std::string level;
  std::vector<Case> all = all_cases();
  all.insert(all.end(), adapter_cases().begin(), adapter_cases().end());
  for (const Case& c : all) {
    if (level_of(c) != level) {
      level = level_of(c);
      out += (out.empty() ? "" : "\n") + std::string("| ") + level +
             " | it proves | when it fails |\n";
      out += "| --- | --- | --- |\n";
    }
    out += "| `" + std::string(c.name) + "` | " + c.proves + " | " + c.remedy + " |\n";
  }
  return out;
}

}  // namespace convene::check
