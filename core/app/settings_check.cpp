// core/app/settings_check.cpp - finds the schema, asks the checker, and points at the line that is to blame.
#include "core/app/settings_check.hpp"

#include "core/app/adapter_schema.hpp"
#include "sdk/host/settings.hpp"

namespace convene::app {
namespace {

using Errors = std::vector<ConfigError>;

/// Where the configuration says what `fault` complains of: its first word in quotes is the path of a
/// key below `table`, or leads to one that is not written there.
Place place_of(const std::map<std::string, Place>& places, const std::string& table,
               const std::string& fault, const Place& otherwise) {
  std::string path = table;
  if (fault.starts_with('"')) path += "." + fault.substr(1, fault.find('"', 1) - 1);
  for (;;) {
    if (const auto place = places.find(path); place != places.end()) return place->second;
    if (path.size() <= table.size()) return otherwise;
    path.resize(path.rfind('.'));
  }
}

/// The settings of one thing: `whose` begins each sentence, `label` is its table, `table` the key in it.
struct Told {
  std::string whose;
  std::string label;
  std::string table;
  const std::map<std::string, Place>& places;
  const Place& otherwise;
};

void add_faults(const Told& told, const std::string& refusal, Errors& errors) {
  for (const std::string& fault : wrong_settings_in(refusal))
    errors.push_back({place_of(told.places, told.table, fault, told.otherwise), told.whose + fault,
                      "correct it below [" + told.label + "." + told.table + "]"});
}

/// What a flow says to one of its plugins, `table` in its TOML.
void check_one(const Generation& generation, const std::string& flow, const std::string& table,
               const std::string& plugin, const std::string& settings, Errors& errors) {
  for (const PluginOutcome& outcome : generation.plugins) {
    if (outcome.id != plugin || !outcome.plugin) continue;
    const Config& config = generation.config;
    if (const Status fine = check_flow_settings(outcome.plugin->description(), settings); !fine)
      add_faults(
          {"the flow '" + flow + "' gives '" + plugin + "' settings that it does not take: ",
           "flow." + flow, table, config.setting_places.at(flow), config.flow_places.at(flow)},
          fine.error().text, errors);
  }
}

}  // namespace

void check_plugin_settings_of(const Generation& generation, Errors& errors) {
  for (const PluginOutcome& outcome : generation.plugins) {
    if (outcome.refusal.empty()) continue;
    const PluginConfig& plugin = generation.config.plugins.at(outcome.id);
    add_faults({"the plugin '" + outcome.id + "' has wrong settings: ", "plugin." + outcome.id,
                "settings", plugin.setting_places, plugin.place},
               outcome.refusal, errors);
  }
}

void check_flow_settings_of(const Generation& generation, Errors& errors) {
  for (const auto& [id, flow] : generation.config.flows) {
    check_one(generation, id, "settings", flow.service, flow.settings, errors);
    for (const auto& [channel, settings] : flow.channel_settings)
      check_one(generation, id, "channel." + channel, "channel_" + channel, settings, errors);
  }
}

void check_adapter_settings(const Config& config, const AdapterConfig& adapter, Errors& errors) {
  const auto schema = adapter_schema(config, adapter);
  if (!schema) {
    errors.push_back(
        {adapter.place, "the adapter '" + adapter.id + "' cannot run", schema.error().text});
    return;
  }
  if (!*schema) return;
  PluginDescription says;
  says.config_schema = **schema;
  if (const auto fine = check_settings(says, adapter.settings); !fine)
    add_faults({"the adapter '" + adapter.id + "' has wrong settings: ", "adapter." + adapter.id,
                "settings", adapter.setting_places, adapter.place},
               fine.error().text, errors);
}

}  // namespace convene::app
