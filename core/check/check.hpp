// core/check/check.hpp - `convene check`: runs the cases over one plugin, and what came of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/check/cases.hpp"

namespace convene::check {

struct CheckOptions {
  std::vector<std::string> levels;         ///< Empty: all.
  std::vector<std::string> cases;          ///< Exact names; empty: all of the levels.
  std::map<std::string, std::string> off;  ///< Switched off: case -> reason.
  std::string plugin;                      ///< Only this one of the library; empty: each.
  std::map<std::string, std::string>
      configs;  ///< Plugin id -> settings as JSON; "": of any plugin.
  FlowSettings flows;
  std::optional<std::uint64_t> seed;  ///< None: a fresh one.
  unsigned runs = 2'000;
  unsigned jobs = 2;
  std::chrono::milliseconds deadline{30'000};  ///< Of one case.
  std::chrono::milliseconds patience{5'000};   ///< For what a program is to say, as a node's.
  std::string convene_host;
};

/// One line of a report.
struct CaseResult {
  std::string name, level, plugin;  ///< The plugin's id; empty for the level "load".
  std::string proves, remedy;
  Verdict verdict;
  bool applies = true;  ///< False: skipped because the plugin offers no such extension.
  std::int64_t took_ms = 0;
  std::optional<std::uint64_t> seed;  ///< Of a random case.
};

struct Report {
  std::string subject;  ///< The library's path, or "plugin -- COMMAND", "adapter -- COMMAND".
  std::string sha256;
  std::vector<PluginDescription> plugins;
  std::vector<CaseResult> results;
  std::int64_t took_ms = 0;

  std::size_t count(Outcome outcome) const;
};

/// Checks a library. Whatever it does happens in children; `told` hears each result as it comes.
Report check_library_file(const std::string& path, const CheckOptions& options,
                          const std::function<void(const CaseResult&)>& told = {});

/// Checks a plugin that is a command and speaks sdk/host/WIRE.md, confined as a node confines it.
Report check_program(const std::vector<std::string>& command, const CheckOptions& options,
                     const std::function<void(const CaseResult&)>& told = {});

/// Starts an adapter's process, once for each case, and plays the core to it. Its configuration in
/// `welcome` is options.configs[""]: whole where it has a member "settings", else those settings.
Report check_adapter(const std::vector<std::string>& command, const CheckOptions& options,
                     const std::function<void(const CaseResult&)>& told = {});
const std::vector<Case>& adapter_cases();

/// Runs `cases`, which are not about a plugin but about a process of another kind, into `report`.
void run_cases(const std::vector<Case>& cases, const Subject& subject, const CheckOptions& options,
               Report& report, const std::function<void(const CaseResult&)>& told);

/// The report for people (with colour where `colour`), and for programs: report.schema.json.
std::string to_text(const Report& report, bool colour, bool verbose);
std::string to_json(const Report& report);
/// All cases as a table in Markdown, for README.md.
std::string list_cases();

}  // namespace convene::check
