// sdk/host/loader.cpp - vet, map, check, configure, start: in this order, each step naming the file
// when it refuses.
#include "sdk/host/loader.hpp"

#include <algorithm>

#include "sdk/host/config_schema.hpp"
#include "sdk/host/entry_check.hpp"
#include "sdk/host/instance.hpp"
#include "sdk/host/mapping.hpp"
#include "sdk/host/settings.hpp"
#include "sdk/host/vetting.hpp"

namespace convene {

struct Loader::Ids {
  std::mutex mutex;
  std::multiset<std::string> live;
};

namespace {

Error named(const std::string& where, const Error& error) {
  return {error.code, where + " " + error.text};
}

struct Mapped {
  const convene_entry* entry;
  std::string sha256;
};

Result<Mapped> map_vetted(const HostOptions& options, const std::string& file,
                          const std::string& sha256) {
  auto vetted = vet_library(options.folder, file, sha256, options.signatures);
  if (!vetted) return vetted.error();
  auto entry = map_library(*vetted, options.folder + "/" + file);
  if (!entry) return entry.error();
  return Mapped{*entry, vetted->sha256};
}

Error no_such_plugin(const std::string& where, const std::string& id,
                     const std::vector<PluginDescription>& all) {
  std::vector<std::string> ids;
  std::string list;
  for (const PluginDescription& p : all) {
    ids.push_back(p.id);
    list += (list.empty() ? "" : ", ") + p.id;
  }
  const std::string meant = nearest(id, ids);
  return {"plugin.unknown",
          where + " holds no plugin \"" + id.substr(0, 64) + "\"; " +
              (meant.empty() ? "it holds " + list : "did you mean \"" + meant + "\"?")};
}

}  // namespace

Loader::Loader(HostOptions options) : options_(std::move(options)), ids_(std::make_shared<Ids>()) {}
Loader::~Loader() = default;

Result<std::vector<PluginDescription>> Loader::describe(const std::string& file) {
  auto mapped = map_vetted(options_, file, "");
  if (!mapped) return mapped.error();
  auto checked = check_entry(mapped->entry, options_.folder + "/" + file);
  if (!checked) return checked.error();
  return checked->plugins;
}

Result<std::unique_ptr<LoadedPlugin>> Loader::load(const PluginWish& wish) {
  if (!is_plugin_id(wish.id)) {
    return Error{"plugin.unknown", "\"" + presentable(wish.id, 64) +
                                       "\" is no plugin's id: those are 1 to 64 of a-z, 0-9, _"};
  }
  const std::string file = wish.file.empty() ? wish.id + ".so" : wish.file;
  auto mapped = map_vetted(options_, file, wish.sha256);
  if (!mapped) return mapped.error();
  return instantiate(mapped->entry, wish, options_.folder + "/" + file, mapped->sha256);
}

Result<std::unique_ptr<LoadedPlugin>> Loader::adopt(const convene_entry& entry,
                                                    const PluginWish& wish) {
  return instantiate(&entry, wish, wish.id, "");
}

Result<std::unique_ptr<LoadedPlugin>> Loader::instantiate(const convene_entry* entry,
                                                          const PluginWish& wish,
                                                          const std::string& where,
                                                          std::string sha256) {
  auto checked = check_entry(entry, where);
  if (!checked) return checked.error();
  const auto& all = checked->plugins;
  const auto it =
      std::find_if(all.begin(), all.end(), [&](const auto& p) { return p.id == wish.id; });
  if (it == all.end()) return no_such_plugin(where, wish.id, all);
  const std::string who = wish.id + " (" + where + ")";
  auto settings = check_settings(*it, wish.config);
  if (!settings) return named(who, settings.error());
  {
    const std::lock_guard lock(ids_->mutex);
    if (!wish.beside && ids_->live.contains(wish.id)) {
      return Error{"plugin.duplicate", who + " is loaded already; configure each plugin once"};
    }
    ids_->live.insert(wish.id);
  }
  auto state = std::make_unique<LoadedPlugin::State>(
      *it, std::move(sha256),
      MeterOptions{options_.budget.count(), options_.overruns_max, options_.clock, options_.log});
  state->gone = [ids = ids_, id = wish.id] {
    const std::lock_guard lock(ids->mutex);
    if (const auto one = ids->live.find(id); one != ids->live.end()) ids->live.erase(one);
  };
  const Status started =
      state->start(*checked, static_cast<std::uint32_t>(it - all.begin()), *settings);
  if (!started) return named(who, started.error());
  return std::make_unique<LoadedPlugin>(std::move(state));
}

}  // namespace convene
