// core/store/statement.hpp - one prepared SQL statement with variables of its own. Only
// core/store's .cpp files see it.
#pragma once

#include <soci/soci.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace convene::store {

/// A number, or NULL.
struct Nullable {
  Nullable() = default;
  Nullable(std::int64_t value) : number(value), null(false) {}
  std::int64_t number = 0;
  bool null = true;
  bool operator==(const Nullable&) const = default;
};

/// Prepared once, run often; nothing ever reaches SQL but through a bound parameter. Throws
/// soci::soci_error.
///
/// `in` and `out` give a letter per parameter and per column: 'i' for a 64-bit number, 'b' for
/// bytes. Bytes travel as text (SOCI's blobs are allocated per use), so SQL says `cast(:p as blob)`
/// where a column holds bytes.
class Statement {
 public:
  Statement(soci::session& session, const std::string& sql, std::string_view in = "",
            std::string_view out = "");
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Sets all parameters, in their order. Numbers, Nullable, bytes.
  template <class... Values>
  Statement& with(const Values&... values) {
    std::size_t i = 0;
    (set(in_[i++], values), ...);
    return *this;
  }

  /// Runs a statement that has no result. How many rows it changed.
  std::uint64_t run();

  /// Runs a query for its first row; false where there is none. Nothing stays open behind it.
  bool one();

  /// Runs a query and calls `row()` for each of its rows. Always to the end: an unfinished query
  /// would hold the database's log file back.
  template <class Row>
  void each(Row row) {
    for (bool more = statement_.execute(true); more; more = statement_.fetch()) row();
  }

  /// Columns of the current row, from 0.
  bool is_null(std::size_t column) const { return out_[column].indicator == soci::i_null; }
  std::int64_t number(std::size_t column) const {
    return is_null(column) ? 0 : out_[column].number;
  }
  Nullable nullable(std::size_t column) const {
    return is_null(column) ? Nullable() : Nullable(number(column));
  }
  const std::string& bytes(std::size_t column) const { return out_[column].bytes; }

 private:
  struct Slot {
    long long number = 0;
    std::string bytes;
    soci::indicator indicator = soci::i_ok;
  };
  static void set(Slot& slot, std::string_view value) {
    slot.bytes = value;
    slot.indicator = soci::i_ok;
  }
  static void set(Slot& slot, std::int64_t value) {
    slot.number = value;
    slot.indicator = soci::i_ok;
  }
  static void set(Slot& slot, Nullable value) {
    slot.number = value.number;
    slot.indicator = value.null ? soci::i_null : soci::i_ok;
  }

  std::vector<Slot> in_;  // Never resized after the constructor: SOCI keeps pointers into them.
  std::vector<Slot> out_;
  soci::statement statement_;
};

}  // namespace convene::store
