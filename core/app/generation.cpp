// core/app/generation.cpp - loads the plugins of a configuration and binds them for the engine.
#include "core/app/generation.hpp"

#include <algorithm>

#include "core/app/plugin_loading.hpp"
#include "core/runtime/log.hpp"

namespace convene::app {
namespace {

namespace fs = std::filesystem;
using Errors = std::vector<ConfigError>;

void log_of_plugin(const PluginLog& line) {
  const auto level = static_cast<log::Level>(std::clamp(line.level, 0, 3));
  log::write(level, "plugin.says",
             {{"plugin", line.plugin}, {"about", line.id}, {"message", line.message}});
}

void load_plugins(Generation& generation) {
  const Config& config = generation.config;
  HostOptions options;
  options.folder = resolve_plugin_folder(config.plugin_folder).string();
  options.log = log_of_plugin;
  generation.loader = std::make_unique<Loader>(options);
  for (const auto& [id, wanted] : config.plugins) {
    PluginOutcome outcome;
    outcome.id = id;
    auto loaded = load_configured(*generation.loader, options, config, wanted);
    if (loaded) {
      outcome.plugin = std::move(*loaded);
      log::info("plugin.loaded", {{"plugin", id},
                                  {"version", outcome.plugin->version()},
                                  {"sha256", outcome.plugin->sha256()}});
    } else {
      outcome.refusal = loaded.error().text;
      log::error("plugin.refused",
                 {{"plugin", id}, {"code", loaded.error().code}, {"why", outcome.refusal}});
    }
    generation.plugins.push_back(std::move(outcome));
  }
}

void bind(Generation& generation) {
  for (const PluginOutcome& outcome : generation.plugins) {
    if (!outcome.plugin) continue;
    if (const auto routing = outcome.plugin->extension<convene_routing>()) {
      generation.settings.routing[outcome.id] = {routing.table, routing.self,
                                                 outcome.plugin->label(),
                                                 outcome.plugin->routing_note()};
    }
    if (const auto service = outcome.plugin->extension<convene_service>()) {
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

GenerationOutcome make_generation(const Config& config, const Key& master) {
  GenerationOutcome outcome;
  auto generation = std::make_unique<Generation>();
  generation->config = config;
  load_plugins(*generation);
  bind(*generation);
  check_flows(*generation, outcome.errors);
  if (!outcome.errors.empty()) return outcome;

  EngineSettings& settings = generation->settings;
  settings.flows = config.flows;
  settings.limits = config.limits;
  for (const auto& [id, agent] : config.agents) settings.agents[id] = agent.settings;
  const Key desk_key = derive_key(master, "convdesk");
  for (const auto& [id, adapter] : config.adapters) {
    generation->adapters[id] = {kind_of(adapter), welcome_config(config, adapter, desk_key),
                                adapter.public_key};
    if (!adapter.command.empty()) generation->children.push_back(child_of(config, adapter));
  }
  outcome.generation = std::move(generation);
  return outcome;
}

}  // namespace convene::app
