// core/check/message_schema.cpp - JSON Schema as far as sdk/bus/schema uses it.
#include "core/check/message_schema.hpp"

#include <algorithm>
#include <map>
#include <regex>

#include "convene/json.hpp"
#include "message_schemas.hpp"

namespace convene::check {
namespace {

using json::Value;

const std::map<std::string, Value, std::less<>>& schemas() {
  static const auto all = [] {
    std::map<std::string, Value, std::less<>> made;
    for (const MessageSchema& schema : kMessageSchemas) {
      if (json::Parsed read = json::parse(schema.text)) made.emplace(schema.name, *read.value);
    }
    return made;
  }();
  return all;
}

bool is_type(const Value& v, std::string_view type) {
  if (type == "object") return v.as_object();
  if (type == "array") return v.as_array();
  if (type == "string") return v.as_text();
  if (type == "integer") return v.as_int();
  if (type == "number") return v.is_number();
  if (type == "boolean") return v.as_bool();
  return v.is_null();
}

std::string wrong(const Value& schema, const Value& v, const std::string& path);

std::string at(const std::string& path, const std::string& what) {
  return (path.empty() ? "the body" : path) + " " + what;
}

std::string wrong_object(const Value& schema, const Value& v, const std::string& path) {
  for (const Value& key : schema.array("required")) {
    if (!v.find(*key.as_text())) return at(path, "lacks \"" + *key.as_text() + "\"");
  }
  const Value* others = schema.find("additionalProperties");
  for (const auto& [key, member] : v.object()) {
    const Value* properties = schema.find("properties");
    const Value* known = properties ? properties->find(key) : nullptr;
    if (!known && others && others->as_bool() && !*others->as_bool())
      return at(path, "has an unknown member \"" + key.substr(0, 60) + "\"");
    if (!known && (!others || others->as_bool())) continue;
    const std::string found =
        wrong(known ? *known : *others, member, path.empty() ? key : path + "." + key);
    if (!found.empty()) return found;
  }
  return {};
}

std::string wrong_size(const Value& schema, std::int64_t size, const char* least, const char* most,
                       const std::string& path) {
  if (schema.find(least) && size < schema.integer(least)) return at(path, "is too short");
  if (schema.find(most) && size > schema.integer(most)) return at(path, "is too long");
  return {};
}

std::string wrong_text(const Value& schema, const std::string& text, const std::string& path) {
  const auto characters =
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
  std::string found = wrong_size(schema, characters, "minLength", "maxLength", path);
  if (!found.empty()) return found;
  const std::string_view pattern = schema.text("pattern");
  if (!pattern.empty() && text.size() <= 4096 &&
      !std::regex_search(text, std::regex(std::string(pattern))))
    return at(path, "does not match " + std::string(pattern));
  return {};
}

std::string wrong_array(const Value& schema, const Value& v, const std::string& path) {
  const auto size = static_cast<std::int64_t>(v.array().size());
  std::string found = wrong_size(schema, size, "minItems", "maxItems", path);
  const Value* items = schema.find("items");
  for (std::size_t i = 0; items && found.empty() && i < v.array().size(); ++i)
    found = wrong(*items, v.array()[i], path + "." + std::to_string(i));
  return found;
}

std::string wrong(const Value& schema, const Value& v, const std::string& path) {
  if (schema.as_bool()) return *schema.as_bool() ? "" : at(path, "is not taken");
  if (const Value* type = schema.find("type")) {
    const json::Array several = type->as_array() ? type->array() : json::Array{*type};
    if (std::none_of(several.begin(), several.end(),
                     [&](const Value& t) { return is_type(v, *t.as_text()); }))
      return at(path, "is not of type " + json::write(*type));
  }
  if (const json::Array& all = schema.array("enum");
      !all.empty() && std::find(all.begin(), all.end(), v) == all.end())
    return at(path, "is none of " + json::write(Value(all)).substr(0, 200));
  if (const Value* one = schema.find("const"); one && !(*one == v))
    return at(path, "is not " + json::write(*one));
  if (v.is_number()) {
    if (schema.find("minimum") && v.number("") < schema.number("minimum"))
      return at(path, "is below " + json::write(*schema.find("minimum")));
    if (schema.find("maximum") && v.number("") > schema.number("maximum"))
      return at(path, "is above " + json::write(*schema.find("maximum")));
  }
  std::string found;
  if (v.as_text()) found = wrong_text(schema, *v.as_text(), path);
  if (v.as_array()) found = wrong_array(schema, v, path);
  if (v.as_object()) found = wrong_object(schema, v, path);
  if (!found.empty()) return found;
  const json::Array& one_of = schema.array("oneOf");
  std::size_t matching = 0;
  for (const Value& option : one_of) {
    const std::string why = wrong(option, v, path);
    if (why.empty()) {
      ++matching;
    } else if (found.empty()) {
      found = why;
    }
  }
  if (one_of.empty() || matching == 1) return {};
  return matching ? at(path, "means two things at once") : found;
}

}  // namespace

bool has_schema(std::string_view name) { return schemas().contains(name); }

std::string wrong_by_schema(std::string_view name, const json::Value& body) {
  const auto schema = schemas().find(name);
  if (schema == schemas().end()) return "there is no schema \"" + std::string(name) + "\"";
  return wrong(schema->second, body, "");
}

}  // namespace convene::check
