// core/check/imports.cpp - points the library's own references to the outside at small pieces of code
// that leave a mark and go on to the real function.
#include "core/check/imports.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

namespace convene::check {
namespace {

struct Watched {
  Rule rule;
  std::string_view name;  ///< A whole name, or with '*' at its end the beginning of one.
};

// C functions as glibc exports them; C++ names as libstdc++ and libc++ mangle them.
constexpr Watched kWatched[] = {
    {Rule::clock, "clock_gettime"},
    {Rule::clock, "gettimeofday"},
    {Rule::clock, "time"},
    {Rule::clock, "clock"},
    {Rule::clock, "times"},
    {Rule::clock, "timespec_get"},
    {Rule::clock, "_ZNSt6chrono3_V212system_clock3nowEv"},
    {Rule::clock, "_ZNSt6chrono3_V212steady_clock3nowEv"},
    {Rule::clock, "_ZNSt3__16chrono12system_clock3nowEv"},
    {Rule::clock, "_ZNSt3__16chrono12steady_clock3nowEv"},
    {Rule::dice, "rand*"},
    {Rule::dice, "srand*"},
    {Rule::dice, "drand48"},
    {Rule::dice, "lrand48"},
    {Rule::dice, "mrand48"},
    {Rule::dice, "getrandom"},
    {Rule::dice, "getentropy"},
    {Rule::dice, "arc4random*"},
    {Rule::dice, "_ZNSt13random_device*"},
    {Rule::dice, "_ZNSt3__113random_device*"},
    {Rule::io, "open"},
    {Rule::io, "open64"},
    {Rule::io, "openat*"},
    {Rule::io, "fopen*"},
    {Rule::io, "read"},
    {Rule::io, "write"},
    {Rule::io, "pread*"},
    {Rule::io, "pwrite*"},
    {Rule::io, "fread"},
    {Rule::io, "fwrite"},
    {Rule::io, "fputs"},
    {Rule::io, "puts"},
    {Rule::io, "putchar"},
    {Rule::io, "printf"},
    {Rule::io, "__printf_chk"},
    {Rule::io, "fprintf"},
    {Rule::io, "__fprintf_chk"},
    {Rule::io, "socket"},
    {Rule::io, "connect"},
    {Rule::io, "bind"},
    {Rule::io, "send*"},
    {Rule::io, "recv*"},
    {Rule::io, "opendir"},
    {Rule::io, "unlink"},
    {Rule::io, "rename"},
    {Rule::io, "mkdir"},
    {Rule::io, "stat"},
    {Rule::io, "syslog"},
    {Rule::io, "getaddrinfo"},
    {Rule::io, "shm_open"},
    {Rule::io, "dlopen"},
    {Rule::io, "syscall"},
    {Rule::waiting, "sleep"},
    {Rule::waiting, "usleep"},
    {Rule::waiting, "nanosleep"},
    {Rule::waiting, "clock_nanosleep"},
    {Rule::waiting, "sem_wait"},
    {Rule::waiting, "poll"},
    {Rule::waiting, "ppoll"},
    {Rule::waiting, "select"},
    {Rule::waiting, "epoll_wait"},
    {Rule::waiting, "pthread_cond_wait"},
    {Rule::waiting, "pthread_cond_timedwait"},
    {Rule::waiting, "pthread_join"},
    {Rule::waiting, "_ZNSt18condition_variable4wait*"},
    {Rule::thread, "pthread_create"},
    {Rule::thread, "clone"},
    {Rule::thread, "thrd_create"},
    {Rule::thread, "_ZNSt6thread15_M_start_thread*"},
    {Rule::process, "fork"},
    {Rule::process, "vfork"},
    {Rule::process, "exec*"},
    {Rule::process, "system"},
    {Rule::process, "popen"},
    {Rule::process, "posix_spawn*"},
    {Rule::process, "kill"},
    {Rule::process, "signal"},
    {Rule::process, "sigaction"},
    {Rule::process, "exit"},
    {Rule::process, "_exit"},
    {Rule::process, "setrlimit*"},
    {Rule::environment, "getenv"},
    {Rule::environment, "secure_getenv"},
    {Rule::environment, "setenv"},
    {Rule::environment, "setlocale"},
    {Rule::environment, "getcwd"},
    {Rule::environment, "chdir"},
    {Rule::environment, "gethostname"},
    {Rule::environment, "getpid"},
    {Rule::environment, "gettid"},
    {Rule::environment, "getuid"},
};

const Watched* find(std::string_view name) {
  for (const Watched& w : kWatched) {
    const bool open = w.name.back() == '*';
    const std::string_view stem = w.name.substr(0, w.name.size() - (open ? 1 : 0));
    if (open ? name.starts_with(stem) : name == stem) return &w;
  }
  return nullptr;
}

struct Ear {
  const Watched* watched;
  std::string name;
  unsigned char heard = 0;
};

#if defined(__x86_64__)
constexpr std::size_t kCodeSize = 32;
constexpr unsigned kSlots[] = {R_X86_64_JUMP_SLOT, R_X86_64_GLOB_DAT, R_X86_64_64};

/// push rax; mov rax, mark; mov byte [rax], 1; pop rax; jmp [rip]; address of the real function.
void write_code(unsigned char* at, unsigned char* mark, void* real) {
  const unsigned char head[] = {0x50, 0x48, 0xB8};
  const unsigned char tail[] = {0xC6, 0x00, 0x01, 0x58, 0xFF, 0x25, 0, 0, 0, 0};
  std::memcpy(at, head, sizeof head);
  std::memcpy(at + 3, &mark, 8);
  std::memcpy(at + 11, tail, sizeof tail);
  std::memcpy(at + 21, &real, 8);
}
constexpr bool kCanWatch = true;
#elif defined(__aarch64__)
constexpr std::size_t kCodeSize = 40;
constexpr unsigned kSlots[] = {R_AARCH64_JUMP_SLOT, R_AARCH64_GLOB_DAT, R_AARCH64_ABS64};

/// ldr x16, mark; mov w17, 1; strb w17, [x16]; ldr x16, real; br x16; then both addresses.
void write_code(unsigned char* at, unsigned char* mark, void* real) {
  const std::uint32_t code[] = {0x580000D0, 0x52800031, 0x39000211,
                                0x580000B0, 0xD61F0200, 0xD503201F};
  std::memcpy(at, code, sizeof code);
  std::memcpy(at + 24, &mark, 8);
  std::memcpy(at + 32, &real, 8);
}
constexpr bool kCanWatch = true;
#else
constexpr std::size_t kCodeSize = 1;
constexpr unsigned kSlots[] = {0};
void write_code(unsigned char*, unsigned char*, void*) {}
constexpr bool kCanWatch = false;
#endif

/// The dynamic section, as far as relocations need it.
struct Dynamic {
  const Elf64_Sym* symbols = nullptr;
  const char* names = nullptr;
  const Elf64_Rela* tables[2] = {};
  std::size_t sizes[2] = {};

