// core/check/check.cpp - which cases run, in which order, and when one has become pointless.
#include "core/check/check.hpp"

#include <sys/random.h>

#include <stdlib.h>

#include <algorithm>
#include <deque>
#include <filesystem>

#include "convene/json.hpp"
#include "core/check/children.hpp"
#include "core/check/samples.hpp"

namespace convene::check {
namespace {

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

bool is_wanted(const Case& c, const CheckOptions& options) {
  if (!options.cases.empty()) return contains(options.cases, c.name);
  return options.levels.empty() || contains(options.levels, level_of(c));
}

unsigned extensions_of(const PluginDescription& plugin) {
  unsigned bits = 0;
  const char* const ids[] = {CONVENE_ROUTING, CONVENE_SERVICE, CONVENE_CHANNEL, CONVENE_ADAPTER};
  for (unsigned i = 0; i < 4; ++i) {
    if (contains(plugin.offers, ids[i])) bits |= 1u << i;
  }
  return bits;
}

std::uint64_t fresh_seed() {
  std::uint64_t seed = 0;
  if (::getrandom(&seed, sizeof seed, 0) != sizeof seed)
    seed = static_cast<std::uint64_t>(now_ns());
  return seed >> 32;  // short enough to be typed
}

std::string written(const std::string& sha256, const std::vector<PluginDescription>& described) {
  json::Value all = json::object({{"sha256", sha256}});
  json::Value plugins = json::array();
  for (const PluginDescription& p : described) {
    json::Value offers = json::array();
    for (const std::string& id : p.offers) offers.push(id);
    plugins.push(json::object({{"id", p.id},
                               {"version", p.version},
                               {"summary", p.summary},
                               {"offers", offers},
                               {"config_schema", p.config_schema},
                               {"state_schema", p.state_schema},
                               {"state_version", p.state_version}}));
  }
  return json::write(all.set("plugins", plugins));
}

/// The library's own words, read in a child: a parent that has never mapped it cannot be harmed.
std::string describe_in_child(const std::string& path) {
  const auto library = open_library(path);
  return library ? written(library->sha256, library->plugins) : std::string();
}

/// A program's hello, heard in a child: this process keeps its one thread.
std::string greet_in_child(const Subject& subject) {
  const auto said = WirePartner(program_of(subject)).greet();
  if (said) return written("", {*said});
  return json::write(json::object({{"code", said.error().code}, {"text", said.error().text}}));
}

void read_description(const std::string& text, Report& report) {
  const json::Parsed read = json::parse(text, {.bytes = 32u << 20});
  if (!read) return;
  report.sha256 = read.value->text("sha256");
  for (const json::Value& p : read.value->array("plugins")) {
    PluginDescription d;
    d.id = p.text("id"), d.version = p.text("version"), d.summary = p.text("summary");
    for (const json::Value& id : p.array("offers")) d.offers.emplace_back(*id.as_text());
    d.config_schema = p.text("config_schema"), d.state_schema = p.text("state_schema");
    d.state_version = static_cast<std::uint32_t>(p.integer("state_version"));
    report.plugins.push_back(std::move(d));
  }
}

/// Runs the cases of one subject, each as soon as what it needs is known.
class Round {
 public:
  Round(const CheckOptions& options, Report& report,
        const std::function<void(const CaseResult&)>& told, Children& children)
      : options_(options), report_(report), told_(told), children_(children) {}

  void run(const Subject& subject, bool loading, const std::string& pointless) {
    run(all_cases(), subject, pointless,
        [&](const Case& c) { return (level_of(c) == "load") == loading; });
  }

