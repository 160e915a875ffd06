// core/runtime/log.hpp - the operator's log: stable id, level, key=value; one line an event, safe
// to show to people.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/model/result.hpp"

namespace convene::log {

enum class Level { debug, info, warning, error };

/// A named value. The caller puts no phone number, name, secret, identifier or context into one.
struct Field {
  Field(std::string_view field_key, std::string_view text) : key(field_key), value(text) {}
  Field(std::string_view field_key, const char* text) : key(field_key), value(text) {}
  Field(std::string_view field_key, const std::string& text) : key(field_key), value(text) {}
  template <class Number>
  requires std::is_arithmetic_v<Number> Field(std::string_view field_key, Number number)
      : key(field_key), value(std::to_string(number)) {}

  std::string_view key;
  std::string value;
};
using Fields = std::initializer_list<Field>;

struct Settings {
  Level level = Level::info;
  bool json = false;  ///< One JSON object a line instead of text.
  std::string file;   ///< Appended to; empty: standard error.
};

/// Opens the log. Before the first call everything from `info` up goes to standard error as text.
Status open(const Settings& settings);

/// Writes one line. `id` is stable and listed in core/app/MESSAGES.md ("plugin.loaded"). Any
/// thread.
void write(Level level, std::string_view id, Fields fields);

/// The same with fields that are text already: "key=value key=value".
void write_text(Level level, std::string_view id, std::string_view fields);

inline void debug(std::string_view id, Fields fields = {}) { write(Level::debug, id, fields); }
inline void info(std::string_view id, Fields fields = {}) { write(Level::info, id, fields); }
inline void warning(std::string_view id, Fields fields = {}) { write(Level::warning, id, fields); }
inline void error(std::string_view id, Fields fields = {}) { write(Level::error, id, fields); }

/// A line as `write` would write it, without the time: for tests and for lines of children.
std::string format(Level level, std::string_view id, Fields fields, bool json);

/// The text without control characters, escape sequences and broken UTF-8 (promise I4): each
/// becomes \xNN, and the text is cut at 2,000 bytes.
std::string escape(std::string_view text);

}  // namespace convene::log
