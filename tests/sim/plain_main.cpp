// tests/sim/plain_main.cpp - the simulator with plugins opened by dlopen and nothing around them, for odd compilers.
//
//   plain_sim FOLDER [arguments of `convene sim`]
//
// Needs the standard library and libsodium only, so that one command builds it with any compiler and any optimisation:
// promise A2 compares such builds.
#include <dlfcn.h>

#include <cstdio>

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

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  convene::sim::SimPlugins plugins;
  for (const std::string id : {"policy_skills", "policy_longest_idle", "policy_fallback"}) {
    const convene_plugin* p = start(argv[1], id, convene::sim::plugin_settings(id));
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
  return convene::sim::sim_main(argc - 1, argv + 1, plugins);
}
