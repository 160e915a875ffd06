// core/app/host/main.cpp - `convene-host`: one plugin in a process of its own (sdk/host/WIRE.md). Started by a node.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/app/host/adapter.hpp"
#include "sdk/host/isolation/server.hpp"

namespace {

using namespace convene::isolation;

constexpr int kUsage = 64, kFailed = 1, kNotFound = 127;
using convene::app::number;

constexpr const char* kHelp =
    "usage: convene-host --parent PID --work FOLDER [--memory-mib N] [--network]\n"
    "                    [--hide PATH]... (--library NAME | -- COMMAND...)\n"
    "       convene-host --adapter LIBRARY --kind proxy|records [OPTIONS]; see --adapter --help\n"
    "\n"
    "Runs one plugin apart from the node that starts it: isolation = \"process\" in [plugin.ID].\n"
    "Nobody else has a use for that. It ends with the process PID; it expects the library on\n"
    "descriptor 3, the socket in CONVENE_HOST_ENDPOINT and the plugin's id in CONVENE_PLUGIN.\n"
    "sdk/host/WIRE.md says what it speaks; a COMMAND speaks that itself.\n";

struct Arguments {
  SandboxOptions sandbox;
  std::string library;
  std::vector<char*> command;  ///< Ends with null, unless empty.
};

std::optional<Arguments> parse(int argc, char** argv) {
  Arguments a;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word(argv[i]);
    if (word == "--") {
      a.command.assign(argv + i + 1, argv + argc + 1);  // the null after the last one too
      break;
    }
    if (word == "--network") {
      a.sandbox.network = true;
      continue;
    }
    if (++i >= argc) return std::nullopt;
    const bool fine = word == "--parent"       ? number(argv[i], a.sandbox.parent)
                      : word == "--memory-mib" ? number(argv[i], a.sandbox.memory_mib)
                      : word == "--work"       ? (a.sandbox.work = argv[i], true)
                      : word == "--library"    ? (a.library = argv[i], true)
                      : word == "--hide"       ? (a.sandbox.hidden.emplace_back(argv[i]), true)
                                               : false;
    if (!fine) return std::nullopt;
  }
  a.sandbox.guest = a.library.empty() ? Guest::command : Guest::library;
  for (char* word : a.command)
    if (word != nullptr) a.sandbox.words.emplace_back(word);
  const bool whole = a.sandbox.parent > 0 && !a.sandbox.work.empty() &&
                     (a.library.empty() ? a.command.size() > 1 : a.command.empty());
  return whole ? std::optional(a) : std::nullopt;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

int complain(const convene::Error& error) {
  std::fprintf(stderr, "%s\n", error.text.c_str());
  return kFailed;
}

int become(const Arguments& a) {
  if (auto confined = confine_process(a.sandbox); !confined) return complain(confined.error());
  if (auto confined = confine_calls(a.sandbox); !confined) return complain(confined.error());
  ::execvp(a.command[0], a.command.data());
  std::fprintf(stderr, "%s: %s\n", a.command[0], std::strerror(errno));
  return kNotFound;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "--adapter") {
    const int code = convene::app::run_adapter(argc, argv);
    std::fflush(stderr);
    ::_exit(code);
  }
  const auto arguments = parse(argc, argv);
  if (!arguments) {
    const bool asked = argc == 2 && std::string_view(argv[1]) == "--help";
    std::fputs(kHelp, asked ? stdout : stderr);
    return asked ? 0 : kUsage;
  }
  if (arguments->sandbox.guest == Guest::command) return become(*arguments);
  ServerOptions options;
  options.plugin = variable("CONVENE_PLUGIN");
  options.endpoint = variable("CONVENE_HOST_ENDPOINT");
  options.library_name = arguments->library;
  options.sandbox = arguments->sandbox;
  const auto served = serve_plugin(options);
  const int code = served ? 0 : complain(served.error());
  std::fflush(stderr);
  ::_exit(code);  // what the plugin left behind could still hang here
}
