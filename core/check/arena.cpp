// core/check/arena.cpp - objects on the heap, or each at the end of a page of its own.
#include "core/check/arena.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace convene::check {
namespace {

constexpr std::size_t kRegion = std::size_t{1}
                                << 30;  // addresses only; begins anew when it is full

std::size_t page() {
  static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

}  // namespace

Arena::~Arena() {
  if (region_) ::munmap(region_, kRegion);
}

void Arena::begin(const Placement& placement) {
  drop(last_, begun_);  // what was asked before stays readable until the question after
  last_ = begun_;
  begun_ = used_;
  spans_.clear();
  placement_ = placement;
  heap_.clear();
  if (used_ > kRegion / 2) {
    ::munmap(region_, kRegion);
    region_ = nullptr, used_ = begun_ = last_ = 0;
  }
}

convene_text Arena::text(std::string_view text) {
  if (text.empty() && placement_.null_empty) return {nullptr, 0};
  return {static_cast<const char*>(place(text.data(), text.size(), 0, 1)), text.size()};
}

void* Arena::place(const void* bytes, std::size_t size, std::size_t noise, std::size_t alignment) {
  if (placement_.guarded) return place_guarded(bytes, size, noise);
  const std::size_t whole = size + noise + placement_.shift + 2 * alignment;
  heap_.push_back(std::make_unique_for_overwrite<char[]>(whole));
  std::memset(heap_.back().get(), 0xA5, whole);
  auto at = reinterpret_cast<std::uintptr_t>(heap_.back().get());
  at += alignment == 1 ? placement_.shift : placement_.shift / alignment * alignment;
  at = (at + alignment - 1) / alignment * alignment;
  if (size) std::memcpy(reinterpret_cast<void*>(at), bytes, size);
  return reinterpret_cast<void*>(at);
}

void* Arena::place_guarded(const void* bytes, std::size_t size, std::size_t noise) {
  if (!region_) {
    void* made =
        ::mmap(nullptr, kRegion, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (made == MAP_FAILED) std::abort();  // a checker without addresses proves nothing
    region_ = static_cast<char*>(made);
  }
  const std::size_t whole = (size + noise + page() - 1) / page() * page();
  char* const first = region_ + used_;
  if (whole) {
    ::mprotect(first, whole, PROT_READ | PROT_WRITE);
    spans_.push_back({first, whole});
  }
  char* const at = first + whole - size - noise;
  if (size) std::memcpy(at, bytes, size);
  std::memset(at + size, 0xA5, noise);
  used_ += whole + page();  // the page in between stays closed
  return at;
}

void Arena::seal() {
  if (!placement_.read_only) return;
  for (const Span& span : spans_) ::mprotect(span.at, span.size, PROT_READ);
}

void Arena::end() {
  if (placement_.revoked) drop(begun_, used_);
}

/// Closes the pages from `from` to `to` for good, and gives their memory back.
void Arena::drop(std::size_t from, std::size_t to) {
  if (to <= from) return;
  ::mmap(region_ + from, to - from, PROT_NONE,
         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

}  // namespace convene::check
