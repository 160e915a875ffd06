// adapters/web/spool.hpp - what is on its way to the transcripts' files, where a kill of the process does not reach it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>

namespace convene::web {

/// A ring in shared memory, and a thread that takes what is in it to the files of a folder, one file for each session.
/// An append costs a copy: a disk that is slow, or busy with its journal, holds up nobody's conversation. What was
/// appended outlives the process, however sudden its end: whoever opens the folder next takes it to the files first.
/// A power cut may cost the last second. Where there is no shared memory, or another process has it, an append writes
/// to the file itself. All of it is [any] thread.
class Spool {
 public:
  /// `name` is that of the shared memory: one for each folder, and not to be guessed.
  Spool(std::filesystem::path folder, const std::string& name);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  /// To the end of the session's file. Waits for the disk only where the ring is full. A file that cannot be written
  /// costs a warning, and what comes after is not kept either: an entry that is missing in the middle would be a lie.
  void append(std::uint64_t session, std::string_view bytes);
  /// The session's file goes, with all that was appended before.
  void remove(std::uint64_t session);
  /// Everything that was appended for the session, or for all of them (0), is in its file.
  void settle(std::uint64_t session = 0);
  /// Takes everything to the files and gives the shared memory back; what is appended later goes there at once.
  void close();
  /// Nothing more is kept of the session.
  void give_up(std::uint64_t session, int error);

  const std::filesystem::path& folder() const { return folder_; }

 private:
  enum class What : std::uint32_t { entry = 1, removal, filler };
  struct Head;
  struct Record;

  bool open(const std::string& name);
  static void sweep();
  void put(std::uint64_t session, What what, std::string_view bytes);
  bool lay(std::uint64_t session, What what, std::string_view bytes);
  enum class Pace { at_once, steps_aside };
  void drain(Pace pace = Pace::at_once);
  void write(std::uint64_t session, const std::string& bytes);
  void run();

  const std::filesystem::path folder_;
  std::string name_;                 ///< Of the shared memory.
  std::atomic<int> descriptor_{-1};  ///< -1: there is none, and every append is written at once.
  Head* head_ = nullptr;             ///< In memory of our own where there is no shared one.
  char* ring_ = nullptr;

  std::mutex draining_;          ///< Taken before `mutex_`.
  std::atomic<int> hurried_{0};  ///< Threads that wait for `draining_`, conversations among them.
  std::mutex mutex_;             ///< Of what follows, and of the ring's beginning and end.
  std::condition_variable wake_;
  std::unordered_set<std::uint64_t> waiting_;  ///< Sessions with something in the ring.
  std::unordered_set<std::uint64_t> failed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace convene::web
