// core/check/arena.hpp - memory in which a plugin is shown its input, laid out to catch who reads
// or writes beyond it, or comes back later.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "convene/abi.h"

namespace convene::check {

/// How input lies in memory.
struct Placement {
  bool guarded = false;    ///< Every object ends at a page that cannot be read.
  bool read_only = false;  ///< Writing into the input is a crash (guarded only).
  bool revoked = false;    ///< After the call no view can be read any more (guarded only).
  std::size_t longer = 0;  ///< Bytes of a newer version at the end of every record.
  std::size_t shift = 0;  ///< Bytes before every object: other addresses, other alignment of texts.
  bool null_empty = true;  ///< An empty text is a null pointer; otherwise a pointer to its end.
};

/// Lays objects out for one question after another.
class Arena {
 public:
  Arena() = default;
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// Everything placed before is gone: forgotten, or revoked by the placement it was made with.
  void begin(const Placement& placement);
  convene_text text(std::string_view text);
  /// A record, with `longer` bytes of noise after it and its size set to both.
  template <class Record>
  Record* record(Record value) {
    value.size = static_cast<std::uint32_t>(sizeof value + placement_.longer);
    auto* made =
        static_cast<Record*>(place(&value, sizeof value, placement_.longer, alignof(Record)));
    return made;
  }
  /// `values` one after the other, each with noise after it; the stride from one to the next.
  template <class Record>
  const Record* records(std::vector<Record> values, std::size_t& stride) {
    stride = sizeof(Record) + placement_.longer;
    std::string bytes;
    for (Record& value : values) {
      value.size = static_cast<std::uint32_t>(stride);
      bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
      bytes.append(placement_.longer, '\xA5');
    }
    if (values.empty()) return nullptr;
    return static_cast<const Record*>(place(bytes.data(), bytes.size(), 0, alignof(Record)));
  }
  template <class Plain>
  const Plain* plain(const std::vector<Plain>& values) {
    if (values.empty()) return nullptr;
    return static_cast<const Plain*>(
        place(values.data(), values.size() * sizeof(Plain), 0, alignof(Plain)));
  }
  /// The input is complete: from here on it is read-only where the placement says so.
  void seal();
  /// The call is over.
  void end();

 private:
  void* place(const void* bytes, std::size_t size, std::size_t noise, std::size_t alignment);
  void drop(std::size_t from, std::size_t to);
  void* place_guarded(const void* bytes, std::size_t size, std::size_t noise);

  struct Span {
    char* at;
    std::size_t size;
  };
  Placement placement_;
  std::vector<Span> spans_;  // pages that hold the current question
  std::vector<std::unique_ptr<char[]>> heap_;
  char* region_ = nullptr;
  std::size_t used_ = 0, begun_ = 0, last_ = 0;  // bytes of the region
};

}  // namespace convene::check
