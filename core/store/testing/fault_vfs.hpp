// core/store/testing/fault_vfs.hpp - a file system under SQLite that fails when told: errors, a
// full disk.
#pragma once

#include <cstdint>

namespace convene::store::testing {

/// What the file system does from now on. One for the process; a test sets it and puts it back.
struct FaultPlan {
  /// The operation (write, sync or truncate, counted from 1 since `install`) that fails with an I/O
  /// error; 0: none. It is not done, and so is every later one while `lasting` is true.
  std::uint64_t fail_at = 0;
  bool lasting = false;
  /// Bytes that all files together may have; 0: as many as they like.
  std::uint64_t quota = 0;

  std::uint64_t operations = 0;  ///< Counted.
  std::uint64_t failures = 0;    ///< Given out.
  std::uint64_t syncs = 0;       ///< Of the operations, those that wait for the disk.
};

/// Makes this file system the process's default under SQLite, over the one that was. Call it any
/// number of times: the counts start anew.
FaultPlan& install_fault_vfs();

}  // namespace convene::store::testing
