// core/runtime/config_validate.cpp - the tree against the table: names, keys, types, ranges,
// choices.
#include <algorithm>

#include "core/runtime/config_schema.hpp"

namespace convene::config {
namespace {

using Errors = std::vector<ConfigError>;

// Ids of flows, agents, pools, plugins and adapters stand in logs, paths and messages: one narrow
// alphabet for all.
bool is_id(std::string_view id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), allowed);
}

void wrong_kind(const Value& value, std::string_view key, std::string_view wanted, Errors& errors) {
  errors.push_back(
      {value.place,
       "'" + std::string(key) + "' is " + describe(value.kind) + ", not " + std::string(wanted),
       ""});
}

void check_range(const Value& value, const Key& key, std::int64_t number, std::string_view unit,
                 Errors& errors) {
  if (key.maximum == 0 || (number >= key.minimum && number <= key.maximum)) return;
  errors.push_back({value.place, "'" + std::string(key.name) + "' is out of range",
                    "from " + std::to_string(key.minimum) + " to " + std::to_string(key.maximum) +
                        std::string(unit)});
}

void check_texts(const Value& value, const Key& key, Errors& errors) {
  if (value.kind != Kind::list) return wrong_kind(value, key.name, "a list of texts", errors);
  for (const Value& item : value.items) {
    if (item.kind != Kind::text) wrong_kind(item, key.name, "a list of texts", errors);
  }
}

void check_levels(const Value& value, const Key& key, Errors& errors) {
  if (value.kind != Kind::table) return wrong_kind(value, key.name, "a table of levels", errors);
  for (const auto& [name, level] : value.entries) {
    if (level.kind != Kind::integer || level.integer < 1 || level.integer > 10) {
      errors.push_back(
          {level.place, "the level of '" + name + "' is no whole number from 1 to 10", ""});
    }
  }
}

void check_text_like(const Value& value, const Key& key, Errors& errors) {
  if (value.kind != Kind::text) {
    return wrong_kind(value, key.name,
                      key.type == Type::duration ? "a duration such as \"20s\"" : "a text", errors);
  }
  if (value.text.size() > 4096)
    errors.push_back({value.place, "'" + std::string(key.name) + "' is too long", ""});
  if (key.type == Type::text && value.text.empty()) {
    const std::string example =
        key.example.empty() ? "" : ", for example " + std::string(key.example);
    errors.push_back(
        {value.place, "'" + std::string(key.name) + "' is empty",
         (key.optional ? "remove it, or write something" : "write something") + example});
  }
  if (key.type == Type::duration) {
    const auto parsed = parse_duration(value.text);
    if (!parsed) {
      errors.push_back({value.place, "'" + std::string(key.name) + "' is no duration",
                        "write a whole number and one of ms, s, m, h, d: \"20s\""});
    } else {
      check_range(value, key, *parsed, " ms", errors);
    }
  } else if (key.type == Type::choice) {
    const auto choices = split_choices(key.choices);
    if (std::find(choices.begin(), choices.end(), value.text) == choices.end()) {
      errors.push_back(
          {value.place,
           "'" + std::string(key.name) + "' cannot be '" + value.text.substr(0, 64) + "'",
           suggest(value.text, choices)});
    }
  } else if (key.type == Type::secret && !value.text.starts_with("file:") &&
             !value.text.starts_with("env:")) {
    errors.push_back({value.place, "'" + std::string(key.name) + "' holds the secret itself",
                      "write \"file:PATH\" or \"env:NAME\" and keep the secret there"});
  }
}

void check_value(const Value& value, const Key& key, Errors& errors) {
  switch (key.type) {
    case Type::integer:
      if (value.kind != Kind::integer) return wrong_kind(value, key.name, "a whole number", errors);
      return check_range(value, key, value.integer, "", errors);
    case Type::boolean:
      if (value.kind != Kind::boolean) wrong_kind(value, key.name, "true or false", errors);
      return;
    case Type::texts:
      return check_texts(value, key, errors);
    case Type::levels:
      return check_levels(value, key, errors);
    case Type::settings:
      if (value.kind != Kind::table) wrong_kind(value, key.name, "a table", errors);
      return;
    case Type::tables:
      if (value.kind != Kind::table)
        return wrong_kind(value, key.name, "a table of tables", errors);
      for (const auto& [name, table] : value.entries) {
        if (table.kind != Kind::table) wrong_kind(table, name, "a table", errors);
      }
      return;
    case Type::text:
    case Type::duration:
    case Type::choice:
    case Type::secret:
      return check_text_like(value, key, errors);
  }
}

void check_section(const Value& table, const Section& section, const std::string& label,
                   Errors& errors) {
  if (table.kind != Kind::table) return wrong_kind(table, label, "a table", errors);
  std::vector<std::string> names;
  for (const Key& key : section.keys) names.emplace_back(key.name);
  for (const auto& [name, value] : table.entries) {
    const auto key = std::find_if(section.keys.begin(), section.keys.end(),
                                  [&name = name](const Key& k) { return k.name == name; });
    if (key == section.keys.end()) {
      errors.push_back({value.place, "unknown key '" + name.substr(0, 64) + "' in [" + label + "]",
                        suggest(name, names)});
    } else {
      check_value(value, *key, errors);
    }
  }
  for (const Key& key : section.keys) {
    if (key.fallback.empty() && !key.optional && table.find(key.name) == nullptr) {
      errors.push_back({table.place, "[" + label + "] has no '" + std::string(key.name) + "'",
                        "for example " + std::string(key.name) + " = " + std::string(key.example)});
    }
  }
}

}  // namespace

void check_against_schema(const Value& root, Errors& errors) {
  check_against_schema(root, sections(), errors);
}

void check_against_schema(const Value& root, std::span<const Section> known, Errors& errors) {
  std::vector<std::string> names;
  for (const Section& section : known) names.emplace_back(section.top());
  for (const auto& [name, value] : root.entries) {
    const auto section = std::find_if(known.begin(), known.end(),
                                      [&name = name](const Section& s) { return s.top() == name; });
    if (section == known.end()) {
      errors.push_back(
          {value.place, "unknown table [" + name.substr(0, 64) + "]", suggest(name, names)});
    } else if (!section->named()) {
      check_section(value, *section, name, errors);
    } else if (value.kind != Kind::table) {
      wrong_kind(value, name, "a table", errors);
    } else {
      for (const auto& [id, table] : value.entries) {
        if (!is_id(id)) {
          errors.push_back({table.place,
                            "'" + id.substr(0, 64) + "' is no id for [" + name + ".ID]",
                            "1 to 64 of a-z, 0-9 and _"});
        }
        check_section(table, *section, name + "." + id.substr(0, 64), errors);
      }
    }
  }
}

}  // namespace convene::config
