// core/check/library.hpp - the library under test, opened as a host opens it, stage by stage.
#pragma once

#include <string>
#include <vector>

#include "convene/abi.h"
#include "core/model/result.hpp"
#include "sdk/host/loaded_plugin.hpp"

namespace convene::check {

/// A library that went through all stages of loading; it stays mapped until the process ends.
struct Library {
  std::string path;
  std::string bytes;
  std::string sha256;
  const convene_entry* entry = nullptr;
  std::vector<PluginDescription> plugins;
};

/// Reads, looks at, maps and questions the library. The error's code says at which stage it was
/// refused: "plugin.file", "plugin.elf", "plugin.search_path", "plugin.symbol", "plugin.exports",
/// "plugin.map", "plugin.entry", "plugin.abi", "plugin.descriptor", "plugin.id", "plugin.version",
/// "plugin.summary", "plugin.offers", "plugin.schema". Who may write the file is no matter here.
Result<Library> open_library(const std::string& path);

/// The same bytes mapped once more, with variables of their own, as a reload does it.
Result<Library> open_copy(const Library& library, unsigned number);

/// Where the stage `code` stands in the order above, behind those of a program (wire_partner.hpp);
/// later stages are larger.
int stage_of(const std::string& code);

}  // namespace convene::check
