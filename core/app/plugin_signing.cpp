// core/app/plugin_signing.cpp - `convene plugin sign|trust` and `convene keys new --signing`.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include "core/app/console.hpp"
#include "core/app/exit_codes.hpp"
#include "core/app/plugin_reports.hpp"
#include "core/app/plugin_slots.hpp"
#include "sdk/host/signing.hpp"
#include "sdk/host/vetting.hpp"

namespace convene::app {
namespace {

namespace fs = std::filesystem;

int complain(const std::string& text) {
  std::fprintf(stderr, "convene: %s\n", text.c_str());
  return kFailed;
}

/// Writes `text` at the end of `file` and waits until it is on the disk; an errno, or 0.
int write_file(const fs::path& file, const std::string& text, int flags, mode_t mode) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, mode);
  if (fd < 0) return errno;
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fsync(fd) == 0;
  const int problem = written ? 0 : errno;
  ::close(fd);
  return problem;
}

}  // namespace

int signing_key_new(const fs::path& secret_file) {
  const Result<SigningKeys> made = make_signing_keys();
  if (!made) return complain(made.error().text);
  if (secret_file.empty()) {
    std::printf("public key: %s\nsecret key, to keep in a file of mode 0600: %s\n",
                made->public_key.c_str(), made->secret_key.c_str());
    return kOk;
  }
  if (const int problem = write_file(secret_file, made->secret_key + "\n", O_EXCL, 0600)) {
    return complain(secret_file.string() + ": " + std::strerror(problem));
  }
  std::printf("%s\n", made->public_key.c_str());
  return kOk;
}

int sign_plugin(const fs::path& file, const fs::path& key_file) {
  struct stat s {};
  if (::stat(key_file.c_str(), &s) != 0)
    return complain(key_file.string() + ": " + std::strerror(errno));
  if (s.st_mode & (S_IRWXG | S_IRWXO))
    return complain(key_file.string() +
                    " may be read by others; chmod 600 it, and make a new key if it was");
  std::ifstream in(key_file);
  std::string key;
  std::getline(in, key);
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const auto vetted = read_vetted(folder.string(), file.filename().string());
  if (!vetted) return complain(vetted.error().text);
  const auto signature = sign(vetted->sha256, key);
  if (!signature) return complain(key_file.string() + ": " + signature.error().text);
  const fs::path target = file.string() + ".sig";
  if (const int problem = write_file(target, *signature, O_TRUNC, 0644)) {
    return complain(target.string() + ": " + std::strerror(problem));
  }
  std::printf("%s: signed, sha256 %s\n", target.c_str(), vetted->sha256.c_str());
  return kOk;
}

int trust_key(const fs::path& path, const std::string& key) {
  if (!is_public_key(key)) {
    return complain(
        "\"" + key.substr(0, 64) +
        "\" is no public key; those begin with ed25519: and are printed by convene keys "
        "new --signing");
  }
  const auto config = read_config(path);
  if (!config) return kBadConfig;
  const auto known = signatures_of(*config);
  if (!known) return complain(known.error().text);
  const bool already =
      std::find(known->trusted.begin(), known->trusted.end(), key) != known->trusted.end();
  const fs::path file = trusted_keys_file(*config);
  if (!already) {
    std::error_code ignored;
    if (fs::create_directories(config->data, ignored)) ::chmod(config->data.c_str(), 0700);
    if (const int problem = write_file(file, key + "\n", O_APPEND, 0600)) {
      return complain(file.string() + ": " + std::strerror(problem));
    }
  }
  std::printf("trusted from the next load on: %s\n", key.c_str());
  if (!config->plugins_signed) {
    std::printf(
        "Libraries without a signature are still loaded: set plugins.signed = \"required\"\n");
  }
  return kOk;
}

}  // namespace convene::app
