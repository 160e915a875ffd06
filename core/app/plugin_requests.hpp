// core/app/plugin_requests.hpp - reads what consoles ask of plugins.
#pragma once

#include <string_view>

#include "core/app/plugin_slots.hpp"

namespace convene::app {

/// The body of `plugin_reload` or `plugin_back` (sdk/bus/schema). Error "malformed" names the member.
Result<ReloadWish> read_reload_wish(std::string_view body);

}  // namespace convene::app
