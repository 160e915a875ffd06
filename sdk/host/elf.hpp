// sdk/host/elf.hpp - looks at a library's bytes before the dynamic linker does.
#pragma once

#include <string>
#include <string_view>

#include "core/model/result.hpp"

namespace convene {

/// Whether `bytes` are a whole shared library for this machine that exports `symbol` and nothing
/// else and brings no search path of its own. `name` is how errors call the file. The dynamic
/// linker trusts what it is given: a cut-off file is a bus error there, and an error with a remedy
/// here.
Status check_library(std::string_view bytes, std::string_view symbol, const std::string& name);

}  // namespace convene
