// core/check/message_schema.hpp - a message of the bus against its schema in sdk/bus/schema.
#pragma once

#include <string>
#include <string_view>

#include "convene/json_value.hpp"

namespace convene::check {

/// Whether there is a schema "request.NAME", "event.NAME", "hello", ...
bool has_schema(std::string_view name);

/// What is wrong with `body` by the schema `name`, with the path to it; empty: nothing. Knows the
/// keywords that those schemas use, which is more than settings need (sdk/host/config_schema.hpp).
std::string wrong_by_schema(std::string_view name, const json::Value& body);

}  // namespace convene::check
