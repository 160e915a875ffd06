// core/runtime/log.cpp - the log's lines: the one file that includes spdlog.
#include "core/runtime/log.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>
#include <mutex>

namespace convene::log {
namespace {

constexpr std::size_t kTextMax = 2000;

struct Sink {
  std::shared_ptr<spdlog::logger> logger;
  bool json = false;
};

std::shared_ptr<Sink> make(spdlog::sink_ptr target, const Settings& settings) {
  auto sink = std::make_shared<Sink>();
  sink->json = settings.json;
  sink->logger = std::make_shared<spdlog::logger>("convene", std::move(target));
  sink->logger->set_pattern(
      settings.json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})" : "%Y-%m-%dT%H:%M:%S.%eZ %v",
      spdlog::pattern_time_type::utc);
  sink->logger->set_level(spdlog::level::trace);
  sink->logger->flush_on(spdlog::level::trace);
  return sink;
}

std::mutex g_mutex;
std::shared_ptr<Sink> g_sink;
std::atomic<Level> g_level{Level::info};

std::shared_ptr<Sink> sink() {
  const std::lock_guard lock(g_mutex);
  if (!g_sink) g_sink = make(std::make_shared<spdlog::sinks::stderr_sink_mt>(), {});
  return g_sink;
}

const char* name(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "error";
}

// How many bytes of `text` from `at` are one well-formed UTF-8 character (RFC 3629) beyond ASCII;
// 0: broken.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const unsigned lead = byte(at);
  const std::size_t length = lead >= 0xf0 && lead <= 0xf4 ? 4
                             : lead >= 0xe0               ? 3
                             : lead >= 0xc2               ? 2
                                                          : 0;
  if (length == 0 || lead > 0xf4) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0u) != 0x80u) return 0;
  }
  const unsigned second = byte(at + 1);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool beyond = (lead == 0xed && second > 0x9f) || (lead == 0xf4 && second > 0x8f);
  const bool c1_control = lead == 0xc2 && second < 0xa0;
  return overlong || beyond || c1_control ? 0 : length;
}

// In text a value with blanks or quotes is quoted; in JSON every value is.
std::string value_text(std::string_view value, bool json) {
  const std::string safe = escape(value);
  if (!json && !safe.empty() && safe.find_first_of(" \"=") == std::string::npos) return safe;
  std::string out = "\"";
  for (const char c : safe) {
    if (c == '"' || (json && c == '\\')) out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::string escape(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < text.size() && out.size() < kTextMax;) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte >= 0x80 ? utf8_length(text, i) : 1;
    if (length == 0 || byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
      ++i;
    } else {
      out.append(text, i, length);
      i += length;
    }
  }
  return out;
}

std::string format(Level level, std::string_view id, Fields fields, bool json) {
  std::string out;
  if (!json) {
    out = std::string(name(level)) + " " + escape(id);
    for (const Field& field : fields) {
      out += " " + std::string(field.key) + "=" + value_text(field.value, false);
    }
    return out;
  }
  out = std::string("\"level\":\"") + name(level) + "\",\"id\":" + value_text(id, true);
  for (const Field& field : fields) {
    out += ",\"" + std::string(field.key) + "\":" + value_text(field.value, true);
  }
  return out;
}

Status open(const Settings& settings) {
  try {
    spdlog::sink_ptr target;
    if (settings.file.empty()) {
      target = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    } else {
      target = std::make_shared<spdlog::sinks::basic_file_sink_mt>(settings.file);
    }
    auto fresh = make(std::move(target), settings);
    const std::lock_guard lock(g_mutex);
    g_sink = std::move(fresh);
    g_level = settings.level;
    return ok();
  } catch (const spdlog::spdlog_ex& problem) {
    return Error{"log.file", std::string("the log cannot be opened: ") + problem.what()};
  }
}

void write(Level level, std::string_view id, Fields fields) {
  if (level < g_level.load()) return;
  const std::shared_ptr<Sink> target = sink();
  target->logger->log(spdlog::level::info, "{}", format(level, id, fields, target->json));
}

void write_text(Level level, std::string_view id, std::string_view fields) {
  if (level < g_level.load()) return;
  const std::shared_ptr<Sink> target = sink();
  if (target->json) return write(level, id, {{"fields", fields}});
  const std::string line =
      format(level, id, {}, false) + (fields.empty() ? "" : " ") + escape(fields);
  target->logger->log(spdlog::level::info, "{}", line);
}

}  // namespace convene::log
