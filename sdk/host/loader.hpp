// sdk/host/loader.hpp - loads plugins from libraries: vetted, checked, guarded.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "convene/abi.h"
#include "core/model/result.hpp"
#include "sdk/host/loaded_plugin.hpp"
#include "sdk/host/signing.hpp"

namespace convene {

/// What the configuration asks for.
struct PluginWish {
  std::string id;             ///< "policy_skills"
  std::string file;           ///< Name within the folder; empty: the id and ".so".
  std::string config = "{}";  ///< JSON object; checked against the plugin's schema.
  std::string sha256;         ///< Of the file, 64 hexadecimal digits; empty: any content.
  bool beside = false;        ///< A further generation: one of this id may live already.
};

/// How plugins are hosted. Comes from the configuration file and from nowhere else: no request can
/// name a folder.
struct HostOptions {
  std::string folder;
  SignaturePolicy signatures;  ///< Which libraries need a signature, and whose.
  std::chrono::nanoseconds budget = std::chrono::milliseconds(50);  ///< Of one {quick} call.
  unsigned overruns_max =
      3;  ///< So many calls over budget, without 1,000 in time after any, park the plugin.
  /// Monotonic nanoseconds; empty: std::chrono::steady_clock. Who wants the same run twice gives one that stands still.
  std::function<std::int64_t()> clock;
  /// Where plugins' logs and the host's own remarks go; called on any thread. Empty: nowhere.
  std::function<void(const PluginLog&)> log;
};

/// Loads plugins. Every refusal is an error that names the file and what to do, and leaves all
/// others as they were. A library that has once been loaded stays mapped until the process ends
/// (design 6, "reload never closes").
class Loader {
 public:
  explicit Loader(HostOptions options);
  ~Loader();

  /// What the plugins in `file` say of themselves, in their order. Maps the library, makes no
  /// instance.
  Result<std::vector<PluginDescription>> describe(const std::string& file);

  /// Vets, maps, checks, configures and starts one plugin. An id that this loader has loaded and
  /// that still lives is refused, but for a wish that goes `beside` it. The plugin outlives the
  /// loader if need be.
  Result<std::unique_ptr<LoadedPlugin>> load(const PluginWish& wish);

  /// The same for a plugin that is linked into this program: simulator, tests.
  Result<std::unique_ptr<LoadedPlugin>> adopt(const convene_entry& entry, const PluginWish& wish);

 private:
  struct Ids;  // of the plugins that live
  Result<std::unique_ptr<LoadedPlugin>> instantiate(const convene_entry* entry,
                                                    const PluginWish& wish,
                                                    const std::string& where, std::string sha256);
  HostOptions options_;
  std::shared_ptr<Ids> ids_;
};

}  // namespace convene
