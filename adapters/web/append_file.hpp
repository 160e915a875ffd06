// adapters/web/append_file.hpp - a file that only grows, written through memory: an append costs no call into the kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace convene::web {

/// What was appended belongs to the kernel at once: the end of the process, however sudden, does not undo it; a power
/// cut may. Behind the last byte there are zeros up to the reserve that was taken from the disk, until `close`. The
/// disk's room is taken before it is written to, so a full disk is a refused append; only somebody who shortens the
/// file under the process brings it down. Not thread-safe.
class AppendFile {
 public:
  AppendFile() = default;
  ~AppendFile() { close(); }
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  /// Opens or creates the file, mode 0600; what lies behind `end` is dropped. False: errno says why.
  bool open(const std::filesystem::path& file, std::uint64_t end);
  /// All of `bytes`, or nothing and false: errno says why.
  bool append(std::string_view bytes);
  /// Gives the unused reserve back.
  void close();

  bool is_open() const { return descriptor_ >= 0; }
  std::uint64_t size() const { return size_; }

 private:
  bool reserve(std::size_t room);
  void unmap();

  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::uint64_t from_ = 0;  ///< Where the window begins in the file.
  char* window_ = nullptr;
  std::size_t length_ = 0;
};

}  // namespace convene::web
