// core/runtime/config_document.hpp - a TOML document as a plain tree in which every value knows
// where it stands.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/runtime/config.hpp"

namespace convene::config {

enum class Kind { text, integer, real, boolean, list, table, other };

/// One value. Tables keep the order of the file; a key appears once.
struct Value {
  Kind kind = Kind::table;
  Place place;
  std::string text;
  std::int64_t integer = 0;
  double real = 0;
  bool boolean = false;
  std::vector<Value> items;
  std::vector<std::pair<std::string, Value>> entries;

  const Value* find(std::string_view key) const;
};
/// "a text", "a table": for messages.
const char* describe(Kind kind);

/// Bounds of what is read; beyond them is an error, not a crash.
inline constexpr std::size_t kFileBytesMax = 4 << 20;
inline constexpr int kDepthMax = 16;

/// Parses one file (the only use of toml++). Syntax errors go to `errors` and give an empty table.
Value parse_toml(const ConfigSource& source, std::vector<ConfigError>& errors);

/// Adds what `more` holds to `into`; a value that is there already is an error naming both places.
void merge(Value& into, Value more, std::vector<ConfigError>& errors);

/// The value as JSON with sorted keys, as plugins and adapters get their settings. TOML dates and
/// numbers that JSON cannot hold are errors.
std::string to_json(const Value& value, std::vector<ConfigError>& errors);
/// A JSON string literal.
std::string quote_json(std::string_view text);

/// "did you mean 'x'?" or, with nothing near, "known are a, b, c".
std::string suggest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace convene::config
