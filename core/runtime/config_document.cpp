// core/runtime/config_document.cpp - merging, suggesting and writing what the TOML tree holds.
#include "core/runtime/config_document.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "sdk/host/config_schema.hpp"

namespace convene::config {

const Value* Value::find(std::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name == key) return &value;
  }
  return nullptr;
}

const char* describe(Kind kind) {
  switch (kind) {
    case Kind::text:
      return "a text";
    case Kind::integer:
      return "a whole number";
    case Kind::real:
      return "a number with a fraction";
    case Kind::boolean:
      return "true or false";
    case Kind::list:
      return "a list";
    case Kind::table:
      return "a table";
    case Kind::other:
      return "a date or time";
  }
  return "something else";
}

void merge(Value& into, Value more, std::vector<ConfigError>& errors) {
  for (auto& [key, value] : more.entries) {
    const auto same = std::find_if(into.entries.begin(), into.entries.end(),
                                   [&key = key](const auto& entry) { return entry.first == key; });
    if (same == into.entries.end()) {
      into.entries.emplace_back(key, std::move(value));
    } else if (same->second.kind == Kind::table && value.kind == Kind::table) {
      merge(same->second, std::move(value), errors);
    } else {
      const Place& first = same->second.place;
      errors.push_back({value.place, "'" + key + "' is set twice",
                        "first at " + first.file + ":" + std::to_string(first.line)});
    }
  }
}

std::string quote_json(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

namespace {

std::string real_json(const Value& value, std::vector<ConfigError>& errors) {
  if (!std::isfinite(value.real)) {
    errors.push_back({value.place, "'nan' and 'inf' are no settings", "write a finite number"});
    return "0";
  }
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value.real).ptr;
  return std::string(buffer, end);
}

std::string list_json(const Value& value, std::vector<ConfigError>& errors) {
  std::string out = "[";
  for (const Value& item : value.items) {
    if (out.size() > 1) out += ',';
    out += to_json(item, errors);
  }
  return out + "]";
}

std::string table_json(const Value& value, std::vector<ConfigError>& errors) {
  std::vector<const std::pair<std::string, Value>*> sorted;
  for (const auto& entry : value.entries) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->first < b->first; });
  std::string out = "{";
  for (const auto* entry : sorted) {
    if (out.size() > 1) out += ',';
    out += quote_json(entry->first) + ":" + to_json(entry->second, errors);
  }
  return out + "}";
}

}  // namespace

std::string to_json(const Value& value, std::vector<ConfigError>& errors) {
  switch (value.kind) {
    case Kind::text:
      return quote_json(value.text);
    case Kind::integer:
      return std::to_string(value.integer);
    case Kind::real:
      return real_json(value, errors);
    case Kind::boolean:
      return value.boolean ? "true" : "false";
    case Kind::list:
      return list_json(value, errors);
    case Kind::table:
      return table_json(value, errors);
    case Kind::other:
      break;
  }
  errors.push_back(
      {value.place, "dates and times are no settings", "write a text: \"2030-01-31\""});
  return "null";
}

std::string suggest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string near = nearest(word, candidates);
  if (!near.empty()) return "did you mean '" + near + "'?";
  if (candidates.empty()) return "";
  std::string out = "known are ";
  for (std::size_t i = 0; i < candidates.size() && i < 24; ++i) {
    if (i > 0) out += ", ";
    out += candidates[i];
  }
  return out;
}

}  // namespace convene::config
