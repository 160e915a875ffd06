// sdk/host/mapping.cpp - the one file with Boost.DLL: a sealed private copy, RTLD_NOW and
// RTLD_LOCAL.
#include "sdk/host/mapping.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>

namespace convene {
namespace {

/// What is mapped, for the rest of the process.
struct Mapped {
  boost::dll::shared_library library;
  const convene_entry* entry = nullptr;
};

Error refuse(const std::string& name, const std::string& why) {
  return {"plugin.map", name + " " + why};
}

/// A path to a descriptor that no library was loaded by before. The dynamic linker knows libraries by
/// their names, and /proc/self/fd/7 means another one when the descriptor has been closed and its
/// number was given again; so the path goes an own way there: a detour or none for each bit of
/// `serial`.
std::string path_of(int fd, unsigned serial) {
  std::string path = "/proc/self";
  for (; serial != 0; serial >>= 1) path += (serial & 1) != 0 ? "/fd/.." : "/.";
  return path + "/fd/" + std::to_string(fd);
}

}  // namespace

int sealed_copy(const std::string& bytes, const std::string& name) {
  const int fd =
      ::memfd_create(("convene:" + name.substr(0, 200)).c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return -1;
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t n = ::write(fd, bytes.data() + written, bytes.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    written += static_cast<std::size_t>(n);
  }
  // The kernel refuses as busy while something of its own still holds a page; it has waited for a while by then.
  constexpr int kTries = 10, kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
  for (int i = 0; written == bytes.size() && i < kTries; ++i) {
    if (::fcntl(fd, F_ADD_SEALS, kSeals) == 0) return fd;
    if (errno != EBUSY) break;
  }
  const int why = errno;
  ::close(fd);
  errno = why;
  return -1;
}

Result<const convene_entry*> map_library(const VettedFile& file, const std::string& name) {
  static std::mutex mutex;
  static auto& mapped =
      *new std::map<std::string, Mapped>;  // outlives every static object: plugins may end late
  static unsigned serial = 0;
  const std::lock_guard lock(mutex);
  if (const auto it = mapped.find(file.sha256); it != mapped.end()) return it->second.entry;

  const int fd = sealed_copy(file.bytes, name);
  if (fd < 0)
    return refuse(name, std::string("could not be copied into memory: ") + std::strerror(errno));
  namespace dll = boost::dll;
  boost::dll::fs::error_code failed;
  Mapped fresh;
  ::dlerror();
  fresh.library.load(path_of(fd, ++serial), dll::load_mode::rtld_now | dll::load_mode::rtld_local,
                     failed);
  const char* linker = failed ? ::dlerror() : nullptr;
  ::close(fd);  // what is mapped stays
  if (failed) {
    return refuse(
        name, "could not be linked: " + std::string(linker ? linker : failed.message().c_str()) +
                  "; install what it needs, or build it for this system");
  }
  if (!fresh.library.has(CONVENE_ENTRY_SYMBOL))
    return refuse(name, "does not export " CONVENE_ENTRY_SYMBOL);
  fresh.entry = &fresh.library.get<const convene_entry>(CONVENE_ENTRY_SYMBOL);
  return mapped.emplace(file.sha256, std::move(fresh)).first->second.entry;
}

}  // namespace convene
