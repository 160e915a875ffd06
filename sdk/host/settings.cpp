// sdk/host/settings.cpp - JSON in, canonical JSON or the reason out.
#include "sdk/host/settings.hpp"

#include "convene/json.hpp"
#include "sdk/host/config_schema.hpp"

namespace convene {

Result<std::string> check_settings(const PluginDescription& plugin, const std::string& config) {
  const json::Parsed settings = json::parse(config.empty() ? "{}" : config);
  if (!settings) return Error{"plugin.config", "has settings that are not JSON: " + settings.error};
  if (!settings.value->as_object()) return Error{"plugin.config", "has settings that are no table"};
  if (plugin.config_schema.empty()) {
    if (settings.value->object().empty()) return json::write(*settings.value);
    return Error{"plugin.config",
                 "takes no settings; remove " + settings.value->object().front().key};
  }
  const json::Parsed schema = json::parse(plugin.config_schema);
  if (Status fine = check_config(*schema.value, *settings.value); !fine) {
    return Error{"plugin.config", "has wrong settings: " + fine.error().text};
  }
  return json::write(*settings.value);
}

Status check_flow_settings(const PluginDescription& plugin, const std::string& settings) {
  if (plugin.config_schema.empty()) return ok();
  const json::Parsed schema = json::parse(plugin.config_schema);
  const json::Value* defs = schema ? schema.value->find("$defs") : nullptr;
  const json::Value* flow = defs ? defs->find("flow") : nullptr;
  if (!flow) return ok();
  const json::Parsed given = json::parse(settings.empty() ? "{}" : settings);
  if (!given) return Error{"plugin.config", "is not JSON: " + given.error};
  return check_config(*flow, *given.value);
}

}  // namespace convene
