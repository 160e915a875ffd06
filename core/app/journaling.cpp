// core/app/journaling.cpp - opens the journal of a node, and tells it which plugins take part.
#include "core/app/journaling.hpp"

#include <algorithm>

#include "core/app/version.hpp"
#include "core/runtime/log.hpp"
#include "core/store/sql_store.hpp"

namespace convene::app {

std::filesystem::path journal_folder(const Config& config) { return config.data / "journal"; }

Result<std::unique_ptr<journal::Journal>> open_journal(const Config& config) {
  if (!config.journal.enabled) return std::unique_ptr<journal::Journal>();
  auto store = parse_store_url(config.store_url, config.data);
  if (!store) return store.error();
  journal::JournalOptions options;
  options.folder = journal_folder(config);
  options.key_file = store->key_file;
  if (options.key_file.empty()) options.key_file = store->database.string() + ".key";
  options.node = config.name;
  options.program = kVersion;
  options.keep_days = config.journal.keep_days;
  options.file_bytes = std::uint64_t{config.journal.file_mb} << 20;
  options.log = [](int level, std::string_view id, std::string_view fields) {
    log::write_text(static_cast<log::Level>(std::clamp(level, 0, 3)), id, fields);
  };
  return journal::Journal::open(std::move(options));
}

std::vector<journal::PluginRecord> plugin_records(const Generation& generation) {
  std::vector<journal::PluginRecord> records;
  for (const PluginOutcome& outcome : generation.plugins) {
    if (!outcome.plugin) continue;
    const auto configured = generation.config.plugins.find(outcome.id);
    if (configured == generation.config.plugins.end()) continue;
    records.push_back({outcome.id, outcome.plugin->label(), configured->second.path,
                       outcome.plugin->sha256(), configured->second.settings});
  }
  return records;
}

}  // namespace convene::app
