// core/app/plugin_reports.cpp - asks the node about its plugins and tells people the answer.
#include "core/app/plugin_reports.hpp"

#include <unistd.h>

#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include "core/app/console.hpp"
#include "core/app/exit_codes.hpp"
#include "core/app/text_table.hpp"
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

/// One generation's line; its process stands behind the columns.
std::vector<std::string> generation_row(const std::string& id, const json::value& g) {
  const bool called = number(g, "/p99_ns") > 0;
  std::vector<std::string> row = {
      id,
      "#" + text(g, "/generation"),
      text(g, "/parked") == "true" ? "parked" : text(g, "/role"),
      text(g, "/version"),
      text(g, "/sha256").empty() ? "-" : text(g, "/sha256").substr(0, 12),
      text(g, "/isolation"),
      text(g, "/sessions"),
      text(g, "/calls"),
      called ? duration(number(g, "/p50_ns")) : "-",
      called ? duration(number(g, "/p99_ns")) : "-",
      text(g, "/overruns"),
      text(g, "/failures")};
  if (!text(g, "/process/pid").empty()) {
    const std::int64_t restarts = number(g, "/process/restarts");
    row.push_back("pid " + text(g, "/process/pid") + ", " + std::to_string(restarts) +
                  (restarts == 1 ? " restart, " : " restarts, ") +
                  std::to_string(number(g, "/process/memory_kib") / 1024) + " MiB");
  }
  return row;
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

/// What no column holds: why it failed, what a trial has shown, what was refused.
void print_news(const json::value& plugin) {
  const json::value* trial = plugin.as_object().if_contains("trial");
  std::vector<std::string> lines;
  for (const json::value& generation : list(plugin, "/generations")) {
    if (const std::string why = text(generation, "/last_failure"); !why.empty())
      lines.push_back("last failure of #" + text(generation, "/generation") + ": " + why);
  }
  for (const json::value& refusal : list(plugin, "/refusals"))
    lines.push_back("refused: " + text(refusal, "/what") + ": " + text(refusal, "/why"));
  if (!trial && lines.empty()) return;
  std::printf("\n%s\n", text(plugin, "/id").c_str());
  if (trial) print_trial(*trial);
  for (const std::string& line : lines) std::printf("  %s\n", line.c_str());
}

/// The plugin's part of the answer `plugins`.
Result<json::value> ask_for(const Config& config, const std::string& id) {
  auto answer = ask_node(config, "plugins", "{}");
  if (!answer) return answer.error();
  const json::value all(std::move(*answer));
  for (const json::value& plugin : list(all, "/plugins")) {
    if (text(plugin, "/id") == id) return plugin;
  }
  return Error{"plugin.unknown", "no plugin '" + id + "' runs here"};
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
  std::vector<std::vector<std::string>> rows = {{"plugin", "gen", "state", "version", "sha256",
                                                 "runs in", "sessions", "calls", "p50", "p99",
                                                 "overruns", "failures"}};
  for (const json::value& plugin : list(plugins, "/plugins")) {
    std::string id = text(plugin, "/id");
    if (list(plugin, "/generations").empty()) rows.push_back({id, "-", "refused"});
    for (const json::value& generation : list(plugin, "/generations")) {
      rows.push_back(generation_row(id, generation));
      id.clear();
    }
  }
  std::fputs(text_table(rows).c_str(), stdout);
  for (const json::value& plugin : list(plugins, "/plugins")) print_news(plugin);
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
  const std::string content = text(done, "/sha256").substr(0, 12);  // a command has none
  std::printf("%s: generation #%s (%s%s) serves everybody now\n", order.plugin.c_str(),
              text(done, "/generation").c_str(), text(done, "/version").c_str(),
              content.empty() ? "" : (", " + content).c_str());
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
