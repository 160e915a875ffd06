// sdk/include/convene/json_value.hpp - a JSON value in memory, and how to look into it.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace convene::json {

class Value;
template <class V>
struct BasicMember {
  std::string key;
  V value;
  bool operator==(const BasicMember&) const = default;
};
using Member = BasicMember<Value>;
using Array = std::vector<Value>;
/// Sorted by key, each key once. Build it with Value::set or object(), which keep it so.
using Object = std::vector<Member>;

/// Null, a boolean, a number, a text, an array or an object. A whole number that fits 64 signed
/// bits is kept exactly; every other number is a double.
class Value {
 public:
  Value() = default;
  Value(std::nullptr_t) {}
  Value(std::same_as<bool> auto b) : v_(b) {}
  template <std::integral I>
  requires(!std::same_as<I, bool>) Value(I i) {
    if (std::in_range<std::int64_t>(i)) {
      v_ = static_cast<std::int64_t>(i);
    } else {
      v_ = static_cast<double>(i);
    }
  }
  Value(double d) : v_(d) {}
  Value(const char* s) : v_(std::string(s)) {}
  Value(std::string_view s) : v_(std::string(s)) {}
  Value(std::string s) : v_(std::move(s)) {}
  Value(Array a) : v_(std::move(a)) {}
  Value(Object o) : v_(std::move(o)) {}

  // What it is: a pointer to the content, or null when it is something else.
  bool is_null() const { return std::holds_alternative<std::monostate>(v_); }
  const bool* as_bool() const { return std::get_if<bool>(&v_); }
  const std::int64_t* as_int() const { return std::get_if<std::int64_t>(&v_); }
  const double* as_double() const { return std::get_if<double>(&v_); }
  const std::string* as_text() const { return std::get_if<std::string>(&v_); }
  const Array* as_array() const { return std::get_if<Array>(&v_); }
  const Object* as_object() const { return std::get_if<Object>(&v_); }
  bool is_number() const { return as_int() || as_double(); }

  /// The member `key` of an object; null when there is none, or this is no object.
  inline const Value* find(std::string_view key) const;

  /// The value at a dotted path, "roster.0.name"; the empty path is this value. Null when there is
  /// none.
  inline const Value* at(std::string_view path) const;

  // The value at `path` if it is of that kind, else `otherwise`.
  std::string_view text(std::string_view path, std::string_view otherwise = {}) const {
    const Value* v = at(path);
    return v && v->as_text() ? std::string_view(*v->as_text()) : otherwise;
  }
  std::int64_t integer(std::string_view path, std::int64_t otherwise = 0) const {
    const Value* v = at(path);
    return v && v->as_int() ? *v->as_int() : otherwise;
  }
  double number(std::string_view path, double otherwise = 0) const {
    const Value* v = at(path);
    if (!v || !v->is_number()) return otherwise;
    return v->as_int() ? static_cast<double>(*v->as_int()) : *v->as_double();
  }
  bool boolean(std::string_view path, bool otherwise = false) const {
    const Value* v = at(path);
    return v && v->as_bool() ? *v->as_bool() : otherwise;
  }
  /// The array or object at `path`; an empty one when there is none.
  inline const Array& array(std::string_view path = {}) const;
  inline const Object& object(std::string_view path = {}) const;

  /// Sets a member; what is no object becomes one. Returns this value.
  inline Value& set(std::string_view key, Value value);
  /// Appends an element; what is no array becomes one. Returns this value.
  inline Value& push(Value value);

  inline bool operator==(const Value& other) const;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> v_;
};

// Definitions
// --------------------------------------------------------------------------------------

namespace detail {
inline auto place(auto& members, std::string_view key) {
  return std::lower_bound(members.begin(), members.end(), key,
                          [](const Member& m, std::string_view k) { return m.key.compare(k) < 0; });
}
}  // namespace detail

inline bool Value::operator==(const Value& other) const { return v_ == other.v_; }

inline const Value* Value::find(std::string_view key) const {
  const Object* o = as_object();
  if (!o) return nullptr;
  const auto it = detail::place(*o, key);
  return it != o->end() && it->key == key ? &it->value : nullptr;
}

inline const Value* Value::at(std::string_view path) const {
  const Value* v = this;
  while (v && !path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const std::string_view step = path.substr(0, dot);
    path.remove_prefix(std::min(dot + 1, path.size()));
    if (const Array* a = v->as_array()) {
      std::size_t index = 0;
      const auto read = std::from_chars(step.data(), step.data() + step.size(), index);
      const bool whole = read.ec == std::errc{} && read.ptr == step.data() + step.size();
      v = whole && index < a->size() ? &(*a)[index] : nullptr;
    } else {
      v = v->find(step);
    }
  }
  return v;
}

inline const Array& Value::array(std::string_view path) const {
  static const Array none;
  const Value* v = at(path);
  return v && v->as_array() ? *v->as_array() : none;
}

inline const Object& Value::object(std::string_view path) const {
  static const Object none;
  const Value* v = at(path);
  return v && v->as_object() ? *v->as_object() : none;
}

inline Value& Value::set(std::string_view key, Value value) {
  if (!as_object()) v_ = Object{};
  Object& o = *std::get_if<Object>(&v_);
  const auto it = detail::place(o, key);
  if (it != o.end() && it->key == key) {
    it->value = std::move(value);
  } else {
    o.insert(it, Member{std::string(key), std::move(value)});
  }
  return *this;
}

inline Value& Value::push(Value value) {
  if (!as_array()) v_ = Array{};
  std::get_if<Array>(&v_)->push_back(std::move(value));
  return *this;
}

/// object({{"flow", "talk_later"}, {"tries", 3}}). Of a key given twice the last one counts.
inline Value object(std::initializer_list<std::pair<std::string_view, Value>> members = {}) {
  Value v{Object{}};
  for (const auto& [key, value] : members) v.set(key, value);
  return v;
}

inline Value array(std::initializer_list<Value> elements = {}) { return Value{Array(elements)}; }

}  // namespace convene::json
