// sdk/bus/json_text.cpp - escapes texts, and finds members in JSON that is known to be valid.
#include "sdk/bus/json_text.hpp"

namespace convene::bus {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

/// Length of the UTF-8 sequence that begins at `at`, or 0 where there is none (RFC 3629, table in section 4).
std::size_t sequence(std::string_view s, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + size > s.size()) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
  const unsigned char second = byte(at + 1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
      (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
    return 0;
  return size;
}

std::size_t skip_blanks(std::string_view s, std::size_t at) {
  while (at < s.size() && (s[at] == ' ' || s[at] == '\t' || s[at] == '\n' || s[at] == '\r')) ++at;
  return at;
}

/// Just after the string that begins at `at`.
std::size_t skip_string(std::string_view s, std::size_t at) {
  for (++at; at < s.size() && s[at] != '"'; ++at)
    if (s[at] == '\\') ++at;
  return at < s.size() ? at + 1 : s.size();
}

/// Just after the value that begins at `at`.
std::size_t skip_value(std::string_view s, std::size_t at) {
  if (at >= s.size()) return s.size();
  if (s[at] == '"') return skip_string(s, at);
  if (s[at] != '{' && s[at] != '[') {
    while (at < s.size() && std::string_view(",]} \t\n\r").find(s[at]) == std::string_view::npos)
      ++at;
    return at;
  }
  std::size_t depth = 0;
  while (at < s.size()) {
    const char c = s[at];
    if (c == '"') {
      at = skip_string(s, at);
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) break;
  }
  return at;
}

}  // namespace

void JsonText::separate() {
  if (!out_.empty() && out_.back() != '{' && out_.back() != '[' && out_.back() != ':') out_ += ',';
}

JsonText& JsonText::begin(char c) {
  separate();
  out_ += c;
  return *this;
}

JsonText& JsonText::end(char c) {
  out_ += c;
  return *this;
}

JsonText& JsonText::key(std::string_view name) {
  separate();
  out_.append(1, '"').append(name).append("\":");
  return *this;
}

JsonText& JsonText::text(std::string_view value) {
  separate();
  out_ += '"';
  for (std::size_t at = 0; at < value.size();) {
    const char c = value[at];
    const std::size_t size = sequence(value, at);
    if (size == 0) {
      out_ += "\\ufffd";
      ++at;
    } else if (size > 1) {
      out_.append(value.substr(at, size));
      at += size;
    } else {
      if (c == '"' || c == '\\') {
        out_.append(1, '\\').append(1, c);
      } else if (static_cast<unsigned char>(c) < 0x20) {
        out_.append("\\u00").append(1, kHex[c >> 4]).append(1, kHex[c & 15]);
      } else {
        out_ += c;
      }
      ++at;
    }
  }
  out_ += '"';
  return *this;
}

JsonText& JsonText::boolean(bool value) { return raw(value ? "true" : "false"); }

JsonText& JsonText::raw(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

std::string_view member_text(std::string_view object, std::string_view key) {
  std::string_view found;
  std::size_t at = skip_blanks(object, 0);
  if (at >= object.size() || object[at] != '{') return found;
  for (++at; at < object.size();) {
    at = skip_blanks(object, at);
    if (at >= object.size() || object[at] != '"') break;
    const std::size_t name_end = skip_string(object, at);
    const std::string_view name = object.substr(at + 1, name_end - at - 2);
    at = skip_blanks(object, name_end);
    if (at >= object.size() || object[at] != ':') break;
    at = skip_blanks(object, at + 1);
    const std::size_t value_end = skip_value(object, at);
    if (name == key) found = object.substr(at, value_end - at);
    at = skip_blanks(object, value_end);
    if (at >= object.size() || object[at] != ',') break;
    ++at;
  }
  return found;
}

}  // namespace convene::bus
