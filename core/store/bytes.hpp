// core/store/bytes.hpp - the compact encoding of what is stored in one column: variable-length
// numbers and byte strings.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace convene::store {

/// Appends to a byte string. Numbers take 1 byte per 7 bits (the LEB128 of DWARF 5, section 7.6).
class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  void number(std::uint64_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<char>(value));
  }
  /// Small magnitudes of either sign are short.
  void signed_number(std::int64_t value) {
    number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void text(std::string_view value) {
    number(value.size());
    out_.append(value);
  }
  /// Bytes whose count the reader knows.
  void raw(std::span<const std::uint8_t> value) {
    out_.append(reinterpret_cast<const char*>(value.data()), value.size());
  }

 private:
  std::string& out_;
};

/// Reads what ByteWriter wrote. After anything that does not fit `good` stays false and every value
/// is empty.
class ByteReader {
 public:
  explicit ByteReader(std::string_view in) : in_(in) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (in_.empty()) break;
      const auto byte = static_cast<std::uint8_t>(in_.front());
      in_.remove_prefix(1);
      if (shift == 63 && byte > 1) break;
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return good_ ? value : 0;
    }
    return fail(), 0;
  }
  std::int64_t signed_number() {
    const std::uint64_t value = number();
    return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
  }
  std::string_view text() {
    const std::uint64_t size = number();
    if (!good_ || size > in_.size()) return fail(), std::string_view{};
    const std::string_view value = in_.substr(0, size);
    in_.remove_prefix(size);
    return value;
  }
  void raw(std::span<std::uint8_t> out) {
    if (!good_ || out.size() > in_.size()) return fail();
    in_.copy(reinterpret_cast<char*>(out.data()), out.size());
    in_.remove_prefix(out.size());
  }
  /// A number that must be within [low, high]: an enumeration's.
  std::uint64_t within(std::uint64_t low, std::uint64_t high) {
    const std::uint64_t value = number();
    if (value < low || value > high) return fail(), low;
    return value;
  }

  bool good() const { return good_; }
  /// Everything was read, and all of it fitted.
  bool finished() const { return good_ && in_.empty(); }

 private:
  void fail() {
    good_ = false;
    in_ = {};
  }

  std::string_view in_;
  bool good_ = true;
};

}  // namespace convene::store
