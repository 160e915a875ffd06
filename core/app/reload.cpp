// core/app/reload.cpp - `convene reload`: checks first, then asks, then waits for the outcome.
#include <signal.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "core/app/commands.hpp"
#include "core/app/console.hpp"
#include "core/app/data_folder.hpp"
#include "core/app/exit_codes.hpp"

namespace convene::app {
namespace {

std::int64_t counter(const boost::json::object& status, const char* pointer) {
  boost::system::error_code failed;
  const boost::json::value value(status);
  const boost::json::value* found = value.find_pointer(pointer, failed);
  return found == nullptr || !found->is_int64() ? 0 : found->get_int64();
}

int complain(const Error& error) {
  std::fprintf(stderr, "convene: %s\n", error.text.c_str());
  return error.code == "not_running" ? kNotRunning : kFailed;
}

}  // namespace

int reload(const std::filesystem::path& path) {
  const auto config = read_config(path);
  if (!config) return kBadConfig;
  const auto before = ask_status(*config);
  if (!before) return complain(before.error());
  const auto pid = holder_of(config->data);
  if (!pid || ::kill(*pid, SIGHUP) != 0)
    return complain({"not_running", "the node cannot be signalled"});
  const std::int64_t revision = counter(*before, "/supervisor/config/revision");
  const std::int64_t refused = counter(*before, "/supervisor/config/refused");
  for (int i = 0; i < 100; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const auto now = ask_status(*config);
    if (!now) return complain(now.error());
    if (counter(*now, "/supervisor/config/revision") > revision) {
      std::printf("applied: revision %lld\n", static_cast<long long>(revision + 1));
      return kOk;
    }
    if (counter(*now, "/supervisor/config/refused") > refused) {
      std::fprintf(
          stderr,
          "convene: the node refuses the configuration and goes on as before; its log says why\n");
      return kRefused;
    }
  }
  return complain(
      {"failed", "the node did not say within 10 s whether it applied the configuration"});
}

}  // namespace convene::app
