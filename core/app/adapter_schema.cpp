// core/app/adapter_schema.cpp - a file that is read, or convene-host that is asked.
#include "core/app/adapter_schema.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

#include "convene/json.hpp"
#include "core/app/generation.hpp"
#include "sdk/host/config_schema.hpp"
#include "sdk/host/spawn.hpp"

namespace convene::app {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kSchemaMax = 1 << 20;
constexpr std::chrono::seconds kPatience{5};
constexpr const char* kFileEnd = ".settings.json";

/// Nobody's secrets: only what a library needs to be found and to speak a language.
std::vector<std::string> plain_environment() {
  std::vector<std::string> out;
  for (const char* name : {"PATH", "LD_LIBRARY_PATH", "HOME", "LANG", "LC_ALL", "TZ"}) {
    if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
  }
  return out;
}

/// What the process writes until it closes its output or `until` is over.
std::string read_all(int output, Clock::time_point until) {
  std::string out;
  char bytes[4096];
  while (out.size() <= kSchemaMax) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    pollfd one{output, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&one, 1, static_cast<int>(left.count())) == 0) break;
    const ssize_t size = ::read(output, bytes, sizeof bytes);
    if (size == 0 || (size < 0 && errno != EINTR)) break;
    if (size > 0) out.append(bytes, static_cast<std::size_t>(size));
  }
  return out;
}

/// What a program of ours writes, where it ends well and in time.
Result<std::string> ask_program(std::vector<std::string> command) {
  const std::string name = fs::path(command.front()).filename();
  int pipes[2];
  if (::pipe2(pipes, O_CLOEXEC) != 0) return Error{"adapter.schema", std::strerror(errno)};
  pid_t pid = 0;
  const int failed = spawn_process({std::move(command), plain_environment(), pipes[1]}, pid);
  ::close(pipes[1]);
  const int ended = failed == 0 ? open_pidfd(pid) : -1;
  const auto until = Clock::now() + kPatience;
  std::string said = ended >= 0 ? read_all(pipes[0], until) : std::string();
  ::close(pipes[0]);
  if (failed != 0) return Error{"adapter.schema", name + ": " + std::strerror(failed)};
  std::string how;
  if (ended >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    pollfd one{ended, POLLIN, 0};
    ::poll(&one, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    how = reap(ended);
  }
  if (how.empty()) {  // it hangs, or cannot be watched
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  if (ended >= 0) ::close(ended);
  if (how == "exit 0") return said;
  if (how.empty()) how = "no answer within 5 s";
  while (!said.empty() && said.back() == '\n') said.pop_back();
  return Error{"adapter.schema",
               name + ": " + how + (said.empty() ? "" : ": " + said.substr(0, 500))};
}

Result<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(kSchemaMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.is_open() || in.bad()) return Error{"adapter.schema", path.string() + " cannot be read"};
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

/// Passes a schema on that is one.
Result<std::optional<std::string>> checked(std::string schema, const std::string& whose) {
  const json::Parsed parsed = json::parse(schema);
  Status fine = ok();
  if (schema.size() > kSchemaMax) {
    fine = Error{"adapter.schema", "is longer than a mebibyte"};
  } else if (!parsed) {
    fine = Error{"adapter.schema", parsed.error};
  } else {
    fine = check_schema(*parsed.value);
  }
  if (!fine)
    return Error{"adapter.schema", whose + " is no schema of settings: " + fine.error().text};
  return std::optional(std::move(schema));
}

}  // namespace

fs::path resolve_program(const std::string& word) {
  if (word.find('/') != std::string::npos || !fs::exists(program_folder() / word)) return word;
  return program_folder() / word;
}

fs::path adapter_library(const Config& config, const AdapterConfig& adapter) {
  return fs::absolute(resolve_plugin_folder(config.plugin_folder) / (adapter.plugin + ".so"));
}

Result<std::optional<std::string>> adapter_schema(const Config& config,
                                                  const AdapterConfig& adapter) {
  if (!adapter.plugin.empty()) {
    const fs::path library = adapter_library(config, adapter);
    auto said = ask_program(
        {resolve_program("convene-host").string(), "--adapter", library.string(), "--schema"});
    if (!said) return said.error();
    if (said->empty()) return std::optional(std::string());
    return checked(std::move(*said), "what " + library.string() + " says");
  }
  for (const std::string& word : adapter.command) {
    const fs::path program =
        &word == &adapter.command.front() ? resolve_program(word) : fs::path(word);
    const fs::path shared = program.parent_path() / ".." / "share" / "convene" / "schema";
    for (const fs::path& file : {program, shared / program.filename()}) {
      const fs::path named = file.string() + kFileEnd;
      std::error_code failed;
      if (!fs::is_regular_file(named, failed)) continue;
      auto text = read_file(named);
      if (!text) return text.error();
      return checked(std::move(*text), named.lexically_normal().string());
    }
  }
  return std::optional<std::string>();
}

}  // namespace convene::app
