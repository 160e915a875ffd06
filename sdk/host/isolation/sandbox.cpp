// sdk/host/isolation/sandbox.cpp - limits and privileges; files stand in landlock.cpp, system calls in seccomp.cpp.
#include "sdk/host/isolation/sandbox.hpp"

#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "sdk/host/isolation/landlock.hpp"
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
  if (!limit(RLIMIT_AS,
             (options.guest == Guest::library ? mapped_now() : rlim_t{128} << 20) + room))
    return refuse("cannot be limited in memory");
#endif
  if (!forbid_calls(options.guest, options.network))
    return refuse("cannot be kept from system calls");
  return ok();
}

}  // namespace convene::isolation
