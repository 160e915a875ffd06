// core/store/testing/fault_vfs.cpp - passes everything on to the file system below, but what the
// plan forbids.
#include "core/store/testing/fault_vfs.hpp"

#include <sqlite3.h>

#include <cstring>
#include <new>

namespace convene::store::testing {
namespace {

FaultPlan plan;
sqlite3_vfs* below = nullptr;
std::uint64_t used = 0;  // Bytes of all open files.

/// SQLite allocates szOsFile bytes for us: our part, then the file of the system below.
struct File {
  sqlite3_file base;
  sqlite3_int64 size;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
File& file_of(sqlite3_file* f) { return *reinterpret_cast<File*>(f); }
sqlite3_file* real(sqlite3_file* f) { return file_of(f).real(); }

bool fails() {
  ++plan.operations;
  const bool now = plan.fail_at != 0 && (plan.operations == plan.fail_at ||
                                         (plan.lasting && plan.operations > plan.fail_at));
  plan.failures += now;
  return now;
}

int close_file(sqlite3_file* f) {
  used -= static_cast<std::uint64_t>(file_of(f).size);
  return real(f)->pMethods ? real(f)->pMethods->xClose(real(f)) : SQLITE_OK;
}
int read(sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
  return real(f)->pMethods->xRead(real(f), to, n, at);
}
int write(sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
  if (fails()) return SQLITE_IOERR_WRITE;
  File& file = file_of(f);
  const sqlite3_int64 growth = at + n > file.size ? at + n - file.size : 0;
  if (plan.quota != 0 && growth > 0 && used + static_cast<std::uint64_t>(growth) > plan.quota) {
    ++plan.failures;
    return SQLITE_FULL;
  }
  const int rc = real(f)->pMethods->xWrite(real(f), from, n, at);
  if (rc == SQLITE_OK) {
    file.size += growth;
    used += static_cast<std::uint64_t>(growth);
  }
  return rc;
}
int truncate(sqlite3_file* f, sqlite3_int64 size) {
  if (fails()) return SQLITE_IOERR_TRUNCATE;
  const int rc = real(f)->pMethods->xTruncate(real(f), size);
  if (rc == SQLITE_OK && size < file_of(f).size) {
    used -= static_cast<std::uint64_t>(file_of(f).size - size);
    file_of(f).size = size;
  }
  return rc;
}
int sync(sqlite3_file* f, int flags) {
  ++plan.syncs;
  return fails() ? SQLITE_IOERR_FSYNC : real(f)->pMethods->xSync(real(f), flags);
}
int file_size(sqlite3_file* f, sqlite3_int64* n) {
  return real(f)->pMethods->xFileSize(real(f), n);
}
int lock(sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); }
int unlock(sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); }
int check_lock(sqlite3_file* f, int* out) {
  return real(f)->pMethods->xCheckReservedLock(real(f), out);
}
int control(sqlite3_file* f, int op, void* arg) {
  return real(f)->pMethods->xFileControl(real(f), op, arg);
}
int sector_size(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
int traits(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
int map(sqlite3_file* f, int region, int size, int extend, void volatile** out) {
  return real(f)->pMethods->xShmMap(real(f), region, size, extend, out);
}
int shm_lock(sqlite3_file* f, int at, int n, int flags) {
  return real(f)->pMethods->xShmLock(real(f), at, n, flags);
}
void barrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
int unmap(sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); }

const sqlite3_io_methods kMethods = {
    2,       close_file,  read,   write, truncate, sync,    file_size, lock,    unlock, check_lock,
    control, sector_size, traits, map,   shm_lock, barrier, unmap,     nullptr, nullptr};

int open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* f, int flags, int* out) {
  auto* file = new (f) File{};
  const int rc = below->xOpen(below, name, file->real(), flags, out);
  if (rc != SQLITE_OK) return rc;
  file->base.pMethods = &kMethods;
  if (file->real()->pMethods->xFileSize(file->real(), &file->size) != SQLITE_OK) file->size = 0;
  used += static_cast<std::uint64_t>(file->size);
  return SQLITE_OK;
}

}  // namespace

FaultPlan& install_fault_vfs() {
  static sqlite3_vfs ours;
  if (!below) {
    below = sqlite3_vfs_find(nullptr);
    ours = *below;  // Everything but opening files is the system's below; it does not look at which
                    // of us calls.
    ours.zName = "convene-fault";
    ours.szOsFile = static_cast<int>(sizeof(File)) + below->szOsFile;
    ours.xOpen = open;
    ours.pNext = nullptr;
    sqlite3_vfs_register(&ours, 1);
  }
  plan = FaultPlan{};
  return plan;
}

}  // namespace convene::store::testing
