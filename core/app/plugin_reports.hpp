// core/app/plugin_reports.hpp - what the plugin commands do; all return an exit code.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace convene::app {

/// What `convene plugin reload` was asked for.
struct ReloadOrder {
  std::string plugin, file;
  std::uint32_t shadow = 0, canary = 0;  ///< Questions; a share of 10,000.
  bool promote = false;
  std::uint32_t wait_s = 60;
};

int show_plugins(const std::filesystem::path& config, bool as_json);
/// Prints the generation that serves everybody now, or the trial's progress and what it found.
int reload_plugin(const std::filesystem::path& config, const ReloadOrder& order);
int plugin_back(const std::filesystem::path& config, const std::string& plugin);

/// Writes FILE.sig beside FILE. The key's file is refused where others may read it.
int sign_plugin(const std::filesystem::path& file, const std::filesystem::path& key_file);
/// Adds a line to DATA/trusted_keys.
int trust_key(const std::filesystem::path& config, const std::string& key);
/// Prints a new signing key's public half; the secret one goes to `secret_file`, never overwritten.
int signing_key_new(const std::filesystem::path& secret_file);

}  // namespace convene::app
