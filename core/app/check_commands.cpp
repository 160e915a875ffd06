// core/app/check_commands.cpp - `convene check`: what a plugin or an adapter promises, proven.
#include <unistd.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>

#include "core/app/command_groups.hpp"
#include "core/app/exit_codes.hpp"
#include "core/app/generation.hpp"
#include "core/check/check.hpp"
#include "core/runtime/config_document.hpp"
#include "sdk/host/config_schema.hpp"

namespace convene::app {
namespace {

using check::CheckOptions;
using Errors = std::vector<ConfigError>;

constexpr const char* kFooter =
    "Examples:\n"
    "  convene check build/policy_mine.so\n"
    "  convene check build/policy_mine.so --config example.toml --level pure --level fuzz\n"
    "  convene check build/policy_mine.so --case fuzz.routing --reproduce 4711\n"
    "  convene check plugin -- python3 policy_mine.py\n"
    "  convene check adapter -- python3 crm.py\n"
    "  convene check --list\n\n"
    "Cases are switched off, with a reason, in convene-check.toml of the current folder:\n"
    "  [off]\n  \"quick.full_pages\" = \"our pools are small\"\n\n"
    "Exit codes: 0 every case passed; 1 one failed; 2 a file given here is wrong; 64 the command "
    "line "
    "is wrong.";

struct Arguments {
  std::string library, config, switches;
  std::vector<std::string> plugin, adapter;  ///< Commands.
  CheckOptions options;
  bool json = false, verbose = false, list = false;
};

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

int complain(const Errors& errors) {
  std::fputs(to_text(errors).c_str(), stderr);
  return kBadConfig;
}

/// Settings of plugins, flows and channels from an example configuration; or, where it has no
/// [plugin] table, the settings themselves.
void take_config(const config::Value& document, CheckOptions& options, Errors& errors) {
  const config::Value* plugins = document.find("plugin");
  if (!plugins) {
    options.configs[""] = config::to_json(document, errors);
    return;
  }
  for (const auto& [id, plugin] : plugins->entries) {
    const config::Value* settings = plugin.find("settings");
    options.configs[id] = settings ? config::to_json(*settings, errors) : "{}";
  }
  const config::Value* flows = document.find("flow");
  if (!flows) return;
  for (const auto& [id, flow] : flows->entries) {
    if (const config::Value* settings = flow.find("settings"))
      options.flows.service.push_back(config::to_json(*settings, errors));
    const config::Value* channels = flow.find("channel");
    if (!channels) continue;
    for (const auto& [name, settings] : channels->entries)
      options.flows.channel.push_back(config::to_json(settings, errors));
  }
}

std::optional<int> read_config(Arguments& given) {
  if (given.config.empty()) return std::nullopt;
  const auto text = read_file(given.config);
  if (!text)
    return complain({{{given.config, 0, 0}, "cannot be read", "name a .toml or .json file"}});
  if (given.config.ends_with(".json")) {
    given.options.configs[""] = *text;
    return std::nullopt;
  }
  Errors errors;
  const config::Value document = config::parse_toml({given.config, *text}, errors);
  if (errors.empty()) take_config(document, given.options, errors);
  return errors.empty() ? std::nullopt : std::optional(complain(errors));
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const check::Case& c : check::all_cases()) names.emplace_back(c.name);
  for (const check::Case& c : check::adapter_cases()) names.emplace_back(c.name);
  return names;
}

bool is_known(const std::vector<std::string>& known, const std::string& word) {
  return std::find(known.begin(), known.end(), word) != known.end();
}

std::optional<int> read_switches(Arguments& given) {
  const bool named = !given.switches.empty();
  const std::string path = named ? given.switches : "convene-check.toml";
  const auto text = read_file(path);
  if (!text) {
    if (!named) return std::nullopt;
    return complain({{{path, 0, 0}, "cannot be read", "name a .toml file with a table [off]"}});
  }
  Errors errors;
  const config::Value document = config::parse_toml({path, *text}, errors);
  const auto names = case_names();
  for (const auto& [table, cases] : document.entries) {
    if (table != "off") {
      errors.push_back(
          {cases.place, "the table '" + table + "' is unknown", "did you mean 'off'?"});
      continue;
    }
    for (const auto& [name, reason] : cases.entries) {
      if (!is_known(names, name)) {
        errors.push_back(
            {reason.place, "there is no case '" + name + "'", config::suggest(name, names)});
      } else if (reason.kind != config::Kind::text || reason.text.empty()) {
        errors.push_back({reason.place, "the case '" + name + "' is off without a reason",
                          "write \"" + name + "\" = \"why it does not matter here\""});
      } else {
        given.options.off[name] = reason.text;
      }
    }
  }
  return errors.empty() ? std::nullopt : std::optional(complain(errors));
}

/// Levels and cases that exist.
std::optional<int> check_words(const Arguments& given) {
  const auto names = case_names();
  for (const std::string& name : given.options.cases) {
    if (is_known(names, name)) continue;
    std::fprintf(stderr, "convene: there is no case '%s'; %s\n", name.c_str(),
                 nearest(name, names).empty() ? "convene check --list names them all"
                                              : config::suggest(name, names).c_str());
    return kUsage;
  }
  for (const std::string& level : given.options.levels) {
    if (is_known(check::all_levels(), level)) continue;
    std::fprintf(stderr, "convene: there is no level '%s'; %s\n", level.c_str(),
                 config::suggest(level, check::all_levels()).c_str());
    return kUsage;
  }
  return std::nullopt;
}

int tell(const check::Report& report, const Arguments& given) {
  const bool colour = ::isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR");
  const std::string text =
      given.json ? check::to_json(report) : check::to_text(report, colour, given.verbose);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return report.count(check::Outcome::failed) ? kFailed : kOk;
}

int run_check(Arguments& given) {
  if (given.list) {
    std::fputs(check::list_cases().c_str(), stdout);
    return kOk;
  }
  if (given.plugin.empty() && given.adapter.empty() && given.library.empty()) {
    std::fprintf(stderr,
                 "convene: name a library: convene check build/policy_mine.so; or a command: "
                 "convene check plugin -- python3 policy_mine.py\n");
    return kUsage;
  }
  for (const auto& step : {check_words(given), read_config(given), read_switches(given)}) {
    if (step) return *step;
  }
  given.options.convene_host = (program_folder() / "convene-host").string();
  if (!given.adapter.empty())
    return tell(check::check_adapter(given.adapter, given.options), given);
  if (!given.plugin.empty()) return tell(check::check_program(given.plugin, given.options), given);
  return tell(check::check_library_file(given.library, given.options), given);
}

void add_common_options(CLI::App* command, Arguments* given) {
  command->add_option("--case", given->options.cases, "Only this case; may be repeated");
  command->add_option("--config", given->config,
                      "Settings: an example configuration (.toml), or JSON (.json)");
  command->add_option("--switches", given->switches,
                      "Cases that are off, instead of convene-check.toml");
  command->add_option("--jobs", given->options.jobs, "Cases at once")->check(CLI::Range(1, 64));
  command
      ->add_option_function<unsigned>(
          "--deadline",
          [given](unsigned seconds) { given->options.deadline = std::chrono::seconds(seconds); },
          "Seconds that a case may take (default 30)")
      ->check(CLI::Range(1, 3600));
  command->add_flag("--json", given->json,
                    "The report for programs: core/check/report.schema.json");
  command->add_flag("-v,--verbose", given->verbose, "Show every case");
}

/// What is asked of plugins only, libraries and commands.
void add_plugin_options(CLI::App* command, Arguments* given) {
  command->add_option(
      "--level", given->options.levels,
      "load, life, hostile, pure, quick, reload, isolated or fuzz; may be repeated");
  command->add_option("--plugin", given->options.plugin,
                      "Only this plugin of the library; of a command: what it must call itself");
  command->add_option("--runs", given->options.runs, "Random questions per fuzz case")
      ->check(CLI::Range(1, 100'000'000));
  command->add_option_function<std::uint64_t>(
      "--reproduce", [given](std::uint64_t seed) { given->options.seed = seed; },
      "The seed of random cases, as a finding names it");
  add_common_options(command, given);
}

/// `convene check WORD -- COMMAND`.
CLI::App* add_command(CLI::App* check, const char* word, const char* what,
                      std::vector<std::string>& into, const char* examples) {
  CLI::App* command = check->add_subcommand(word, what);
  command->footer(std::string("Examples:\n") + examples +
                  "\nExit codes: 0 every case passed; 1 one failed; 64 the command line is wrong.");
  command->add_option("COMMAND", into, "The program and its arguments, after --")->required();
  return command;
}

}  // namespace

void add_check_commands(CLI::App& app, std::function<int()>& run) {
  const auto shared = std::make_shared<Arguments>();  // CLI11 keeps pointers into it
  Arguments* const given = shared.get();
  CLI::App* command =
      app.add_subcommand("check", "Prove that a plugin keeps the contract, case by case");
  command->footer(kFooter);
  command->add_option("LIBRARY", given->library, "The plugin's .so");
  command->add_flag("--list", given->list, "Print all cases: what each proves, what to do");
  add_plugin_options(command, given);
  add_plugin_options(
      add_command(command, "plugin",
                  "Start a plugin that is a command, speak its wire, and prove the same of it",
                  given->plugin,
                  "  convene check plugin -- python3 policy_mine.py\n"
                  "  convene check plugin --config example.toml --level life -- ./policy_mine\n"),
      given);
  add_common_options(
      add_command(command, "adapter",
                  "Start an adapter's process, speak the bus to it, and score it", given->adapter,
                  "  convene check adapter -- ./my_adapter --verbose\n"
                  "  convene check adapter --config settings.json -- python3 crm.py\n"),
      given);
  command->callback([shared, &run] { run = [shared] { return run_check(*shared); }; });
}

}  // namespace convene::app
