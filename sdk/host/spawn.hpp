// sdk/host/spawn.hpp - starts a program with nothing of ours but what it is given.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace convene {

/// What a new process gets. Standard input is empty; every signal is as by default; it leads a
/// process group of its own; no other descriptor is open.
struct SpawnRequest {
  std::vector<std::string> command;  ///< A path, or a name that is found in PATH; and arguments.
  std::vector<std::string> environment;  ///< "KEY=value", all of them.
  int output = -1;                       ///< Becomes standard output and error.
  int inherited = -1;                    ///< Becomes descriptor 3, unless negative.
};

/// Starts it with posix_spawn. 0, or an errno.
int spawn_process(const SpawnRequest& request, pid_t& pid);

/// A descriptor that becomes readable when `pid`, a child that nobody has waited for, ends.
int open_pidfd(pid_t pid);

/// If the process behind `pidfd` has ended: "exit 1" or "signal 11"; else empty. Reaps it.
std::string reap(int pidfd);

/// Sends a signal to exactly the process behind `pidfd`.
void signal_process(int pidfd, int number);

}  // namespace convene
