// core/app/day/day_study.hpp - plays simulated days in one house or two, and compares.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/app/day/day_file.hpp"
#include "core/sim/study.hpp"
#include "sdk/host/loader.hpp"

namespace convene::app {

/// The engine's settings with plugins of their own, which have seen nothing yet.
struct FreshHouse {
  std::unique_ptr<Loader> loader;
  std::vector<std::unique_ptr<LoadedPlugin>> plugins;
  EngineSettings settings;
};

/// Loads the services and policies that the configuration's flows name. Time stands still for them:
/// what a simulation shows must not depend on how fast it runs.
Result<FreshHouse> open_house(const Config& config, const std::filesystem::path& plugin_folder);

/// A house and a day: one side of a comparison.
struct Scene {
  std::string name;
  Config config;
  DayFile day;
};

/// Takes the last `count` of those who work, by name, off the day; or those that are named.
/// Returns who went.
std::vector<std::string> take_off(DayFile& day, std::size_t count);
Status take_off(DayFile& day, const std::vector<std::string>& agents);

struct StudyOptions {
  std::size_t days = 20;
  std::uint64_t seed = 1;
  std::filesystem::path plugin_folder;
  /// Called while it runs, with the part that is done, from 0 to 1.
  std::function<void(double)> progress;
};

/// Every day in every scene; the same seed is the same day in all of them.
Result<sim::Study> run_study(const std::vector<Scene>& scenes, const StudyOptions& options);

}  // namespace convene::app
