// core/app/plugin_commands.cpp - `convene plugins`, `convene plugin reload|back|sign|trust`.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>

#include "core/app/command_groups.hpp"
#include "core/app/exit_codes.hpp"
#include "core/app/plugin_reports.hpp"

namespace convene::app {
namespace {

struct PluginArguments {
  std::string config = "convene.toml";
  bool json = false;
  ReloadOrder order;
  std::string canary;
  std::string file, key;
};

/// "5%", "0.5%" or "5" as a share of 10,000.
std::optional<std::uint32_t> read_percent(const std::string& text) {
  char* end = nullptr;
  const double percent = std::strtod(text.c_str(), &end);
  const std::string_view rest(end);
  const bool good = end != text.c_str() && (rest.empty() || rest == "%");
  if (!good || !std::isfinite(percent) || percent < 0 || percent > 100) return std::nullopt;
  return static_cast<std::uint32_t>(std::lround(percent * 100));
}

}  // namespace

void add_plugin_commands(CLI::App& app, std::function<int()>& run) {
  const auto given = std::make_shared<PluginArguments>();
  const auto add = [&run](CLI::App& parent, const char* name, const char* what,
                          const char* examples, std::function<int()> action) {
    CLI::App* command = parent.add_subcommand(name, what);
    command->footer(std::string("Examples:\n") + examples);
    command->callback([&run, action = std::move(action)] { run = action; });
    return command;
  };
  const auto takes_config = [given](CLI::App* command) {
    command->add_option("CONFIG", given->config, "A TOML file, or a folder of them")
        ->capture_default_str();
    return command;
  };
  CLI::App* plugins = takes_config(add(
      app, "plugins", "Every plugin's generations: who holds sessions, how fast, what was refused",
      "  convene plugins config/demo.toml\n  convene plugins config/demo.toml --json | jq .",
      [given] { return show_plugins(given->config, given->json); }));
  plugins->add_flag("--json", given->json, "As the node says it, for programs");

  CLI::App* plugin =
      app.add_subcommand("plugin", "Exchange a plugin under running sessions; sign and trust");
  plugin->require_subcommand(1);
  plugin->footer(
      "Examples:\n"
      "  convene plugin reload policy_yours config/demo.toml --shadow 1000 --canary 5%\n"
      "  convene plugin back policy_yours config/demo.toml");

  CLI::App* reload = add(
      *plugin, "reload", "Load a new generation of a plugin and exchange it, or try it first",
      "  convene plugin reload policy_yours                     at once, when it has started\n"
      "  convene plugin reload policy_yours --shadow 1000       see first what it would decide\n"
      "  convene plugin reload policy_yours --shadow 1000 --canary 5%\n"
      "  convene plugin reload policy_yours --promote           end the trial with a yes\n"
      "  convene plugin reload policy_yours --file policy_yours_2.so",
      [given] {
        if (!given->canary.empty()) {
          const auto share = read_percent(given->canary);
          if (!share) {
            std::fprintf(stderr, "convene: --canary %s is no percentage from 0%% to 100%%\n",
                         given->canary.c_str());
            return kUsage;
          }
          given->order.canary = *share;
        }
        return reload_plugin(given->config, given->order);
      });
  reload->add_option("ID", given->order.plugin, "The plugin's id")->required();
  takes_config(reload);
  reload->add_option("--file", given->order.file,
                     "Another library of plugins.folder: a file name, no path");
  reload->add_option("--shadow", given->order.shadow,
                     "Ask both generations so many questions first, and show where they differ");
  reload->add_option("--canary", given->canary, "Then give it this share of the sessions: 5%");
  reload->add_flag("--promote", given->order.promote,
                   "After a shadow that did not fail: exchange. Alone: end the trial with a yes");
  reload->add_option("--wait", given->order.wait_s, "Watch the shadow for so many seconds at most")
      ->capture_default_str();

  CLI::App* back = add(*plugin, "back", "End a trial, or go back to the generation before",
                       "  convene plugin back policy_yours config/demo.toml",
                       [given] { return plugin_back(given->config, given->order.plugin); });
  back->add_option("ID", given->order.plugin, "The plugin's id")->required();
  takes_config(back);

  CLI::App* sign = add(*plugin, "sign", "Write FILE.sig: who vouches for this library",
                       "  convene keys new --signing --secret release.key\n"
                       "  convene plugin sign build/policy_yours.so --key release.key",
                       [given] { return sign_plugin(given->file, given->key); });
  sign->add_option("FILE", given->file, "The library")->required();
  sign->add_option("--key", given->key, "File with the secret key, mode 0600")->required();

  CLI::App* trust = add(*plugin, "trust", "Let a key's signatures count at this node",
                        "  convene plugin trust ed25519:Xb0... config/demo.toml",
                        [given] { return trust_key(given->config, given->key); });
  trust->add_option("KEY", given->key, "The public key, as convene keys new --signing prints it")
      ->required();
  takes_config(trust);
}

}  // namespace convene::app
