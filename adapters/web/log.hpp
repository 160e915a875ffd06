// adapters/web/log.hpp - log lines: a stable id, a level, key=value. Nothing that belongs to a person (I4).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace convene::web::log {

/// A value is a number or a word of ours, or a code; it is escaped all the same.
using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;

void info(std::string_view id, Fields fields = {});
void warning(std::string_view id, Fields fields = {});
void error(std::string_view id, Fields fields = {});

}  // namespace convene::web::log
