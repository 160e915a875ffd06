// core/journal/tap.hpp - stands between the engine and a plugin, and tells what the plugin has
// answered.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "convene/routing.h"
#include "convene/service.h"
#include "core/journal/items.hpp"
#include "core/model/settings.hpp"

namespace convene::journal {

/// A digest of what a policy is asked: whoever asks the same is at the same place of the same day.
std::uint64_t digest_of(const convene_routing_request& request);

/// Wraps the plugins bound in settings. The wrappers answer what the plugins answer; they live as
/// long as the taps.
class Taps {
 public:
  struct Listener {
    std::function<void(Asked&&)> asked;
    std::function<void(std::int32_t status)> stepped;
  };
  explicit Taps(Listener listener);
  ~Taps();
  Taps(const Taps&) = delete;
  Taps& operator=(const Taps&) = delete;

  EngineSettings wrap(EngineSettings settings);

 private:
  struct Routing;
  struct Service;
  Listener listener_;
  std::vector<std::unique_ptr<Routing>> routing_;
  std::vector<std::unique_ptr<Service>> services_;
};

}  // namespace convene::journal
