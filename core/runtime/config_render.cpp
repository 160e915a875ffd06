// core/runtime/config_render.cpp - writes config/reference.toml and the JSON Schema from the table
// of keys.
#include "core/runtime/config_schema.hpp"

namespace convene::config {
namespace {

// Breaks `text` into comment lines of at most 100 columns.
std::string comment(std::string_view text) {
  std::string out;
  std::string line = "#";
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    text = blank == std::string_view::npos ? "" : text.substr(blank + 1);
    if (line.size() + 1 + word.size() > 100) {
      out += line + "\n";
      line = "#";
    }
    line += " " + std::string(word);
  }
  return out + line + "\n";
}

std::string unit_text(const Key& key, std::int64_t number) {
  if (key.type != Type::duration) return std::to_string(number);
  if (number % 86'400'000 == 0 && number > 0) return std::to_string(number / 86'400'000) + "d";
  if (number % 3'600'000 == 0 && number > 0) return std::to_string(number / 3'600'000) + "h";
  if (number % 1000 != 0) return std::to_string(number) + "ms";
  return std::to_string(number / 1000) + "s";
}

std::string reference_key(const Key& key) {
  std::string why(key.why);
  if (!key.choices.empty()) {
    why += " One of";
    std::string_view before = " ";
    for (const std::string& choice : split_choices(key.choices)) {
      why += std::string(before) + choice;
      before = ", ";
    }
    why += ".";
  }
  if (key.maximum > 0) {
    why += " From " + unit_text(key, key.minimum) + " to " + unit_text(key, key.maximum) + ".";
  }
  std::string out = comment(why);
  if (!key.fallback.empty())
    return out + std::string(key.name) + " = " + std::string(key.fallback) + "\n";
  const std::string_view example = key.example.empty() ? "\"...\"" : key.example;
  return out + (key.optional ? "# " : "") + std::string(key.name) + " = " + std::string(example) +
         "\n";
}

std::string description(std::string_view why) { return "\"description\": " + quote_json(why); }

std::string property(const Key& key) {
  std::string type;
  switch (key.type) {
    case Type::text:
      type = R"("type": "string", "minLength": 1, "maxLength": 4096)";
      break;
    case Type::integer:
      type = "\"type\": \"integer\"";
      break;
    case Type::boolean:
      type = "\"type\": \"boolean\"";
      break;
    case Type::duration:
      type = R"("type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$")";
      break;
    case Type::choice:
      type = "\"enum\": [";
      break;
    case Type::texts:
      type = R"("type": "array", "items": {"type": "string"})";
      break;
    case Type::levels:
      type =
          R"("type": "object", "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 10})";
      break;
    case Type::settings:
      type = "\"type\": \"object\"";
      break;
    case Type::tables:
      type = R"("type": "object", "additionalProperties": {"type": "object"})";
      break;
    case Type::secret:
      type = R"("type": "string", "pattern": "^(file|env):.+$")";
      break;
  }
  if (key.type == Type::choice) {
    bool first = true;
    for (const std::string& choice : split_choices(key.choices)) {
      type += (first ? "" : ", ") + quote_json(choice);
      first = false;
    }
    type += "]";
  }
  if (key.type == Type::integer && key.maximum > 0) {
    type += ", \"minimum\": " + std::to_string(key.minimum) +
            ", \"maximum\": " + std::to_string(key.maximum);
  }
  if (!key.fallback.empty()) type += ", \"default\": " + std::string(key.fallback);
  return "{" + type + ",\n          " + description(key.why) + "}";
}

std::string object_schema(const Section& section) {
  std::string properties;
  std::string required;
  for (const Key& key : section.keys) {
    properties += (properties.empty() ? "\n        " : ",\n        ") + quote_json(key.name) +
                  ": " + property(key);
    if (key.fallback.empty() && !key.optional)
      required += (required.empty() ? "" : ", ") + quote_json(key.name);
  }
  return "{\"type\": \"object\", " + description(section.what) +
         ", \"additionalProperties\": false,\n      " +
         (required.empty() ? "" : "\"required\": [" + required + "],\n      ") +
         "\"properties\": {" + properties + "}}";
}

}  // namespace

std::string render_reference() {
  std::string out =
      "# config/reference.toml - every key, its default, and why. Written by `convene config "
      "reference`; not edited by "
      "hand.\n# A line that begins with # and a key shows an example of what is absent by "
      "default.\n";
  for (const Section& section : sections()) {
    std::string path(section.path);
    if (section.named()) path.replace(path.size() - 1, 1, "example");
    out += "\n" + comment(section.what) + "[" + path + "]\n";
    for (const Key& key : section.keys) out += reference_key(key);
  }
  return out;
}

std::string render_json_schema() {
  std::string out =
      "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"title\": "
      "\"Configuration of Convene\",\n"
      "  \"type\": \"object\",\n  \"additionalProperties\": false,\n  \"properties\": {";
  bool first = true;
  for (const Section& section : sections()) {
    out += (first ? "\n    " : ",\n    ") + quote_json(section.top()) + ": ";
    first = false;
    if (section.named()) {
      out += R"({"type": "object", "propertyNames": {"pattern": "^[a-z0-9_]{1,64}$"},)";
      out += "\n      \"additionalProperties\": " + object_schema(section) + "}";
    } else {
      out += object_schema(section);
    }
  }
  return out + "\n  }\n}\n";
}

}  // namespace convene::config
