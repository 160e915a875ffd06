// sdk/host/formats.hpp - what the texts of settings often are, and JSON Schema has no keyword for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "convene/json.hpp"

namespace convene {

/// "127.0.0.1:8080", "[::1]:8080": where something listens.
struct Address {
  std::string host;  ///< Without the brackets of IPv6.
  std::uint16_t port = 0;
};
std::optional<Address> parse_address(std::string_view text);

/// Whether the text is an origin as browsers send it, to the byte (RFC 6454, 6.2): scheme, host and
/// port in lower case; https, or http on this machine, where browsers keep secure cookies.
bool is_origin(std::string_view text);

/// Whether `name` is a "format" of settings: "convene-duration" (1500 or "20s", duration.hpp),
/// "convene-origin", "convene-address".
bool is_format(std::string_view name);

/// What `value` must be, where it is not of the format `name`; empty: it is.
std::string wrong_format(std::string_view name, const json::Value& value);

}  // namespace convene
