// core/app/simulate.cpp - gives the simulator a configuration's flows and the plugins that production loads.
#include <cstdio>
#include <cstring>
#include <memory>
#include <set>
#include <vector>

#include "core/app/commands.hpp"
#include "core/app/console.hpp"
#include "core/app/exit_codes.hpp"
#include "core/app/generation.hpp"
#include "core/sim/sim.hpp"
#include "sdk/host/loader.hpp"

namespace convene::app {
namespace {

namespace fs = std::filesystem;

/// What is installed, or lies beside the build.
fs::path default_house() {
  return program_folder().parent_path() / "share/convene/config/sim.toml";
}

/// Policies and services that flows name: channels belong to a gateway, and there is none in a simulation.
std::set<std::string> needed(const Config& config) {
  std::set<std::string> ids;
  for (const auto& [id, flow] : config.flows)
    ids.insert({flow.service, flow.routing, flow.fallback});
  ids.erase("");
  return ids;
}

}  // namespace

int simulate(int argc, char** argv) {
  const bool given = argc > 1 && std::strcmp(argv[1], "--config") == 0;
  if (given && argc < 3) {
    std::fprintf(stderr, "convene sim --config wants a file; config/sim.toml is one\n");
    return kUsage;
  }
  const NoSecrets none;
  const ConfigOutcome house = load_config(given ? fs::path(argv[2]) : default_house(), none);
  std::fputs(to_text(house.errors).c_str(), stderr);
  if (!house) return kBadConfig;
  const Config& config = house.config;
  HostOptions options;
  options.folder = resolve_plugin_folder(config.plugin_folder).string();
  // A busy machine is no fault of a plugin's: what a simulation shows must not depend on how fast it runs.
  options.budget = std::chrono::hours(1);
  Loader loader(std::move(options));
  std::vector<std::unique_ptr<LoadedPlugin>> plugins;
  sim::SimPlugins bound;
  bound.flows = config.flows;
  for (const std::string& id : needed(config)) {
    const PluginConfig& wish = config.plugins.at(id);
    auto loaded = loader.load({id, wish.path, wish.settings, wish.sha256});
    if (!loaded) {
      std::fprintf(stderr, "convene: %s\n", loaded.error().text.c_str());
      return kFailed;
    }
    if (const auto routing = (*loaded)->extension<convene_routing>()) {
      bound.routing[id] = {routing.table, routing.self, (*loaded)->label()};
    }
    if (const auto service = (*loaded)->extension<convene_service>()) {
      bound.services[id] = {service.table, service.self};
    }
    plugins.push_back(std::move(*loaded));
  }
  const int taken = given ? 2 : 0;
  argv[taken] = argv[0];
  return sim::sim_main(argc - taken, argv + taken, bound);
}

}  // namespace convene::app
