// adapters/web/log.cpp - spdlog behind log.hpp: lines on standard error, which `convene serve` takes into its own log.
#include "adapters/web/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace convene::web::log {
namespace {

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = spdlog::stderr_logger_mt("web");
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *instance;
}

/// Printable ASCII but quote and backslash; everything else as \xNN, so that no line can be forged.
std::string quoted(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (u >= 0x20 && u < 0x7f && c != '"' && c != '\\') {
      out += c;
    } else {
      out += "\\x";
      out += kHex[u >> 4];
      out += kHex[u & 15];
    }
  }
  return out += '"';
}

void write(spdlog::level::level_enum level, std::string_view id, Fields fields) {
  std::string line = "id=" + std::string(id);
  for (const auto& [key, value] : fields) line += " " + std::string(key) + "=" + quoted(value);
  logger().log(level, line);
}

}  // namespace

void info(std::string_view id, Fields fields) { write(spdlog::level::info, id, fields); }
void warning(std::string_view id, Fields fields) { write(spdlog::level::warn, id, fields); }
void error(std::string_view id, Fields fields) { write(spdlog::level::err, id, fields); }

}  // namespace convene::web::log
