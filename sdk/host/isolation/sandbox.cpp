// sdk/host/isolation/sandbox.cpp - limits, privileges and files; the system calls stand in seccomp.cpp.
#include "sdk/host/isolation/sandbox.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "sdk/host/isolation/seccomp.hpp"

namespace convene::isolation {
namespace {

Error refuse(const char* what) {
  return {"host.sandbox", std::string(what) + ": " + std::strerror(errno)};
}

bool limit(int what, rlim_t most) {
  rlimit old{};
  if (::getrlimit(static_cast<__rlimit_resource_t>(what), &old) != 0) return false;
  const rlim_t bound = std::min(most, old.rlim_max);
  const rlimit limits{bound, bound};
  return ::setrlimit(static_cast<__rlimit_resource_t>(what), &limits) == 0;
}

bool drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  return ::syscall(SYS_capset, &header, none) == 0;
}

// Landlock, as linux/landlock.h describes it; Debian 12's header does not know all of it yet.
constexpr std::uint64_t kExecute = 1u << 0, kWriteFile = 1u << 1, kReadFile = 1u << 2,
                        kReadFolder = 1u << 3, kTruncate = 1u << 14;
constexpr std::uint64_t kReading = kExecute | kReadFile | kReadFolder;
constexpr std::uint64_t kAllOfFirstVersion = (1u << 13) - 1;
constexpr std::uint64_t kRefer = 1u << 13;
constexpr std::uint64_t kScopeAbstractSockets = 1, kScopeSignals = 2;
struct Ruleset {
  std::uint64_t files, network, scoped;
};
struct __attribute__((packed)) Beneath {
  std::uint64_t allowed;
  std::int32_t parent;
};

void allow(int ruleset, const char* path, std::uint64_t rights) {
  const int fd = ::open(path, O_PATH | O_CLOEXEC);
  if (fd < 0) return;  // what is not there needs no right
  const Beneath beneath{rights, fd};
  constexpr int kPathBeneath = 1;
  if (::syscall(SYS_landlock_add_rule, ruleset, kPathBeneath, &beneath, 0) != 0) {
    // A file takes no rights of folders.
    const Beneath file{rights & (kExecute | kWriteFile | kReadFile | kTruncate), fd};
    ::syscall(SYS_landlock_add_rule, ruleset, kPathBeneath, &file, 0);
  }
  ::close(fd);
}

/// True also where the kernel has no Landlock: then seccomp alone forbids writing.
bool restrict_files(const SandboxOptions& options) {
  constexpr unsigned kAskVersion = 1;
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, kAskVersion);
  if (version < 1) return true;
  std::uint64_t all = kAllOfFirstVersion;
  if (version >= 2) all |= kRefer;
  if (version >= 3) all |= kTruncate;
  const bool scopes = version >= 6;
  const Ruleset rules{all, 0, scopes ? kScopeAbstractSockets | kScopeSignals : 0};
  const std::size_t size = scopes ? sizeof rules : version >= 4 ? 16 : 8;
  const int ruleset = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, size, 0));
  if (ruleset < 0) return false;
  if (options.guest == Guest::command) {
    allow(ruleset, "/", kReading);
  } else {
    for (const char* path : {"/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime",
                             "/proc/self", "/dev/urandom", "/sys/devices/system/cpu"}) {
      allow(ruleset, path, kReading);
    }
  }
  if (options.guest == Guest::adapter) {  // names, certificates, drivers of databases
    allow(ruleset, "/etc", kReading);
    allow(ruleset, "/run/systemd/resolve", kReading);
    for (const std::string& path : options.reads) allow(ruleset, path.c_str(), kReading);
  }
  if (options.guest != Guest::library) allow(ruleset, options.work.c_str(), all);
  allow(ruleset, "/dev/null", kReadFile | kWriteFile);
  const bool done = ::syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  ::close(ruleset);
  return done;
}

/// Bytes of address space that this process has mapped already.
rlim_t mapped_now() {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  unsigned long long pages = 0;
  const bool read = file && std::fscanf(file, "%llu", &pages) == 1;
  if (file) std::fclose(file);
  return read ? pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) : rlim_t{64} << 20;
}

}  // namespace

Status confine_process(const SandboxOptions& options) {
  const bool adapter = options.guest == Guest::adapter;
  if (!adapter || options.parent != 0) {
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return refuse("cannot be tied to its parent");
    if (::getppid() != options.parent) return Error{"host.orphan", "its parent is gone already"};
  }
  const rlim_t descriptors = adapter ? 1024 : 64, file_bytes = rlim_t{16} << (adapter ? 26 : 20);
  if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_NOFILE, descriptors) ||
      !limit(RLIMIT_FSIZE, file_bytes) || !limit(RLIMIT_MSGQUEUE, 0)) {
    return refuse("cannot be limited");
  }
  if (options.guest == Guest::library && ::chdir(options.work.c_str()) != 0)
    return refuse("cannot enter its folder");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refuse("cannot give up privileges");
  if (!restrict_files(options)) return refuse("cannot be kept from files");
  if (!drop_capabilities()) return refuse("cannot give up capabilities");
  return ok();
}

Status confine_calls(const SandboxOptions& options) {
  // The sanitizers reserve more address space than there is memory.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const rlim_t room = rlim_t{options.memory_mib} << 20;
  if (!limit(RLIMIT_AS, (options.guest == Guest::library ? mapped_now() : rlim_t{128} << 20) + room))
    return refuse("cannot be limited in memory");
#endif
  if (!forbid_calls(options.guest, options.network))
    return refuse("cannot be kept from system calls");
  return ok();
}

}  // namespace convene::isolation
