// core/store/database.hpp - an open SQLite connection as the store wants it, and its failures as
// errors.
#pragma once

#include <soci/soci.h>

#include <filesystem>
#include <memory>

#include "core/model/result.hpp"
#include "core/store/schema.hpp"
#include "core/store/sql_store.hpp"

namespace convene::store {

/// Keeps a second process out of the database as long as it lives: two cores would give the same
/// numbers twice.
class DatabaseLock {
 public:
  static Result<DatabaseLock> take(const std::filesystem::path& database);
  DatabaseLock(DatabaseLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  DatabaseLock& operator=(DatabaseLock&&) = delete;
  ~DatabaseLock();

 private:
  explicit DatabaseLock(int fd) : fd_(fd) {}
  int fd_;
};

/// Opens what is ours, or makes a new database with mode 0600; refuses everything else without
/// writing a byte.
Result<std::unique_ptr<soci::session>> open_database(const SqlStoreOptions& options,
                                                     std::span<const Migration> steps);

/// Copies the write-ahead log into the database and empties it: what was overwritten or erased is in neither any more.
/// `reserve`: it gets its full size again (SqlStoreOptions::reserve_log). False: another program reads the database, so
/// the log has to stay as it is, or the disk fails. Throws soci::soci_error.
bool truncate_log(soci::session& session, bool reserve);

/// The current exception of a database call as an error with the remedy. Call it in a catch block.
Error database_error(const std::filesystem::path& database);

}  // namespace convene::store
