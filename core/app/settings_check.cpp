// core/app/settings_check.cpp - finds the schema, asks the checker, and points at the line that is to blame.
#include "core/app/settings_check.hpp"

#include "core/app/adapter_schema.hpp"
#include "sdk/host/settings.hpp"

namespace convene::app {
namespace {

using Errors = std::vector<ConfigError>;

/// What a flow says to one of its plugins, `table` in its TOML.
void check_one(const Generation& generation, const std::string& flow, const std::string& table,
               const std::string& plugin, const std::string& settings, Errors& errors) {
  for (const PluginOutcome& outcome : generation.plugins) {
    if (outcome.id != plugin || !outcome.plugin) continue;
    const Status fine = check_flow_settings(outcome.plugin->description(), settings);
    if (fine) return;
    const std::string& what = fine.error().text;
    const Config& config = generation.config;
    errors.push_back({setting_place(config.setting_places.at(flow), table, what,
                                    config.flow_places.at(flow)),
                      "the flow '" + flow + "' gives '" + plugin +
                          "' settings that it does not take: " + what,
                      "correct it below [flow." + flow + "." + table + "]"});
  }
}

}  // namespace

Place setting_place(const std::map<std::string, Place>& places, const std::string& table,
                    const std::string& sentence, const Place& otherwise) {
  const auto quote = sentence.find('"');
  const std::string key =
      quote == sentence.npos
          ? ""
          : sentence.substr(quote + 1, sentence.find_first_of("\".", quote + 1) - quote - 1);
  auto place = places.find(table + "." + key);
  if (place == places.end()) place = places.find(table);
  return place == places.end() ? otherwise : place->second;
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
    errors.push_back({adapter.place, "the adapter '" + adapter.id + "' cannot run",
                      schema.error().text});
    return;
  }
  if (!*schema) return;
  PluginDescription says;
  says.config_schema = **schema;
  const auto fine = check_settings(says, adapter.settings);
  if (fine) return;
  const std::string& what = fine.error().text;
  errors.push_back({setting_place(adapter.setting_places, "settings", what, adapter.place),
                    "the adapter '" + adapter.id + "' " + what,
                    "correct it below [adapter." + adapter.id + ".settings]"});
}

}  // namespace convene::app
