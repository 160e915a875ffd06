// sdk/host/isolation/isolated.cpp - vets the library, starts its process, and wraps what stands for it.
#include "sdk/host/isolated.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <limits>

#include "sdk/host/entry_check.hpp"
#include "sdk/host/instance.hpp"
#include "sdk/host/isolation/proxy.hpp"
#include "sdk/host/mapping.hpp"
#include "sdk/host/settings.hpp"
#include "sdk/host/vetting.hpp"

namespace convene {
namespace {

namespace fs = std::filesystem;
using isolation::HostLaunch;
using isolation::Proxy;

constexpr std::size_t kFolderMax = 80;  ///< A socket's whole path is at most 107 bytes.

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

/// A folder for this program's sockets, gone at its end.
struct OwnFolder {
  std::string path;
  OwnFolder() {
    std::error_code failed;
    std::string name = (fs::temp_directory_path(failed) / "convene-XXXXXX").string();
    if (!failed && ::mkdtemp(name.data())) path = name;
  }
  ~OwnFolder() {
    std::error_code ignored;
    if (!path.empty()) fs::remove_all(path, ignored);
  }
};

Result<std::string> folder_of(const std::string& wanted) {
  if (wanted.empty()) {
    static OwnFolder own;
    if (!own.path.empty()) return own.path;
    return Error{"plugin.isolated", "no folder for its sockets can be made; set TMPDIR"};
  }
  std::error_code failed;
  if (::mkdir(wanted.c_str(), 0700) != 0 && errno != EEXIST)
    return Error{"plugin.isolated", wanted + " cannot be made: " + std::strerror(errno)};
  struct stat s {};
  if (::stat(wanted.c_str(), &s) != 0 || s.st_uid != ::geteuid() || (s.st_mode & 077) != 0)
    return Error{"plugin.isolated", wanted + " must be ours alone; chmod 700 it"};
  return wanted;
}

Result<std::string> program_of(const std::string& wanted) {
  std::error_code failed;
  const fs::path here = fs::read_symlink("/proc/self/exe", failed).parent_path();
  std::vector<std::string> places = {wanted};
  if (wanted.empty()) {  // beside the program, or where tests find programs
    places = {(here / "convene-host").string(), (here.parent_path() / "bin/convene-host").string()};
  }
  for (const std::string& place : places) {
    if (::access(place.c_str(), X_OK) == 0) return place;
  }
  return Error{"plugin.isolated", "needs " + places.front() +
                                      ", which is not there; install it, or set isolation = "
                                      "\"core\" for a plugin that you trust"};
}

/// One description of what goes wrong, for people: "policy_x (/plugins/policy_x.so) ...".
Error named(const std::string& who, const Error& error) {
  return {error.code, who + " " + error.text};
}

bool can_be_hosted(const PluginDescription& d) {
  return std::any_of(d.offers.begin(), d.offers.end(),
                     [](const std::string& id) { return id != CONVENE_ADAPTER; });
}

/// An overrun is the deadline's business here: the call has failed then, and the breaker counts it.
MeterOptions meter_of(const HostOptions& options, const IsolationOptions& isolation) {
  const std::chrono::nanoseconds slowest = std::max(isolation.deadline, isolation.step_deadline);
  return {std::max(options.budget, slowest).count(), std::numeric_limits<unsigned>::max(),
          options.clock, options.log};
}

}  // namespace

Result<std::unique_ptr<LoadedPlugin>> load_isolated(const HostOptions& options,
                                                    const PluginWish& wish,
                                                    const IsolationOptions& isolation) {
  if (!is_plugin_id(wish.id)) {
    return Error{"plugin.unknown", "\"" + presentable(wish.id, 64) +
                                       "\" is no plugin's id: those are 1 to 64 of a-z, 0-9, _"};
  }
  const bool library = isolation.command.empty();
  const std::string file = wish.file.empty() ? wish.id + ".so" : wish.file;
  const std::string where = library ? options.folder + "/" + file : isolation.command.front();
  const std::string who = wish.id + " (" + where + ")";
  if (!library && !wish.sha256.empty()) {
    return Error{"plugin.config", who + " is a command: sha256 pins libraries; remove it"};
  }
  std::string sha256;
  int sealed = -1;
  if (library) {
    auto vetted = vet_library(options.folder, file, wish.sha256, options.signatures);
    if (!vetted) return vetted.error();
    sha256 = vetted->sha256;
    sealed = sealed_copy(vetted->bytes, where);
    if (sealed < 0)
      return Error{"plugin.isolated", who + " could not be copied: " + std::strerror(errno)};
  }
  const auto copy = std::make_shared<Descriptor>(sealed);
  auto program = program_of(isolation.program);
  if (!program) return named(who, program.error());
  auto folder = folder_of(isolation.folder);
  if (!folder) return named(who, folder.error());
  if (folder->size() > kFolderMax) {
    return Error{"plugin.isolated",
                 who + " would have sockets in " + *folder + ", which is too long a path"};
  }

  HostLaunch launch;
  launch.plugin = wish.id;
  launch.program = *program;
  launch.command = isolation.command;
  launch.library = sealed;
  launch.library_name = where;
  launch.folder = *folder;
  launch.options = isolation;
  launch.settings = [config = wish.config, copy](const PluginDescription& d) {
    return check_settings(d, config);
  };
  launch.log = [log = options.log, id = wish.id](int level, std::string_view about,
                                                 std::string_view message) {
    if (log) log({id, level, presentable(about, 64), presentable(message, 1024)});
  };
  auto proxy = std::make_unique<Proxy>(std::move(launch));
  auto description = proxy->process().start();
  if (!description) return named(who, description.error());
  if (!can_be_hosted(*description)) {
    return Error{"plugin.isolated", who +
                                        " is an adapter: those are processes of their own already; "
                                        "start it as [adapter." +
                                        wish.id + "]"};
  }
  auto state = std::make_unique<LoadedPlugin::State>(*description, std::move(sha256),
                                                     meter_of(options, isolation));
  Proxy* const spokesman = proxy.release();  // the instance ends it
  spokesman->tell_failures_to(state->meter.host());
  state->isolation = [spokesman] { return spokesman->process().status(); };
  if (Status started = state->start(spokesman->table()); !started)
    return named(who, started.error());
  return std::make_unique<LoadedPlugin>(std::move(state));
}

}  // namespace convene