  void run(const std::vector<Case>& cases, const Subject& subject, const std::string& pointless,
           const std::function<bool(const Case&)>& belongs) {
    subject_ = subject;
    seen_.clear();
    const unsigned offered = extensions_of(subject.plugin);
    const unsigned form = is_program(subject) ? kProgram : kLibrary;
    std::deque<const Case*> pending;
    for (const Case& c : cases) {
      if (!belongs(c) || !is_wanted(c, options_)) continue;
      if (const auto off = options_.off.find(c.name); off != options_.off.end()) {
        tell(c, skipped("switched off: " + off->second), 0);
        seen_[c.name] = Outcome::passed;
      } else if ((c.extensions & kForms) != 0 && (c.extensions & form) == 0) {
        tell(c, skipped(form == kProgram ? "it is about libraries" : "it is about programs"), 0,
             false);
      } else if (!pointless.empty()) {
        tell(c, skipped(pointless), 0);
      } else if ((c.extensions & ~kForms) != 0 && (c.extensions & offered) == 0) {
        tell(c, skipped("it offers nothing of this kind"), 0, false);
      } else {
        pending.push_back(&c);
      }
    }
    std::map<std::uint64_t, const Case*> running;
    while (!pending.empty() || !running.empty()) {
      while (running.size() < options_.jobs && start_next(pending, running)) {
      }
      if (running.empty()) continue;
      const ChildResult ended = children_.wait();
      const Case* c = running.at(ended.id);
      running.erase(ended.id);
      seen_[c->name] = ended.verdict.outcome;
      tell(*c, ended.verdict, ended.took_ms);
    }
  }

 private:
  /// Whether the case that `c` needs is known; one that does not run holds up nobody.
  bool is_ready(const Case& c, const std::deque<const Case*>& pending,
                const std::map<std::uint64_t, const Case*>& running) const {
    const auto needed = words_of(c.needs);
    const auto is_it = [&](const Case* other) {
      return contains(needed, other->name) || contains(needed, level_of(*other));
    };
    return std::none_of(pending.begin(), pending.end(), is_it) &&
           std::none_of(running.begin(), running.end(),
                        [&](const auto& entry) { return is_it(entry.second); });
  }

  /// What `c` needs and has not got; empty: nothing.
  std::string what_is_missing(const Case& c) const {
    for (const std::string& word : words_of(c.needs)) {
      for (const auto& [name, outcome] : seen_) {
        if (name == word && outcome != Outcome::passed) return word;
        if (name.starts_with(word + ".") && outcome == Outcome::failed) return name;
      }
    }
    return {};
  }

  bool start_next(std::deque<const Case*>& pending, std::map<std::uint64_t, const Case*>& running) {
    for (auto it = pending.begin(); it != pending.end(); ++it) {
      const Case& c = **it;
      if (!is_ready(c, pending, running)) continue;
      pending.erase(it);
      if (const std::string missing = what_is_missing(c); !missing.empty()) {
        seen_[c.name] = Outcome::skipped;
        tell(c, skipped("needs " + missing), 0);
        return true;
      }
      running[children_.start([&] { return c.run(subject_); })] = &c;
      return true;
    }
    return false;
  }

  void tell(const Case& c, Verdict verdict, std::int64_t took_ms, bool applies = true) {
    CaseResult r{c.name,   level_of(c), subject_.plugin.id,
                 c.proves, c.remedy,    std::move(verdict),
                 applies,  took_ms,     {}};
    if (c.random && applies) r.seed = subject_.seed;
    if (told_) told_(r);
    report_.results.push_back(std::move(r));
  }

