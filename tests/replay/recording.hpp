// tests/replay/recording.hpp - a folder with a key and journals, and the plugins of simulated days.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/journal/journal.hpp"
#include "core/journal/reader.hpp"
#include "core/replay/player.hpp"
#include "core/sim/sim.hpp"
#include "sdk/host/loader.hpp"
#include "tests/support/sim_house.hpp"
#include "tests/support/site.hpp"

namespace convene::test {

/// The plugins that the simulator names, loaded anew for each object.
class SimulatorsPlugins {
 public:
  SimulatorsPlugins() {
    HostOptions options;
    options.folder = CONVENE_PLUGIN_DIR;
    options.clock = [] { return std::int64_t{0}; };
    loader_.emplace(std::move(options));
    for (const char* id : {"policy_skills", "policy_longest_idle", "policy_fallback",
                           "service_rendezvous", "service_talk_now"}) {
      auto plugin = loader_->load({.id = id, .config = sim_settings(id)});
      if (!plugin) throw std::runtime_error(plugin.error().text);
      if (const auto r = (*plugin)->extension<convene_routing>())
        bound.routing[id] = {r.table, r.self, (*plugin)->label(), (*plugin)->routing_note()};
      if (const auto s = (*plugin)->extension<convene_service>())
        bound.services[id] = {s.table, s.self};
      plugins_.push_back(std::move(*plugin));
    }
  }
  /// For a replay: the simulator's failing plugins are these, and when they failed is recorded.
  replay::Bindings bindings() const {
    replay::Bindings out{bound.routing, bound.services};
    out.services["sim_flaky"] = bound.services.at("service_rendezvous");
    return out;
  }
  sim::SimPlugins bound = sim_house();

 private:
  std::optional<Loader> loader_;
  std::vector<std::unique_ptr<LoadedPlugin>> plugins_;
};

class Recording : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(store::Seal::create(key()));
    std::filesystem::create_directories(journals());
  }
  std::filesystem::path key() const { return folder_.path() / "convene.db.key"; }
  std::filesystem::path journals() const { return folder_.path() / "journal"; }

  journal::JournalOptions options() const {
    journal::JournalOptions out;
    out.folder = journals();
    out.key_file = key();
    out.node = "test";
    out.program = "0.0.0";
    return out;
  }
  std::unique_ptr<journal::Journal> open(journal::JournalOptions wanted) const {
    auto opened = journal::Journal::open(std::move(wanted));
    EXPECT_TRUE(opened) << opened.error().text;
    return std::move(*opened);
  }
  /// Every run of the folder is a life of its own: played one after the other, oldest first.
  std::vector<std::filesystem::path> last_files() const {
    std::map<std::string, std::filesystem::path> runs;
    for (const auto& entry : std::filesystem::directory_iterator(journals())) {
      const std::string stem = entry.path().stem().string();
      auto& last = runs[stem.substr(0, stem.rfind('-'))];
      last = std::max(last, entry.path());
    }
    std::vector<std::filesystem::path> out;
    for (const auto& [run, file] : runs) out.push_back(file);
    return out;
  }
  Status play(const std::filesystem::path& file, replay::Player& player) const {
    auto run = journal::find_run(file);
    if (!run) return run.error();
    auto seal = store::Seal::open(key());
    if (!seal) return seal.error();
    auto reader = journal::RunReader::open(std::move(*run), std::move(*seal));
    if (!reader) return reader.error();
    while (true) {
      auto item = reader->next();
      if (!item) return item.error();
      if (!*item) return player.finish();
      if (Status status = player.play(std::move(**item)); !status) return status;
    }
  }

 private:
  TempFolder folder_;
};

}  // namespace convene::test
