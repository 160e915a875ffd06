// core/check/samples.cpp - walks a schema of the kind that sdk/host/config_schema.hpp knows.
#include "core/check/samples.hpp"

#include <algorithm>

#include "convene/json.hpp"
#include "sdk/host/config_schema.hpp"

namespace convene::check {
namespace {

using json::Value;

enum class Taste { plain, least, most };

std::string type_of(const Value& schema) {
  const Value* type = schema.find("type");
  if (!type) return "";
  if (type->as_text()) return *type->as_text();
  return std::string(type->text("0"));
}

Value made(const Value& schema, Taste taste, int depth = 0);

Value made_object(const Value& schema, Taste taste, int depth, bool only_required) {
  Value object = json::object();
  const json::Array& required = schema.array("required");
  for (const auto& [key, member] : schema.object("properties")) {
    const bool must = std::find(required.begin(), required.end(), Value(key)) != required.end();
    if (must || !only_required) object.set(key, made(member, taste, depth + 1));
  }
  return object;
}

std::int64_t bounded(const Value& schema, const char* key, std::int64_t otherwise) {
  const Value* bound = schema.find(key);
  return bound && bound->is_number() ? static_cast<std::int64_t>(schema.number(key)) : otherwise;
}

/// A value that the schema allows, as far as a schema tells.
Value made(const Value& schema, Taste taste, int depth) {
  if (depth > 8 || schema.as_bool()) return json::object();
  if (const Value* one = schema.find("const")) return *one;
  const json::Array& all = schema.array("enum");
  if (!all.empty()) return taste == Taste::most ? all.back() : all.front();
  if (taste == Taste::plain) {
    if (const Value* given = schema.find("default")) return *given;
    if (const json::Array& examples = schema.array("examples"); !examples.empty())
      return examples.front();
  }
  if (const json::Array& several = schema.array("anyOf"); !several.empty())
    return made(taste == Taste::most ? several.back() : several.front(), taste, depth + 1);
  const std::string type = type_of(schema);
  const std::int64_t low = bounded(schema, "minimum", taste == Taste::least ? 0 : 1);
  if (type == "integer" || type == "number")
    return taste == Taste::most ? bounded(schema, "maximum", std::max<std::int64_t>(low, 1'000'000))
                                : low;
  if (type == "boolean") return taste == Taste::most;
  if (type == "array") {
    const std::int64_t least = bounded(schema, "minItems", 0);
    const std::int64_t most = bounded(schema, "maxItems", least + 3);
    Value array = json::array();
    const Value* items = schema.find("items");
    for (std::int64_t i = 0; i < (taste == Taste::least ? least : std::min(most, least + 3)); ++i)
      array.push(items ? made(*items, taste, depth + 1) : Value("x"));
    return array;
  }
  if (type == "object") return made_object(schema, taste, depth, taste == Taste::least);
  if (type == "null") return nullptr;
  if (schema.text("format") == "convene-origin") return "https://example.org";
  if (schema.text("format") == "convene-address") return "127.0.0.1:8080";
  const std::int64_t least = bounded(schema, "minLength", 0);
  const std::int64_t most = bounded(schema, "maxLength", least + 64);
  // "20s" is a duration, a name and a text alike.
  std::string text = taste == Taste::least ? std::string() : "20s";
  const std::int64_t size = taste == Taste::most ? std::min<std::int64_t>(most, 4096) : least;
  while (static_cast<std::int64_t>(text.size()) < size) text += 'x';
  if (static_cast<std::int64_t>(text.size()) > most) text.resize(static_cast<std::size_t>(most));
  return text;
}

void add(std::vector<Sample>& to, const Value& schema, bool allowed, std::string label,
         const Value& config) {
  if (static_cast<bool>(convene::check_config(schema, config)) != allowed) return;
  std::string text = json::write(config);
  for (const Sample& s : to) {
    if (s.config == text) return;
  }
  to.push_back({std::move(label), std::move(text)});
}

}  // namespace

std::vector<Sample> allowed_samples(const std::string& text) {
  std::vector<Sample> samples;
  const json::Parsed schema = json::parse(text);
  if (text.empty() || !schema) return {{"no settings", "{}"}};
  add(samples, *schema.value, true, "no settings", json::object());
  add(samples, *schema.value, true, "only what is required",
      made_object(*schema.value, Taste::plain, 0, true));
  add(samples, *schema.value, true, "everything",
      made_object(*schema.value, Taste::plain, 0, false));
  add(samples, *schema.value, true, "the least of everything",
      made_object(*schema.value, Taste::least, 0, false));
  add(samples, *schema.value, true, "the most of everything",
      made_object(*schema.value, Taste::most, 0, false));
  return samples;
}

std::vector<Sample> forbidden_samples(const std::string& text) {
  std::vector<Sample> samples;
  const json::Parsed read = json::parse(text);
  if (text.empty() || !read) return {{"settings where none are taken", R"({"no_such_key":1})"}};
  const Value& schema = *read.value;
  const Value good = made_object(schema, Taste::plain, 0, false);
  for (const auto& [key, member] : schema.object("properties")) {
    const auto with = [&, &name = key](Value value) {
      return Value(good).set(name, std::move(value));
    };
    add(samples, schema, false, key + " of another type", with(json::object({{"x", 1}})));
    add(samples, schema, false, key + " as a list", with(json::array({nullptr})));
    if (member.find("minimum"))
      add(samples, schema, false, key + " below its minimum",
          with(bounded(member, "minimum", 0) - 1));
    if (member.find("maximum"))
      add(samples, schema, false, key + " above its maximum",
          with(bounded(member, "maximum", 0) + 1));
    if (member.find("enum"))
      add(samples, schema, false, key + " beyond its words", with("no_such"));
  }
  for (const Value& key : schema.array("required")) {
    Value less = json::object();
    for (const auto& [name, value] : good.object()) {
      if (key.as_text() && name != *key.as_text()) less.set(name, value);
    }
    add(samples, schema, false, key.as_text() ? *key.as_text() + " missing" : "", less);
  }
  return samples;
}

}  // namespace convene::check
