// core/app/simulate.cpp - gives the simulator the plugins that production loads.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "core/app/commands.hpp"
#include "core/app/exit_codes.hpp"
#include "core/app/generation.hpp"
#include "core/sim/sim.hpp"
#include "sdk/host/loader.hpp"

namespace convene::app {
namespace {

// What the folder holds for an engine: channels belong to a gateway, and there is none in a simulation.
std::vector<std::string> policies_and_services(const std::filesystem::path& folder) {
  std::vector<std::string> ids;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    const std::string id = entry.path().stem();
    const bool wanted = id.starts_with("policy_") || id.starts_with("service_");
    if (wanted && entry.path().extension() == ".so") ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace

int simulate(int argc, char** argv) {
  HostOptions options;
  const std::filesystem::path folder = resolve_plugin_folder("plugins");
  options.folder = folder.string();
  // A busy machine is no fault of a plugin's: what a simulation shows must not depend on how fast it runs.
  options.budget = std::chrono::hours(1);
  Loader loader(std::move(options));
  std::vector<std::unique_ptr<LoadedPlugin>> plugins;
  sim::SimPlugins bound;
  for (const std::string& id : policies_and_services(folder)) {
    auto loaded = loader.load({id, "", sim::plugin_settings(id), ""});
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
  return sim::sim_main(argc, argv, bound);
}

}  // namespace convene::app
