// sdk/host/entry_check.hpp - reads what a library says of itself without trusting a word of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "convene/abi.h"
#include "core/model/result.hpp"
#include "sdk/host/loaded_plugin.hpp"

namespace convene {

/// An entry that passed. `plugins` are copies; index i is the entry's plugin i.
struct CheckedEntry {
  std::vector<PluginDescription> plugins;
  decltype(convene_entry::create) create = nullptr;
};

/// Checks an entry and all its descriptors (promise H2). Data pointers are read through the kernel,
/// so that a wild one is an error and no crash; functions can only be checked for null. `name` is
/// how errors call the library.
Result<CheckedEntry> check_entry(const convene_entry* entry, const std::string& name);

/// One descriptor alone: of a plugin that is not in this process, say. The error is a sentence
/// without a name.
Result<PluginDescription> check_descriptor(const convene_descriptor& descriptor);

/// Whether `id` may name a plugin: [a-z0-9_]{1,64}.
bool is_plugin_id(std::string_view id);

}  // namespace convene
