// core/app/commands.hpp - what `convene` can do, one function each; all return an exit code
// (exit_codes.hpp).
#pragma once

#include <filesystem>
#include <string>

namespace convene::app {

/// Runs a node until SIGTERM or SIGINT. Prints READY=1 on standard output once the core serves.
int serve(const std::filesystem::path& config);

/// Prints everything that is wrong with a configuration, with what its plugins and adapters take; its
/// secrets included unless `without_secrets`.
int config_check(const std::filesystem::path& config, bool without_secrets);
int config_reference();
int config_schema();

/// Asks the running node what runs, what waits, what is booked.
int status(const std::filesystem::path& config, bool as_json);

/// Checks the configuration and has the running node apply it; waits until it has, or has refused.
int reload(const std::filesystem::path& config);

/// Reads a password from the terminal (twice) or from standard input (its first line) and prints
/// its argon2id hash.
int password();

/// Makes a CURVE key pair: the public key to standard output, the secret key to `secret_file` (mode
/// 0600, never overwritten) or, without one, to standard output too.
int keys_new(const std::filesystem::path& secret_file);

/// `convene sim ...`: the simulator (core/sim/sim.hpp) with the plugins that lie beside the program.
int simulate(int argc, char** argv);

}  // namespace convene::app
