// sdk/host/settings.hpp - the settings of one plugin, against what it says of itself.
#pragma once

#include <string>
#include <vector>

#include "core/model/result.hpp"
#include "sdk/host/loaded_plugin.hpp"

namespace convene {

/// `config` as canonical JSON that satisfies the plugin's schema; empty counts as {}. Errors are
/// sentences without the plugin's name; where keys are wrong, `wrong_settings_in` takes them apart.
Result<std::string> check_settings(const PluginDescription& plugin, const std::string& config);

/// Whether `settings`, a JSON object of one flow, is what the plugin takes of a flow: the schema
/// `$defs.flow` within its configuration's schema. Without one there is nothing to check.
Status check_flow_settings(const PluginDescription& plugin, const std::string& settings);

/// The faults (config_schema.hpp) that an error of the two names, whoever has put a name before it;
/// none: it is about something else.
std::vector<std::string> wrong_settings_in(const std::string& error);

}  // namespace convene
