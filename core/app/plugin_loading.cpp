// core/app/plugin_loading.cpp - from a plugin's configuration to an instance that has started.
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "core/app/generation.hpp"
#include "core/app/plugin_slots.hpp"
#include "core/runtime/log.hpp"
#include "sdk/host/loader.hpp"

namespace convene::app {
namespace {

void log_of_plugin(const PluginLog& line) {
  const auto level = static_cast<log::Level>(std::clamp(line.level, 0, 3));
  log::write(level, "plugin.says",
             {{"plugin", line.plugin}, {"about", line.id}, {"message", line.message}});
}

}  // namespace

std::filesystem::path trusted_keys_file(const Config& config) { return config.data / "trusted_keys"; }

Result<SignaturePolicy> signatures_of(const Config& config) {
  SignaturePolicy policy{config.plugins_signed, config.trusted_keys};
  const std::string path = trusted_keys_file(config).string();
  struct stat s {};
  if (::stat(path.c_str(), &s) != 0) {
    if (errno == ENOENT) return policy;
    return Error{"plugin.signature", path + " cannot be read: " + std::strerror(errno)};
  }
  if ((s.st_uid != 0 && s.st_uid != ::geteuid()) || (s.st_mode & (S_IWGRP | S_IWOTH))) {
    return Error{"plugin.signature",
                 path + " may be written by others than its owner, or is not ours; chmod go-w it"};
  }
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::string key = line.substr(0, line.find(' '));
    if (is_public_key(key)) policy.trusted.push_back(key);
  }
  return policy;
}

std::string hosting_of(const PluginConfig&) { return "core"; }

Result<std::unique_ptr<LoadedPlugin>> load_plugin(const Config& config, const PluginConfig& wanted,
                                                  const std::string& sha256) {
  auto signatures = signatures_of(config);
  if (!signatures) return signatures.error();
  HostOptions options;
  options.folder = resolve_plugin_folder(config.plugin_folder).string();
  options.signatures = std::move(*signatures);
  options.log = log_of_plugin;
  return Loader(std::move(options)).load({wanted.id, wanted.path, wanted.settings, sha256, true});
}

}  // namespace convene::app
