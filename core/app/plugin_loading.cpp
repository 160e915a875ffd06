// core/app/plugin_loading.cpp - one configured plugin, loaded where its configuration says.
#include "core/app/plugin_loading.hpp"

#include <algorithm>
#include <fstream>

#include "core/app/generation.hpp"
#include "core/app/plugin_slots.hpp"
#include "core/runtime/log.hpp"

namespace convene::app {
namespace {

void log_of_plugin(const PluginLog& line) {
  const auto level = static_cast<log::Level>(std::clamp(line.level, 0, 3));
  log::write(level, "plugin.says",
             {{"plugin", line.plugin}, {"about", line.id}, {"message", line.message}});
}

}  // namespace

bool runs_apart(const PluginConfig& plugin, const std::string& folder) {
  if (!plugin.command.empty()) return true;
  if (!plugin.isolation.empty()) return plugin.isolation == "process";
  std::ifstream list(folder + "/bundled.list");
  for (std::string line; std::getline(list, line);) {
    if (line == plugin.path) return false;
  }
  return true;
}

IsolationOptions isolation_of(const Config& config, const PluginConfig& plugin) {
  IsolationOptions options;
  options.command = plugin.command;
  options.folder = (config.data / "hosts").string();
  if (plugin.deadline > Duration{0}) {
    options.deadline = IsolationOptions::Millis(plugin.deadline.count());
    options.step_deadline = options.deadline;
  }
  options.memory_max_mib = plugin.memory_max_mib;
  options.network = plugin.network;
  return options;
}

Result<std::unique_ptr<LoadedPlugin>> load_configured(Loader& loader, const HostOptions& options,
                                                      const Config& config,
                                                      const PluginConfig& plugin) {
  const PluginWish wish{plugin.id, plugin.path, plugin.settings, plugin.sha256, true};
  if (!runs_apart(plugin, options.folder)) return loader.load(wish);
  return load_isolated(options, wish, isolation_of(config, plugin));
}

std::string hosting_of(const Config& config, const PluginConfig& plugin) {
  if (!runs_apart(plugin, resolve_plugin_folder(config.plugin_folder).string())) return "core";
  std::string out = "process";
  for (const std::string& word : plugin.command) out += " " + word;
  return out + " deadline " + std::to_string(plugin.deadline.count()) + " memory " +
         std::to_string(plugin.memory_max_mib) + (plugin.network ? " network" : "");
}

Result<std::unique_ptr<LoadedPlugin>> load_plugin(const Config& config, PluginConfig wanted,
                                                  const std::string& sha256) {
  auto signatures = signatures_of(config);
  if (!signatures) return signatures.error();
  HostOptions options;
  options.folder = resolve_plugin_folder(config.plugin_folder).string();
  options.signatures = std::move(*signatures);
  options.log = log_of_plugin;
  wanted.sha256 = sha256;  // exactly the bytes that were looked at
  Loader loader(options);
  return load_configured(loader, options, config, wanted);
}

}  // namespace convene::app
