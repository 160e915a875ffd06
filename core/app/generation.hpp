// core/app/generation.hpp - one configuration made real: its plugins loaded and bound, its adapters
// ready to start.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/app/data_folder.hpp"
#include "core/runtime/config.hpp"
#include "core/runtime/node.hpp"
#include "core/runtime/supervisor.hpp"
#include "sdk/host/loader.hpp"

namespace convene::app {

/// A plugin that was asked for, and what came of it.
struct PluginOutcome {
  std::string id;
  std::unique_ptr<LoadedPlugin> plugin;  ///< Null: refused.
  std::string refusal;
};

/// Everything that is replaced together at a reload. The plugins live as long as it does: keep it
/// until the node has let go of their tables.
struct Generation {
  Config config;
  std::unique_ptr<Loader> loader;
  std::vector<PluginOutcome> plugins;
  EngineSettings settings;
  std::map<std::string, AdapterOptions> adapters;
  std::vector<ChildSpec> children;
};

struct GenerationOutcome {
  std::unique_ptr<Generation> generation;  ///< Null where there are errors.
  std::vector<ConfigError> errors;
};

/// Loads what `config` names. A plugin that is refused stops nobody else; only a flow that needs it
/// is an error, which names both.
GenerationOutcome make_generation(const Config& config, const Key& master);

/// The folder of the running program, and what is looked for beside it.
std::filesystem::path program_folder();
std::filesystem::path resolve_plugin_folder(const std::filesystem::path& configured);

/// Where gateways keep what was said in sessions that live, a folder for each gateway.
std::filesystem::path transcript_folder(const Config& config);

/// What an adapter is told when it says hello: {settings, flows, agents, plugins, desk_key,
/// transcripts}. Only a gateway gets password hashes, plugins, the key and the folder.
std::string welcome_config(const Config& config, const AdapterConfig& adapter, const Key& desk_key);

/// The program and environment of an adapter that we start.
ChildSpec child_of(const Config& config, const AdapterConfig& adapter);

}  // namespace convene::app
