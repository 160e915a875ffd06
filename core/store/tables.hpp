// core/store/tables.hpp - what is done to the tables of one open database: the statements, prepared
// once.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/model/store.hpp"
#include "core/store/numbers.hpp"
#include "core/store/seal.hpp"
#include "core/store/statement.hpp"

namespace convene::store {

/// A row that cannot be what we wrote: other bytes, another row's bytes, another key.
struct DamagedRow : std::runtime_error {
  explicit DamagedRow(const char* table)
      : std::runtime_error(std::string("damaged row in ") + table) {}
};

/// Reads and writes records within transactions that its caller begins and ends. Everything throws:
/// soci::soci_error, or DamagedRow when reading. After a rollback it is of no more use, for it
/// remembers names and counts.
class Tables {
 public:
  Tables(soci::session& session, Seal& seal);

  /// Whether the seal's key is the one that this database was made with; a new database takes it as
  /// its own.
  bool key_fits();

  void begin() { begin_.run(); }
  void put(const Record& record);
  void erase(const Erase& what);
  /// Commits, numbers and counts included.
  void commit();

  bool load(const Hash& key, Rendezvous& record);
  /// Rows that turn out to be damaged are left out and their keys added to `damaged`.
  std::vector<Rendezvous> due(Time until, std::size_t limit, std::vector<std::int64_t>& damaged);
  /// Takes a damaged rendezvous out of the index of what is due, so that it cannot hold up the
  /// others.
  void set_aside(std::int64_t row);
  Ended ended(Time until, std::size_t limit);
  std::vector<SessionId> sessions_of(const Hash& key);
  /// False: there is no such session.
  bool rendezvous_of(SessionId session, Hash& key);
  Snapshot live();
  std::vector<Decision> decisions(SessionId session);
  std::vector<std::uint64_t> counts() const { return numbers_.counts(); }

 private:
  void write(const Rendezvous& record);
  void write(const Session& record);
  void write(const Leg& record);
  void write(const Offer& record);
  void write(const Agent& record);
  void write(const Decision& record);
  template <class T>
  void write_part(SessionId session, std::int64_t number, Nullable open, const T& record);
  template <class T>
  const std::string& sealed(const T& record);
  template <class T>
  bool unsealed(const std::string& body, T& record);
  bool read(Statement& row, Rendezvous& record);
  /// What is damaged, null for nothing.
  const char* take_resident(Snapshot& snapshot);

  std::int64_t intern(const std::string& name);
  const std::string* name(std::int64_t id);
  void add_name(std::int64_t id, std::string text);

  Seal& seal_;
  std::string row_, plain_, body_;  // Kept for their memory.

  std::map<std::string, std::int64_t, std::less<>> name_ids_;
  std::map<std::int64_t, std::string> names_;
  Numbers numbers_;

  Statement begin_, commit_;
  Statement key_read_, key_write_;
  Statement names_read_, name_insert_;
  Statement rendezvous_find_, rendezvous_insert_, rendezvous_update_, rendezvous_rewrite_,
      rendezvous_erase_, rendezvous_aside_;
  Statement session_put_, session_rewrite_, session_erase_, part_put_, parts_erase_, agent_put_;
  Statement load_, due_, resident_, rendezvous_live_, sessions_live_, legs_live_, offers_live_,
      agents_, decisions_, rendezvous_ended_, sessions_ended_, sessions_of_, session_find_;
};

}  // namespace convene::store
