// sdk/include/convene/json_write.hpp - JSON value to canonical text; the one place that escapes.
#pragma once

#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

#include "convene/json_read.hpp"
#include "convene/json_value.hpp"

namespace convene::json {

/// Appends `text` as a JSON text, quotes included. Bytes that are not UTF-8 become U+FFFD, so that
/// what is written can always be read.
inline void quote(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    if (const std::size_t run = plain_run(text, 0)) {
      out.append(text, 0, run);
      text.remove_prefix(run);
      continue;
    }
    const char c = text.front();
    const std::size_t n = utf8_length(text);
    if (n == 0) {
      out += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      constexpr std::string_view kShort = "\b\f\n\r\t", kLetter = "bfnrt",
                                 kHex = "0123456789abcdef";
      if (const std::size_t i = kShort.find(c); i != kShort.npos) {
        out += '\\';
        out += kLetter[i];
      } else {
        out += "\\u00";
        out += kHex[static_cast<unsigned char>(c) >> 4];
        out += kHex[static_cast<unsigned char>(c) & 15];
      }
    } else {
      out.append(text, 0, n);
    }
    text.remove_prefix(n == 0 ? 1 : n);
  }
  out += '"';
}

inline std::string quoted(std::string_view text) {
  std::string out;
  quote(out, text);
  return out;
}

/// Appends the canonical text of `value`. What JSON cannot say (infinity, NaN) becomes null.
inline void write(std::string& out, const Value& value) {
  const auto number = [&out](auto n) {
    char digits[32];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, n).ptr);
  };
  if (const bool* b = value.as_bool()) {
    out += *b ? "true" : "false";
  } else if (const std::int64_t* i = value.as_int()) {
    number(*i);
  } else if (const double* d = value.as_double()) {
    if (!std::isfinite(*d)) {
      out += "null";
    } else {
      number(*d == 0 ? 0.0 : *d);  // no "-0"
    }
  } else if (const std::string* s = value.as_text()) {
    quote(out, *s);
  } else if (const Array* a = value.as_array()) {
    out += '[';
    for (const Value& element : *a) {
      if (&element != a->data()) out += ',';
      write(out, element);
    }
    out += ']';
  } else if (const Object* o = value.as_object()) {
    out += '{';
    for (const Member& member : *o) {
      if (&member != o->data()) out += ',';
      quote(out, member.key);
      out += ':';
      write(out, member.value);
    }
    out += '}';
  } else {
    out += "null";
  }
}

inline std::string write(const Value& value) {
  std::string out;
  write(out, value);
  return out;
}

}  // namespace convene::json
