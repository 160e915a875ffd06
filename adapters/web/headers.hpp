// adapters/web/headers.hpp - the headers that every response carries, whatever its status (F7).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/web/settings.hpp"

namespace convene::web {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// Made once per configuration. Cache-Control and Cross-Origin-Resource-Policy depend on the response and are not here.
HeaderList security_headers(const Settings& settings);

/// Appends one line of a head. Control characters in a value are left out: nobody begins a line of their own.
void append_header(std::string& head, std::string_view name, std::string_view value);
/// The list as lines.
std::string header_text(const HeaderList& list);

/// The policy alone, for tests. frame-src lists the hosts that the flows' page channels allow.
std::string content_security_policy(const Settings& settings);

}  // namespace convene::web
