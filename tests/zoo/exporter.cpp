// tests/zoo/exporter.cpp - a plugin that is fine but for being linked without the version script: it exports too much.
#include "convene/routing.hpp"

CONVENE_EXPORT int convene_zoo_visible() { return 1; }

struct Waits {
  convene::sdk::Decision decide(const convene::sdk::RoutingRequest&) {
    return convene::sdk::Decision::wait("always");
  }
};
CONVENE_PLUGIN(Waits, "exporter", "1.0.0", "Waits, for all to see.")
