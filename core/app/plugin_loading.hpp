// core/app/plugin_loading.hpp - one configured plugin, loaded where its configuration says: here or apart.
#pragma once

#include <memory>
#include <string>

#include "core/runtime/config.hpp"
#include "sdk/host/isolated.hpp"
#include "sdk/host/loader.hpp"

namespace convene::app {

/// Whether the plugin runs in a process of its own. What came with Convene is listed in the plugin
/// folder's `bundled.list`; everything else is apart unless the configuration says otherwise.
bool runs_apart(const PluginConfig& plugin, const std::string& folder);

/// How its process is watched; its sockets lie below the node's data folder.
IsolationOptions isolation_of(const Config& config, const PluginConfig& plugin);

/// Loads it with `loader`, or apart from this process, with the same `options`.
Result<std::unique_ptr<LoadedPlugin>> load_configured(Loader& loader, const HostOptions& options,
                                                      const Config& config,
                                                      const PluginConfig& plugin);

}  // namespace convene::app
