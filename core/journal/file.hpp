// core/journal/file.hpp - a journal's file: a plain first line, then sealed frames that can only be
// read in their order.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/model/result.hpp"
#include "core/store/seal.hpp"

namespace convene::journal {

/// Of the file's form and of the items in it. A program reads its own format and no other.
inline constexpr std::uint32_t kFormat = 4;

/// The file, to the byte: "CONVENE JOURNAL ", the format in decimal, a line feed; 16 random bytes
/// that name the file; then frames: length of what is sealed and its CRC-32C, 4 bytes each with the
/// lowest first, and what is sealed (core/store/seal.hpp), bound to the file's name and the frame's
/// number.
using FileId = std::array<char, 16>;

/// Appends frames. Nothing is forced to the disk: a power cut may cost the end of a journal, never
/// a commit.
class FileWriter {
 public:
  /// Makes `path` with mode 0600; an error where it exists ("journal.exists") or cannot be made
  /// ("journal.write").
  static Result<FileWriter> create(const std::filesystem::path& path);
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&& other) noexcept;
  ~FileWriter();

  /// One frame, handed to the kernel at once: it survives the end of this process, however that
  /// comes.
  Status append(std::string_view plain, store::Seal& seal);
  std::uint64_t size() const { return size_; }

 private:
  explicit FileWriter(int fd) : fd_(fd) {}
  Status write(std::string_view bytes);

  int fd_ = -1;
  FileId id_{};
  std::uint64_t frame_ = 0;
  std::uint64_t size_ = 0;
  std::string row_, sealed_, bytes_;
};

/// Reads frames one after the other.
class FileReader {
 public:
  /// Errors: "journal.open"; "journal.foreign", the first line is not a journal's;
  /// "journal.format", another format.
  static Result<FileReader> open(const std::filesystem::path& path);
  /// The same from bytes in memory; `name` is what errors call them.
  static Result<FileReader> from_bytes(std::string bytes, std::string name);

  enum class Next : std::uint8_t {
    frame,
    end,
    cut,  ///< The file ends within a frame: everything before it is whole.
  };
  /// The next frame's content in `plain`. Errors: "journal.damaged", a frame is not what was
  /// written; "journal.wrong_key", it is, and was sealed with another key.
  Result<Next> next(const store::Seal& seal, std::string& plain);

  std::uint64_t frames() const { return frame_; }
  std::uint64_t offset() const { return offset_; }  ///< Bytes read so far.
  std::uint64_t size() const { return size_; }

 private:
  FileReader() = default;
  Status read_head();
  bool read(char* to, std::size_t size);

  struct Close {
    void operator()(std::FILE* file) const;
  };
  std::unique_ptr<std::FILE, Close> file_;
  std::string memory_;  ///< Instead of a file.
  std::string name_;
  FileId id_{};
  std::uint64_t frame_ = 0, offset_ = 0, size_ = 0;
  std::string row_, sealed_;
};

}  // namespace convene::journal
