// core/app/generation.hpp - one configuration made real: its plugins loaded and bound, its adapters
// ready to start.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/app/data_folder.hpp"
#include "core/app/plugin_slots.hpp"
#include "core/runtime/config.hpp"
#include "core/runtime/node.hpp"
#include "core/runtime/supervisor.hpp"

namespace convene::app {

/// Everything that is replaced together at a reload. The plugins' tables are those of their slots,
/// which stay for ever.
struct Generation {
  Config config;
  std::vector<PluginOutcome> plugins;  ///< To be applied when the settings are.
  EngineSettings settings;
  std::map<std::string, AdapterOptions> adapters;
  std::vector<ChildSpec> children;
};

struct GenerationOutcome {
  std::unique_ptr<Generation> generation;  ///< Null where there are errors.
  std::vector<ConfigError> errors;
};

/// Loads what `config` names and `slots` do not run already. A plugin that is refused stops nobody
/// else; only a flow that needs it is an error, which names both.
GenerationOutcome make_generation(const Config& config, const Key& master, PluginSlots& slots);

/// What is wrong with a configuration as it was read, and as the plugins and adapters see it that it
/// names; where something is wrong already, those whose own tables are right are asked nevertheless.
std::vector<ConfigError> everything_wrong(const ConfigOutcome& outcome);

/// The folder of the running program, and what is looked for beside it.
std::filesystem::path program_folder();
std::filesystem::path resolve_plugin_folder(const std::filesystem::path& configured);

/// Where gateways keep what was said in sessions that live, a folder for each gateway.
std::filesystem::path transcript_folder(const Config& config);

/// What an adapter is told when it says hello: {settings, flows, agents, plugins, desk_key,
/// transcripts}. Only a gateway gets password hashes, plugins, the key and the folder.
std::string welcome_config(const Config& config, const AdapterConfig& adapter, const Key& desk_key);

/// The program and environment of an adapter that we start. `sha256` is that of its library, where it
/// is one: every restart runs these very bytes.
ChildSpec child_of(const Config& config, const AdapterConfig& adapter, const std::string& sha256);

}  // namespace convene::app
