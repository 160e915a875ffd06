// sdk/host/mapping.hpp - maps a vetted library into this process.
#pragma once

#include <string>

#include "convene/abi.h"
#include "core/model/result.hpp"
#include "sdk/host/vetting.hpp"

namespace convene {

/// A copy in memory that nobody can change any more; its descriptor, or -1 with errno. `name` is for
/// people who look into /proc.
int sealed_copy(const std::string& bytes, const std::string& name);

/// Maps exactly `file.bytes` and finds the entry. The same content is mapped once and shared;
/// nothing is ever unmapped, because nobody can know that no pointer into it is left. `name` is how
/// errors call the library. Thread-safe.
Result<const convene_entry*> map_library(const VettedFile& file, const std::string& name);

}  // namespace convene
