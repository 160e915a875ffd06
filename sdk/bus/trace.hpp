// sdk/bus/trace.hpp - writes down every message that is sent, so that tests can check all of them against the schemas.
#pragma once

#include <cstdint>
#include <string_view>

#include "sdk/bus/frame.hpp"

namespace convene::bus::trace {

/// Appends one JSON line to a file of this process in the folder that the environment variable CONVENE_BUS_TRACE
/// names, up to a bound of 50,000 lines of each kind. Traces hold secrets: only where tests are built is any of this
/// compiled (CONVENE_BUS_TRACED, CMakeLists.txt); an installed program writes none, whatever its environment says.
void message(Kind kind, std::uint64_t correlation, std::string_view body);
void event(std::string_view topic, std::uint64_t number, std::string_view body);

}  // namespace convene::bus::trace
