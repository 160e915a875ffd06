// tests/reload/wrapped.hpp - a real service whose states are of whatever version a test wants.
#pragma once

#include <memory>

#include "sdk/host/loader.hpp"

namespace convene::test {

/// `inner` as "service_rendezvous" of state version `version` (2 to 9): its states begin with that
/// number, and states that begin otherwise are unknown to it. `inner` outlives it.
std::unique_ptr<LoadedPlugin> wrap_service(Loader& loader, Extension<convene_service> inner,
                                           unsigned version);

}  // namespace convene::test
