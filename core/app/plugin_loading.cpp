// core/app/plugin_loading.cpp - one configured plugin, loaded where its configuration says.
#include "core/app/plugin_loading.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/app/generation.hpp"
#include "core/app/plugin_slots.hpp"
#include "core/runtime/log.hpp"

namespace convene::app {
namespace {

namespace fs = std::filesystem;

void log_of_plugin(const PluginLog& line) {
  const auto level = static_cast<log::Level>(std::clamp(line.level, 0, 3));
  log::write(level, "plugin.says",
             {{"plugin", line.plugin}, {"about", line.id}, {"message", line.message}});
}

/// Whether the folder's list of what came with Convene names the file. A list that others may write
/// says nothing.
bool is_bundled(const std::string& file, const std::string& folder) {
  const std::string name = folder + "/bundled.list";
  struct stat s {};
  if (::stat(name.c_str(), &s) != 0 || (s.st_mode & (S_IWGRP | S_IWOTH)) != 0 ||
      (s.st_uid != 0 && s.st_uid != ::geteuid())) {
    return false;
  }
  std::ifstream list(name);
  for (std::string line; std::getline(list, line);) {
    if (line == file) return true;
  }
  return false;
}

/// What no plugin reads, wherever its own files lie: our data, configuration and secrets.
std::vector<std::string> hidden_of(const Config& config) {
  const fs::path data = fs::absolute(config.data).lexically_normal();
  std::vector<std::string> hidden = {data.string()};
  for (const auto& [flow, place] : config.flow_places)
    if (hidden.back() != place.file) hidden.push_back(place.file);
  const auto hide = [&](const Secret& secret) {
    if (!secret.source.starts_with("file:")) return;
    const fs::path file = (data / secret.source.substr(5)).lexically_normal();
    if (*file.lexically_relative(data).begin() == "..") hidden.push_back(file.string());
  };
  hide(config.bus_secret_key);
  for (const auto& [id, agent] : config.agents) hide(agent.password);
  for (const auto& [id, adapter] : config.adapters) hide(adapter.secret_key);
  return hidden;
}

}  // namespace

bool runs_apart(const PluginConfig& plugin, const std::string& folder) {
  if (!plugin.command.empty()) return true;
  if (!plugin.isolation.empty()) return plugin.isolation == "process";
  return !is_bundled(plugin.path, folder);
}

IsolationOptions isolation_of(const Config& config, const PluginConfig& plugin) {
  IsolationOptions options;
  options.command = plugin.command;
  // A socket's path is short: where the data folder's is not, the sockets lie in a folder for such.
  // Nor is the data folder made here: whoever serves chooses its rights.
  constexpr std::size_t kRoom = 80;
  const fs::path folder = (fs::absolute(config.data) / "hosts").lexically_normal();
  if (fs::is_directory(config.data) && folder.string().size() <= kRoom) {
    options.folder = folder.string();
  }
  if (plugin.deadline > Duration{0}) {
    options.deadline = IsolationOptions::Millis(plugin.deadline.count());
    options.step_deadline = options.deadline;
  }
  options.memory_max_mib = plugin.memory_max_mib;
  options.network = plugin.network;
  options.hidden = hidden_of(config);
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
