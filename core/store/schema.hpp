// core/store/schema.hpp - the database's tables, as numbered steps from nothing to now.
#pragma once

#include <soci/soci.h>

#include <span>

#include "core/model/result.hpp"

namespace convene::store {

/// One step. Never changed once released: a correction is another step.
struct Migration {
  int number;        ///< From 1, without gaps.
  const char* name;  ///< For people.
  std::span<const char* const> statements;
};

/// All steps of this program, in order.
std::span<const Migration> migrations();

/// In the header of every database of ours ("Cnvn"): another program's file is never touched.
inline constexpr int kApplicationId = 0x436e766e;

/// What is in the file behind `session`, before anything is changed.
struct SchemaState {
  bool empty = false;  ///< No table at all: a new database.
  bool ours = false;
  int version = 0;  ///< Number of the newest step taken.
};
SchemaState inspect(soci::session& session);

/// Takes the steps that are missing, each in a transaction of its own: a crash between or within
/// them loses nothing and the next start goes on. Throws soci::soci_error.
void migrate(soci::session& session, const SchemaState& from, std::span<const Migration> steps);

}  // namespace convene::store
