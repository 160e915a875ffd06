// core/app/generation.cpp - loads the plugins of a configuration and binds them for the engine.
#include "core/app/generation.hpp"

#include <algorithm>

#include "core/app/journaling.hpp"
#include "core/app/settings_check.hpp"
#include "core/runtime/log.hpp"
#include "sdk/host/settings.hpp"
#include "sdk/host/vetting.hpp"

namespace convene::app {
namespace {

namespace fs = std::filesystem;
using Errors = std::vector<ConfigError>;

// To the tables of slots, which stay whatever generation answers.
void bind(Generation& generation) {
  for (const PluginOutcome& outcome : generation.plugins) {
    if (!outcome.plugin) continue;
    if (outcome.plugin->extension<convene_routing>()) {
      const auto routing = outcome.slot->routing();
      generation.settings.routing[outcome.id] = {routing.table, routing.self,
                                                 outcome.plugin->label(), &outcome.slot->note()};
    }
    if (outcome.plugin->extension<convene_service>()) {
      const auto service = outcome.slot->service();
      generation.settings.services[outcome.id] = {service.table, service.self};
    }
  }
}

// Says which flow misses which plugin, and why it is not there.
void require(const Generation& generation, const std::string& flow, std::string_view key,
             const std::string& id, bool bound, std::string_view extension, Errors& errors) {
  if (bound || id.empty()) return;
  const auto outcome = std::find_if(generation.plugins.begin(), generation.plugins.end(),
                                    [&](const PluginOutcome& p) { return p.id == id; });
  const bool refused = outcome != generation.plugins.end() && !outcome->plugin;
  // Its wrong settings are shown where they stand, once (check_plugin_settings_of).
  if (refused && !wrong_settings_in(outcome->refusal).empty()) return;
  errors.push_back(
      {generation.config.flow_places.at(flow),
       "the flow '" + flow + "' needs the plugin '" + id + "' as " + std::string(key) +
           (refused ? ", which was refused" : ", which does not offer " + std::string(extension)),
       refused ? outcome->refusal : "name another plugin"});
}

bool offers_channel(const Generation& generation, const std::string& id) {
  return std::any_of(generation.plugins.begin(), generation.plugins.end(),
                     [&](const PluginOutcome& p) {
                       return p.id == id && p.plugin && p.plugin->extension<convene_channel>();
                     });
}

void check_flows(const Generation& generation, Errors& errors) {
  const EngineSettings& settings = generation.settings;
  for (const auto& [id, flow] : generation.config.flows) {
    require(generation, id, "service", flow.service, settings.services.contains(flow.service),
            CONVENE_SERVICE, errors);
    require(generation, id, "routing", flow.routing, settings.routing.contains(flow.routing),
            CONVENE_ROUTING, errors);
    require(generation, id, "fallback", flow.fallback, settings.routing.contains(flow.fallback),
            CONVENE_ROUTING, errors);
    for (const std::string& channel : flow.channels) {
      const std::string plugin = "channel_" + channel;
      require(generation, id, "channel", plugin, offers_channel(generation, plugin),
              CONVENE_CHANNEL, errors);
    }
  }
}

PeerKind kind_of(const AdapterConfig& adapter) {
  return adapter.kind == "proxy"     ? PeerKind::proxy
         : adapter.kind == "records" ? PeerKind::records
                                     : PeerKind::gateway;
}

/// The content of the adapter's library, vetted as that of every plugin; empty for a command.
Result<std::string> library_of(const Config& config, const AdapterConfig& adapter) {
  if (adapter.plugin.empty()) return std::string();
  const auto signatures = signatures_of(config);
  if (!signatures) return signatures.error();
  auto vetted = vet_library(resolve_plugin_folder(config.plugin_folder).string(),
                            adapter.plugin + ".so", adapter.sha256, *signatures);
  if (!vetted) return vetted.error();
  return vetted->sha256;
}

}  // namespace

fs::path program_folder() {
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed);
  return failed ? fs::current_path() : program.parent_path();
}

fs::path resolve_plugin_folder(const fs::path& configured) {
  if (configured.is_absolute()) return configured;
  const fs::path here = program_folder();
  for (const fs::path& base : {here, here.parent_path(), here.parent_path() / "lib" / "convene"}) {
    if (fs::is_directory(base / configured)) return base / configured;
  }
  return here / configured;
}

GenerationOutcome make_generation(const Config& config, const Key& master, PluginSlots& slots) {
  GenerationOutcome outcome;
  auto generation = std::make_unique<Generation>();
  generation->config = config;
  generation->plugins = slots.plan(config);
  bind(*generation);
  check_flows(*generation, outcome.errors);
  check_plugin_settings_of(*generation, outcome.errors);
  check_flow_settings_of(*generation, outcome.errors);

  EngineSettings& settings = generation->settings;
  settings.flows = config.flows;
  settings.limits = config.limits;
  settings.keep = std::chrono::hours(24) * config.keep_days;
  for (const auto& [id, agent] : config.agents) settings.agents[id] = agent.settings;
  settings.config_hash = journal::config_hash(settings, plugin_records(*generation));
  const Key desk_key = derive_key(master, "convdesk");
  for (const auto& [id, adapter] : config.adapters) {
    generation->adapters[id] = {kind_of(adapter), welcome_config(config, adapter, desk_key),
                                adapter.public_key};
    if (adapter.command.empty() && adapter.plugin.empty()) continue;
    const auto sha256 = library_of(config, adapter);
    if (!sha256) {
      outcome.errors.push_back(
          {adapter.place, "the adapter '" + id + "' cannot run", sha256.error().text});
      continue;
    }
    check_adapter_settings(config, adapter, outcome.errors);
    generation->children.push_back(child_of(config, adapter, *sha256));
  }
  sort_errors(outcome.errors);
  if (outcome.errors.empty()) outcome.generation = std::move(generation);
  return outcome;
}

std::vector<ConfigError> everything_wrong(const ConfigOutcome& outcome) {
  std::vector<ConfigError> errors = outcome.errors;
  log::Settings quiet;
  quiet.level = log::Level::error;
  if (const auto opened = log::open(quiet); !opened) {
    errors.push_back({{}, "plugins and adapters cannot be asked", opened.error().text});
    return errors;
  }
  PluginSlots slots;
  for (ConfigError& more : make_generation(outcome.config, Key{}, slots).errors)
    errors.push_back(std::move(more));
  sort_errors(errors);
  return errors;
}

}  // namespace convene::app