  explicit Dynamic(const link_map& map) {
    for (const auto* d = map.l_ld; d->d_tag != DT_NULL; ++d) {
      const auto pointer = d->d_un.d_ptr;
      if (d->d_tag == DT_SYMTAB) symbols = reinterpret_cast<const Elf64_Sym*>(pointer);
      if (d->d_tag == DT_STRTAB) names = reinterpret_cast<const char*>(pointer);
      if (d->d_tag == DT_RELA) tables[0] = reinterpret_cast<const Elf64_Rela*>(pointer);
      if (d->d_tag == DT_RELASZ) sizes[0] = d->d_un.d_val;
      if (d->d_tag == DT_JMPREL) tables[1] = reinterpret_cast<const Elf64_Rela*>(pointer);
      if (d->d_tag == DT_PLTRELSZ) sizes[1] = d->d_un.d_val;
    }
  }
};

/// All ears of this process, and the code in front of them.
struct Ears {
  std::vector<Ear> all;
  unsigned char* code = nullptr;

  static Ears& instance() {
    static Ears ears;
    return ears;
  }

  /// Lets `visit` see every slot that the linker has filled with a watched function.
  template <class Visit>
  static void each_slot(const link_map& map, Visit visit) {
    const Dynamic dynamic(map);
    if (!dynamic.symbols || !dynamic.names) return;
    for (int t = 0; t < 2; ++t) {
      for (std::size_t i = 0; i < dynamic.sizes[t] / sizeof(Elf64_Rela); ++i) {
        const Elf64_Rela& r = dynamic.tables[t][i];
        const auto type = ELF64_R_TYPE(r.r_info);
        if (type != kSlots[0] && type != kSlots[1] && type != kSlots[2]) continue;
        const char* name = dynamic.names + dynamic.symbols[ELF64_R_SYM(r.r_info)].st_name;
        if (const Watched* w = find(name))
          visit(w, name, reinterpret_cast<void**>(map.l_addr + r.r_offset));
      }
    }
  }

  bool arm(const link_map& map) {
    std::size_t count = 0;
    each_slot(map, [&](const Watched*, const char*, void**) { ++count; });
    if (count == 0) return true;
    all.reserve(count);  // marks are pointed at: nothing may move
    void* made = ::mmap(nullptr, count * kCodeSize, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (made == MAP_FAILED) return false;
    code = static_cast<unsigned char*>(made);
    each_slot(map, [&](const Watched* w, const char* name, void** slot) {
      if (*slot == nullptr) return;
      unsigned char* at = code + all.size() * kCodeSize;
      Ear& ear = all.emplace_back(Ear{w, name});
      write_code(at, &ear.heard, *slot);
      const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
      auto* base = reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(slot) & ~(page - 1));
      if (::mprotect(base, page, PROT_READ | PROT_WRITE) == 0) *slot = at;
    });
    __builtin___clear_cache(reinterpret_cast<char*>(code),
                            reinterpret_cast<char*>(code + count * kCodeSize));
    return ::mprotect(made, count * kCodeSize, PROT_READ | PROT_EXEC) == 0;
  }
};

}  // namespace

bool watch_imports(const void* in_library, CheckingHost& host) {
  if (!kCanWatch) return false;
  Dl_info info{};
  link_map* map = nullptr;
  if (::dladdr1(in_library, &info, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP) == 0 || !map)
    return false;
  if (!Ears::instance().arm(*map)) return false;
  host.before_call = [] {
    for (Ear& ear : Ears::instance().all) ear.heard = 0;
  };
  host.after_call = [](CheckingHost& h) {
    for (const Ear& ear : Ears::instance().all) {
      if (ear.heard) h.note(ear.watched->rule, "called " + ear.name);
    }
  };
  return true;
}

}  // namespace convene::check
