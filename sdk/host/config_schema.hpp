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
/// maxItems, anyOf, and format with those of formats.hpp; $defs holds schemas that other things are
/// checked against; title, description, default, examples, $schema, $id and $comment say nothing to
/// a check. A schema with any other keyword is refused: what is written in it would seem to hold
/// and would not.
Status check_schema(const json::Value& schema);

/// Whether `config` satisfies a schema that `check_schema` passed; the error is the first of its
/// faults.
Status check_config(const json::Value& schema, const json::Value& config);

/// Everything that is wrong with `config`, a sentence each, in the order of its keys: the key by its path
/// in quotes, what is wrong, and for an unknown key the nearest one that exists. One line each, and at
/// most `kFaultsMax`.
std::vector<std::string> faults_of(const json::Value& schema, const json::Value& config);
inline constexpr std::size_t kFaultsMax = 100;

/// Of `known` the one that was probably meant by `word`, by edit distance; empty when none is near. What
/// would have to be written anew from its first letter to its last is not near.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace convene
