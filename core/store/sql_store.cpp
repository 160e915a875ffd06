// core/store/sql_store.cpp - the durable store: transactions, failures, and what is done about
// them.
#include "core/store/sql_store.hpp"

#include <optional>
#include <utility>

#include "core/store/database.hpp"
#include "core/store/seal.hpp"
#include "core/store/tables.hpp"

namespace convene {
namespace {

using store::DatabaseLock;
using store::Seal;
using store::Tables;

class SqlStore final : public SessionStore {
 public:
  SqlStore(SqlStoreOptions options, DatabaseLock lock)
      : options_(std::move(options)), lock_(std::move(lock)) {}

  /// Opens the database, at first and after a failed commit.
  Status open() {
    tables_.reset();
    session_.reset();
    auto session = store::open_database(options_, store::migrations());
    if (!session) return session.error();
    try {
      if (!seal_) {
        if (auto status = open_key(**session); !status) return status;
      }
      auto tables = std::make_unique<Tables>(**session, *seal_);
      if (!tables->key_fits()) {
        return Error{"store.wrong_key", "The store's key file " + options_.key_file.string() +
                                            " is not the one that the database " +
                                            options_.database.string() +
                                            " was made with: restore the right one."};
      }
      session_ = std::move(*session);
      tables_ = std::move(tables);
      return ok();
    } catch (const std::exception&) {
      return failure();
    }
  }

  Status commit(std::span<const Change> changes) override {
    if (!tables_) return restore_first();
    if (changes.empty()) return ok();
    return write([&] {
      for (const Change& change : changes) {
        if (const auto* record = std::get_if<Record>(&change)) {
          tables_->put(*record);
        } else {
          tables_->erase(std::get<Erase>(change));
        }
      }
    });
  }

  Result<Rendezvous> load(const Hash& key) override {
    return guarded<Rendezvous>([&]() -> Result<Rendezvous> {
      Rendezvous record;
      if (!tables_->load(key, record)) return Error{"store.none", "There is no such rendezvous."};
      return record;
    });
  }

  Result<std::vector<Rendezvous>> load_due(Time until, std::size_t limit) override {
    std::vector<std::int64_t> damaged;
    auto records =
        guarded<std::vector<Rendezvous>>([&] { return tables_->due(until, limit, damaged); });
    if (!records || damaged.empty()) return records;
    const Status written = write([&] {
      for (const std::int64_t row : damaged) tables_->set_aside(row);
    });
    if (!written) return written.error();
    return records;
  }

  Result<Ended> load_ended(Time until, std::size_t limit) override {
    return guarded<Ended>([&] { return tables_->ended(until, limit); });
  }

  Result<std::vector<SessionId>> sessions_of(const Hash& key) override {
    return guarded<std::vector<SessionId>>([&] { return tables_->sessions_of(key); });
  }

  Result<Hash> rendezvous_of(SessionId session) override {
    return guarded<Hash>([&]() -> Result<Hash> {
      Hash key;
      if (!tables_->rendezvous_of(session, key))
        return Error{"store.none", "There is no such session."};
      return key;
    });
  }

  Status scrub() override {
    if (!tables_) return restore_first();
    try {
      if (!store::truncate_log(*session_, options_.reserve_log)) {
        return Error{"store.busy",
                     "The database " + options_.database.string() +
                         " is being read by another program, so its log cannot be emptied."};
      }
      return ok();
    } catch (const std::exception&) {
      return failure();
    }
  }

  Result<Snapshot> restore() override {
    if (!tables_) {
      if (auto status = open(); !status) return status.error();
    }
    return guarded<Snapshot>([&] { return tables_->live(); });
  }

  Result<std::vector<Decision>> decisions(SessionId session) override {
    return guarded<std::vector<Decision>>([&] { return tables_->decisions(session); });
  }

  Result<std::vector<std::uint64_t>> counts() override {
    return guarded<std::vector<std::uint64_t>>([&] { return tables_->counts(); });
  }

 private:
  /// One transaction.
  template <class Write>
  Status write(Write changes) {
    try {
      tables_->begin();
      changes();
      tables_->commit();
      return ok();
    } catch (const std::exception&) {
      return refused();
    }
  }

  /// Whether the log file holds the transaction is unknown when its fsync failed. Closing drops what
  /// is not committed; asking the same handle again could report as written what never reached the
  /// disk (promise B3).
  Error refused() {
    Error error = failure();
    tables_.reset();
    session_.reset();
    return error;
  }

  /// A database without proof of a key has never held a record: it takes the key that is there, or
  /// a new one. A key that is missing beside any other must be restored, never replaced: the
  /// contexts would be lost for good.
  Status open_key(soci::session& session) {
    int proofs = 0;
    session << "select count(key_proof) from node", soci::into(proofs);
    std::error_code error;
    const bool create = proofs == 0 && !std::filesystem::exists(options_.key_file, error);
    auto seal = create ? Seal::create(options_.key_file) : Seal::open(options_.key_file);
    if (!seal) return seal.error();
    seal_.emplace(std::move(*seal));
    return ok();
  }

  template <class T, class Read>
  Result<T> guarded(Read read) {
    if (!tables_) return restore_first();
    try {
      return read();
    } catch (const std::exception&) {
      return failure();
    }
  }

  Error failure() const {
    try {
      throw;
    } catch (const store::DamagedRow& e) {
      return Error{"store.damaged",
                   "The database " + options_.database.string() + " has a " + e.what() +
                       ": it was not written by this store. Restore the file from a backup."};
    } catch (...) {
      return store::database_error(options_.database);
    }
  }

  static Error restore_first() {
    return Error{"store.restore_first",
                 "A commit has failed; the store must be restored before it is used again."};
  }

  SqlStoreOptions options_;
  DatabaseLock lock_;
  std::optional<Seal> seal_;
  std::unique_ptr<soci::session> session_;  // Outlives the statements in `tables_`.
  std::unique_ptr<Tables> tables_;
};

}  // namespace

Result<SqlStoreOptions> parse_store_url(std::string_view url, const std::filesystem::path& folder) {
  constexpr std::string_view kScheme = "sqlite:";
  if (!url.starts_with(kScheme) || url.size() == kScheme.size()) {
    return Error{
        "store.url",
        "store.url must be \"sqlite:\" and the name of a file, such as \"sqlite:convene.db\"."};
  }
  return SqlStoreOptions{.database = folder / std::filesystem::path(url.substr(kScheme.size()))};
}

Result<std::unique_ptr<SessionStore>> open_sql_store(const SqlStoreOptions& given) {
  SqlStoreOptions options = given;
  if (options.key_file.empty()) options.key_file = options.database.string() + ".key";
  auto lock = DatabaseLock::take(options.database);
  if (!lock) return lock.error();
  auto store = std::make_unique<SqlStore>(std::move(options), std::move(*lock));
  if (auto status = store->open(); !status) return status.error();
  return std::unique_ptr<SessionStore>(std::move(store));
}

}  // namespace convene
