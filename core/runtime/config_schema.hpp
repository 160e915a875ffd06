// core/runtime/config_schema.hpp - every key of the configuration in one table: what is checked,
// documented, completed.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/runtime/config_document.hpp"

namespace convene::config {

enum class Type {
  text,
  integer,
  boolean,
  duration,  ///< "500ms", "20s", "5m", "24h", "30d"
  choice,    ///< One of `choices`.
  texts,     ///< A list of texts.
  levels,    ///< A table of names with levels 1 to 10.
  settings,  ///< A table that a plugin or adapter checks itself.
  tables,    ///< A table of such tables, by channel.
  secret,    ///< "file:PATH" or "env:NAME", never the secret itself.
};

struct Key {
  std::string_view name;
  Type type;
  std::string_view
      fallback;  ///< As TOML; empty: must be given, or is absent by default with `optional`.
  std::string_view why;  ///< One or two sentences for the operator.
  bool optional = false;
  std::int64_t minimum = 0;  ///< Of integers and durations (ms).
  std::int64_t maximum = 0;
  std::string_view choices = {};  ///< "lazy|eager"
  std::string_view example = {};  ///< As TOML, where the default shows too little.
};

/// A table of the file: "node", or "flow.*" for one per name.
struct Section {
  std::string_view path;
  std::string_view what;
  std::span<const Key> keys;

  bool named() const { return path.ends_with(".*"); }
  std::string_view top() const { return path.substr(0, path.find('.')); }
};

std::span<const Section> sections();
std::vector<std::string> split_choices(std::string_view choices);

/// "20s" in milliseconds; nothing when it is no duration.
std::optional<std::int64_t> parse_duration(std::string_view text);

/// Checks names, keys, types, ranges and choices of the whole tree against the table.
void check_against_schema(const Value& root, std::vector<ConfigError>& errors);
/// The same for a file of another kind, which has a table of its own: a workday.
void check_against_schema(const Value& root, std::span<const Section> known,
                          std::vector<ConfigError>& errors);

/// config/reference.toml: every key, its default, and why.
std::string render_reference();
/// config/schema/convene.schema.json: JSON Schema 2020-12, for completion in editors.
std::string render_json_schema();

}  // namespace convene::config
