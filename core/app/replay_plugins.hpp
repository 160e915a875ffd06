// core/app/replay_plugins.hpp - loads the plugins of a recorded day, and the one that is tried in
// the place of one of them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/replay/player.hpp"
#include "sdk/host/loader.hpp"

namespace convene::app {

/// A policy that is tried on a recorded day.
struct Tried {
  std::filesystem::path file;  ///< Empty: none is.
  /// JSON; empty: those recorded for the policy it takes the place of.
  std::string settings;
  /// Id of a recorded policy; empty: of the same id, else of every flow's.
  std::string in_place_of;
};

class ReplayPlugins {
 public:
  /// `folders`: where the libraries of the recorded plugins lie, or did.
  ReplayPlugins(std::vector<std::filesystem::path> folders, Tried tried)
      : folders_(std::move(folders)), tried_(std::move(tried)) {}

  enum class Which { recorded, tried };
  /// Fresh instances of what took part in the day. With `tried` the tried policy sits in the place
  /// of those it replaces, and nobody else is bound as a policy where `alone`. A library is known by
  /// its content: that of the recorded one is taken, whatever its name is now; else the one of its
  /// name, with a remark. A policy that is not here at all is left out, with a remark; a service is an
  /// error that says which content is needed.
  Result<replay::Bindings> bind(const journal::Settings& settings, Which which, bool alone);

  /// The tried policy, as it says itself: "policy_mine 0.1.0"; empty before anything was bound.
  const std::string& tried_label() const { return tried_label_; }
  /// Ids of the policies that it has taken the place of.
  const std::vector<std::string>& replaced() const { return replaced_; }
  /// What a reader should know: other builds than those recorded, policies that are not here.
  const std::vector<std::string>& remarks() const { return remarks_; }

 private:
  struct Library {
    std::filesystem::path folder;
    std::string file;
    bool as_recorded = false;
  };
  std::optional<Library> find(const journal::PluginRecord& record);
  const std::string& sha256_of(const std::filesystem::path& library);
  std::string where() const;
  Result<LoadedPlugin*> load(const std::filesystem::path& folder, const PluginWish& wish);
  Status bind_tried(const journal::Settings& settings, replay::Bindings& bindings);
  void remark(std::string text);

  std::vector<std::filesystem::path> folders_;
  std::map<std::filesystem::path, std::string> hashes_;
  Tried tried_;
  std::string tried_label_;
  std::vector<std::string> replaced_, remarks_;
  /// Kept to the end: a loader for each set, since one loads an id only once.
  std::vector<std::unique_ptr<Loader>> loaders_;
  std::vector<std::unique_ptr<LoadedPlugin>> loaded_;
};

}  // namespace convene::app
