// sdk/include/convene/duration.hpp - a duration from a setting: 1500 (ms) or "250ms", "20s", "30d".
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "convene/json_value.hpp"

namespace convene {

inline constexpr std::int64_t kDurationMax = 100LL * 366 * 24 * 3'600'000;  ///< 100 years.

/// Milliseconds; none where `text` is no duration, is negative, or is longer than kDurationMax.
inline std::optional<std::int64_t> parse_duration_ms(std::string_view text) {
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, count);
  if (read.ec != std::errc{} || count < 0) return std::nullopt;
  const std::string_view unit(read.ptr, static_cast<std::size_t>(end - read.ptr));
  std::int64_t factor = 0;
  if (unit == "ms") factor = 1;
  if (unit == "s") factor = 1'000;
  if (unit == "m") factor = 60'000;
  if (unit == "h") factor = 3'600'000;
  if (unit == "d") factor = 24 * 3'600'000;
  if (factor == 0 || count > kDurationMax / factor) return std::nullopt;
  return count * factor;
}

/// The same of a JSON value: a whole number is milliseconds, a text carries its unit.
inline std::optional<std::int64_t> duration_ms(const json::Value& value) {
  if (const std::int64_t* ms = value.as_int())
    return *ms < 0 || *ms > kDurationMax ? std::nullopt : std::optional(*ms);
  if (const std::string* text = value.as_text()) return parse_duration_ms(*text);
  return std::nullopt;
}

/// The setting `key` of the object `settings`, or `otherwise` where it is missing or no duration.
inline std::int64_t duration_ms(const json::Value& settings, std::string_view key,
                                std::int64_t otherwise) {
  const json::Value* value = settings.find(key);
  return value ? duration_ms(*value).value_or(otherwise) : otherwise;
}

}  // namespace convene
