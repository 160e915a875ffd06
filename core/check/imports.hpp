// core/check/imports.hpp - hears when the plugin asks the operating system what it should ask the
// host (law 6).
#pragma once

#include "core/check/checking_host.hpp"

namespace convene::check {

/// Puts an ear on every function that the library imports and that tells time, rolls dice, does I/O,
/// waits, or starts something. Calls made during {quick} functions of an instance under this host
/// become findings. False: this machine's code cannot be listened to.
///
/// Only what the library calls itself is heard, which is enough: std::chrono and its like are imports
/// too. The ears stay for the rest of the process.
bool watch_imports(const void* in_library, CheckingHost& host);

}  // namespace convene::check
