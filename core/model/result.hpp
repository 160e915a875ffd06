// core/model/result.hpp - a value or the reason why there is none.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace convene {

/// Why an operation did not succeed. `code` is stable and machine-readable ("store.busy", "unknown_identifier");
/// `text` is a sentence for people that names the remedy and holds no personal data.
struct Error {
  std::string code;
  std::string text;
  bool operator==(const Error&) const = default;
};

/// Either a `T` or an `Error`. An operating error is a value: handle it or pass it on.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : v_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return v_.index() == 0; }
  T& operator*() { return std::get<0>(v_); }
  const T& operator*() const { return std::get<0>(v_); }
  T* operator->() { return &std::get<0>(v_); }
  const T* operator->() const { return &std::get<0>(v_); }
  const Error& error() const { return std::get<1>(v_); }

 private:
  std::variant<T, Error> v_;
};

struct Done {};
/// Success without a value, or an error.
using Status = Result<Done>;
inline Status ok() { return Done{}; }

}  // namespace convene
