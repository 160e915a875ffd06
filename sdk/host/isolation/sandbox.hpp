// sdk/host/isolation/sandbox.hpp - takes from this process what a plugin has no use for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/result.hpp"

namespace convene::isolation {

/// Whom this process is for. A library computes. A command is another program that we become, which
/// connects for itself. An adapter is a library that speaks to systems outside.
enum class Guest : std::uint8_t { library, command, adapter };

struct SandboxOptions {
  Guest guest = Guest::library;
  std::int64_t parent =
      0;             ///< Who started us, and with whom we end; 0: an adapter started by hand.
  std::string work;  ///< Our own folder, the only one to write in; exists.
  std::uint32_t memory_mib = 256;
  bool network = false;            ///< An adapter always has it.
  std::vector<std::string> reads;  ///< What an adapter reads beside the system's own files.
  std::vector<std::string>
      words;  ///< Of a command: it reads the files that they name, and what lies beside them.
  std::vector<std::string>
      hidden;  ///< Ours, which a plugin never reads, wherever it lies: data, configuration.
};

/// Before any thread and any line: ends with the parent, no core file, few descriptors, no new
/// privileges, no capabilities, and of the file system only what it needs (Landlock, where the kernel
/// has it). A library's process moves to its folder.
Status confine_process(const SandboxOptions& options);

/// When the line is connected and nothing of the plugin has run: bounds memory, and forbids to all
/// threads (seccomp) new programs, processes, sockets, files to write, tracing, and signals to others.
Status confine_calls(const SandboxOptions& options);

}  // namespace convene::isolation
