// tests/support/sim_house.hpp - the house that the simulator plays in tests: that of `convene sim`, config/sim.toml.
#pragma once

#include <stdexcept>
#include <string>

#include "core/runtime/config.hpp"
#include "core/sim/sim.hpp"

namespace convene::test {

inline const Config& sim_config() {
  static const Config config = [] {
    const ConfigOutcome read = load_config(CONVENE_SOURCE_DIR "/config/sim.toml");
    if (!read) throw std::runtime_error(to_text(read.errors.front()));
    return read.config;
  }();
  return config;
}

/// Its flows; whoever loads the plugins binds them.
inline sim::SimPlugins sim_house() {
  sim::SimPlugins house;
  house.flows = sim_config().flows;
  return house;
}

/// With what a plugin of the house is loaded, as JSON.
inline std::string sim_settings(const std::string& plugin) {
  return sim_config().plugins.at(plugin).settings;
}

}  // namespace convene::test
