// core/store/database.cpp - opens, checks and configures the SQLite file.
#include "core/store/database.hpp"

#include <fcntl.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

namespace convene::store {
namespace {

/// Pages of the write-ahead log before it is copied into the database, which holds whoever waits for that commit up for
/// some milliseconds. SQLite's 1,000 are reached by fifty customers who come back, 16 MiB by some two hundred: fewer
/// than one in a hundred meets it.
constexpr int kCheckpointPages = 4'000;

constexpr sqlite_api::sqlite3_int64 kLogBytes =
    (kCheckpointPages + 200) * (4'096 + 24);  ///< A page and its head.

Error about(std::string code, const std::filesystem::path& database, const std::string& what) {
  return Error{std::move(code), "The database " + database.string() + " " + what};
}

/// The first bytes decide before SQLite sees the file, so that nothing foreign is ever opened for
/// writing.
Status check_file(const std::filesystem::path& database) {
  std::error_code error;
  const auto type = std::filesystem::status(database, error).type();
  if (type == std::filesystem::file_type::not_found) {
    // SQLite would make it readable by everybody; its -wal and -shm files take over this mode.
    const int fd = ::open(database.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
      const bool full = errno == ENOSPC || errno == EDQUOT;
      return about(full ? "store.full" : "store.read_only", database,
                   std::string("cannot be made: ") + std::strerror(errno) + ".");
    }
    ::close(fd);
    return ok();
  }
  if (type != std::filesystem::file_type::regular) {
    return about("store.not_a_database", database, "is not a file. Name a file in store.url.");
  }
  const int fd = ::open(database.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) {
    return about("store.read_only", database,
                 std::string("cannot be written: ") + std::strerror(errno) + ".");
  }
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  std::array<char, 16> head{};
  const ssize_t n = ::read(fd, head.data(), head.size());
  ::close(fd);
  if (n == 0 || (n == 16 && std::string_view(head.data(), head.size()) == kMagic)) return ok();
  return about("store.not_a_database", database,
               "is no database: its first bytes are not SQLite's. It was left as it is; name "
               "another file in store.url.");
}

Status check_schema(const SchemaState& state, int newest, const std::filesystem::path& database) {
  if (!state.empty && !state.ours) {
    return about(
        "store.foreign", database,
        "belongs to another program. It was left as it is; name another file in store.url.");
  }
  if (state.version > newest) {
    return about("store.newer", database,
                 "is of version " + std::to_string(state.version) +
                     ", this program knows versions up to " + std::to_string(newest) +
                     ". It was left as it is; start the newer program.");
  }
  return ok();
}

/// Zeros behind the end of the log: SQLite takes a frame for its own only by its salt and checksum, so they mean nothing
/// to it. Where the disk has no room for them the log stays as it was. False: the disk fails.
bool reserve_log(soci::session& session) {
  using namespace sqlite_api;
  auto* const connection =
      static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
  sqlite3_file* log = nullptr;
  sqlite3_int64 before = 0;
  if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) != SQLITE_OK ||
      log->pMethods == nullptr || log->pMethods->xFileSize(log, &before) != SQLITE_OK)
    return false;
  const std::string zeros(64 * 1024, '\0');
  const auto size = static_cast<int>(zeros.size());
  int result = SQLITE_OK;
  for (auto at = before; at < kLogBytes && result == SQLITE_OK; at += size)
    result = log->pMethods->xWrite(log, zeros.data(), size, at);
  if (result == SQLITE_FULL) return log->pMethods->xTruncate(log, before) == SQLITE_OK;
  return result == SQLITE_OK && log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) == SQLITE_OK;
}

/// A process that was killed may have erased something and not emptied the log, and a migration makes it as long as the
/// database. Where that is not possible now, because
/// somebody reads the database or the disk is full, it happens with the next erasure.
void clean_up(soci::session& session) {
  try {
    [[maybe_unused]] const bool is_empty = truncate_log(session, false);
  } catch (const soci::soci_error&) {
  }
}

std::string connect_string(const std::filesystem::path& database) {
  return "dbname=\"" + database.string() + "\"";
}

}  // namespace

