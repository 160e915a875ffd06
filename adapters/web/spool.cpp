// adapters/web/spool.cpp - the ring, its recovery, and the thread that empties it.
#include "adapters/web/spool.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <map>

#include "adapters/web/log.hpp"

namespace convene::web {
namespace {

constexpr std::uint64_t kMagic = 0x32'6c'6f'6f'70'73'76'63;  // "cvspool2"
constexpr std::uint64_t kRing = 4u << 20;                    // Some ten thousand messages.
/// Entries are gathered for so long: many of one conversation are one write.
constexpr auto kGather = std::chrono::seconds(2);
constexpr int kPiece = 32;  ///< Entries: some twenty microseconds.

/// A kill may come between any two stores: what a position covers is stored before the position.
void store(std::uint64_t& where, std::uint64_t value) {
  std::atomic_ref(where).store(value, std::memory_order_release);
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

/// Positions count bytes since the beginning; a ring that was never used is all zeros.
struct Spool::Head {
  std::uint64_t magic;
  std::uint64_t begin, end;
  std::uint64_t
      writing;  ///< The session whose file is being written, and how long it was before; 0: none.
  std::uint64_t length_before;
  char folder[472];  ///< Whose it is; ends with a zero.
};

/// Stands before its bytes; all of it takes a multiple of its own size, so that there is always room for a filler.
struct Spool::Record {
  std::uint64_t session;
  std::uint32_t size;
  What what;
  static std::uint64_t room(std::uint64_t size) {
    return sizeof(Record) + (size + sizeof(Record) - 1) / sizeof(Record) * sizeof(Record);
  }
};

Spool::Spool(std::filesystem::path folder, const std::string& name) : folder_(std::move(folder)) {
  if (!open(name)) {
    const std::size_t size = sizeof(Head) + kRing;
    void* own = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (own == MAP_FAILED) throw std::bad_alloc();
    head_ = static_cast<Head*>(own);
  }
  ring_ = reinterpret_cast<char*>(head_ + 1);
  if (head_->writing != 0) {  // Killed in the middle of it: once more, from where it began.
    const auto file = folder_ / std::to_string(head_->writing);
    // Where that cannot be, what is there stays readable, and nothing is appended to it.
    if (::truncate(file.c_str(), static_cast<off_t>(head_->length_before)) != 0 && errno != ENOENT)
      give_up(head_->writing, errno);
    store(head_->writing, 0);
  }
  drain();
  if (descriptor_ >= 0) thread_ = std::thread([this] { run(); });
}

/// False: nobody but us may have this memory, and it is not to be had.
bool Spool::open(const std::string& name) {
  sweep();
  constexpr auto kSize = static_cast<off_t>(sizeof(Head) + kRing);
  descriptor_ = ::shm_open(name.c_str(), O_RDWR | O_CREAT, 0600);
  struct stat info {};
  void* shared = MAP_FAILED;
  if (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0 &&
      ::fstat(descriptor_, &info) == 0 && info.st_uid == ::geteuid() &&
      (info.st_size == kSize || ::ftruncate(descriptor_, kSize) == 0) &&
      ::posix_fallocate(descriptor_, 0, kSize) == 0)  // Its room now: later there might be none.
    shared = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
  if (shared == MAP_FAILED) {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
    return false;
  }
  head_ = static_cast<Head*>(shared);
  name_ = name;
  if (head_->magic != kMagic || head_->end - head_->begin > kRing ||
      head_->begin % sizeof(Record) != 0 || head_->end % sizeof(Record) != 0) {
    *head_ = {};
    folder_.native().copy(head_->folder, sizeof head_->folder - 1);
    store(head_->magic, kMagic);
  }
  return true;
}

/// What a killed process has left is for the next one of its folder; where that is gone as well, it is nobody's.
void Spool::sweep() {
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator("/dev/shm", error)) {
    const std::string name = "/" + file.path().filename().string();
    if (!name.starts_with("/convene-")) continue;
    const int fd = ::shm_open(name.c_str(), O_RDWR, 0);
    if (fd < 0) continue;
    Head head{};
    const bool is_ours = ::pread(fd, &head, sizeof head, 0) == sizeof head && head.magic == kMagic;
    head.folder[sizeof head.folder - 1] = '\0';
    if (is_ours && head.folder[0] == '/' && !std::filesystem::exists(head.folder, error) &&
        !error && ::flock(fd, LOCK_EX | LOCK_NB) == 0)
      ::shm_unlink(name.c_str());
    ::close(fd);
  }
}

Spool::~Spool() {
  close();
  ::munmap(head_, sizeof(Head) + kRing);
}

void Spool::close() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  const int descriptor = descriptor_.exchange(-1);
  drain();  // Whoever appended before that has left it to us; whoever comes later does it himself.
  if (descriptor < 0) return;
  ::shm_unlink(name_.c_str());
  ::close(descriptor);
}

void Spool::append(std::uint64_t session, std::string_view bytes) {
  put(session, What::entry, bytes);
}

void Spool::remove(std::uint64_t session) { put(session, What::removal, {}); }

void Spool::put(std::uint64_t session, What what, std::string_view bytes) {
  if (Record::room(bytes.size()) > kRing / 4) return give_up(session, EFBIG);
  while (!lay(session, what, bytes)) drain();
  if (descriptor_ < 0) drain();
}

/// False: there is no room at the moment.
bool Spool::lay(std::uint64_t session, What what, std::string_view bytes) {
  const auto copy = [this](std::uint64_t at, const Record& record, std::string_view text) {
    std::memcpy(ring_ + at % kRing, &record, sizeof record);
    text.copy(ring_ + at % kRing + sizeof record, text.size());
  };
  bool wakes = false;
  {
    const std::lock_guard lock(mutex_);
    if (what == What::entry && failed_.contains(session)) return true;
    const std::uint64_t room = Record::room(bytes.size()), used = head_->end - head_->begin;
    const std::uint64_t left = kRing - head_->end % kRing;  // A record is in one piece.
    const std::uint64_t filler = left < room ? left : 0;
    if (used + filler + room > kRing) return false;
    if (filler > 0)
      copy(head_->end, {0, static_cast<std::uint32_t>(filler - sizeof(Record)), What::filler}, {});
    const std::uint64_t at = head_->end + filler;
    copy(at, {session, static_cast<std::uint32_t>(bytes.size()), what}, bytes);
    store(head_->end, at + room);
    waiting_.insert(session);
    wakes = used == 0 || (used <= kRing / 2 && used + filler + room > kRing / 2);
  }
  if (wakes) wake_.notify_one();
  return true;
}

void Spool::settle(std::uint64_t session) {
  {
    const std::lock_guard lock(mutex_);
    if (session == 0 ? waiting_.empty() : !waiting_.contains(session)) return;
  }
  drain();
}

void Spool::run() {
  // Of this thread alone: conversations come before their files.
  [[maybe_unused]] const int still_works = ::setpriority(PRIO_PROCESS, 0, 10);
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait(lock, [this] { return stopping_ || head_->end != head_->begin; });
    wake_.wait_for(lock, kGather,
                   [this] { return stopping_ || head_->end - head_->begin > kRing / 2; });
    lock.unlock();
    drain(Pace::steps_aside);
    lock.lock();
  }
}

