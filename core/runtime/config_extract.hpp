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

}  // namespace convene::config
