// sdk/host/config_schema.cpp - a small JSON Schema: every keyword is either checked here or
// refused.
#include "sdk/host/config_schema.hpp"

#include <algorithm>
#include <optional>

#include "sdk/host/formats.hpp"
#include "sdk/host/meter.hpp"

namespace convene {
namespace {

using json::Value;
using Wrong = std::optional<std::string>;

constexpr std::string_view kTypes[] = {"array",  "boolean", "integer", "null",
                                       "number", "object",  "string"};
constexpr std::string_view kSilent[] = {"title",   "description", "default", "examples",
                                        "$schema", "$id",         "$comment"};

bool contains(const auto& words, std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

std::string join(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

std::string named(const std::string& path) {
  return path.empty() ? "the configuration" : "\"" + presentable(path, 256) + "\"";
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
    return value.as_text() && is_format(*value.as_text())
               ? Wrong{}
               : "the keyword \"format\" names none that is known; see formats.hpp";
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

/// Walks through a configuration and its schema side by side, and notes what does not fit, in the
/// order of the configuration.
class Check {
 public:
  explicit Check(std::vector<std::string>& faults) : faults_(faults) {}
  void value(const Value& schema, const Value& value, const std::string& path) const;

 private:
  bool full() const { return faults_.size() >= kFaultsMax; }
  void wrong(const std::string& path, const std::string& what) const {
    if (!full()) faults_.push_back(named(path) + " " + what);
  }
  bool type(const Value& type, const Value& value, const std::string& path) const;
  void unknown(const Value& schema, const std::string& key, const std::string& path) const;
  void members(const Value& schema, const Value& value, const std::string& path) const;
  void bounds(const Value& schema, const Value& value, const std::string& path) const;
  void any_of(const json::Array& several, const Value& value, const std::string& path) const;

  std::vector<std::string>& faults_;
};

std::string shown(const Value& value) { return ", and is " + json::write(value).substr(0, 60); }

bool Check::type(const Value& type, const Value& value, const std::string& path) const {
  const json::Array several = type.as_array() ? type.array() : json::Array{type};
  std::string wanted;
  for (const Value& one : several) {
    if (is_type(value, *one.as_text())) return true;
    wanted += (wanted.empty() ? "" : " or ") + *one.as_text();
  }
  wrong(path, "must be of type " + wanted + shown(value));
  return false;
}

void Check::unknown(const Value& schema, const std::string& key, const std::string& path) const {
  std::vector<std::string> keys;
  for (const auto& [name, unused] : schema.object("properties")) keys.push_back(name);
  const std::string meant = nearest(key, keys);
  std::string all;
  for (const std::string& k : keys) all += (all.empty() ? "" : ", ") + k;
  wrong(join(path, key), "is unknown; " + (!meant.empty() ? "did you mean \"" + meant + "\"?"
                                           : all.empty()  ? std::string("no key is taken here")
                                                          : "known are: " + all));
}

void Check::members(const Value& schema, const Value& object, const std::string& path) const {
  const Value* properties = schema.find("properties");
  const Value* others = schema.find("additionalProperties");
  for (const auto& [key, member] : object.object()) {
    if (full()) return;
    const Value* known = properties ? properties->find(key) : nullptr;
    if (!known && others && others->as_bool()) {
      if (!*others->as_bool()) unknown(schema, key, path);
    } else if (known || others) {
      value(known ? *known : *others, member, join(path, key));
    }
  }
  for (const Value& key : schema.array("required")) {
    if (!object.find(*key.as_text())) wrong(join(path, *key.as_text()), "is missing");
  }
}

void Check::bounds(const Value& schema, const Value& value, const std::string& path) const {
  const auto beyond = [&](double size, const char* low, const char* high, const std::string& of) {
    const Value* least = schema.find(low);
    const Value* most = schema.find(high);
    if (least && size < schema.number(low))
      wrong(path, "must " + of + " at least " + json::write(*least));
    if (most && size > schema.number(high))
      wrong(path, "must " + of + " at most " + json::write(*most));
  };
  if (value.is_number()) beyond(value.number(""), "minimum", "maximum", "be");
  if (const std::string* text = value.as_text()) {
    beyond(static_cast<double>(characters(*text)), "minLength", "maxLength", "have characters:");
  }
  if (value.as_array()) {
    beyond(static_cast<double>(value.array().size()), "minItems", "maxItems", "have elements:");
  }
}

void Check::any_of(const json::Array& several, const Value& value, const std::string& path) const {
  std::vector<std::string> first;
  for (const Value& one : several) {
    std::vector<std::string> faults;
    Check(faults).value(one, value, path);
    if (faults.empty()) return;
    if (first.empty()) first = std::move(faults);
  }
  for (std::string& fault : first) {
    if (!full()) faults_.push_back(std::move(fault));
  }
}

// Of what is wrong with one value only the first is said: the rest would follow from it.
void Check::value(const Value& schema, const Value& value, const std::string& path) const {
  if (schema.as_bool()) return *schema.as_bool() ? void() : wrong(path, "is not taken");
  const std::size_t before = faults_.size();
  if (const Value* types = schema.find("type"); types && !type(*types, value, path)) return;
  if (const Value* all = schema.find("enum");
      all && std::find(all->array().begin(), all->array().end(), value) == all->array().end()) {
    return wrong(path, "must be one of " + json::write(*all) + shown(value));
  }
  if (const Value* one = schema.find("const"); one && !(*one == value))
    return wrong(path, "must be " + json::write(*one));
  if (const Value* format = schema.find("format")) {
    const std::string must = wrong_format(*format->as_text(), value);
    if (!must.empty()) return wrong(path, must + shown(value));
  }
  bounds(schema, value, path);
  if (faults_.size() > before) return;
  if (value.as_object()) members(schema, value, path);
  if (const Value* items = schema.find("items")) {
    for (std::size_t i = 0; i < value.array().size() && !full(); ++i)
      this->value(*items, value.array()[i], join(path, std::to_string(i)));
  }
  if (const Value* several = schema.find("anyOf"); several && faults_.size() == before)
    any_of(several->array(), value, path);
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
  const std::vector<std::string> faults = faults_of(schema, config);
  return faults.empty() ? ok() : Status(Error{"plugin.config", faults.front()});
}

std::vector<std::string> faults_of(const Value& schema, const Value& config) {
  std::vector<std::string> faults;
  Check(faults).value(schema, config, "");
  return faults;
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
