// core/app/plugin_signatures.cpp - whose signatures count at this node.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "core/app/plugin_slots.hpp"

namespace convene::app {

std::filesystem::path trusted_keys_file(const Config& config) {
  return config.data / "trusted_keys";
}

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

}  // namespace convene::app
