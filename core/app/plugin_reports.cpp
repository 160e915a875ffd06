// core/app/plugin_reports.cpp - asks the node about its plugins and tells people the answer.
#include "core/app/plugin_reports.hpp"

#include <unistd.h>

#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <thread>

#include "core/app/console.hpp"
#include "core/app/exit_codes.hpp"
#include "core/runtime/config_document.hpp"

namespace convene::app {
namespace {

namespace json = boost::json;

constexpr std::int64_t kLoadingMs = 30'000;

int complain(const Error& error) {
  std::fprintf(stderr, "convene: %s\n", error.text.c_str());
  if (error.code == "not_running") return kNotRunning;
  return error.code == "refused" || error.code == "deadline" ? kFailed : kRefused;
}

std::string text(const json::value& from, const char* pointer) {
  boost::system::error_code failed;
  const json::value* found = from.find_pointer(pointer, failed);
  if (!found || found->is_null()) return "";
  return found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
}

std::int64_t number(const json::value& from, const char* pointer) {
  boost::system::error_code failed;
  const json::value* found = from.find_pointer(pointer, failed);
  return found && found->is_int64() ? found->get_int64() : 0;
}

const json::array& list(const json::value& from, const char* pointer) {
  static const json::array none;
  boost::system::error_code failed;
  const json::value* found = from.find_pointer(pointer, failed);
  return found && found->is_array() ? found->get_array() : none;
}
const json::array& list(json::value&&, const char*) = delete;  // what it gives lives in `from`

/// "830 ns", "1.4 us", "20 ms": two digits are enough to compare.
std::string duration(std::int64_t ns) {
  char out[32];
  if (ns < 1'000) {
    std::snprintf(out, sizeof out, "%lld ns", static_cast<long long>(ns));
  } else if (ns < 1'000'000) {
    std::snprintf(out, sizeof out, "%.1f us", static_cast<double>(ns) / 1e3);
  } else {
    std::snprintf(out, sizeof out, "%.1f ms", static_cast<double>(ns) / 1e6);
  }
  return out;
}

void print_generation(const std::string& id, const json::value& g) {
  const std::string process =
      text(g, "/process/pid").empty()
          ? ""
          : "  pid " + text(g, "/process/pid") + ", " + text(g, "/process/restarts") +
                " restarts, " + std::to_string(number(g, "/process/memory_kib") / 1024) + " MiB";
  std::printf("%-22s %4s  %-9s %-9s %-12.12s %-7s %8s %9s %9s %9s %6s %6s%s\n", id.c_str(),
              ("#" + text(g, "/generation")).c_str(),
              text(g, "/parked") == "true" ? "parked" : text(g, "/role").c_str(),
              text(g, "/version").c_str(), text(g, "/sha256").c_str(),
              text(g, "/isolation").c_str(), text(g, "/sessions").c_str(),
              text(g, "/calls").c_str(), duration(number(g, "/p50_ns")).c_str(),
              duration(number(g, "/p99_ns")).c_str(), text(g, "/overruns").c_str(),
              text(g, "/failures").c_str(), process.c_str());
}

void print_trial(const json::value& trial) {
  std::printf(
      "  trial of #%s: %s of %s questions asked, %s of them recorded ones; %s answered otherwise, "
      "canary %.2f %%\n",
      text(trial, "/generation").c_str(), text(trial, "/asked").c_str(),
      text(trial, "/shadow").c_str(), text(trial, "/recorded").c_str(),
      text(trial, "/differing").c_str(), static_cast<double>(number(trial, "/canary")) / 100.0);
  if (number(trial, "/unknown_states") > 0) {
    std::printf("  %s steps with states that it does not know: those sessions would stay\n",
                text(trial, "/unknown_states").c_str());
  }
  for (const json::value& one : list(trial, "/differences")) {
    std::printf("    session %s, %s\n      now  %s\n      then %s\n", text(one, "/session").c_str(),
                text(one, "/question").c_str(), text(one, "/current").c_str(),
                text(one, "/candidate").c_str());
  }
  const std::int64_t shown = static_cast<std::int64_t>(list(trial, "/differences").size());
  const std::int64_t more = number(trial, "/differing") - shown;
  if (more > 0) std::printf("    and %lld more\n", static_cast<long long>(more));
}

/// The plugin's part of the answer `plugins`.
Result<json::value> ask_for(const Config& config, const std::string& id) {
  auto answer = ask_node(config, "plugins", "{}");
  if (!answer) return answer.error();
  const json::value all(std::move(*answer));
  for (const json::value& plugin : list(all, "/plugins")) {
    if (text(plugin, "/id") == id) return plugin;
  }
  return Error{"plugin.unknown", "no plugin \"" + id + "\" runs here"};
}

/// Looks on while the shadow is asked; what came of it once it has seen enough, or is gone.
int watch(const Config& config, const ReloadOrder& order, const json::value& begun) {
  const std::int64_t generation = number(begun, "/generation");
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(order.wait_s);
  for (;;) {
    auto plugin = ask_for(config, order.plugin);
    if (!plugin) return complain(plugin.error());
    const json::value* trial = plugin->as_object().if_contains("trial");
    const bool ours = trial && number(*trial, "/generation") == generation;
    const std::int64_t asked = ours ? number(*trial, "/asked") : 0;
    if (terminal && ours) {
      std::fprintf(stderr, "\rshadow: %lld of %u questions", static_cast<long long>(asked),
                   order.shadow);
    }
    const bool over = std::chrono::steady_clock::now() >= end;
    if (ours && asked < order.shadow && !over) {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      continue;
    }
    if (terminal) std::fprintf(stderr, "\n");
    if (ours) {
      print_trial(*trial);
      std::printf(asked < order.shadow ? "The shadow goes on. Look again with: convene plugins\n"
                  : order.canary > 0
                      ? "It gets its share now. End the trial with --promote, or with: convene "
                        "plugin back %s\n"
                      : "It waits. End the trial with --promote, or with: convene plugin back "
                        "%s\n",
                  order.plugin.c_str());
      return kOk;
    }
    if (number(*plugin, "/generations/0/generation") == generation) {
      print_trial(begun.at("trial"));
      std::printf("%s: generation #%lld serves everybody now\n", order.plugin.c_str(),
                  static_cast<long long>(generation));
      return kOk;
    }
    const json::array& refusals = list(*plugin, "/refusals");
    std::fprintf(
        stderr, "convene: generation #%lld is refused: %s\n", static_cast<long long>(generation),
        refusals.empty() ? "another reload took its place" : text(refusals.back(), "/why").c_str());
    return kRefused;
  }
}

}  // namespace

int show_plugins(const std::filesystem::path& path, bool as_json) {
  const auto config = read_config(path);
  if (!config) return kBadConfig;
  auto answer = ask_node(*config, "plugins", "{}");
  if (!answer) return complain(answer.error());
  const json::value plugins(std::move(*answer));
  if (as_json) {
    std::printf("%s\n", json::serialize(plugins).c_str());
    return kOk;
  }
  std::printf("%-22s %4s  %-9s %-9s %-12s %-7s %8s %9s %9s %9s %6s %6s\n", "plugin", "gen", "state",
              "version", "sha256", "runs in", "sessions", "calls", "p50", "p99", "slow", "failed");
  for (const json::value& plugin : list(plugins, "/plugins")) {
    std::string id = text(plugin, "/id");
    if (list(plugin, "/generations").empty()) std::printf("%-22s       refused\n", id.c_str());
    for (const json::value& generation : list(plugin, "/generations")) {
      print_generation(id, generation);
      id.clear();
      const std::string failure = text(generation, "/last_failure");
      if (!failure.empty()) std::printf("  last failure: %s\n", failure.c_str());
    }
    if (const json::value* trial = plugin.as_object().if_contains("trial")) print_trial(*trial);
    for (const json::value& refusal : list(plugin, "/refusals")) {
      std::printf("  refused: %s: %s\n", text(refusal, "/what").c_str(),
                  text(refusal, "/why").c_str());
    }
  }
  return kOk;
}

int reload_plugin(const std::filesystem::path& path, const ReloadOrder& order) {
  const auto config = read_config(path);
  if (!config) return kBadConfig;
  json::object body{{"plugin", order.plugin}};
  if (!order.file.empty()) body["file"] = order.file;
  if (order.shadow > 0) body["shadow"] = order.shadow;
  if (order.canary > 0) body["canary"] = order.canary;
  if (order.promote) body["promote"] = true;
  auto answer = ask_node(*config, "plugin_reload", json::serialize(body), kLoadingMs);
  if (!answer) return complain(answer.error());
  const json::value done(std::move(*answer));
  const std::string role = text(done, "/role");
  if (role == "shadow") return watch(*config, order, done);
  if (role == "canary") {
    std::printf("%s: generation #%s gets %.2f %% of the sessions; #%s has the others\n",
                order.plugin.c_str(), text(done, "/generation").c_str(), order.canary / 100.0,
                text(done, "/current").c_str());
    return kOk;
  }
  std::printf("%s: generation #%s (%s, %.12s) serves everybody now\n", order.plugin.c_str(),
              text(done, "/generation").c_str(), text(done, "/version").c_str(),
              text(done, "/sha256").c_str());
  if (!order.file.empty()) {
    std::printf("To keep it over a restart: [plugin.%s] file = %s\n", order.plugin.c_str(),
                config::quote_json(order.file).c_str());
  }
  return kOk;
}

int plugin_back(const std::filesystem::path& path, const std::string& plugin) {
  const auto config = read_config(path);
  if (!config) return kBadConfig;
  auto answer = ask_node(*config, "plugin_back", json::serialize(json::object{{"plugin", plugin}}),
                         kLoadingMs);
  if (!answer) return complain(answer.error());
  const json::value done(std::move(*answer));
  std::printf("%s: generation #%s (%s) serves everybody now\n", plugin.c_str(),
              text(done, "/current").c_str(), text(done, "/version").c_str());
  return kOk;
}

}  // namespace convene::app
