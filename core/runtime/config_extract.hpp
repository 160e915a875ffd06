// core/runtime/config_extract.hpp - the steps from a checked tree to settings that can be trusted.
#pragma once

#include "core/runtime/config_document.hpp"

namespace convene::config {

/// Takes the values out of a tree that `check_against_schema` has seen; what it refused keeps its
/// default.
Config extract(const Value& root, const SecretReader& secrets, std::vector<ConfigError>& errors);

/// What only shows between tables: references that lead nowhere, addresses used twice, settings
/// known to be dangerous.
void check_whole(const Value& root, const Config& config, std::vector<ConfigError>& errors);

/// Leaves of `config` what can be looked at further although there are `errors`: the plugins, flows and
/// adapters whose own tables, and those that they need, have none; nothing of them where the node itself
/// or its plugins' folder is in doubt, as then nobody knows what may be run.
void keep_sound_part(const Value& root, const std::vector<ConfigError>& errors, Config& config);

}  // namespace convene::config
