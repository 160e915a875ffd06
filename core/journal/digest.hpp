// core/journal/digest.hpp - a number that tells whether two engines said the same; for comparing,
// not for security.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/journal/codec.hpp"
#include "core/model/output.hpp"

namespace convene::journal {

/// Mixes every field of everything it is shown. The mixing step is that of SplitMix64 (Steele, Lea,
/// Flood 2014).
class Digest {
 public:
  void type(std::string_view) { number(0x636f6e76); }
  template <class T>
  void operator()(const char*, const T& value) {
    put(value);
  }

  template <class Tag>
  void put(const Id<Tag>& id) {
    number(id.value);
  }
  template <class T>
  void put(const T& value) {
    if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      number(static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_same_v<T, Time>) {
      number(static_cast<std::uint64_t>(to_ms(value)));
    } else if constexpr (std::is_same_v<T, Duration>) {
      number(static_cast<std::uint64_t>(value.count()));
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      text(value);
    } else if constexpr (std::is_same_v<T, Hash>) {
      text({reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size()});
    } else if constexpr (requires { value.has_value(); }) {
      number(value.has_value() ? 1 : 0);
      if (value) put(*value);
    } else if constexpr (requires { value.first; }) {
      put(value.first);
      put(value.second);
    } else if constexpr (requires { value.begin(); }) {
      number(value.size());
      for (const auto& one : value) put(one);
    } else {
      fields(value, *this);
    }
  }
  void put(const Output& output) {
    number(output.index());
    std::visit([this](const auto& one) { fields(one, *this); }, output);
  }
  void put(const Change& change) {
    number(change.index());
    if (const auto* record = std::get_if<Record>(&change)) {
      std::visit([this](const auto& one) { fields(one, *this); }, *record);
    } else {
      std::visit([this](const auto& key) { put(key); }, std::get<Erase>(change).what);
    }
  }

  std::uint64_t value() const { return state_; }

 private:
  void number(std::uint64_t n) {
    std::uint64_t z = std::rotl(state_, 23) ^ (n + 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    state_ = z ^ (z >> 31);
  }
  void text(std::string_view t) {
    number(t.size());
    while (!t.empty()) {
      std::uint64_t piece = 0;
      const std::size_t n = std::min(t.size(), sizeof piece);
      std::memcpy(&piece, t.data(), n);
      number(piece);
      t.remove_prefix(n);
    }
  }

  std::uint64_t state_ = 0;
};

}  // namespace convene::journal
