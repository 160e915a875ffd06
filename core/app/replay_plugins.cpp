// core/app/replay_plugins.cpp - from recorded plugins to libraries on this machine.
#include "core/app/replay_plugins.hpp"

#include <algorithm>
#include <set>

#include "sdk/host/vetting.hpp"

namespace convene::app {
namespace {

namespace fs = std::filesystem;

HostOptions options_of(const fs::path& folder) {
  HostOptions options;
  options.folder = folder.string();
  options.clock = [] { return std::int64_t{0}; };  // nobody is late in a day that was
  return options;
}

const journal::PluginRecord* record_of(const journal::Settings& settings, const std::string& id) {
  const auto it = std::find_if(settings.plugins.begin(), settings.plugins.end(),
                               [&](const journal::PluginRecord& p) { return p.id == id; });
  return it == settings.plugins.end() ? nullptr : &*it;
}

std::string file_of(const journal::PluginRecord& record) {
  return record.file.empty() ? record.id + ".so" : record.file;
}

/// Why there is no library for it, and what helps.
std::string missing(const journal::PluginRecord& record, const std::string& where) {
  if (record.sha256.empty() && record.file.empty() && !record.label.empty()) {
    return "it was a program of its own ([plugin." + record.id +
           "] command), and a replay runs libraries only";
  }
  return "there is no " + file_of(record) + " in " + where +
         (record.sha256.empty() ? "" : ", and no library of SHA-256 " + record.sha256) + "; put " +
         (record.label.empty() ? record.id : record.label) +
         " there, or name the folder that holds it with --plugins";
}

}  // namespace

std::string ReplayPlugins::where() const {
  std::string out;
  for (const fs::path& folder : folders_) out += (out.empty() ? "" : ", ") + folder.string();
  return out;
}

/// Empty: it cannot be read, or may not be loaded.
const std::string& ReplayPlugins::sha256_of(const fs::path& library) {
  const auto [at, fresh] = hashes_.try_emplace(library);
  if (!fresh) return at->second;
  const auto file = read_vetted(library.parent_path().string(), library.filename().string());
  if (file) at->second = file->sha256;
  return at->second;
}

std::optional<ReplayPlugins::Library> ReplayPlugins::find(const journal::PluginRecord& record) {
  const std::string name = file_of(record);
  std::optional<Library> named;
  for (const fs::path& folder : folders_) {
    std::error_code failed;
    if (!fs::exists(folder / name, failed)) continue;
    if (record.sha256.empty() || sha256_of(folder / name) == record.sha256)
      return Library{folder, name, true};
    if (!named) named = Library{folder, name, false};
  }
  if (record.sha256.empty()) return named;
  for (const fs::path& folder : folders_) {
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder, failed)) {
      const fs::path file = entry.path().filename();
      if (file.extension() == ".so" && sha256_of(folder / file) == record.sha256)
        return Library{folder, file.string(), true};
    }
  }
  return named;
}

void ReplayPlugins::remark(std::string text) {
  if (std::find(remarks_.begin(), remarks_.end(), text) == remarks_.end())
    remarks_.push_back(std::move(text));
}

Result<LoadedPlugin*> ReplayPlugins::load(const fs::path& folder, const PluginWish& wish) {
  loaders_.push_back(std::make_unique<Loader>(options_of(folder)));
  auto plugin = loaders_.back()->load(wish);
  if (!plugin) return plugin.error();
  loaded_.push_back(std::move(*plugin));
  return loaded_.back().get();
}

Result<replay::Bindings> ReplayPlugins::bind(const journal::Settings& settings, Which which,
                                             bool alone) {
  replay::Bindings bindings;
  std::set<std::string> ids(settings.services.begin(), settings.services.end());
  if (!alone) ids.insert(settings.routing.begin(), settings.routing.end());
  for (const std::string& id : ids) {
    const journal::PluginRecord* known = record_of(settings, id);
    const journal::PluginRecord record = known != nullptr ? *known : journal::PluginRecord{id};
    const auto library = find(record);
    auto plugin = library ? load(library->folder, {id, library->file, record.config, {}})
                          : Result<LoadedPlugin*>(Error{"replay.plugin", missing(record, where())});
    if (!plugin) {
      const bool service =
          std::binary_search(settings.services.begin(), settings.services.end(), id);
      if (service)
        return Error{"replay.plugin", "The service " + id + " is needed: " + plugin.error().text};
      remark("the policy " + id + " is not here; what it said then is used, and not checked");
      continue;
    }
    if (!library->as_recorded && !record.sha256.empty()) {
      remark(id + " is another build than the recorded one (" + record.label + ", SHA-256 " +
             record.sha256 + "; here " + (*plugin)->label() + ", " + (*plugin)->sha256() +
             "); to play it as it was, name the folder that holds that one with --plugins");
    } else if (library->file != file_of(record)) {
      remark(id + " is taken from " + (library->folder / library->file).string() +
             ": it has the recorded content, and no file of its name has");
    }
    if (const auto routing = (*plugin)->extension<convene_routing>()) {
      bindings.routing[id] = {routing.table, routing.self, (*plugin)->label(),
                              (*plugin)->routing_note()};
    }
    if (const auto service = (*plugin)->extension<convene_service>()) {
      bindings.services[id] = {service.table, service.self};
    }
  }
  if (which == Which::tried) {
    if (Status status = bind_tried(settings, bindings); !status) return status.error();
  }
  return bindings;
}

Status ReplayPlugins::bind_tried(const journal::Settings& settings, replay::Bindings& bindings) {
  fs::path folder = fs::absolute(tried_.file).lexically_normal().parent_path();
  const std::string file = tried_.file.filename().string();
  auto described = Loader(options_of(folder)).describe(file);
  if (!described) return described.error();
  const auto policy =
      std::find_if(described->begin(), described->end(), [](const PluginDescription& d) {
        return std::find(d.offers.begin(), d.offers.end(), CONVENE_ROUTING) != d.offers.end();
      });
  if (policy == described->end()) {
    return Error{"replay.plugin", tried_.file.string() + " holds no routing policy."};
  }
  const auto& known = settings.routing;
  replaced_.clear();
  if (!tried_.in_place_of.empty()) {
    if (!std::binary_search(known.begin(), known.end(), tried_.in_place_of)) {
      return Error{"replay.plugin",
                   "No policy '" + tried_.in_place_of + "' took part in the recorded day."};
    }
    replaced_ = {tried_.in_place_of};
  } else if (std::binary_search(known.begin(), known.end(), policy->id)) {
    replaced_ = {policy->id};
  } else {
    std::set<std::string> asked;
    for (const auto& [id, flow] : settings.flows) asked.insert(flow.routing);
    replaced_.assign(asked.begin(), asked.end());
  }
  std::string config = tried_.settings;
  if (config.empty()) {
    const journal::PluginRecord* record = record_of(settings, policy->id);
    config = record == nullptr ? "{}" : record->config;
  }
  auto plugin = load(folder, {policy->id, file, config, {}});
  if (!plugin) return plugin.error();
  tried_label_ = (*plugin)->label();
  const auto routing = (*plugin)->extension<convene_routing>();
  for (const std::string& id : replaced_)
    bindings.routing[id] = {routing.table, routing.self, tried_label_, (*plugin)->routing_note()};
  return ok();
}

}  // namespace convene::app
