// core/sim/fields.hpp - the fields of inputs and outputs as bytes, for the history's hash, and as text, for reading it.
#pragma once

#include <string>
#include <string_view>

#include "core/model/fields.hpp"

namespace convene::sim {

using convene::fields;

/// Appends all fields as bytes, each text with its length, so that no two different things read alike.
class BytesOf {
 public:
  explicit BytesOf(std::string& out) : out_(out) {}
  void type(std::string_view name) { text(name); }
  template <class T>
  void operator()(const char*, const T& value) {
    put(value);
  }

 private:
  void number(std::uint64_t n) {
    for (int i = 0; i < 8; ++i) out_.push_back(static_cast<char>(n >> (8 * i)));
  }
  void text(std::string_view t) {
    number(t.size());
    out_.append(t);
  }
  template <class Tag>
  void put(const Id<Tag>& id) {
    number(id.value);
  }
  void put(const Hash& h) {
    out_.append(reinterpret_cast<const char*>(h.bytes.data()), h.bytes.size());
  }
  void put(const std::string& t) { text(t); }
  void put(Time t) { number(static_cast<std::uint64_t>(to_ms(t))); }
  void put(Duration d) { number(static_cast<std::uint64_t>(d.count())); }
  template <class T>
  void put(const std::vector<T>& list) {
    number(list.size());
    for (const T& one : list) put(one);
  }
  /// Records come from the store: they are no news.
  void put(const std::optional<Rendezvous>&) {}
  void put(const std::vector<Rendezvous>&) {}
  template <class T>
  void put(const std::optional<T>& o) {
    number(o ? 1 : 0);
    if (o) put(*o);
  }
  template <class T>
  requires(std::is_integral_v<T> || std::is_enum_v<T>) void put(T value) {
    number(static_cast<std::uint64_t>(value));
  }

  std::string& out_;
};

/// Writes all fields that say something as text: " name=value".
class TextOf {
 public:
  explicit TextOf(std::string& out) : out_(out) {}
  void type(std::string_view name) { (out_ += ' ') += name; }
  template <class T>
  void operator()(const char* name, const T& value) {
    std::string text = show(value);
    if (text.empty() || text == "0") return;
    ((out_ += ' ') += name) += '=';
    out_ += text;
  }

 private:
  template <class Tag>
  static std::string show(const Id<Tag>& id) {
    return std::to_string(id.value);
  }
  static std::string show(const Hash& h) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    if (h) {
      for (std::size_t i = 0; i < 4; ++i)
        (out += kDigits[h.bytes[i] >> 4]) += kDigits[h.bytes[i] & 15];
    }
    return out;
  }
  static std::string show(const std::string& t) { return t; }
  static std::string show(Time t) { return std::to_string(to_ms(t)); }
  static std::string show(Duration d) { return std::to_string(d.count()); }
  template <class T>
  static std::string show(const std::vector<T>& list) {
    std::string out;
    for (const T& one : list) (out += out.empty() ? "" : ",") += show(one);
    return out;
  }
  static std::string show(const std::optional<Rendezvous>&) { return {}; }
  static std::string show(const std::vector<Rendezvous>& list) {
    return std::to_string(list.size());
  }
  template <class T>
  static std::string show(const std::optional<T>& o) {
    return o ? show(*o) : std::string();
  }
  template <class T>
  requires(std::is_integral_v<T> || std::is_enum_v<T>) static std::string show(T value) {
    return std::to_string(static_cast<std::uint64_t>(value));
  }

  std::string& out_;
};

}  // namespace convene::sim
