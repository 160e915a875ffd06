// core/app/status.cpp - `convene status`: a node's own account, as a table for people.
#include <boost/json.hpp>
#include <cstdio>

#include "core/app/commands.hpp"
#include "core/app/console.hpp"
#include "core/app/exit_codes.hpp"

namespace convene::app {
namespace {

namespace json = boost::json;

const json::value& at(const json::value& from, const char* pointer) {
  static const json::value nothing;
  boost::system::error_code failed;
  const json::value* found = from.find_pointer(pointer, failed);
  return found == nullptr ? nothing : *found;
}

std::string text(const json::value& value) {
  if (value.is_null()) return "-";
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

// "1d 2h", "3m 4s": the two largest units.
std::string duration(const json::value& ms) {
  if (!ms.is_int64()) return "-";
  constexpr std::pair<std::int64_t, const char*> kUnits[] = {
      {86'400, "d"}, {3'600, "h"}, {60, "m"}, {1, "s"}};
  std::int64_t seconds = ms.get_int64() / 1000;
  std::string out;
  int shown = 0;
  for (const auto& [size, unit] : kUnits) {
    const std::int64_t count = seconds / size;
    seconds %= size;
    if ((count == 0 && shown == 0 && size > 1) || shown == 2) continue;
    out += (shown++ > 0 ? " " : "") + std::to_string(count) + unit;
  }
  return out;
}

// "booked 12, live 3" from an object of counts.
std::string counts(const json::value& object) {
  std::string out;
  if (object.is_object()) {
    for (const auto& [key, value] : object.get_object()) {
      out += (out.empty() ? "" : ", ") + std::string(key) + " " + text(value);
    }
  }
  return out.empty() ? "none" : out;
}

void table(const char* title, const json::value& rows, std::initializer_list<const char*> columns) {
  if (!rows.is_array() || rows.get_array().empty()) return;
  std::printf("\n%-22s", title);
  bool first = true;
  for (const char* column : columns) {
    if (!first) std::printf("  %-14s", column);
    first = false;
  }
  std::printf("\n");
  for (const json::value& row : rows.get_array()) {
    bool start = true;
    for (const char* column : columns) {
      const std::string cell = text(at(row, (std::string("/") + column).c_str()));
      std::printf(start ? "  %-20s" : "  %-14s", cell.c_str());
      start = false;
    }
    std::printf("\n");
  }
}

}  // namespace

int status(const std::filesystem::path& path, bool as_json) {
  const auto config = read_config(path);
  if (!config) return kBadConfig;
  auto answer = ask_status(*config);
  if (!answer) {
    std::fprintf(stderr, "convene: %s\n", answer.error().text.c_str());
    return answer.error().code == "not_running" ? kNotRunning : kFailed;
  }
  const json::value status(std::move(*answer));
  if (as_json) {
    std::printf("%s\n", json::serialize(status).c_str());
    return kOk;
  }
  const bool available = at(status, "/available").is_bool() && at(status, "/available").get_bool();
  std::printf("%s, up %s%s\n", text(at(status, "/name")).c_str(),
              duration(at(status, "/uptime_ms")).c_str(),
              available ? "" : ", WAITING FOR ITS STORE");
  std::printf("  sessions    %s\n", counts(at(status, "/sessions")).c_str());
  std::printf("  legs        %s\n", counts(at(status, "/legs")).c_str());
  std::printf("  offers      %s\n", text(at(status, "/offers")).c_str());
  std::printf("  rendezvous  %s\n", counts(at(status, "/rendezvous")).c_str());
  table("agents", at(status, "/agents"), {"agent", "state"});
  table("peers", at(status, "/peers"), {"name", "kind"});
  table("adapters", at(status, "/supervisor/adapters"),
        {"name", "state", "pid", "deaths", "last_exit"});
  table("plugins", at(status, "/supervisor/plugins"),
        {"id", "state", "version", "calls", "failures", "overruns", "runs", "pid", "restarts", "breaker"});
  return kOk;
}

}  // namespace convene::app
