// sdk/host/isolation/landlock.hpp - which files a plugin's process may open.
#pragma once

#include "sdk/host/isolation/sandbox.hpp"

namespace convene::isolation {

/// For this process and what it becomes, for good; its threads of later. It reads the system's folders and, by its
/// kind, what the options name; of all of them nothing that is hidden. It writes in the folder of its work, unless it
/// is a library. True also where the kernel has no Landlock: then seccomp alone forbids, and only writing.
bool restrict_files(const SandboxOptions& options);

}  // namespace convene::isolation
