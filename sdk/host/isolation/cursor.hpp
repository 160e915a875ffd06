// sdk/host/isolation/cursor.hpp - reads JSON of a known shape straight into records, without a tree in between.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "convene/abi.h"
#include "convene/json.hpp"
#include "sdk/host/isolation/values.hpp"

namespace convene::isolation {

/// Goes once through a text. Whoever reads says what he expects; the first thing that is otherwise
/// makes it wrong for good, and everything after it is passed over. Views that it gives point into
/// the text where that says it plainly, else into `decoded`.
class Cursor {
 public:
  Cursor(std::string_view text, Bytes& decoded) : text_(text), decoded_(decoded) {}

  bool fine() const { return wrong_.empty(); }
  /// The member that was being read when it went wrong.
  const std::string& wrong() const { return wrong_; }
  /// Whether nothing follows.
  bool ended() { return blanks(), at_ == text_.size(); }

  /// Reads an object: `member(key)` reads, or skips, the value of each.
  template <class Member>
  void members(Member&& member) {
    list('{', '}', [&] {
      const std::string_view key = string();
      blanks();
      if (!eat(':')) return fail();
      key_ = key;
      member(key);
    });
  }
  /// Reads an array: `element()` reads each.
  template <class Element>
  void elements(Element&& element) {
    list('[', ']', element);
  }

  /// A number, or the text of its digits.
  template <std::integral T>
  void read(T& to) {
    blanks();
    const bool quoted = peek() == '"';
    const std::string_view rest = quoted ? string() : text_.substr(at_);
    const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), to);
    const auto length = static_cast<std::size_t>(read.ptr - rest.data());
    const bool leading_zero =
        length > 1 && (rest[0] == '0' || (rest[0] == '-' && length > 2 && rest[1] == '0'));
    if (read.ec != std::errc{} || leading_zero || (quoted && length != rest.size())) return fail();
    if (quoted) return;
    at_ += length;
    if (peek() == '.' || peek() == 'e' || peek() == 'E') fail();
  }
  /// A text, or {"base64"}.
  void read(convene_text& to);
  void read(std::string& to) {
    convene_text t{};
    read(t);
    to.assign(t.data ? t.data : "", t.size);
  }
  /// Any value.
  void skip();
  /// What was read is not what it must be.
  void fail() {
    if (wrong_.empty()) wrong_ = key_.empty() ? "{" : std::string(key_.substr(0, 64));
    at_ = text_.size();
  }

 private:
  template <class Item>
  void list(char open, char close, Item&& item) {
    blanks();
    if (!eat(open)) return fail();
    blanks();
    if (eat(close)) return;
    do {
      blanks();
      item();
      if (!fine()) return;
      blanks();
    } while (eat(','));
    if (!eat(close)) fail();
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool eat(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    return ++at_, true;
  }
  void blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }
  /// The text that begins here, quotes and escapes gone.
  std::string_view string();
  /// Just after the text that begins here.
  std::size_t end_of_string() const;

  std::string_view text_;
  Bytes& decoded_;
  std::size_t at_ = 0;
  std::string_view key_;
  std::string wrong_;
};

}  // namespace convene::isolation
