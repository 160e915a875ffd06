// adapters/web/channel_plugins.cpp - sdk/host for channels.
#include "adapters/web/channel_plugins.hpp"

#include <filesystem>

#include "adapters/web/log.hpp"
#include "sdk/host/loader.hpp"

namespace convene::web {
namespace {

void write_log(const PluginLog& line) {
  const log::Fields fields = {{"plugin", std::string(line.plugin)},
                              {"message", std::string(line.message)}};
  if (line.level >= CONVENE_LOG_ERROR)
    log::error(line.id, fields);
  else if (line.level == CONVENE_LOG_WARNING)
    log::warning(line.id, fields);
  else
    log::info(line.id, fields);
}

}  // namespace

std::vector<std::unique_ptr<LoadedPlugin>> load_channels(
    const std::map<std::string, ChannelPluginFile>& files, std::uint32_t instances,
    ChannelSet& channels) {
  constexpr std::string_view kPrefix = "channel_";
  std::vector<std::unique_ptr<LoadedPlugin>> loaded;
  for (const auto& [id, file] : files) {
    if (!id.starts_with(kPrefix)) continue;
    const std::filesystem::path path(file.path);
    for (std::uint32_t i = 0; i < instances; ++i) {
      // A loader refuses an id that it has already loaded: each instance has one of its own.
      Loader loader({.folder = path.parent_path().string(), .clock = {}, .log = write_log});
      auto plugin = loader.load(
          {.id = id, .file = path.filename().string(), .config = file.settings, .sha256 = ""});
      if (!plugin) {
        log::error("web.channel_refused", {{"plugin", id}, {"text", plugin.error().text}});
        break;
      }
      const auto extension = (*plugin)->extension<convene_channel>();
      if (!extension) {
        log::error("web.channel_refused",
                   {{"plugin", id}, {"text", "it offers no convene.channel/1"}});
        break;
      }
      channels.add(id.substr(kPrefix.size()), extension.table, extension.self);
      loaded.push_back(std::move(*plugin));
    }
  }
  return loaded;
}

}  // namespace convene::web
