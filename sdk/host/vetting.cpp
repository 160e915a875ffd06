// sdk/host/vetting.cpp - the rules for plugin folders and files (promise H1).
#include "sdk/host/vetting.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "convene/abi.h"
#include "sdk/host/elf.hpp"

namespace convene {
namespace {

constexpr off_t kFileMax = off_t{256} << 20;
constexpr off_t kSignatureMax = 4096;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

Error refuse(const char* code, const std::string& path, const std::string& why) {
  return {code, path + " " + why};
}

/// What is wrong with owner or mode; empty: nothing.
std::string wrong_rights(const struct stat& s) {
  if (s.st_uid != 0 && s.st_uid != ::geteuid()) {
    return "belongs to user " + std::to_string(s.st_uid) + ": it must belong to root or to user " +
           std::to_string(::geteuid()) + ", under whom this process runs; chown it";
  }
  if (s.st_mode & (S_IWGRP | S_IWOTH))
    return "may be written by others than its owner; chmod go-w it";
  return {};
}

Result<Descriptor> open_folder(const std::string& folder) {
  if (folder.empty())
    return Error{"plugin.folder", "no plugin folder is configured; set plugins.folder"};
  Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.ok()) {
    return refuse("plugin.folder", folder,
                  std::string("cannot be opened as a folder: ") + std::strerror(errno) +
                      "; set plugins.folder to the one that holds the plugins");
  }
  struct stat s {};
  if (::fstat(fd.get(), &s) != 0) return refuse("plugin.folder", folder, std::strerror(errno));
  if (const std::string wrong = wrong_rights(s); !wrong.empty())
    return refuse("plugin.folder", folder, wrong);
  return fd;
}

bool is_plain_name(const std::string& name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  return name.size() > 3 && name.size() <= 128 && name.front() != '.' && name.ends_with(".so") &&
         std::all_of(name.begin(), name.end(), plain);
}

Result<std::string> read_all(int fd, off_t size, const std::string& path) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t n =
        ::pread(fd, bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0)
      return refuse("plugin.file", path, std::string("cannot be read: ") + std::strerror(errno));
    if (n == 0)
      return refuse("plugin.file", path, "became shorter while it was read; install it again");
    have += static_cast<std::size_t>(n);
  }
  return bytes;
}

std::string sha256_of(const std::string& bytes) {
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(digest, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  char hex[sizeof digest * 2 + 1];
  sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
  return hex;
}

/// Reads one file of the folder, if only those may have written it who may. Nothing: it is not there.
Result<std::optional<std::string>> read_one(const Descriptor& dir, const std::string& name,
                                            const std::string& path, off_t most) {
  // O_NONBLOCK: a pipe of that name must not stop the start.
  const Descriptor file(
      ::openat(dir.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.ok()) {
    if (errno == ENOENT) return std::optional<std::string>();
    if (errno == ELOOP)
      return refuse("plugin.file", path, "is a symbolic link; put the file itself there");
    return refuse("plugin.file", path, std::string("cannot be opened: ") + std::strerror(errno));
  }
  struct stat s {};
  if (::fstat(file.get(), &s) != 0) return refuse("plugin.file", path, std::strerror(errno));
  if (!S_ISREG(s.st_mode)) return refuse("plugin.file", path, "is not a file");
  if (const std::string wrong = wrong_rights(s); !wrong.empty())
    return refuse("plugin.file", path, wrong);
  if (s.st_nlink != 1) {
    return refuse("plugin.file", path,
                  "has a second hard link, so it can be changed from elsewhere; copy it");
  }
  if (s.st_size > most) {
    return refuse("plugin.file", path,
                  "is larger than " + std::to_string(most) + " bytes; strip it, or make it again");
  }
  auto bytes = read_all(file.get(), s.st_size, path);
  if (!bytes) return bytes.error();
  return std::optional<std::string>(std::move(*bytes));
}

Status check_signed(const Descriptor& dir, const std::string& name, const std::string& path,
                    const std::string& sha256, const SignaturePolicy& policy) {
  if (!policy.required && policy.trusted.empty()) return ok();
  const auto signature = read_one(dir, name + ".sig", path + ".sig", kSignatureMax);
  if (!signature) return signature.error();
  if (!*signature) {
    if (!policy.required) return ok();
    return refuse("plugin.signature", path,
                  "is not signed, and plugins.signed is \"required\"; sign it with convene plugin "
                  "sign, and put " +
                      name + ".sig beside it");
  }
  return check_signature(**signature, sha256, policy.trusted, path);
}

}  // namespace

Result<VettedFile> read_vetted(const std::string& folder, const std::string& name,
                               const SignaturePolicy& signatures) {
  const std::string path = folder + "/" + name;
  if (!is_plain_name(name)) {
    return refuse(
        "plugin.file", "'" + name + "'",
        "is no plain file name that ends in \".so\"; plugins are loaded from " + folder + " only");
  }
  auto dir = open_folder(folder);
  if (!dir) return dir.error();
  auto bytes = read_one(*dir, name, path, kFileMax);
  if (!bytes) return bytes.error();
  if (!*bytes)
    return refuse("plugin.file", path, std::string("cannot be opened: ") + std::strerror(ENOENT));
  VettedFile vetted{std::move(**bytes), {}};
  vetted.sha256 = sha256_of(vetted.bytes);
  if (Status fine = check_signed(*dir, name, path, vetted.sha256, signatures); !fine)
    return fine.error();
  return vetted;
}

Result<VettedFile> vet_library(const std::string& folder, const std::string& name,
                               const std::string& sha256, const SignaturePolicy& signatures) {
  auto vetted = read_vetted(folder, name, signatures);
  if (!vetted) return vetted.error();
  const std::string path = folder + "/" + name;
  if (!sha256.empty() && sha256 != vetted->sha256) {
    return Error{"plugin.sha256", path + " has the SHA-256 " + vetted->sha256 +
                                      ", and the configuration wants " + sha256.substr(0, 64) +
                                      "; install the right file, or correct the configuration"};
  }
  if (Status whole = check_library(vetted->bytes, CONVENE_ENTRY_SYMBOL, path); !whole)
    return whole.error();
  return vetted;
}

}  // namespace convene
