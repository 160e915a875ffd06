// core/runtime/config_toml.cpp - TOML text into our tree: the one file that includes toml++.
namespace convene::config {
struct ParserGaveUp {};
[[noreturn]] inline void give_up() { throw ParserGaveUp(); }
}  // namespace convene::config
// Some broken files run this version into its own assertions (found by fuzzing): those become errors as well.
#define TOML_ASSERT(expression) ((expression) ? (void)0 : ::convene::config::give_up())
#define TOML_EXCEPTIONS 1
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <algorithm>
#include <optional>

#include "core/runtime/config_document.hpp"

namespace convene::config {
namespace {

Place place_of(const toml::source_region& region, const std::string& file) {
  return {file, region.begin.line, region.begin.column};
}

class Converter {
 public:
  Converter(const std::string& file, std::vector<ConfigError>& errors)
      : file_(file), errors_(errors) {}

  Value convert(const toml::node& node, int depth) {
    Value value;
    value.place = place_of(node.source(), file_);
    if (depth > kDepthMax) {
      errors_.push_back({value.place, "nested too deeply", "at most 16 levels"});
      return value;
    }
    if (const toml::table* table = node.as_table()) {
      take_table(*table, value, depth);
    } else if (const toml::array* array = node.as_array()) {
      value.kind = Kind::list;
      for (const toml::node& item : *array) value.items.push_back(convert(item, depth + 1));
    } else {
      take_scalar(node, value);
    }
    return value;
  }

 private:
  void take_table(const toml::table& table, Value& value, int depth) {
    value.kind = Kind::table;
    for (const auto& [key, node] : table) {
      Value entry = convert(node, depth + 1);
      entry.place = place_of(key.source(), file_);
      value.entries.emplace_back(std::string(key.str()), std::move(entry));
    }
    const auto earlier = [](const auto& a, const auto& b) {
      return std::pair(a.second.place.line, a.second.place.column) <
             std::pair(b.second.place.line, b.second.place.column);
    };
    std::stable_sort(value.entries.begin(), value.entries.end(), earlier);
  }

  static void take_scalar(const toml::node& node, Value& value) {
    if (const auto* text = node.as_string()) {
      value.kind = Kind::text;
      value.text = text->get();
    } else if (const auto* integer = node.as_integer()) {
      value.kind = Kind::integer;
      value.integer = integer->get();
    } else if (const auto* real = node.as_floating_point()) {
      value.kind = Kind::real;
      value.real = real->get();
    } else if (const auto* boolean = node.as_boolean()) {
      value.kind = Kind::boolean;
      value.boolean = boolean->get();
    } else {
      value.kind = Kind::other;
    }
  }

  const std::string& file_;
  std::vector<ConfigError>& errors_;
};

// The first byte that no TOML file may hold (TOML 1.0.0, "Spec").
std::optional<Place> find_control_character(const ConfigSource& source) {
  Place place{source.name, 1, 0};
  for (const char c : source.text) {
    const auto byte = static_cast<unsigned char>(c);
    ++place.column;
    if (c == '\n') {
      ++place.line;
      place.column = 0;
    } else if ((byte < 0x20 && c != '\t' && c != '\r') || byte == 0x7f) {
      return place;
    }
  }
  return std::nullopt;
}

}  // namespace

Value parse_toml(const ConfigSource& source, std::vector<ConfigError>& errors) {
  Value empty;
  empty.place.file = source.name;
  if (source.text.size() > kFileBytesMax) {
    errors.push_back(
        {{source.name, 1, 1}, "the file is larger than 4 MiB", "is it a configuration?"});
    return empty;
  }
  if (auto control = find_control_character(source)) {
    errors.push_back({*control, "a control character", "TOML has none but tabs and line ends"});
    return empty;
  }
  try {
    return Converter(source.name, errors).convert(toml::parse(source.text), 0);
  } catch (const toml::parse_error& error) {
    errors.push_back({place_of(error.source(), source.name), std::string(error.description()),
                      "this is not valid TOML"});
  } catch (const ParserGaveUp&) {
    errors.push_back(
        {{source.name, 1, 1}, "is not valid TOML, and the parser cannot say where", ""});
  }
  return empty;
}

}  // namespace convene::config
