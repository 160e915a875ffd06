// sdk/bus/trace.hpp - writes down every message that is sent, so that tests can check all of them against the schemas.
#pragma once

#include <cstdint>
#include <string_view>

#include "sdk/bus/frame.hpp"

namespace convene::bus::trace {

/// Whether the environment variable CONVENE_BUS_TRACE names a folder. Traces hold secrets: for test runs only.
bool on();

/// Appends one JSON line to a file of this process in that folder, up to a bound of 50,000 lines of each kind.
void message(Kind kind, std::uint64_t correlation, std::string_view body);
void event(std::string_view topic, std::uint64_t number, std::string_view body);

}  // namespace convene::bus::trace
