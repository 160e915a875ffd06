// core/app/status.cpp - `convene status`: a node's own account, as a table for people.
#include <boost/json.hpp>
#include <cstdio>
#include <vector>

#include "core/app/commands.hpp"
#include "core/app/console.hpp"
#include "core/app/exit_codes.hpp"
#include "core/app/text_table.hpp"

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
  const std::string said =
      value.is_string() ? std::string(value.get_string()) : json::serialize(value);
  return said.empty() ? "-" : said;
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

/// What a column is called here, and where it stands in a row.
struct Column {
  const char* head;
  const char* pointer;
};

void table(const json::value& rows, std::initializer_list<Column> columns) {
  if (!rows.is_array() || rows.get_array().empty()) return;
  std::vector<std::vector<std::string>> cells(1);
  for (const Column& column : columns) cells[0].emplace_back(column.head);
  for (const json::value& row : rows.get_array()) {
    auto& line = cells.emplace_back();
    for (const Column& column : columns) line.push_back(text(at(row, column.pointer)));
    line.front().insert(0, "  ");
  }
  std::printf("\n%s", text_table(cells).c_str());
}

/// Without the consoles: one of them asks this.
json::value peers_of(const json::value& status) {
  json::array out;
  if (const json::value& all = at(status, "/peers"); all.is_array()) {
    for (const json::value& peer : all.get_array()) {
      if (text(at(peer, "/kind")) != "console") out.push_back(peer);
    }
  }
  return out;
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
  std::printf("  requests    asked %s, refused %s, malformed %s\n",
              text(at(status, "/bus/requests")).c_str(), text(at(status, "/bus/refused")).c_str(),
              text(at(status, "/bus/malformed")).c_str());
  std::printf("  config      %s\n", counts(at(status, "/supervisor/config")).c_str());
  table(at(status, "/agents"), {{"agents", "/agent"}, {"state", "/state"}, {"reason", "/reason"}});
  table(peers_of(status), {{"peers", "/name"}, {"kind", "/kind"}});
  table(at(status, "/supervisor/adapters"), {{"adapters", "/name"},
                                             {"state", "/state"},
                                             {"pid", "/pid"},
                                             {"deaths", "/deaths"},
                                             {"last end", "/last_exit"}});
  table(at(status, "/supervisor/plugins"), {{"plugins", "/id"},
                                            {"state", "/state"},
                                            {"version", "/version"},
                                            {"runs in", "/runs"},
                                            {"calls", "/calls"},
                                            {"overruns", "/overruns"},
                                            {"failures", "/failures"},
                                            {"pid", "/pid"},
                                            {"restarts", "/restarts"},
                                            {"breaker", "/breaker"}});
  return kOk;
}

}  // namespace convene::app
