// core/app/command_groups.hpp - the commands that live in files of their own; main.cpp adds them all.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace convene::app {

// Each adds its commands to `app`; a command that was chosen sets `run` to what it does, which
// returns an exit code (exit_codes.hpp).
void add_check_commands(CLI::App& app, std::function<int()>& run);
void add_new_commands(CLI::App& app, std::function<int()>& run);
void add_erase_commands(CLI::App& app, std::function<int()>& run);
void add_explain_commands(CLI::App& app, std::function<int()>& run);
void add_plugin_commands(CLI::App& app, std::function<int()>& run);
void add_replay_commands(CLI::App& app, std::function<int()>& run);
void add_simulate_commands(CLI::App& app, std::function<int()>& run);

}  // namespace convene::app
