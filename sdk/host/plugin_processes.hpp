// sdk/host/plugin_processes.hpp - which processes are plugins': for whoever must know who knocks at a local socket.
#pragma once

#include <cstdint>

#include "sdk/host/spawn.hpp"

namespace convene {

/// spawn_process for a plugin: its number is known before the process can do anything. Any thread, as all of these.
int spawn_plugin(const SpawnRequest& request, pid_t& pid);
/// It has ended and was waited for.
void plugin_is_buried(pid_t pid);

/// Whether a plugin that this program has started runs under this number; also where nobody does, for whoever is gone
/// may have been one, and may have left a message behind. Never of 0, which stands for nobody that we can see.
bool is_plugin_process(std::int64_t pid);

}  // namespace convene
