// sdk/host/isolation/hello.hpp - what a plugin's process says of itself, written and checked.
#pragma once

#include <string>
#include <string_view>

#include "core/model/result.hpp"
#include "sdk/host/loaded_plugin.hpp"

namespace convene::isolation {

std::string write_hello(const PluginDescription& description);

/// A description that holds to the same rules as that of a library; the error is a sentence without
/// a name. Offers that this host does not know are left out.
Result<PluginDescription> read_hello(std::string_view body);

}  // namespace convene::isolation
