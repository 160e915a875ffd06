// sdk/host/isolation/seccomp.cpp - a filter in classic BPF, written out here: it needs no library.
//
// A list of what is forbidden, not of what is allowed: the plugin's own libraries may need calls that nobody thought
// of, and what harms others is known. Everything that reaches beyond the process is on the list.
#include "sdk/host/isolation/seccomp.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace convene::isolation {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
constexpr std::uint32_t kForeignBit = 0x40000000;  // x32: the same calls under other numbers
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t kForeignBit = 0;
#else
#error "add this machine's AUDIT_ARCH"
#endif

constexpr std::uint32_t kForbid = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t kUnknown = SECCOMP_RET_ERRNO | ENOSYS;  // makes a libc use the older call

/// A program that grows line by line; jumps are relative, so each rule stands for itself.
class Filter {
 public:
  Filter() {
    load(offsetof(seccomp_data, arch));
    put(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0);
    answer(SECCOMP_RET_KILL_PROCESS);
    load(offsetof(seccomp_data, nr));
    if (kForeignBit != 0) {
      put(BPF_JMP | BPF_JSET | BPF_K, kForeignBit, 0, 1);
      answer(kForbid);
    }
  }

  void forbid(long call, std::uint32_t verdict = kForbid) {
    put(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1);
    answer(verdict);
  }
  /// Where none of the `bits` is set in argument `index`.
  void forbid_without(long call, int index, std::uint32_t bits) {
    forbid_where(call, index, BPF_JSET, bits, false);
  }
  /// Where any of the `bits` is set in argument `index`.
  void forbid_with(long call, int index, std::uint32_t bits) {
    forbid_where(call, index, BPF_JSET, bits, true);
  }
  /// Unless argument `index` is `value`.
  void forbid_unless(long call, int index, std::uint32_t value) {
    forbid_where(call, index, BPF_JEQ, value, false);
  }
  /// Where argument `index` is `value`.
  void forbid_when(long call, int index, std::uint32_t value) {
    forbid_where(call, index, BPF_JEQ, value, true);
  }

  bool install() {
    answer(SECCOMP_RET_ALLOW);
    const sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
    return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) ==
           0;
  }

 private:
  /// Where `test` of argument `index` against `value` comes to `holds`; up to the other rules otherwise.
  void forbid_where(long call, int index, int test, std::uint32_t value, bool holds) {
    put(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 4);
    load(argument(index));
    put(BPF_JMP | test | BPF_K, value, holds ? 0 : 1, holds ? 1 : 0);
    answer(kForbid);
    load(offsetof(seccomp_data, nr));  // for the rules that follow
  }
  // The lower half: all arguments that are looked at are 32 bits wide.
  static std::uint32_t argument(int index) {
    return static_cast<std::uint32_t>(offsetof(seccomp_data, args) +
                                      sizeof(std::uint64_t) * static_cast<std::size_t>(index));
  }
  void put(int code, std::uint32_t k, std::uint8_t if_true = 0, std::uint8_t if_false = 0) {
    code_.push_back({static_cast<std::uint16_t>(code), if_true, if_false, k});
  }
  void load(std::size_t offset) {
    put(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
  }
  void answer(std::uint32_t verdict) { put(BPF_RET | BPF_K, verdict); }

  std::vector<sock_filter> code_;
};

/// What no plugin needs, whoever it is.
constexpr long kNever[] = {
    SYS_ptrace,
    SYS_process_vm_writev,
    SYS_kcmp,
    SYS_pidfd_open,
    SYS_pidfd_getfd,
    SYS_pidfd_send_signal,
    SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo,
    SYS_tkill,
    SYS_setpriority,
    SYS_ioprio_set,
    SYS_migrate_pages,
    SYS_move_pages,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_mount,
    SYS_umount2,
    SYS_move_mount,
    SYS_open_tree,
    SYS_fsopen,
    SYS_fspick,
    SYS_pivot_root,
    SYS_chroot,
    SYS_unshare,
    SYS_setns,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_reboot,
    SYS_swapon,
    SYS_swapoff,
    SYS_open_by_handle_at,
    SYS_name_to_handle_at,
    SYS_quotactl,
    SYS_acct,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_adjtimex,
    SYS_clock_adjtime,
    SYS_syslog,
    SYS_personality,
    SYS_shmget,
    SYS_shmat,
    SYS_shmctl,
    SYS_semget,
    SYS_semop,
    SYS_semtimedop,
    SYS_semctl,
    SYS_msgget,
    SYS_msgsnd,
    SYS_msgrcv,
    SYS_msgctl,
    SYS_mq_open,
};

