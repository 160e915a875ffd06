// sdk/host/config_schema.cpp - a small JSON Schema: every keyword is either checked here or
// refused.
#include "sdk/host/config_schema.hpp"

#include <algorithm>
#include <optional>

#include "convene/duration.hpp"

namespace convene {
namespace {

using json::Value;
using Wrong = std::optional<std::string>;

constexpr std::string_view kTypes[] = {"array",  "boolean", "integer", "null",
                                       "number", "object",  "string"};
constexpr std::string_view kSilent[] = {"title",   "description", "default", "examples",
                                        "$schema", "$id",         "$comment"};

constexpr std::string_view kDuration = "convene-duration";

bool contains(const auto& words, std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

std::string join(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

std::string named(const std::string& path) {
  return path.empty() ? "the configuration" : "\"" + path + "\"";
}

bool is_type(const Value& v, std::string_view type) {
  if (type == "array") return v.as_array();
  if (type == "boolean") return v.as_bool();
  if (type == "integer") return v.as_int();
  if (type == "null") return v.is_null();
  if (type == "number") return v.is_number();
  if (type == "object") return v.as_object();
  return v.as_text();
}

/// Characters, as JSON Schema counts them, of valid UTF-8.
std::int64_t characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

// The schema itself
// -----------------------------------------------------------------------------------------------

Wrong wrong_schema(const Value& schema, const std::string& path);

Wrong wrong_type_keyword(const Value& type) {
  const auto known = [](const Value& t) { return t.as_text() && contains(kTypes, *t.as_text()); };
  const auto& several = type.array();
  const bool fine = type.as_array()
                        ? !several.empty() && std::all_of(several.begin(), several.end(), known)
                        : known(type);
  return fine ? Wrong{} : "the keyword \"type\" names no type of JSON";
}

Wrong wrong_keyword(std::string_view key, const Value& value, const std::string& path) {
  const auto each = [&](const json::Array& schemas) -> Wrong {
    for (const Value& schema : schemas) {
      if (Wrong wrong = wrong_schema(schema, path)) return wrong;
    }
    return {};
  };
  if (contains(kSilent, key) || key == "const") return {};
  if (key == "type") return wrong_type_keyword(value);
  if (key == "format") {
    return value.as_text() && *value.as_text() == kDuration
               ? Wrong{}
               : "the only \"format\" known is \"" + std::string(kDuration) + "\"";
  }
  if (key == "properties" || key == "$defs") {
    if (!value.as_object()) return "\"" + std::string(key) + "\" is no object";
    for (const auto& [name, schema] : value.object()) {
      if (Wrong wrong = wrong_schema(schema, join(path, name))) return wrong;
    }
    return {};
  }
  if (key == "required") {
    const auto& keys = value.array();
    const bool texts =
        std::all_of(keys.begin(), keys.end(), [](const Value& k) { return k.as_text(); });
    return value.as_array() && texts ? Wrong{} : "\"required\" is no array of texts";
  }
  if (key == "additionalProperties")
    return value.as_bool() ? Wrong{} : wrong_schema(value, join(path, "*"));
  if (key == "items") return wrong_schema(value, join(path, "0"));
  if (key == "enum") return value.array().empty() ? Wrong{"\"enum\" allows nothing"} : Wrong{};
  if (key == "anyOf")
    return value.array().empty() ? Wrong{"\"anyOf\" allows nothing"} : each(value.array());
  if (key == "minimum" || key == "maximum")
    return value.is_number() ? Wrong{} : "a bound is no number";
  if (key == "minLength" || key == "maxLength" || key == "minItems" || key == "maxItems") {
    return value.as_int() && *value.as_int() >= 0 ? Wrong{} : "a bound is no count";
  }
  return "the keyword \"" + std::string(key) +
         "\" is not supported; express it with those of config_schema.hpp";
}

Wrong wrong_schema(const Value& schema, const std::string& path) {
  if (schema.as_bool()) return {};
  if (!schema.as_object()) return "it is no object at " + named(path);
  for (const auto& [key, value] : schema.object()) {
    if (Wrong wrong = wrong_keyword(key, value, path)) return "at " + named(path) + ": " + *wrong;
  }
  return {};
}

// A configuration
// -------------------------------------------------------------------------------------------------

Wrong wrong_value(const Value& schema, const Value& value, const std::string& path);

Wrong wrong_type(const Value& type, const Value& value, const std::string& path) {
  const json::Array several = type.as_array() ? type.array() : json::Array{type};
  std::string wanted;
  for (const Value& one : several) {
    if (is_type(value, *one.as_text())) return {};
    wanted += (wanted.empty() ? "" : " or ") + *one.as_text();
  }
  return named(path) + " must be of type " + wanted + ", and is " +
         json::write(value).substr(0, 60);
}

Wrong wrong_member(const Value& schema, const std::string& key, const Value& value,
                   const std::string& path) {
  if (const Value* known =
          schema.find("properties") ? schema.find("properties")->find(key) : nullptr) {
    return wrong_value(*known, value, join(path, key));
  }
  const Value* others = schema.find("additionalProperties");
  if (!others) return {};
  if (!others->as_bool()) return wrong_value(*others, value, join(path, key));
  if (*others->as_bool()) return {};
  std::vector<std::string> keys;
  for (const auto& [name, unused] : schema.object("properties")) keys.push_back(name);
  const std::string meant = nearest(key, keys);
  std::string all;
  for (const std::string& k : keys) all += (all.empty() ? "" : ", ") + k;
  return named(join(path, key)) + " is unknown; " +
         (!meant.empty() ? "did you mean \"" + meant + "\"?"
          : all.empty()  ? std::string("no key is taken here")
                         : "known are: " + all);
}

Wrong wrong_bounds(const Value& schema, const Value& value, const std::string& path) {
  const auto beyond = [&](double size, const char* low, const char* high, const char* of) -> Wrong {
    const Value* least = schema.find(low);
    const Value* most = schema.find(high);
    if (least && size < schema.number(low))
      return named(path) + " must " + of + " at least " + json::write(*least);
    if (most && size > schema.number(high))
      return named(path) + " must " + of + " at most " + json::write(*most);
    return {};
  };
  if (value.is_number()) return beyond(value.number(""), "minimum", "maximum", "be");
  if (const std::string* text = value.as_text()) {
    return beyond(static_cast<double>(characters(*text)), "minLength", "maxLength",
                  "have characters:");
  }
  if (value.as_array()) {
    return beyond(static_cast<double>(value.array().size()), "minItems", "maxItems",
                  "have elements:");
  }
  return {};
}

Wrong wrong_value(const Value& schema, const Value& value, const std::string& path) {
  if (schema.as_bool()) return *schema.as_bool() ? Wrong{} : Wrong{named(path) + " is not taken"};
  if (const Value* type = schema.find("type")) {
    if (Wrong wrong = wrong_type(*type, value, path)) return wrong;
  }
  if (const Value* all = schema.find("enum");
      all && std::find(all->array().begin(), all->array().end(), value) == all->array().end()) {
    return named(path) + " must be one of " + json::write(*all) + ", and is " +
           json::write(value).substr(0, 60);
  }
  if (const Value* one = schema.find("const"); one && !(*one == value)) {
    return named(path) + " must be " + json::write(*one);
  }
  if (schema.find("format") && !duration_ms(value)) {
    return named(path) + " must be a duration such as \"250ms\", \"20s\", \"5m\" or \"30d\", and is " +
           json::write(value).substr(0, 60);
  }
  if (Wrong wrong = wrong_bounds(schema, value, path)) return wrong;
  for (const auto& [key, member] : value.object()) {
    if (Wrong wrong = wrong_member(schema, key, member, path)) return wrong;
  }
  if (value.as_object()) {
    for (const Value& key : schema.array("required")) {
      if (!value.find(*key.as_text())) return named(join(path, *key.as_text())) + " is missing";
    }
  }
  if (const Value* items = schema.find("items")) {
    for (std::size_t i = 0; i < value.array().size(); ++i) {
      if (Wrong wrong = wrong_value(*items, value.array()[i], join(path, std::to_string(i))))
        return wrong;
    }
  }
  if (const Value* several = schema.find("anyOf")) {
    Wrong first;
    for (const Value& one : several->array()) {
      Wrong wrong = wrong_value(one, value, path);
      if (!wrong) return {};
      if (!first) first = std::move(wrong);
    }
    return first;
  }
  return {};
}

/// Levenshtein's distance, row by row (Wagner and Fischer 1974).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

Status check_schema(const Value& schema) {
  if (Wrong wrong = wrong_schema(schema, "")) return Error{"plugin.schema", *wrong};
  return ok();
}

Status check_config(const Value& schema, const Value& config) {
  if (Wrong wrong = wrong_value(schema, config, "")) return Error{"plugin.config", *wrong};
  return ok();
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  word = word.substr(0, 64);
  std::string best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const std::size_t d = distance(word, candidate);
    if (d < least && d < candidate.size()) least = d, best = candidate;
  }
  return best;
}

}  // namespace convene
