// core/runtime/config_sound.cpp - what of a wrong configuration is right, so that all of it can be checked.
#include <set>
#include <tuple>

#include "core/runtime/config_extract.hpp"

namespace convene::config {
namespace {

using Spot = std::tuple<std::string, std::uint32_t, std::uint32_t>;

Spot spot_of(const Place& place) { return {place.file, place.line, place.column}; }

bool holds_one_of(const Value& value, const std::set<Spot>& wrong) {
  if (wrong.contains(spot_of(value.place))) return true;
  for (const auto& [key, member] : value.entries)
    if (holds_one_of(member, wrong)) return true;
  for (const Value& item : value.items)
    if (holds_one_of(item, wrong)) return true;
  return false;
}

}  // namespace

void keep_sound_part(const Value& root, const std::vector<ConfigError>& errors, Config& config) {
  if (errors.empty()) return;
  std::set<Spot> wrong;
  for (const ConfigError& error : errors) wrong.insert(spot_of(error.place));
  const auto doubtful = [&](std::string_view section) {
    const Value* table = root.find(section);
    return table != nullptr && holds_one_of(*table, wrong);
  };
  const auto drop_wrong = [&](std::string_view section, auto& tables) {
    const Value* all = root.find(section);
    std::erase_if(tables, [&](const auto& entry) {
      const Value* table = all == nullptr ? nullptr : all->find(entry.first);
      return table == nullptr || holds_one_of(*table, wrong);
    });
  };
  if (doubtful("node") || doubtful("plugins")) {
    config.plugins.clear();
    config.flows.clear();
    config.adapters.clear();
    return;
  }
  drop_wrong("plugin", config.plugins);
  drop_wrong("adapter", config.adapters);
  drop_wrong("flow", config.flows);
  std::erase_if(config.flows, [&](const auto& entry) {
    const Flow& flow = entry.second;
    bool whole = config.plugins.contains(flow.service) && config.plugins.contains(flow.routing) &&
                 (flow.fallback.empty() || config.plugins.contains(flow.fallback));
    for (const std::string& channel : flow.channels)
      whole = whole && config.plugins.contains("channel_" + channel);
    return !whole;
  });
}

}  // namespace convene::config
