// core/app/main.cpp - the command line of `convene`.
#include <CLI/CLI.hpp>

#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/app/command_groups.hpp"
#include "core/app/commands.hpp"
#include "core/app/exit_codes.hpp"
#include "core/app/plugin_reports.hpp"
#include "core/app/version.hpp"
#include "core/runtime/config_document.hpp"
#include "core/runtime/supervisor.hpp"

namespace {

using namespace convene::app;

constexpr const char* kExitCodes =
    "Exit codes: 0 done; 1 tried and failed; 2 the configuration is wrong, nothing was done; 3 no "
    "node answers;\n"
    "4 the running node keeps what it has; 64 the command line is wrong.";

struct Arguments {
  std::string config = "convene.toml";
  std::string secret_file;
  bool json = false;
  bool without_secrets = false;
  bool signing = false;
};

// Each command is an action that sets `run`; it is called once the whole line has been understood.
void add_commands(CLI::App& app, Arguments& given, std::function<int()>& run) {
  const auto takes_config = [&](CLI::App* command) {
    command->add_option("CONFIG", given.config, "A TOML file, or a folder of them")
        ->capture_default_str();
    return command;
  };
  const auto add = [&](CLI::App& parent, const char* name, const char* what, const char* examples,
                       std::function<int()> action) {
    CLI::App* command = parent.add_subcommand(name, what);
    command->footer(std::string("Examples:\n") + examples + "\n\n" + kExitCodes);
    command->callback([&run, action = std::move(action)] { run = action; });
    return command;
  };
  takes_config(
      add(app, "serve", "Run a node and its adapters until SIGTERM",
          "  convene serve config/demo.toml\n  kill -HUP PID        apply a changed configuration",
          [&] { return serve(given.config); }));
  CLI::App* status_command =
      takes_config(add(app, "status", "What runs, what waits, what is booked",
                       "  convene status config/demo.toml --json | jq .",
                       [&] { return status(given.config, given.json); }));
  status_command->add_flag("--json", given.json, "As the node says it, for programs");
  takes_config(add(app, "reload",
                   "Check a changed configuration and have the running node apply it",
                   "  convene reload config/demo.toml", [&] { return reload(given.config); }));

  CLI::App* config = app.add_subcommand("config", "Check a configuration, list all keys");
  config->require_subcommand(1);
  config->footer(
      "Examples:\n  convene config check /etc/convene\n  convene config reference > "
      "reference.toml");
  CLI::App* check =
      takes_config(add(*config, "check", "Say everything that is wrong with a configuration",
                       "  convene config check config/demo.toml",
                       [&] { return config_check(given.config, given.without_secrets); }));
  check->add_flag("--without-secrets", given.without_secrets,
                  "Do not read what file: and env: name");
  add(*config, "reference", "Print every key, its default, and why", "  convene config reference",
      [] { return config_reference(); });
  add(*config, "schema", "Print the JSON Schema, for completion in editors",
      "  convene config schema", [] { return config_schema(); });

  add(app, "password", "Make the hash of an agent's password",
      "  convene password                         asks twice\n"
      "  convene password < file > passwords/anna",
      [] { return password(); });
  CLI::App* keys =
      app.add_subcommand("keys", "Make keys: for a bus over tcp, or to sign libraries");
  keys->require_subcommand(1);
  keys->footer("Examples:\n  convene keys new --secret var/bus.key");
  CLI::App* fresh = add(
      *keys, "new", "Make a CURVE key pair, or a signing key",
      "  convene keys new --secret var/bus.key\n  convene keys new --signing --secret release.key",
      [&] {
        return given.signing ? signing_key_new(given.secret_file) : keys_new(given.secret_file);
      });
  fresh->add_option("--secret", given.secret_file,
                    "Write the secret key into this new file, for its owner only");
  fresh->add_flag("--signing", given.signing,
                  "A key for `convene plugin sign` instead, to vouch for libraries");
  add(app, "version", "Print the version", "  convene version", [] {
    std::printf("convene %s\n", kVersion);
    return kOk;
  });
  add_simulate_commands(app, run);
  // The simulator reads its own options: it is named here to be found in --help.
  app.add_subcommand("sim",
                     "Simulate days of operation with faults, from seeds (convene sim --help)");
}

/// Where --help shows which command: by what somebody is about to do.
void group_commands(const CLI::App& app) {
  const std::vector<std::pair<const char*, std::vector<const char*>>> groups = {
      {"Run a node",
       {"serve", "status", "reload", "config", "password", "keys", "erase", "version"}},
      {"Ask why, and what if", {"explain", "replay", "simulate", "sim"}},
      {"Write plugins, and exchange them", {"new", "check", "plugins", "plugin"}}};
  for (const auto& [group, names] : groups) {
    for (const char* name : names) app.get_subcommand(name)->group(group);
  }
}

int unknown(const char* what, const std::string& word, const std::string& command,
            const std::vector<std::string>& known) {
  const std::string of = command == "convene" ? "" : " of " + command;
  std::fprintf(stderr, "convene: unknown %s '%s'%s; %s\n", what, word.c_str(), of.c_str(),
               convene::config::suggest(word, known).c_str());
  return kUsage;
}

/// "unknown option '--jsn' of convene status; did you mean '--json'?", by the innermost command that was understood.
int complain(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* command = &app;
  std::string path = "convene";
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    path += " " + command->get_name();
  }
  const std::vector<std::string> left = app.remaining(true);
  const std::string word = left.empty() ? "" : left.front();
  std::vector<std::string> known;
  if (word.starts_with('-')) {
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
    return unknown("option", word, path, known);
  }
  for (const CLI::App* one : command->get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(one->get_name());
  if (!word.empty() && !known.empty()) return unknown("command", word, path, known);
  const std::string what = word.empty() ? error.what() : "'" + word + "' is one word too many";
  std::fprintf(stderr, "convene: %s\nTry: %s --help\n", what.c_str(), path.c_str());
  return kUsage;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string first = argc > 1 ? argv[1] : "";
  if (first == "run-child") return convene::run_child({argv + 2, argv + argc});
  if (first == "sim") return simulate(argc - 1, argv + 1);

  CLI::App app(
      "Convene: a visitor books a conversation, comes back by a bookmark, and meets the right "
      "agent.",
      "convene");
  app.footer(
      std::string(
          "Examples:\n  convene config check config/demo.toml\n  convene serve config/demo.toml\n"
          "  convene status config/demo.toml\n\n") +
      kExitCodes);
  app.set_version_flag("--version", std::string("convene ") + kVersion);
  app.require_subcommand(1);
  Arguments given;
  std::function<int()> run;
  add_commands(app, given, run);
  add_check_commands(app, run);
  add_new_commands(app, run);
  add_erase_commands(app, run);
  add_explain_commands(app, run);
  add_plugin_commands(app, run);
  add_replay_commands(app, run);
  group_commands(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return complain(app, error);
  }
  return run ? run() : kUsage;
}
