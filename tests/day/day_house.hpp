// tests/day/day_house.hpp - a house with real plugins, fresh for every day.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/sim/load.hpp"
#include "sdk/host/loader.hpp"

namespace convene::sim {

/// One pool, `agents` agents a00, a01, ... and two flows: "now" and "later".
class DayHouse {
 public:
  explicit DayHouse(int agents, const std::string& routing = "policy_longest_idle") {
    HostOptions options;
    options.folder = CONVENE_PLUGIN_DIR;
    options.clock = [] { return std::int64_t{0}; };
    loader_ = std::make_unique<Loader>(std::move(options));
    for (const std::string& id :
         {routing, std::string("service_talk_now"), std::string("service_rendezvous")}) {
      auto loaded = loader_->load({.id = id});
      if (!loaded) throw std::runtime_error(loaded.error().text);
      if (const auto r = (*loaded)->extension<convene_routing>()) {
        settings.routing[id] = {r.table, r.self, (*loaded)->label()};
      }
      if (const auto s = (*loaded)->extension<convene_service>()) {
        settings.services[id] = {s.table, s.self};
      }
      plugins_.push_back(std::move(*loaded));
    }
    Flow now;
    now.id = "now";
    now.service = "service_talk_now";
    now.routing = routing;
    now.pool = "sales";
    now.channels = {"chat"};
    now.wait_max = std::chrono::hours(48);
    settings.flows["now"] = now;
    Flow later = now;
    later.id = "later";
    later.service = "service_rendezvous";
    settings.flows["later"] = later;
    for (int i = 0; i < agents; ++i) {
      AgentSettings a;
      a.id = name(i);
      a.name = "Agent";
      a.pools = {"sales"};
      settings.agents[a.id] = a;
    }
  }

  static std::string name(int i) { return (i < 10 ? "a0" : "a") + std::to_string(i); }

  EngineSettings settings;

 private:
  std::unique_ptr<Loader> loader_;
  std::vector<std::unique_ptr<LoadedPlugin>> plugins_;
};

/// Everybody at work from midnight to midnight, and as long after that as somebody waits.
inline std::vector<DayShift> all_day(int agents) {
  std::vector<DayShift> shifts;
  for (int i = 0; i < agents; ++i) {
    shifts.push_back({DayHouse::name(i), Duration{0}, std::chrono::hours(40)});
  }
  return shifts;
}

}  // namespace convene::sim
