// sdk/host/isolation/seccomp.hpp - which system calls a plugin's process may not make.
#pragma once

namespace convene::isolation {

/// For all threads, for good: a forbidden call answers EPERM. `command`: of a program that is still
/// to be started and to connect for itself. `network`: sockets of the internet are allowed. False,
/// with errno, when the kernel refuses.
bool forbid_calls(bool command, bool network);

}  // namespace convene::isolation
