// core/journal/file.cpp - frames, their checksums, and what is wrong with those that do not fit.
#include "core/journal/file.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <boost/crc.hpp>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <utility>

namespace convene::journal {
namespace {

constexpr std::string_view kMagic = "CONVENE JOURNAL ";
constexpr std::size_t kFrameHead = 8;
constexpr std::uint64_t kSealedMax = UINT32_MAX;

/// CRC-32C (Castagnoli), as in RFC 3720.
std::uint32_t checksum(std::string_view bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

void put(std::uint32_t n, std::string& out) {
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(n >> (8 * i)));
}
std::uint32_t get(const char* from) {
  std::uint32_t n = 0;
  for (int i = 3; i >= 0; --i) n = (n << 8) | static_cast<std::uint8_t>(from[i]);
  return n;
}

/// What a frame is sealed to: neither another file's frame nor another place in this one will do.
void bind(const FileId& id, std::uint64_t frame, std::string& row) {
  row.assign(1, 'j');
  row.append(id.data(), id.size());
  for (int i = 0; i < 8; ++i) row.push_back(static_cast<char>(frame >> (8 * i)));
}

Error about(const char* code, const std::string& name, const std::string& what) {
  return {code, "The journal " + name + " " + what};
}

}  // namespace

Result<FileWriter> FileWriter::create(const std::filesystem::path& path) {
  FileWriter writer(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
  if (writer.fd_ < 0) {
    return about(errno == EEXIST ? "journal.exists" : "journal.write", path.string(),
                 std::string("cannot be made: ") + std::strerror(errno) + ".");
  }
  randombytes_buf(writer.id_.data(), writer.id_.size());
  std::string first(kMagic);
  first += std::to_string(kFormat) + "\n";
  first.append(writer.id_.data(), writer.id_.size());
  if (Status status = writer.write(first); !status) return status.error();
  return writer;
}

FileWriter::FileWriter(FileWriter&& other) noexcept { *this = std::move(other); }
FileWriter& FileWriter::operator=(FileWriter&& other) noexcept {
  std::swap(fd_, other.fd_);
  id_ = other.id_;
  frame_ = other.frame_;
  size_ = other.size_;
  return *this;
}
FileWriter::~FileWriter() {
  if (fd_ >= 0) ::close(fd_);
}

Status FileWriter::append(std::string_view plain, store::Seal& seal) {
  if (plain.size() > kSealedMax - store::Seal::kOverhead) {
    return Error{"journal.write", "What is live does not fit into one frame of the journal."};
  }
  bind(id_, frame_++, row_);
  seal.seal(row_, plain, sealed_);
  bytes_.clear();
  put(static_cast<std::uint32_t>(sealed_.size()), bytes_);
  put(checksum(sealed_), bytes_);
  bytes_ += sealed_;
  return write(bytes_);
}

Status FileWriter::write(std::string_view bytes) {
  size_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0)
      return Error{"journal.write",
                   std::string("The journal cannot be written: ") + std::strerror(errno)};
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return ok();
}

void FileReader::Close::operator()(std::FILE* file) const { std::fclose(file); }

Result<FileReader> FileReader::open(const std::filesystem::path& path) {
  FileReader reader;
  reader.name_ = path.string();
  std::error_code failed;
  reader.size_ = std::filesystem::file_size(path, failed);
  if (!failed) reader.file_.reset(std::fopen(path.c_str(), "rbe"));
  if (!reader.file_) {
    return about("journal.open", path.string(),
                 std::string("cannot be opened: ") +
                     (failed ? failed.message() : std::strerror(errno)) + ".");
  }
  if (Status status = reader.read_head(); !status) return status.error();
  return reader;
}

Result<FileReader> FileReader::from_bytes(std::string bytes, std::string name) {
  FileReader reader;
  reader.name_ = std::move(name);
  reader.size_ = bytes.size();
  reader.memory_ = std::move(bytes);
  if (Status status = reader.read_head(); !status) return status.error();
  return reader;
}

Status FileReader::read_head() {
  const Error foreign =
      about("journal.foreign", name_,
            "is none: its first line is not that of a journal. Name a file of the journal folder.");
  std::string line(kMagic.size(), '\0');
  if (!read(line.data(), line.size()) || line != kMagic) return foreign;
  std::string digits;
  char c = 0;
  while (read(&c, 1) && c != '\n') {
    if (c < '0' || c > '9' || digits.size() == 9) return foreign;
    digits += c;
  }
  if (c != '\n' || digits.empty()) return foreign;
  std::uint32_t format = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), format);
  if (format != kFormat) {
    return about("journal.format", name_,
                 "is of format " + std::to_string(format) + ", this program reads format " +
                     std::to_string(kFormat) +
                     ": replay it with the version of convene that wrote it.");
  }
  if (!read(id_.data(), id_.size()))
    return about("journal.damaged", name_, "ends within its first line.");
  return ok();
}

bool FileReader::read(char* to, std::size_t size) {
  if (size > size_ - offset_) return false;
  if (file_) {
    if (std::fread(to, 1, size, file_.get()) != size) return false;
  } else {
    memory_.copy(to, size, offset_);
  }
  offset_ += size;
  return true;
}

Result<FileReader::Next> FileReader::next(const store::Seal& seal, std::string& plain) {
  if (offset_ == size_) return Next::end;
  const std::uint64_t at = offset_;
  const auto where = [&] {
    return "frame " + std::to_string(frame_ + 1) + " at byte " + std::to_string(at);
  };
  char head[kFrameHead];
  if (!read(head, sizeof head)) return Next::cut;
  const std::uint32_t length = get(head);
  if (length > size_ - offset_) return Next::cut;
  sealed_.resize(length);
  if (!read(sealed_.data(), length)) return Next::cut;
  if (checksum(sealed_) != get(head + 4)) {
    return about(
        "journal.damaged", name_,
        "is damaged: " + where() + " is not what was written. Everything before it was read.");
  }
  bind(id_, frame_, row_);
  if (!seal.unseal(row_, sealed_, plain)) {
    return about("journal.wrong_key", name_,
                 "was sealed with another key (" + where() +
                     "): name the key file of the store that was in use, with --key.");
  }
  ++frame_;
  return Next::frame;
}

}  // namespace convene::journal
