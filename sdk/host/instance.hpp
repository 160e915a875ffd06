// sdk/host/instance.hpp - the inside of a LoadedPlugin: making an instance step by step, and
// undoing it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sdk/host/entry_check.hpp"
#include "sdk/host/guard.hpp"
#include "sdk/host/isolated.hpp"
#include "sdk/host/loaded_plugin.hpp"
#include "sdk/host/meter.hpp"

namespace convene {

/// Ends the instance at its own end, in whatever step it is.
struct LoadedPlugin::State {
  State(PluginDescription description, std::string sha256, MeterOptions options);
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// Creates, starts, and asks for every extension that the description offers. Errors are
  /// sentences without a name.
  Status start(const CheckedEntry& entry, std::uint32_t index, const std::string& config);
  /// The same with an instance that exists already, such as one that speaks for another process.
  /// From here on it is this one's to destroy.
  Status start(const convene_plugin& made);

  PluginDescription description;
  std::string sha256;
  Meter meter;
  convene_plugin plugin{};  // a copy of the table
  bool created = false, started = false;
  std::optional<RoutingGuard> routing;
  std::optional<ServiceGuard> service;
  std::optional<ChannelGuard> channel;
  std::optional<AdapterGuard> adapter;
  std::function<IsolationStatus()> isolation;  // empty: it runs in this process
  std::function<void()> gone;                  // called last

 private:
  Status create(const CheckedEntry& entry, std::uint32_t index, const std::string& config);
  Status begin();
  Status bind(const std::string& extension);
};

}  // namespace convene
