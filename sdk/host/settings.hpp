// sdk/host/settings.hpp - the settings of one plugin, against what it says of itself.
#pragma once

#include <string>

#include "core/model/result.hpp"
#include "sdk/host/loaded_plugin.hpp"

namespace convene {

/// `config` as canonical JSON that satisfies the plugin's schema; empty counts as {}. Errors are
/// sentences without the plugin's name.
Result<std::string> check_settings(const PluginDescription& plugin, const std::string& config);

}  // namespace convene
