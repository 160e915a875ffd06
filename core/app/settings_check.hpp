// core/app/settings_check.hpp - what flows say to plugins and the configuration says to adapters, against what those take.
#pragma once

#include <string>
#include <vector>

#include "core/app/generation.hpp"

namespace convene::app {

/// Every refused plugin's own settings, where those are why it was refused.
void check_plugin_settings_of(const Generation& generation, std::vector<ConfigError>& errors);

/// Every flow's settings for its service and its channels.
void check_flow_settings_of(const Generation& generation, std::vector<ConfigError>& errors);

/// The settings of one adapter that we start, where it offers a schema (adapter_schema.hpp).
void check_adapter_settings(const Config& config, const AdapterConfig& adapter,
                            std::vector<ConfigError>& errors);

}  // namespace convene::app
