// core/app/day/day_study.cpp - day after day, scene after scene.
#include "core/app/day/day_study.hpp"

#include <algorithm>
#include <set>

#include "core/runtime/config_document.hpp"

namespace convene::app {
namespace {

std::set<std::string> plugins_of(const Config& config) {
  std::set<std::string> ids;
  for (const auto& [id, flow] : config.flows) {
    for (const std::string& plugin : {flow.service, flow.routing, flow.fallback}) {
      if (!plugin.empty()) ids.insert(plugin);
    }
  }
  return ids;
}

Error lacks(const std::string& flow, const std::string& plugin, const char* what) {
  return {"day.plugin", "the flow '" + flow + "' needs the plugin '" + plugin + "' as its " + what +
                            ", and it offers no such thing"};
}

std::set<std::string> at_work(const DayFile& day) {
  std::set<std::string> agents;
  for (const sim::DayShift& shift : day.load.frame.shifts) agents.insert(shift.agent);
  return agents;
}

void remove(DayFile& day, const std::set<std::string>& agents) {
  std::erase_if(day.load.frame.shifts,
                [&](const sim::DayShift& shift) { return agents.count(shift.agent) != 0; });
}

}  // namespace

Result<FreshHouse> open_house(const Config& config, const std::filesystem::path& plugin_folder) {
  FreshHouse house;
  HostOptions options;
  options.folder = plugin_folder.string();
  options.clock = [] { return std::int64_t{0}; };
  house.loader = std::make_unique<Loader>(std::move(options));
  EngineSettings& settings = house.settings;
  for (const std::string& id : plugins_of(config)) {
    const auto wanted = config.plugins.find(id);
    if (wanted == config.plugins.end()) {
      return Error{"day.plugin",
                   "a flow names the plugin '" + id + "', and there is no [plugin." + id + "]"};
    }
    const PluginConfig& p = wanted->second;
    if (!p.command.empty()) {
      return Error{"day.plugin", "the plugin '" + id +
                                     "' is a process of its own: a day is simulated with libraries "
                                     "only; name a library in its place"};
    }
    auto loaded = house.loader->load({id, p.path, p.settings, p.sha256});
    if (!loaded) return loaded.error();
    if (const auto routing = (*loaded)->extension<convene_routing>()) {
      settings.routing[id] = {routing.table, routing.self, (*loaded)->label()};
    }
    if (const auto service = (*loaded)->extension<convene_service>()) {
      settings.services[id] = {service.table, service.self};
    }
    house.plugins.push_back(std::move(*loaded));
  }
  for (const auto& [id, flow] : config.flows) {
    if (!settings.services.contains(flow.service)) return lacks(id, flow.service, "service");
    if (!settings.routing.contains(flow.routing)) return lacks(id, flow.routing, "routing");
    if (!flow.fallback.empty() && !settings.routing.contains(flow.fallback)) {
      return lacks(id, flow.fallback, "fallback");
    }
  }
  settings.flows = config.flows;
  settings.limits = config.limits;
  for (const auto& [id, agent] : config.agents) settings.agents[id] = agent.settings;
  return house;
}

std::vector<std::string> take_off(DayFile& day, std::size_t count) {
  const std::set<std::string> all = at_work(day);
  const auto most = static_cast<std::ptrdiff_t>(std::min(count, all.size()));
  const std::set<std::string> gone(std::prev(all.end(), most), all.end());
  remove(day, gone);
  return {gone.begin(), gone.end()};
}

Status take_off(DayFile& day, const std::vector<std::string>& agents) {
  const std::set<std::string> all = at_work(day);
  for (const std::string& agent : agents) {
    if (all.count(agent) != 0) continue;
    return Error{"day.agent", "'" + agent + "' does not work on this day; " +
                                  config::suggest(agent, {all.begin(), all.end()})};
  }
  remove(day, {agents.begin(), agents.end()});
  return ok();
}

Result<sim::Study> run_study(const std::vector<Scene>& scenes, const StudyOptions& options) {
  sim::Study study;
  study.days = options.days;
  const DayFile& first = scenes.front().day;
  study.title = first.title;
  study.within = first.load.frame.within;
  study.promise_within = first.load.frame.promise_within;
  for (const Scene& scene : scenes) study.variants.push_back({scene.name, {}, {}, {}, {}, {}});
  const double parts = static_cast<double>(options.days * scenes.size());
  std::size_t done = 0;
  for (std::size_t day = 0; day < options.days; ++day) {
    for (std::size_t i = 0; i < scenes.size(); ++i) {
      auto house = open_house(scenes[i].config, options.plugin_folder);
      if (!house) return house.error();
      const sim::DayPlan plan = sim::draw_day(scenes[i].day.load, options.seed + day);
      sim::DayWatch watch;
      if (options.progress) {
        watch.progress = [&](std::size_t arrived) {
          if (arrived % 512 != 0) return;
          const double part =
              static_cast<double>(arrived) / static_cast<double>(plan.contacts.size());
          options.progress((static_cast<double>(done) + part) / parts);
        };
      }
      study.variants[i].put(day, sim::run_day(plan, house->settings, watch));
      ++done;
      if (options.progress) options.progress(static_cast<double>(done) / parts);
    }
  }
  const sim::Interval contacts = study.variants.front().all.at(sim::Figure::contacts);
  study.subtitle = std::to_string(options.days) + (options.days == 1 ? " day" : " days") + " of " +
                   sim::to_text(contacts.mean, sim::Unit::count) + " contacts, seeds " +
                   std::to_string(options.seed) + " to " +
                   std::to_string(options.seed + options.days - 1);
  if (options.days > 1) study.subtitle += "; ± is the 95 % confidence interval";
  return study;
}

}  // namespace convene::app
