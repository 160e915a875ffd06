// sdk/host/mapping.hpp - maps a vetted library into this process.
#pragma once

#include <string>

#include "convene/abi.h"
#include "core/model/result.hpp"
#include "sdk/host/vetting.hpp"

namespace convene {

/// Maps exactly `file.bytes` and finds the entry. The same content is mapped once and shared;
/// nothing is ever unmapped, because nobody can know that no pointer into it is left. `name` is how
/// errors call the library. Thread-safe.
Result<const convene_entry*> map_library(const VettedFile& file, const std::string& name);

}  // namespace convene
