// adapters/web/append_file.cpp - a window on the file's end that is moved on when it is full.
#include "adapters/web/append_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace convene::web {
namespace {

// Room is taken for as much again as there is: asking the disk costs more than a hundred appends.
constexpr std::uint64_t kReserveLeast = 16u << 10;  ///< A conversation of some sixty messages.
constexpr std::uint64_t kReserveMost = 256u << 10;

std::size_t page() {
  static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

}  // namespace

bool AppendFile::open(const std::filesystem::path& file, std::uint64_t end) {
  close();
  descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor_ < 0) return false;
  size_ = end;
  if (::ftruncate(descriptor_, static_cast<off_t>(end)) == 0) return true;
  ::close(descriptor_);
  descriptor_ = -1;
  return false;
}

bool AppendFile::append(std::string_view bytes) {
  if (size_ + bytes.size() > from_ + length_ && !reserve(bytes.size())) return false;
  std::copy(bytes.begin(), bytes.end(), window_ + (size_ - from_));
  size_ += bytes.size();
  return true;
}

bool AppendFile::reserve(std::size_t room) {
  unmap();
  const std::uint64_t from = size_ / page() * page();
  const auto reserve = static_cast<std::size_t>(std::clamp(size_, kReserveLeast, kReserveMost));
  const std::size_t wanted = static_cast<std::size_t>(size_ - from) + std::max(room, reserve);
  const std::size_t length = (wanted + page() - 1) / page() * page();
  const int error =
      ::posix_fallocate(descriptor_, static_cast<off_t>(from), static_cast<off_t>(length));
  if (error != 0) return errno = error, false;
  // Its pages at once: touching them one by one waits for the disk's journal in the middle of a conversation.
  void* window = ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, descriptor_,
                        static_cast<off_t>(from));
  if (window == MAP_FAILED) return false;
  from_ = from;
  window_ = static_cast<char*>(window);
  length_ = length;
  return true;
}

void AppendFile::unmap() {
  if (window_ != nullptr) ::munmap(window_, length_);
  window_ = nullptr;
  from_ = 0;
  length_ = 0;
}

void AppendFile::close() {
  unmap();
  if (descriptor_ < 0) return;
  // Should it fail, zeros stay behind the end: a reader knows them.
  [[maybe_unused]] const int ignored = ::ftruncate(descriptor_, static_cast<off_t>(size_));
  ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace convene::web
