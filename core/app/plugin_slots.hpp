// core/app/plugin_slots.hpp - the plugins of a node that runs: where their generations come from, and
// who is told when they change.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/model/records.hpp"
#include "core/runtime/config.hpp"
#include "sdk/host/generations.hpp"
#include "sdk/host/signing.hpp"

namespace convene::app {

/// A plugin that was asked for, and what came of it. `fresh` is loaded and started, and nobody calls
/// it yet.
struct PluginOutcome {
  std::string id;
  /// What the configuration gets: the generation that runs, or `fresh`. Null: refused. Good until the
  /// plugin is next changed.
  const LoadedPlugin* plugin = nullptr;
  std::string refusal;
  PluginSlot* slot = nullptr;
  std::unique_ptr<LoadedPlugin> fresh;
  GenerationOrigin origin;
};

/// What a console asks for.
struct ReloadWish {
  std::string plugin;
  std::string file;  ///< Instead of the configured one; empty: that.
  Trial trial;
  bool promote = false;  ///< Of a trial that is under way.
};

/// Loading takes its time, and happens on the main thread. Slots belong to the node's thread; `quietly`
/// runs something there, between two batches, and waits for it. While there is no node it runs at once.
class PluginSlots {
 public:
  using Work = std::function<void()>;
  using Visit = std::function<void(const Session& session, const std::string& service)>;
  struct Node {
    std::function<void(const Work&)> quietly = [](const Work& work) { work(); };
    /// Quietly: shows all sessions that live; false: nobody knows them at the moment.
    std::function<bool(const Visit&)> each_session = [](const Visit&) { return true; };
    /// Quietly: a policy answers otherwise from now on.
    Work ask_anew = [] {};
    /// Quietly: something has changed.
    std::function<void(const GenerationChange&)> changed = [](const GenerationChange&) {};
    /// On the node's thread, during a call: `settle` is due.
    std::function<void(const std::string& plugin)> due = [](const std::string&) {};
  };

  PluginSlots() = default;
  /// From when on there is a node.
  void serve(Node node) { node_ = std::move(node); }

  // On the main thread --------------------------------------------------------------------------

  /// Every plugin of `config`: the running generation where file, content, settings and hosting are the
  /// same, else a fresh one, loaded and started. A refusal stops nobody else.
  std::vector<PluginOutcome> plan(const Config& config);
  /// Loads a further generation and exchanges it, or tries it. Errors say what to do; then everything
  /// is as before.
  Result<std::string> reload(const Config& config, const ReloadWish& wish);
  Result<std::string> back(const std::string& plugin);
  /// Ends instances that nobody needs any more.
  void tidy();

  // Quietly -------------------------------------------------------------------------------------

  /// Puts the fresh ones of a plan into place. They have been accepted, so this cannot fail.
  void apply(std::vector<PluginOutcome>& plan);
  void settle(const std::string& plugin);
  /// Drops what is remembered of sessions that were erased.
  void forget(std::span<const SessionId> sessions);
  /// The body of the answer `plugins`; what `status` says of plugins.
  std::string view() const;
  std::string short_view() const;

 private:
  struct Prepared {
    PluginConfig wanted;
    GenerationOrigin origin;
    std::string sha256;
  };
  PluginSlot& slot(const std::string& id);
  PluginSlot* find(const std::string& id) const;
  Result<Prepared> prepare(const Config& config, PluginConfig wanted) const;
  Status prove(const PluginSlot& slot, const LoadedPlugin& fresh);
  Result<Shadow> rehearse(const PluginSlot& slot, const LoadedPlugin& fresh, std::uint32_t most);
  Result<std::string> refuse(const std::string& id, const std::string& what, const Error& why);
  EachSession sessions_of(const PluginSlot& slot) const;
  bool sessions_known() const;

  Node node_;
  std::map<std::string, std::unique_ptr<PluginSlot>> slots_;  // grows quietly; slots stay for ever
  std::map<std::string, std::string> refused_;  // quietly: those that are configured and do not run
  std::set<std::string> configured_;            // quietly
  std::atomic<bool> untidy_ = false;  // something has changed, or old generations hold sessions
  unsigned ticks_ = 0;
};

/// What the trial under way has found so far.
std::string trial_json(const PluginSlot& slot);
/// "core", or how the plugin is kept apart: what makes another instance of it.
std::string hosting_of(const Config& config, const PluginConfig& plugin);
/// Loads and starts one plugin as the configuration says; `sha256` is of the file that was looked at.
Result<std::unique_ptr<LoadedPlugin>> load_plugin(const Config& config, PluginConfig wanted,
                                                  const std::string& sha256);
/// Whose signatures count: the configuration's keys, and those in DATA/trusted_keys.
Result<SignaturePolicy> signatures_of(const Config& config);
std::filesystem::path trusted_keys_file(const Config& config);

}  // namespace convene::app
