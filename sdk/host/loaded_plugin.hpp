// sdk/host/loaded_plugin.hpp - one plugin that runs: its tables behind a guard, its counters, its
// end.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "convene/abi.h"
#include "convene/adapter.h"
#include "convene/channel.h"
#include "convene/routing.h"
#include "convene/service.h"
#include "core/model/result.hpp"
#include "core/model/settings.hpp"

namespace convene {

/// What a plugin says of itself, checked.
struct PluginDescription {
  std::string id;
  std::string version;
  std::string summary;
  std::vector<std::string> offers;  ///< Extension ids, those unknown to this host left out.
  std::string config_schema;        ///< Empty: takes no configuration.
  std::string state_schema;
  std::uint32_t state_version = 0;
};

/// A line that a plugin, or the host about it, wants people to read. Checked: bounded, UTF-8, no
/// control characters.
struct PluginLog {
  std::string_view plugin;
  int level = CONVENE_LOG_INFO;
  std::string_view id;
  std::string_view message;
};

struct PluginCounters {
  std::uint64_t calls = 0;
  std::uint64_t failures = 0;  ///< Calls that came to anything but CONVENE_OK.
  std::uint64_t overruns = 0;  ///< Calls over budget.
  std::uint64_t throws = 0;    ///< Failures that were an exception.
  std::int64_t p50_ns = 0;     ///< Half of the {quick} calls took at most this long.
  std::int64_t p99_ns = 0;
};

/// An extension ready for use: the table, and what its functions want as `self`. Both live as long
/// as the plugin. The functions never throw; they answer CONVENE_E_PARKED once the plugin is
/// parked.
template <class Table>
struct Extension {
  const Table* table = nullptr;
  void* self = nullptr;
  explicit operator bool() const { return table != nullptr; }
};

struct IsolationStatus;  // isolated.hpp

/// A started instance. Its end stops and destroys it; nothing may then use its extensions.
class LoadedPlugin {
 public:
  struct State;
  explicit LoadedPlugin(std::unique_ptr<State> state);
  ~LoadedPlugin();
  LoadedPlugin(const LoadedPlugin&) = delete;
  LoadedPlugin& operator=(const LoadedPlugin&) = delete;

  const PluginDescription& description() const;
  const std::string& id() const { return description().id; }
  const std::string& version() const { return description().version; }
  /// "policy_skills 1.0.0", for decision logs.
  std::string label() const { return id() + " " + version(); }
  /// Of the file that was loaded, hexadecimal; empty for an adopted one.
  const std::string& sha256() const;

  /// Table is one of convene_routing, convene_service, convene_channel, convene_adapter. Empty: not
  /// offered.
  template <class Table>
  Extension<Table> extension() const;

  /// Of its newest routing answer: its label, and how long it took. Null: it offers no routing. As
  /// long-lived as the plugin; read on the lane.
  const RoutingNote* routing_note() const;

  PluginCounters counters() const;
  bool parked() const;
  /// Why the last failed call failed, or why the plugin is parked; empty: nothing has failed.
  std::string last_failure() const;
  /// How its process fares; nothing for a plugin that runs in this one.
  std::optional<IsolationStatus> isolation() const;

 private:
  std::unique_ptr<State> state_;
};

template <>
Extension<convene_routing> LoadedPlugin::extension() const;
template <>
Extension<convene_service> LoadedPlugin::extension() const;
template <>
Extension<convene_channel> LoadedPlugin::extension() const;
template <>
Extension<convene_adapter> LoadedPlugin::extension() const;

}  // namespace convene