  const CheckOptions& options_;
  Report& report_;
  const std::function<void(const CaseResult&)>& told_;
  Children& children_;
  Subject subject_;
  std::map<std::string, Outcome> seen_;
};

/// With which instances are made: as given for this plugin or for any, else of its own schema.
std::string settings_for(const PluginDescription& plugin, const CheckOptions& options) {
  auto config = options.configs.find(plugin.id);
  if (config == options.configs.end()) config = options.configs.find("");
  if (config != options.configs.end()) return config->second;
  const auto samples = allowed_samples(plugin.config_schema);
  return samples.empty() ? "{}" : samples.front().config;
}

Subject subject_of(const CheckOptions& options) {
  Subject subject;
  subject.flows = options.flows;
  subject.seed = options.seed ? *options.seed : fresh_seed();
  subject.runs = options.runs;
  subject.convene_host = options.convene_host;
  subject.patience_ms = options.patience.count();
  return subject;
}

/// A folder of mode 0700 for sockets; gone at the end.
struct SocketFolder {
  std::string path;
  SocketFolder() {
    std::error_code failed;
    std::string name =
        (std::filesystem::temp_directory_path(failed) / "convene-check-XXXXXX").string();
    if (!failed && ::mkdtemp(name.data())) path = name;
  }
  ~SocketFolder() {
    std::error_code ignored;
    if (!path.empty()) std::filesystem::remove_all(path, ignored);
  }
  SocketFolder(const SocketFolder&) = delete;
  SocketFolder& operator=(const SocketFolder&) = delete;
};

void sort_as_listed(Report& report, const std::vector<Case>& cases) {
  std::map<std::string, std::size_t> place;
  for (const Case& c : cases) place.emplace(c.name, place.size());
  std::stable_sort(report.results.begin(), report.results.end(), [&](const auto& a, const auto& b) {
    return std::pair(a.plugin, place[a.name]) < std::pair(b.plugin, place[b.name]);
  });
}

}  // namespace

std::size_t Report::count(Outcome outcome) const {
  return static_cast<std::size_t>(
      std::count_if(results.begin(), results.end(),
                    [&](const CaseResult& r) { return r.verdict.outcome == outcome; }));
}

Report check_library_file(const std::string& path, const CheckOptions& options,
                          const std::function<void(const CaseResult&)>& told) {
  Report report;
  report.subject = path;
  const std::int64_t began = now_ns();
  Children children(options.deadline);
  children.start([&] { return passed(describe_in_child(path)); });
  const Verdict described = children.wait().verdict;
  if (described.outcome == Outcome::passed) read_description(described.text, report);

  Round round(options, report, told, children);
  const SocketFolder folder;
  Subject subject = subject_of(options);
  subject.path = path;
  subject.folder = folder.path;
  round.run(subject, true, "");
  if (report.plugins.empty()) round.run(subject, false, "it does not load");
  for (std::uint32_t i = 0; i < report.plugins.size(); ++i) {
    subject.index = i;
    subject.plugin = report.plugins[i];
    if (!options.plugin.empty() && subject.plugin.id != options.plugin) continue;
    subject.config = settings_for(subject.plugin, options);
    round.run(subject, false, "");
  }
  sort_as_listed(report, all_cases());
  report.took_ms = (now_ns() - began) / 1'000'000;
  return report;
}

Report check_program(const std::vector<std::string>& command, const CheckOptions& options,
                     const std::function<void(const CaseResult&)>& told) {
  Report report;
  report.subject = "plugin --";
  for (const std::string& word : command) report.subject += " " + word;
  const std::int64_t began = now_ns();
  const SocketFolder folder;
  Subject subject = subject_of(options);
  subject.command = command;
  subject.folder = folder.path;
  subject.plugin.id = options.plugin.empty() ? "plugin" : options.plugin;
  Children children(options.deadline);
  children.start([&] { return passed(greet_in_child(subject)); });
  const Verdict described = children.wait().verdict;
  read_description(described.text, report);
  if (report.plugins.empty()) {
    const json::Parsed why = json::parse(described.text);
    subject.refused =
        why ? Error{std::string(why.value->text("code")), std::string(why.value->text("text"))}
            : Error{"program.starts", described.text};
  } else {
    subject.plugin = report.plugins.front();
    subject.config = settings_for(subject.plugin, options);
    if (!options.plugin.empty() && subject.plugin.id != options.plugin)
      subject.refused = Error{"plugin.id", "calls itself \"" + subject.plugin.id + "\" where \"" +
                                               options.plugin + "\" was asked for"};
  }
  Round round(options, report, told, children);
  round.run(all_cases(), subject, "",
            [&](const Case& c) { return !subject.refused || level_of(c) == "load"; });
  sort_as_listed(report, all_cases());
  report.took_ms = (now_ns() - began) / 1'000'000;
  return report;
}

void run_cases(const std::vector<Case>& cases, const Subject& subject, const CheckOptions& options,
               Report& report, const std::function<void(const CaseResult&)>& told) {
  const std::int64_t began = now_ns();
  Children children(options.deadline, false);  // their work is done by processes of other kinds
  Round round(options, report, told, children);
  round.run(cases, subject, "", [](const Case&) { return true; });
  sort_as_listed(report, cases);
  report.took_ms = (now_ns() - began) / 1'000'000;
}

}  // namespace convene::check
