// core/app/host/adapter.cpp - what an adapter's process is told, by `convene serve` or by hand.
#include "core/app/host/adapter.hpp"

#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>

#include "sdk/host/adapter/server.hpp"

namespace convene::app {
namespace {

namespace fs = std::filesystem;
using adapter::ServerOptions;

constexpr int kUsage = 64, kFailed = 1;

constexpr const char* kHelp =
    "usage: convene-host --adapter LIBRARY --kind proxy|records [OPTIONS]\n"
    "       convene-host --adapter LIBRARY --schema\n"
    "\n"
    "Runs the adapter in LIBRARY on the buses of a node, until SIGTERM. `convene serve` does this "
    "for\n"
    "every [adapter.NAME] with plugin = \"...\"; by hand it serves a node on another machine, and\n"
    "`convene check adapter -- convene-host --adapter ...`. With --schema it prints the JSON "
    "Schema "
    "of\n"
    "the adapter's settings and ends.\n"
    "\n"
    "  --kind proxy|records  what it may ask of the core, as in the configuration\n"
    "  --plugin ID           the plugin in the library; by default its file's name\n"
    "  --sha256 HEX          runs only this very library\n"
    "  --work FOLDER         the one folder where it may write; by default the current one\n"
    "  --read PATH           a file or folder that it may read; may be repeated\n"
    "  --events WORD         first word of events that it is told: session; may be repeated\n"
    "  --memory-mib N        so much memory it may use; by default 256\n"
    "\n"
    "CONVENE_BUS and CONVENE_EVENTS say where the buses are, CONVENE_NAME who it is there; with "
    "tcp\n"
    "CONVENE_SERVER_KEY, CONVENE_PUBLIC_KEY and CONVENE_SECRET_KEY are its keys.\n"
    "Exit codes: 0 it was told to end; 1 it cannot go on, as the last line says; 64 usage.\n";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

ServerOptions for_library(const std::string& library) {
  ServerOptions o;
  o.library = library;
  o.plugin = fs::path(library).stem().string();
  o.sandbox.guest = isolation::Guest::adapter;
  o.sandbox.network = true;
  return o;
}

std::optional<ServerOptions> parse(int argc, char** argv) {
  ServerOptions o = for_library(argc > 2 ? argv[2] : "");
  o.sandbox.work = ".";
  o.bus.kind = "";
  for (int i = 3; i + 1 < argc; i += 2) {
    const std::string word(argv[i]), value(argv[i + 1]);
    if (word == "--kind" && (value == "proxy" || value == "records")) {
      o.bus.kind = value;
    } else if (word == "--plugin") {
      o.plugin = value;
    } else if (word == "--sha256") {
      o.sha256 = value;
    } else if (word == "--work") {
      o.sandbox.work = value;
    } else if (word == "--read") {
      o.sandbox.reads.push_back(value);
    } else if (word == "--events") {
      o.words.push_back(value);
    } else if (word != "--memory-mib" || !number(value, o.sandbox.memory_mib)) {
      return std::nullopt;
    }
  }
  if (argc % 2 == 0 || o.library.empty() || o.bus.kind.empty()) return std::nullopt;
  return o;
}

/// Where the buses are; whoever looks at this process's environment later finds no key in it.
bool take_environment(ServerOptions& o) {
  o.bus.endpoint = variable("CONVENE_BUS");
  o.bus.name = variable("CONVENE_NAME");
  o.events_endpoint = variable("CONVENE_EVENTS");
  o.bus.server_key = variable("CONVENE_SERVER_KEY");
  o.bus.public_key = variable("CONVENE_PUBLIC_KEY");
  o.bus.secret_key = variable("CONVENE_SECRET_KEY");
  if (char* key = std::getenv("CONVENE_SECRET_KEY")) ::explicit_bzero(key, std::strlen(key));
  ::unsetenv("CONVENE_SECRET_KEY");  // alone it would leave the key in /proc/self/environ
  if (o.bus.kind == "proxy") o.bus.capabilities = {"connects_legs"};
  return !o.bus.endpoint.empty() && !o.bus.name.empty() &&
         (o.words.empty() || !o.events_endpoint.empty());
}

bool make_work_folder(const std::string& path) {
  std::error_code failed;
  const fs::path work(path);
  if (fs::is_directory(work, failed)) return true;
  fs::create_directories(work.parent_path(), failed);
  return !failed && ::mkdir(path.c_str(), 0700) == 0;
}

int complain(const char* sentence) {
  std::fprintf(stderr, "level=error %s\n", sentence);
  return kFailed;
}

int print_schema(const std::string& library) {
  const auto schema = adapter::schema_of(for_library(library));
  if (!schema) return complain(schema.error().text.c_str());
  std::fputs(schema->c_str(), stdout);
  return std::fflush(stdout) == 0 ? 0 : kFailed;
}

}  // namespace

int run_adapter(int argc, char** argv) {
  if (argc == 4 && std::string_view(argv[3]) == "--schema") return print_schema(argv[2]);
  auto options = parse(argc, argv);
  if (!options) {
    const bool asked = argc == 3 && std::string_view(argv[2]) == "--help";
    std::fputs(kHelp, asked ? stdout : stderr);
    std::fflush(stdout);
    return asked ? 0 : kUsage;
  }
  if (!take_environment(*options)) {
    return complain(
        "This runs an adapter of Convene: name it as [adapter.NAME] plugin = \"...\" in the "
        "configuration, and `convene serve` starts it; by hand it needs CONVENE_BUS, CONVENE_NAME, "
        "and CONVENE_EVENTS for events.");
  }
  if (!make_work_folder(options->sandbox.work))
    return complain("Its folder cannot be made: name another one with --work.");
  ::setenv("CONVENE_WORK", fs::absolute(options->sandbox.work).c_str(), 1);
  ::setenv("TMPDIR", fs::absolute(options->sandbox.work).c_str(), 1);
  const Status served = adapter::serve_adapter(*options);
  return served ? 0 : complain(served.error().text.c_str());
}

}  // namespace convene::app