/// Takes what is in the ring now to the files, whoever calls. The thread whose work this is steps aside after each little
/// piece, unless somebody waits for it: a scheduler lets even a thread of low priority go on for milliseconds.
void Spool::drain(Pace pace) {
  const bool is_hurried = pace == Pace::at_once;
  if (is_hurried) ++hurried_;
  const std::lock_guard only_one(draining_);
  if (is_hurried) --hurried_;
  const auto step_aside = [this, is_hurried] {
    if (!is_hurried && hurried_ == 0) std::this_thread::yield();
  };
  std::uint64_t at = 0, end = 0;
  {
    const std::lock_guard lock(mutex_);
    at = head_->begin, end = head_->end;
  }
  if (at == end) return;
  std::map<std::uint64_t, std::string> entries;
  int taken = 0;
  while (at != end) {
    Record record;
    std::memcpy(&record, ring_ + at % kRing, sizeof record);
    const std::uint64_t room = Record::room(record.size);
    if (room > end - at || room > kRing - at % kRing) break;  // Not ours: nothing behind it is.
    const std::string_view bytes(ring_ + at % kRing + sizeof record, record.size);
    if (record.what == What::entry) entries[record.session].append(bytes);
    if (record.what == What::removal) {
      entries.erase(record.session);
      ::unlink((folder_ / std::to_string(record.session)).c_str());
      {
        const std::lock_guard lock(mutex_);
        failed_.erase(record.session);
      }
      step_aside();
    }
    at += room;
    if (++taken % kPiece == 0) step_aside();
  }
  for (const auto& [session, bytes] : entries) {
    write(session, bytes);
    step_aside();
  }
  const std::lock_guard lock(mutex_);
  store(head_->begin, end);
  waiting_.clear();
  for (at = end; at != head_->end;) {
    Record record;
    std::memcpy(&record, ring_ + at % kRing, sizeof record);
    if (record.what != What::filler) waiting_.insert(record.session);
    at += Record::room(record.size);
  }
}

void Spool::write(std::uint64_t session, const std::string& bytes) {
  {
    const std::lock_guard lock(mutex_);
    if (failed_.contains(session)) return;
  }
  const auto file = folder_ / std::to_string(session);
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return give_up(session, errno);
  const off_t before = ::lseek(fd, 0, SEEK_END);
  store(head_->length_before, static_cast<std::uint64_t>(before));
  store(head_->writing, session);
  if (before < 0 || !write_all(fd, bytes)) {
    const int error = errno;
    [[maybe_unused]] const int ignored = ::ftruncate(fd, before);
    give_up(session, error);
  }
  store(head_->writing, 0);
  ::close(fd);
}

void Spool::give_up(std::uint64_t session, int error) {
  {
    const std::lock_guard lock(mutex_);
    if (!failed_.insert(session).second) return;
  }
  log::warning("web.transcript_not_kept", {{"error", std::strerror(error)}});
}

}  // namespace convene::web
