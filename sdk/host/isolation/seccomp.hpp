// sdk/host/isolation/seccomp.hpp - which system calls a plugin's process may not make.
#pragma once

#include "sdk/host/isolation/sandbox.hpp"

namespace convene::isolation {

/// For all threads, for good: a forbidden call answers EPERM. `network`: sockets of the internet are
/// allowed. False, with errno, when the kernel refuses.
bool forbid_calls(Guest guest, bool network);

}  // namespace convene::isolation
