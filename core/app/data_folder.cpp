// core/app/data_folder.cpp - makes, locks and keys the data folder.
#include "core/app/data_folder.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

namespace convene::app {
namespace {

namespace fs = std::filesystem;

Error failed(const char* code, const fs::path& path, const std::string& text) {
  return Error{code, path.string() + ": " + text};
}

// Writes a whole new file that survives a power cut once this has returned true.
bool write_new(const fs::path& path, const Key& key) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const bool written =
      ::write(fd, key.data(), key.size()) == static_cast<ssize_t>(key.size()) && ::fsync(fd) == 0;
  ::close(fd);
  return written;
}

bool sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = ::fsync(fd) == 0;
  ::close(fd);
  return synced;
}

Result<Key> read_key(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return failed("data.key", path, std::strerror(errno));
  struct stat about {};
  Key key{};
  char beyond = 0;
  const bool complete = ::fstat(fd, &about) == 0 && S_ISREG(about.st_mode) &&
                        ::read(fd, key.data(), key.size()) == static_cast<ssize_t>(key.size()) &&
                        ::read(fd, &beyond, 1) == 0;
  ::close(fd);
  if (!complete) return failed("data.key", path, "is no key of 32 bytes; restore it from a backup");
  if ((about.st_mode & 077) != 0)
    return failed("data.key", path, "may be read by others; chmod 600 it");
  return key;
}

}  // namespace

Result<DataFolder> DataFolder::open(const fs::path& folder) {
  std::error_code made;
  fs::create_directories(folder.parent_path(), made);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return failed("data.folder", folder, std::string("cannot be made: ") + std::strerror(errno));
  }
  struct stat about {};
  if (::stat(folder.c_str(), &about) != 0 || !S_ISDIR(about.st_mode)) {
    return failed("data.folder", folder, "is no folder");
  }
  if ((about.st_mode & 022) != 0 || (about.st_uid != ::geteuid() && about.st_uid != 0)) {
    return failed("data.folder", folder, "may be changed by others; chown and chmod 700 it");
  }
  const fs::path file = folder / "lock";
  const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return failed("data.folder", file, std::strerror(errno));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock);
    return failed("data.locked", folder,
                  "another node runs here; stop it, or give this one a node.data of its own");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock, 0) != 0 || ::write(lock, pid.data(), pid.size()) < 0) {
    ::close(lock);
    return failed("data.folder", file, std::strerror(errno));
  }
  return DataFolder(folder, lock);
}

DataFolder::~DataFolder() {
  if (lock_ >= 0) ::close(lock_);
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : folder_(std::move(other.folder_)), lock_(std::exchange(other.lock_, -1)) {}

Result<Key> DataFolder::master_key() const {
  const fs::path path = folder_ / "master.key";
  if (!fs::exists(path)) {
    // Under another name first: a crash in between leaves no half key under the real one.
    const fs::path fresh = folder_ / "master.key.new";
    std::error_code ignored;
    fs::remove(fresh, ignored);
    Key key{};
    randombytes_buf(key.data(), key.size());
    if (!write_new(fresh, key) || ::rename(fresh.c_str(), path.c_str()) != 0 ||
        !sync_folder(folder_)) {
      return failed("data.key", path, std::string("cannot be made: ") + std::strerror(errno));
    }
  }
  return read_key(path);
}

std::optional<int> holder_of(const fs::path& folder) {
  const int lock = ::open((folder / "lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (lock < 0) return std::nullopt;
  const bool held = ::flock(lock, LOCK_SH | LOCK_NB) != 0;
  char text[32] = {};
  const ssize_t size = ::read(lock, text, sizeof text - 1);
  ::close(lock);
  const int pid = size > 0 ? std::atoi(text) : 0;
  return held && pid > 0 ? std::optional<int>(pid) : std::nullopt;
}

Key derive_key(const Key& master, std::string_view purpose) {
  static_assert(crypto_kdf_KEYBYTES == 32 && crypto_kdf_CONTEXTBYTES == 8);
  char context[crypto_kdf_CONTEXTBYTES] = {};
  purpose.copy(context, sizeof context);
  Key out{};
  crypto_kdf_derive_from_key(out.data(), out.size(), 1, context, master.data());
  return out;
}

}  // namespace convene::app
