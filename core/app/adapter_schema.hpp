// core/app/adapter_schema.hpp - what an adapter says that it takes as settings.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/runtime/config.hpp"

namespace convene::app {

/// The JSON Schema of an adapter's settings, one that `check_schema` passed; empty: it takes none. A
/// library says so itself, asked in a process of its own (`convene-host --adapter LIBRARY --schema`).
/// A program may have a file beside it: for a word of its command, WORD.settings.json or, in a prefix,
/// ../share/convene/schema/NAME.settings.json. No program is run. Nothing: it offers no schema. An
/// error is a sentence.
Result<std::optional<std::string>> adapter_schema(const Config& config,
                                                  const AdapterConfig& adapter);

/// Where the library of `adapter` lies, and a program that is named by `word`: beside this one, where
/// it is there, or as the word says.
std::filesystem::path adapter_library(const Config& config, const AdapterConfig& adapter);
std::filesystem::path resolve_program(const std::string& word);

}  // namespace convene::app
