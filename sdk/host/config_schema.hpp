// sdk/host/config_schema.hpp - checks a plugin's settings against its JSON Schema, and the schema
// itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "convene/json.hpp"
#include "core/model/result.hpp"

namespace convene {

/// The part of JSON Schema that settings need: type (one or several), properties, required,
/// additionalProperties, items, enum, const, minimum, maximum, minLength, maxLength, minItems,
/// maxItems, anyOf, and format with the one value "convene-duration" (1500 or "20s", duration.hpp);
/// $defs holds schemas that other things are checked against; title, description, default, examples, $schema, $id and $comment say nothing to
/// a check. A schema with any other keyword is refused: what is written in it would seem to hold
/// and would not.
Status check_schema(const json::Value& schema);

/// Whether `config` satisfies a schema that `check_schema` passed. The error names the key by its
/// path, says what is wrong, and for an unknown key the nearest one that exists.
Status check_config(const json::Value& schema, const json::Value& config);

/// Of `known` the one that was probably meant by `word`, by edit distance; empty when none is near. What
/// would have to be written anew from its first letter to its last is not near.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace convene
