// core/app/settings_check.hpp - what flows say to plugins and the configuration says to adapters, against what those take.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/app/generation.hpp"

namespace convene::app {

/// Where the configuration says what `sentence`, the checker's, complains of: its first word in quotes
/// is the key below `table` where one key is to blame.
Place setting_place(const std::map<std::string, Place>& places, const std::string& table,
                    const std::string& sentence, const Place& otherwise);

/// Every flow's settings for its service and its channels.
void check_flow_settings_of(const Generation& generation, std::vector<ConfigError>& errors);

/// The settings of one adapter that we start, where it offers a schema (adapter_schema.hpp).
void check_adapter_settings(const Config& config, const AdapterConfig& adapter,
                            std::vector<ConfigError>& errors);

}  // namespace convene::app