Result<DatabaseLock> DatabaseLock::take(const std::filesystem::path& database) {
  const std::string file = database.string() + ".lock";
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    if (errno == ENOENT)
      return about(
          "store.not_a_database", database,
          "cannot be made: there is no such folder. Make it, or name another file in store.url.");
    const bool full = errno == ENOSPC || errno == EDQUOT;
    return about(full ? "store.full" : "store.read_only", database,
                 "cannot be locked (" + file + "): " + std::strerror(errno) + ".");
  }
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return about("store.locked", database,
                 "is in use by another core. Stop that one first, or name another file.");
  }
  return DatabaseLock(fd);
}

DatabaseLock::~DatabaseLock() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::unique_ptr<soci::session>> open_database(const SqlStoreOptions& options,
                                                     std::span<const Migration> steps) {
  if (options.database.string().find('"') != std::string::npos) {
    return about("store.url", options.database,
                 "has a quotation mark in its path: choose another name.");
  }
  if (auto status = check_file(options.database); !status) return status.error();
  std::error_code no_log;
  const auto log_bytes = std::filesystem::file_size(options.database.string() + "-wal", no_log);
  const bool was_killed = !no_log && log_bytes > 0;
  try {
    auto session =
        std::make_unique<soci::session>(*soci::factory_sqlite3(), connect_string(options.database));
    *session << "pragma busy_timeout = " << options.busy_timeout.count();
    *session << "pragma trusted_schema = off";
    const SchemaState state = inspect(*session);
    if (auto status =
            check_schema(state, steps.empty() ? 0 : steps.back().number, options.database);
        !status) {
      return status.error();
    }
    std::string mode;
    *session << "pragma journal_mode = wal", soci::into(mode);
    if (mode != "wal") {
      return about("store.failed", options.database,
                   "cannot keep a write-ahead log where it is: use a local disk.");
    }
    *session << "pragma synchronous = full";
    *session << "pragma wal_autocheckpoint = " << kCheckpointPages;
    *session << "pragma cell_size_check = on";
    *session << "pragma cache_size = -32768";  // KiB
    *session << "pragma temp_store = memory";
    // What is overwritten or erased leaves no remains in its page.
    *session << "pragma secure_delete = on";
    migrate(*session, state, steps);
    const bool has_migrated = !state.empty && state.version < steps.back().number;
    if (was_killed || has_migrated) clean_up(*session);
    if (options.reserve_log && !reserve_log(*session))
      return about("store.failed", options.database,
                   "cannot write its log: the disk reports an error.");
    return session;
  } catch (const std::exception&) {
    return database_error(options.database);
  }
}

bool truncate_log(soci::session& session, bool reserve) {
  int busy = 0;
  int pages = 0;
  int copied = 0;
  int patience = 0;
  session << "pragma busy_timeout", soci::into(patience);
  const std::chrono::milliseconds before{patience};
  session << "pragma busy_timeout = 0";  // nobody is kept waiting for a reader
  session << "pragma wal_checkpoint(truncate)", soci::into(busy), soci::into(pages),
      soci::into(copied);
  session << "pragma busy_timeout = " << before.count();
  return busy == 0 && (!reserve || reserve_log(session));
}

Error database_error(const std::filesystem::path& database) {
  try {
    throw;
  } catch (const soci::sqlite3_soci_error& e) {
    // SQLite's message names tables and columns, never values.
    switch (e.result() & 0xff) {
      case 5:  // SQLITE_BUSY
      case 6:  // SQLITE_LOCKED
        return about("store.busy", database,
                     "is locked by another program. Close that one; trying again helps.");
      case 8:   // SQLITE_READONLY
      case 14:  // SQLITE_CANTOPEN
        return about("store.read_only", database,
                     "cannot be written: check the owner and mode of file and folder.");
      case 11:  // SQLITE_CORRUPT
      case 26:  // SQLITE_NOTADB
        return about("store.damaged", database,
                     "is damaged: restore it from a backup, or repair a copy of it with "
                     "`sqlite3 FILE .recover`.");
      case 13:  // SQLITE_FULL
        return about("store.full", database,
                     "cannot grow: the disk is full, or a quota is reached. Free some space.");
      default:
        return about("store.failed", database,
                     std::string("failed: ") + e.get_error_message() + ".");
    }
  } catch (const std::exception& e) {
    return about("store.failed", database, std::string("failed: ") + e.what() + ".");
  }
}

}  // namespace convene::store
