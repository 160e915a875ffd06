// core/app/simulate.cpp - gives the simulator the plugins that production loads.
#include <cstdio>
#include <memory>
#include <vector>

#include "core/app/commands.hpp"
#include "core/app/exit_codes.hpp"
#include "core/app/generation.hpp"
#include "core/sim/sim.hpp"

namespace convene::app {

int simulate(int argc, char** argv) {
  HostOptions options;
  options.folder = resolve_plugin_folder("plugins").string();
  // A busy machine is no fault of a plugin's: what a simulation shows must not depend on how fast it runs.
  options.budget = std::chrono::hours(1);
  Loader loader(std::move(options));
  std::vector<std::unique_ptr<LoadedPlugin>> plugins;
  sim::SimPlugins bound;
  for (const char* id : {"policy_skills", "policy_longest_idle", "policy_fallback",
                         "service_rendezvous", "service_talk_now"}) {
    auto loaded = loader.load({id, "", "{}", ""});
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
