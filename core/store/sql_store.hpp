// core/store/sql_store.hpp - opens the durable store: SQL behind core/model/store.hpp, contexts
// sealed.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/model/result.hpp"
#include "core/model/store.hpp"

namespace convene {

struct SqlStoreOptions {
  std::filesystem::path database;
  /// 32 random bytes that seal contexts, states and transcripts; made with mode 0600 together with
  /// a new database. Empty: the database's path with ".key" appended. Keep it where backups of the
  /// database do not go.
  std::filesystem::path key_file;
  /// How long a commit waits for somebody else's lock before it fails as "store.busy".
  std::chrono::milliseconds busy_timeout{250};
  /// Writes the write-ahead log to its full size (16 MiB) before the first commit. A commit that overwrites takes half
  /// as long to reach the disk as one that makes the file longer. For a core that serves.
  bool reserve_log = false;
};

/// Reads "sqlite:convene.db" as it stands in `store.url`; a relative path is taken from `folder`.
/// Fails with "store.url".
Result<SqlStoreOptions> parse_store_url(std::string_view url, const std::filesystem::path& folder);

/// Opens the database, creates it where there is none, and brings an older one up to date. What is
/// not ours is left as it is. Errors: "store.not_a_database", "store.foreign", "store.newer",
/// "store.locked", "store.key_missing", "store.key_open_to_others", "store.wrong_key",
/// "store.read_only", "store.full", "store.busy", "store.damaged", "store.failed"; the text names
/// the file and the remedy.
///
/// A store whose commit failed refuses everything as "store.restore_first" until `restore` has
/// opened the database anew: a failed fsync is never tried again on the same file handle.
Result<std::unique_ptr<SessionStore>> open_sql_store(const SqlStoreOptions& options);

}  // namespace convene
