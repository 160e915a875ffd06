// core/app/replay_plugins.hpp - loads the plugins of a recorded day, and the one that is tried in
// the place of one of them.
#pragma once

#include <filesystem>
#include <memory>
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
  /// `folder`: where the libraries of the recorded plugins lie.
  ReplayPlugins(std::filesystem::path folder, Tried tried)
      : folder_(std::move(folder)), tried_(std::move(tried)) {}

  enum class Which { recorded, tried };
  /// Fresh instances of what took part in the day. With `tried` the tried policy sits in the place
  /// of those it replaces, and nobody else is bound as a policy where `alone`. A policy whose
  /// library is not here is left out, with a remark; a service is an error.
  Result<replay::Bindings> bind(const journal::Settings& settings, Which which, bool alone);

  /// The tried policy, as it says itself: "policy_mine 0.1.0"; empty before anything was bound.
  const std::string& tried_label() const { return tried_label_; }
  /// Ids of the policies that it has taken the place of.
  const std::vector<std::string>& replaced() const { return replaced_; }
  /// What a reader should know: other builds than those recorded, policies that are not here.
  const std::vector<std::string>& remarks() const { return remarks_; }

 private:
  Result<LoadedPlugin*> load(const std::filesystem::path& folder, const PluginWish& wish);
  Status bind_tried(const journal::Settings& settings, replay::Bindings& bindings);
  void remark(std::string text);

  std::filesystem::path folder_;
  Tried tried_;
  std::string tried_label_;
  std::vector<std::string> replaced_, remarks_;
  /// Kept to the end: a loader for each set, since one loads an id only once.
  std::vector<std::unique_ptr<Loader>> loaders_;
  std::vector<std::unique_ptr<LoadedPlugin>> loaded_;
};

}  // namespace convene::app
