// core/app/journaling.hpp - a node's journal, as its configuration wants it.
#pragma once

#include <memory>
#include <vector>

#include "core/app/generation.hpp"
#include "core/journal/journal.hpp"

namespace convene::app {

/// Where it is kept.
std::filesystem::path journal_folder(const Config& config);

/// Null where the configuration wants none. The store's key must exist.
Result<std::unique_ptr<journal::Journal>> open_journal(const Config& config);

/// The plugins that were loaded, as a replay has to load them.
std::vector<journal::PluginRecord> plugin_records(const Generation& generation);

}  // namespace convene::app
