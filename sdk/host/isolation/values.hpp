// sdk/host/isolation/values.hpp - how texts, bytes and large numbers cross (WIRE.md, "Values").
#pragma once

#include <concepts>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "convene/abi.h"
#include "convene/json.hpp"
#include "sdk/bus/json_text.hpp"

namespace convene::isolation {

/// Beyond it, JSON readers of many languages lose digits.
inline constexpr std::int64_t kPlainMax = std::int64_t{1} << 53;

/// Appends a text: as a JSON text when it is UTF-8, else {"base64":"..."}.
void put_text(bus::JsonText& to, std::string_view bytes);
inline void put_text(bus::JsonText& to, convene_text t) {
  put_text(to, t.data ? std::string_view(t.data, t.size) : std::string_view());
}

/// Appends a whole number: as a number up to +-2^53, else as the text of its digits.
template <std::integral T>
void put_number(bus::JsonText& to, T n) {
  if (std::cmp_less_equal(n, kPlainMax) && std::cmp_greater_equal(n, -kPlainMax)) {
    to.number(n);
  } else {
    to.text(std::to_string(n));
  }
}

/// Reads what `put_number` wrote, if it fits `T`.
template <std::integral T>
std::optional<T> take_number(const json::Value& value) {
  if (const std::int64_t* n = value.as_int()) {
    if (!std::in_range<T>(*n)) return std::nullopt;
    return static_cast<T>(*n);
  }
  const std::string* digits = value.as_text();
  if (!digits || digits->empty()) return std::nullopt;
  T n{};
  const char* const end = digits->data() + digits->size();
  const auto read = std::from_chars(digits->data(), end, n);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return n;
}

/// Keeps the bytes that were not UTF-8; views into it stay valid as it grows.
using Bytes = std::deque<std::string>;

/// Reads what `put_text` wrote: a view into `value`, or into what was added to `decoded`.
std::optional<std::string_view> take_text(const json::Value& value, Bytes& decoded);

/// Reads the members of one object; remembers whether any was not what it must be.
class Members {
 public:
  Members(const json::Value& object, Bytes& decoded) : object_(object), decoded_(decoded) {
    fine_ = object.as_object() != nullptr;
  }
  /// 0 or empty where there is no such member.
  template <std::integral T>
  Members& read(std::string_view key, T& to) {
    to = T{};
    if (const json::Value* value = object_.find(key)) {
      const auto n = take_number<T>(*value);
      n ? void(to = *n) : wrong(key);
    }
    return *this;
  }
  Members& read(std::string_view key, convene_text& to);
  Members& read(std::string_view key, std::string& to);

  bool fine() const { return fine_; }
  /// The first member that was wrong.
  const std::string& what() const { return wrong_; }

 private:
  void wrong(std::string_view key) {
    if (fine_) wrong_ = key;
    fine_ = false;
  }
  const json::Value& object_;
  Bytes& decoded_;
  bool fine_ = true;
  std::string wrong_;
};

}  // namespace convene::isolation
