// core/store/statement.cpp - binds a statement's variables once.
#include "core/store/statement.hpp"

#include <cassert>

namespace convene::store {

Statement::Statement(soci::session& session, const std::string& sql, std::string_view in,
                     std::string_view out)
    : in_(in.size()), out_(out.size()), statement_(session) {
  statement_.alloc();
  statement_.prepare(sql);
  for (std::size_t i = 0; i < out.size(); ++i) {
    Slot& slot = out_[i];
    if (out[i] == 'i') {
      statement_.exchange(soci::into(slot.number, slot.indicator));
    } else {
      statement_.exchange(soci::into(slot.bytes, slot.indicator));
    }
  }
  for (std::size_t i = 0; i < in.size(); ++i) {
    Slot& slot = in_[i];
    if (in[i] == 'i') {
      statement_.exchange(soci::use(slot.number, slot.indicator));
    } else {
      statement_.exchange(soci::use(slot.bytes, slot.indicator));
    }
  }
  statement_.define_and_bind();
}

std::uint64_t Statement::run() {
  statement_.execute(true);
  return static_cast<std::uint64_t>(statement_.get_affected_rows());
}

bool Statement::one() {
  if (!statement_.execute(true)) return false;
  // At the end of the result SOCI leaves the variables as they are, and SQLite lets go of the log
  // file.
  const bool more = statement_.fetch();
  assert(!more && "one() is for queries by a unique key");
  (void)more;
  return true;
}

}  // namespace convene::store
