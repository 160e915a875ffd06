// adapters/web/channel_plugins.hpp - loads the configured channel plugins for this gateway.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/web/channels.hpp"
#include "adapters/web/settings.hpp"
#include "sdk/host/loaded_plugin.hpp"

namespace convene::web {

/// Loads every plugin `instances` times, so that sessions on different threads do not wait for each other, and adds it
/// under its channel's name: "channel_chat" serves "chat". One that cannot be loaded is logged and left out: the others
/// work, and its channel is not opened.
std::vector<std::unique_ptr<LoadedPlugin>> load_channels(
    const std::map<std::string, ChannelPluginFile>& files, std::uint32_t instances,
    ChannelSet& channels);

}  // namespace convene::web