/// What one may do to oneself only: the first argument is a process, and 0 is the caller.
constexpr long kToItselfOnly[] = {SYS_prlimit64, SYS_sched_setaffinity, SYS_sched_setattr};

/// What code does not need that runs in this program: it starts no other one, and whose a file is and
/// who may read it stays as it is.
constexpr long kNotForCode[] = {
    SYS_execve,  SYS_execveat, SYS_fchmodat,      SYS_fchownat,
    SYS_mknodat, SYS_setsid,   SYS_fanotify_init, SYS_setpgid,
#if defined(__x86_64__)
    SYS_chmod,   SYS_chown,    SYS_lchown,        SYS_mknod,
#endif
};

/// What a library does not need either: it neither writes files nor opens anything new.
constexpr long kNotForLibraries[] = {
    SYS_bind,      SYS_listen,  SYS_accept,        SYS_accept4,   SYS_socketpair,   SYS_unlinkat,
    SYS_renameat2, SYS_mkdirat, SYS_linkat,        SYS_symlinkat, SYS_truncate,     SYS_utimensat,
    SYS_chdir,     SYS_fchdir,  SYS_inotify_init1,
#if defined(__x86_64__)
    SYS_unlink,    SYS_rename,  SYS_renameat,      SYS_mkdir,     SYS_rmdir,        SYS_link,
    SYS_symlink,   SYS_creat,   SYS_utime,         SYS_utimes,    SYS_inotify_init,
#endif
};

}  // namespace

bool forbid_calls(Guest guest, bool network) {
  Filter filter;
  const auto self = static_cast<std::uint32_t>(::getpid());
  for (const long call : kNever) filter.forbid(call);
  filter.forbid_unless(SYS_process_vm_readv, 0, self);
  filter.forbid_unless(SYS_kill, 0, self);
  filter.forbid_unless(SYS_tgkill, 0, self);
  for (const long call : kToItselfOnly) filter.forbid_unless(call, 0, 0);
  // ZeroMQ gives its threads, by their numbers, the ordinary policy that they have.
  filter.forbid_unless(SYS_sched_setscheduler, 1, SCHED_OTHER);
  filter.forbid_when(SYS_prctl, 0, PR_SET_PDEATHSIG);  // it ends with its parent
  // A descriptor's owner is sent signals, and need not be oneself.
  for (const std::uint32_t how : {F_SETOWN, F_SETOWN_EX}) filter.forbid_when(SYS_fcntl, 1, how);
  for (const std::uint32_t how : {FIOSETOWN, SIOCSPGRP}) filter.forbid_when(SYS_ioctl, 1, how);
  // Threads, but no processes. What clone3 wants stands in memory, where no filter can look.
  filter.forbid(SYS_clone3, kUnknown);
  filter.forbid_without(SYS_clone, 0, CLONE_THREAD);
#if defined(__x86_64__)
  filter.forbid(SYS_fork);
  filter.forbid(SYS_vfork);
#endif
  if (guest != Guest::command) {
    for (const long call : kNotForCode) filter.forbid(call);
  }
  if (guest == Guest::library) {
    for (const long call : kNotForLibraries) filter.forbid(call);
    filter.forbid(SYS_openat2, kUnknown);
    filter.forbid_with(SYS_openat, 2, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC);
#if defined(__x86_64__)
    filter.forbid_with(SYS_open, 1, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC);
#endif
    if (!network) filter.forbid(SYS_connect);
    if (!network) filter.forbid(SYS_socket);
  } else if (guest == Guest::command && !network) {
    filter.forbid_unless(SYS_socket, 0, AF_UNIX);
  }
  return filter.install();
}

}  // namespace convene::isolation
