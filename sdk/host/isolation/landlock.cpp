// sdk/host/isolation/landlock.cpp - rights to files, as linux/landlock.h describes them.
//
// Landlock only gives: nothing below a folder that was given can be taken back. So a folder that holds something hidden
// is not given; what lies in it is, entry by entry, but for that one.
#include "sdk/host/isolation/landlock.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>

namespace convene::isolation {
namespace {

namespace fs = std::filesystem;

// Debian 12's header does not know all of it yet.
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

constexpr const char* kForAll[] = {
    "/usr",           "/lib",       "/lib64",       "/etc/ld.so.cache",
    "/etc/localtime", "/proc/self", "/dev/urandom", "/sys/devices/system/cpu"};
/// What interpreters look for, and programs that are installed by hand.
constexpr const char* kForCommands[] = {"/bin", "/etc", "/opt", "/proc/cpuinfo", "/proc/meminfo"};
/// Names, certificates, drivers of databases.
constexpr const char* kForNetwork[] = {"/etc", "/run/systemd/resolve"};

/// Whether `path` is `folder` or lies in it; both without links and dots.
bool lies_in(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
         folder.end();
}

class Rules {
 public:
  explicit Rules(std::uint64_t all, int ruleset, const SandboxOptions& options)
      : all_(all), ruleset_(ruleset) {
    std::error_code unknown;
    for (const std::string& path : options.hidden) {
      const fs::path real = fs::weakly_canonical(fs::absolute(path, unknown), unknown);
      if (!path.empty() && !real.empty()) hidden_.push_back(real);
    }
  }

  void allow(const fs::path& path, std::uint64_t rights) {
    const int fd = ::open(path.c_str(), O_PATH | O_CLOEXEC);
    if (fd < 0) return;  // what is not there needs no right
    const Beneath beneath{rights, fd};
    constexpr int kPathBeneath = 1;
    if (::syscall(SYS_landlock_add_rule, ruleset_, kPathBeneath, &beneath, 0) != 0) {
      // A file takes no rights of folders.
      const Beneath file{rights & (kExecute | kWriteFile | kReadFile | kTruncate), fd};
      ::syscall(SYS_landlock_add_rule, ruleset_, kPathBeneath, &file, 0);
    }
    ::close(fd);
  }

  void allow_all(const fs::path& path) { allow(path, all_); }

  /// Reading `path`, but for what is hidden.
  void allow_reading(const fs::path& path) {
    std::error_code failed;
    const fs::path real = fs::canonical(path, failed);
    if (failed || is_hidden(real)) return;
    if (!holds_hidden(real)) return allow(real, kReading);
    for (fs::directory_iterator entry(real, failed), end; !failed && entry != end;
         entry.increment(failed)) {
      if (!entry->is_symlink(failed)) allow_reading(entry->path());
    }
  }

  /// What a word of a command names: a folder, or a file and its folder, where a program's other parts are.
  void allow_word(const fs::path& word) {
    std::error_code failed;
    const fs::path real = fs::canonical(word, failed);
    if (failed || real == real.root_path()) return;  // no file, or everything
    allow_reading(real);
    const bool is_folder = fs::is_directory(real, failed);
    if (is_folder) return list(real);
    for (fs::path folder :
         {real.parent_path(), fs::absolute(word).lexically_normal().parent_path()}) {
      // A virtual environment of Python: what its program loads lies beside `bin`.
      if (fs::exists(folder.parent_path() / "pyvenv.cfg", failed)) folder = folder.parent_path();
      if (folder == folder.root_path()) continue;
      allow_reading(folder);
      list(folder);
    }
  }

 private:
  bool is_hidden(const fs::path& path) const {
    return std::any_of(hidden_.begin(), hidden_.end(),
                       [&](const fs::path& h) { return lies_in(path, h); });
  }
  bool holds_hidden(const fs::path& path) const {
    return std::any_of(hidden_.begin(), hidden_.end(),
                       [&](const fs::path& h) { return lies_in(h, path); });
  }
  /// Names only: an interpreter that may not list a program's folder finds no module in it.
  void list(const fs::path& folder) {
    if (!is_hidden(folder)) allow(folder, kReadFolder);
  }

  const std::uint64_t all_;
  const int ruleset_;
  std::vector<fs::path> hidden_;
};

}  // namespace

bool restrict_files(const SandboxOptions& options) {
  constexpr unsigned kAskVersion = 1;
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, kAskVersion);
  if (version < 1) return true;
  std::uint64_t all = kAllOfFirstVersion;
  if (version >= 2) all |= kRefer;
  if (version >= 3) all |= kTruncate;
  const bool scopes = version >= 6;
  const Ruleset handled{all, 0, scopes ? kScopeAbstractSockets | kScopeSignals : 0};
  const std::size_t size = scopes ? sizeof handled : version >= 4 ? 16 : 8;
  const int ruleset = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, size, 0));
  if (ruleset < 0) return false;

  Rules rules(all, ruleset, options);
  for (const char* path : kForAll) rules.allow_reading(path);
  if (options.guest == Guest::command) {
    for (const char* path : kForCommands) rules.allow_reading(path);
    for (std::size_t i = 0; i < options.words.size(); ++i) {
      // A program without a slash is found in PATH.
      if (i > 0 || options.words[i].find('/') != std::string::npos)
        rules.allow_word(options.words[i]);
    }
  }
  if (options.guest == Guest::adapter || options.network) {
    for (const char* path : kForNetwork) rules.allow_reading(path);
  }
  for (const std::string& path : options.reads) rules.allow(path, kReading);
  if (options.guest != Guest::library) rules.allow_all(options.work);
  rules.allow("/dev/null", kReadFile | kWriteFile);
  const bool done = ::syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  ::close(ruleset);
  return done;
}

}  // namespace convene::isolation
