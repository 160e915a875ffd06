// sdk/host/isolation/sandbox.hpp - takes from this process what a plugin has no use for.
#pragma once

#include <cstdint>
#include <string>

#include "core/model/result.hpp"

namespace convene::isolation {

struct SandboxOptions {
  std::int64_t parent = 0;  ///< Who started us, and with whom we end.
  std::string work;         ///< Our own folder; exists, empty.
  std::uint32_t memory_mib = 256;
  bool network = false;
  bool command = false;  ///< We become another program, which connects for itself.
};

/// Before any thread and any line: ends with the parent, no core file, few descriptors, no new
/// privileges, no capabilities, and of the file system only what it needs (Landlock, where the kernel
/// has it). A library's process moves to its folder.
Status confine_process(const SandboxOptions& options);

/// When the line is connected and nothing of the plugin has run: bounds memory, and forbids to all
/// threads (seccomp) new programs, processes, sockets, files to write, tracing, and signals to others.
Status confine_calls(const SandboxOptions& options);

}  // namespace convene::isolation
