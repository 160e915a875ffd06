// sdk/host/loaded_plugin.cpp - what others may ask of a plugin that runs.
#include "sdk/host/loaded_plugin.hpp"

#include "sdk/host/instance.hpp"

namespace convene {

LoadedPlugin::LoadedPlugin(std::unique_ptr<State> state) : state_(std::move(state)) {}
LoadedPlugin::~LoadedPlugin() = default;

const PluginDescription& LoadedPlugin::description() const { return state_->description; }
const std::string& LoadedPlugin::sha256() const { return state_->sha256; }
PluginCounters LoadedPlugin::counters() const { return state_->meter.counters(); }
const RoutingNote* LoadedPlugin::routing_note() const {
  return state_->routing ? &state_->routing->note() : nullptr;
}
std::optional<IsolationStatus> LoadedPlugin::isolation() const {
  if (!state_->isolation) return std::nullopt;
  return state_->isolation();
}
bool LoadedPlugin::parked() const { return state_->meter.parked(); }
std::string LoadedPlugin::last_failure() const { return state_->meter.last_failure(); }

template <>
Extension<convene_routing> LoadedPlugin::extension() const {
  return state_->routing ? state_->routing->face() : Extension<convene_routing>{};
}
template <>
Extension<convene_service> LoadedPlugin::extension() const {
  return state_->service ? state_->service->face() : Extension<convene_service>{};
}
template <>
Extension<convene_channel> LoadedPlugin::extension() const {
  return state_->channel ? state_->channel->face() : Extension<convene_channel>{};
}
template <>
Extension<convene_adapter> LoadedPlugin::extension() const {
  return state_->adapter ? state_->adapter->face() : Extension<convene_adapter>{};
}

}  // namespace convene
