// tests/sim/plain_main.cpp - the simulator with plugins opened by dlopen and nothing around them, for odd compilers.
//
//   plain_sim FOLDER [arguments of `convene sim`]
//
// Needs the standard library and libsodium only, so that one command builds it with any compiler and any optimisation:
// promise A2 compares such builds.
#include <dlfcn.h>

#include <cstdio>
#include <string>

#include "convene/abi.h"
#include "convene/routing.h"
#include "convene/service.h"
#include "core/sim/sim.hpp"

namespace {

void silent_log(void*, int32_t, convene_text, convene_text) noexcept {}
void silent_fail(void*, convene_text) noexcept {}
const convene_host kHost{nullptr, silent_log, silent_fail};

convene_text text(const std::string& t) { return {t.data(), t.size()}; }

/// The first plugin of FOLDER/ID.so, started; null when there is none. Lives until the process ends.
const convene_plugin* start(const std::string& folder, const std::string& id,
                            const std::string& config) {
  void* library = dlopen((folder + "/" + id + ".so").c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    return nullptr;
  }
  const auto* entry = static_cast<const convene_entry*>(dlsym(library, CONVENE_ENTRY_SYMBOL));
  const convene_plugin* plugin = entry ? entry->create(0, &kHost, text(config)) : nullptr;
  if (plugin == nullptr || plugin->start(plugin->self) != CONVENE_OK) return nullptr;
  return plugin;
}

/// As config/sim.toml has it; which compiler it is makes no difference to what is configured.
std::string settings_of(const std::string& plugin) {
  return plugin == "policy_skills" ? R"({"widen_after":["5s","10s","15s"]})" : "{}";
}

convene::Flow flow(const char* service, const char* routing, const char* pool,
                   const char* settings) {
  convene::Flow flow;
  flow.service = service;
  flow.routing = routing;
  flow.fallback = "policy_fallback";
  flow.pool = pool;
  flow.channels = {"chat", "page"};
  flow.settings = settings;
  return flow;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  convene::sim::SimPlugins plugins;
  for (const std::string id : {"policy_skills", "policy_longest_idle", "policy_fallback"}) {
    const convene_plugin* p = start(argv[1], id, settings_of(id));
    if (p == nullptr) return 2;
    const void* table = p->extension(p->self, text(CONVENE_ROUTING));
    plugins.routing[id] = {static_cast<const convene_routing*>(table), p->self, id};
  }
  for (const std::string id : {"service_rendezvous", "service_talk_now"}) {
    const convene_plugin* p = start(argv[1], id, "{}");
    if (p == nullptr) return 2;
    const void* table = p->extension(p->self, text(CONVENE_SERVICE));
    plugins.services[id] = {static_cast<const convene_service*>(table), p->self};
  }
  plugins.flows["later"] =
      flow("service_rendezvous", "policy_skills", "sales",
           R"({"agent_away":"retime","agent_wait":"20s","no_agent":"wait","retry_after":"20s",)"
           R"("give_up":"5m"})");
  plugins.flows["eager"] = flow("service_rendezvous", "policy_skills", "loans",
                                R"({"agent_away":"ask","ask_timeout":"1m","no_agent":"retime",)"
                                R"("agent_left":"search","early":"wait"})");
  plugins.flows["escalating"] =
      flow("service_rendezvous", "policy_longest_idle", "sales",
           R"({"agent_away":"wait","no_agent":"escalate","escalate_to":"loans"})");
  plugins.flows["now"] =
      flow("service_talk_now", "policy_longest_idle", "sales", R"({"offer_stands":"30s"})");
  return convene::sim::sim_main(argc - 1, argv + 1, plugins);
}
