// sdk/include/convene/json_read.hpp - text to JSON value, bounded in size, depth and count.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <locale>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "convene/json_value.hpp"

namespace convene::json {

/// What reading accepts at most. Beyond: an error, never a crash.
struct Limits {
  std::size_t bytes = std::size_t{1} << 20;
  std::size_t depth = 32;  ///< Arrays and objects within one another.
  std::size_t values = 100'000;
};

/// A value, or why there is none and at which byte.
struct Parsed {
  std::optional<Value> value;
  std::string error;
  std::size_t at = 0;

  explicit operator bool() const { return value.has_value(); }
};

/// Bytes of the UTF-8 sequence that `text` begins with; 0 when it is not valid UTF-8 (RFC 3629).
inline std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const unsigned a = byte(0);
  const auto tail = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(i) >= low && byte(i) <= high;
  };
  if (text.empty()) return 0;
  if (a < 0x80) return 1;
  if (a >= 0xC2 && a <= 0xDF) return tail(1) ? 2 : 0;
  if (a >= 0xE0 && a <= 0xEF) {
    const bool second = tail(1, a == 0xE0 ? 0xA0 : 0x80, a == 0xED ? 0x9F : 0xBF);
    return second && tail(2) ? 3 : 0;
  }
  if (a >= 0xF0 && a <= 0xF4) {
    const bool second = tail(1, a == 0xF0 ? 0x90 : 0x80, a == 0xF4 ? 0x8F : 0xBF);
    return second && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

inline bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t n = utf8_length(text);
    if (n == 0) return false;
    text.remove_prefix(n);
  }
  return true;
}

/// How many bytes of `text` from `at` on stand for themselves in a JSON text and are no part of a
/// longer sequence: nearly everything that people write, and so passed over eight at a time.
inline std::size_t plain_run(std::string_view text, std::size_t at) {
  const auto is_plain = [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u >= 0x20 && u < 0x80 && c != '"' && c != '\\';
  };
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101, kHighs = kOnes * 0x80;
  std::size_t end = at;
  for (; text.size() - end >= 8; end += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + end, 8);
    // The highest bit of each byte that is below `n`; a borrow may add bytes above one of those.
    const auto below = [](std::uint64_t bytes, std::uint64_t n) {
      return (bytes - kOnes * n) & ~bytes & kHighs;
    };
    if (((eight & kHighs) | below(eight, 0x20) | below(eight ^ (kOnes * '"'), 1) |
         below(eight ^ (kOnes * '\\'), 1)) != 0)
      break;
  }
  while (end < text.size() && is_plain(text[end])) ++end;
  return end - at;
}

namespace detail {

class Reader {
 public:
  Reader(std::string_view text, const Limits& limits) : text_(text), limits_(limits) {}

  Parsed run() {
    Value v;
    if (text_.size() > limits_.bytes) return {std::nullopt, "the text is too long", limits_.bytes};
    if (!value(v, 0)) return {std::nullopt, error_, at_};
    blanks();
    if (at_ != text_.size()) return {std::nullopt, "something follows the value", at_};
    return {std::move(v), {}, at_};
  }

 private:
  bool fail(const char* why) {
    error_ = why;
    return false;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool eat(char c) {
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  bool eat(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' ||
                                  text_[at_] == '\r'))
      ++at_;
  }

  bool value(Value& out, std::size_t depth) {
    blanks();
    if (++values_ > limits_.values) return fail("there are too many values");
    switch (peek()) {
      case '{':
        return members(out, depth + 1);
      case '[':
        return elements(out, depth + 1);
      case '"': {
        std::string s;
        if (!string(s)) return false;
        out = Value(std::move(s));
        return true;
      }
      case 't':
        out = true;
        return eat("true") || fail("this is no value");
      case 'f':
        out = false;
        return eat("false") || fail("this is no value");
      case 'n':
        out = nullptr;
        return eat("null") || fail("this is no value");
      default:
        return number(out);
    }
  }

  bool members(Value& out, std::size_t depth) {
    if (depth > limits_.depth) return fail("it is nested too deeply");
    ++at_;
    Object read;
    blanks();
    if (!eat('}')) {
      do {
        blanks();
        Member m;
        if (peek() != '"') return fail("a key in quotes is missing");
        if (!string(m.key)) return false;
        blanks();
        if (!eat(':')) return fail("a colon is missing");
        if (!value(m.value, depth)) return false;
        read.push_back(std::move(m));
        blanks();
      } while (eat(','));
      if (!eat('}')) return fail("a comma or a closing brace is missing");
    }
    std::sort(read.begin(), read.end(),
              [](const Member& a, const Member& b) { return a.key.compare(b.key) < 0; });
    const auto twice = std::adjacent_find(
        read.begin(), read.end(), [](const Member& a, const Member& b) { return a.key == b.key; });
    if (twice != read.end()) return fail("a key occurs twice");
    out = Value(std::move(read));
    return true;
  }

  bool elements(Value& out, std::size_t depth) {
    if (depth > limits_.depth) return fail("it is nested too deeply");
    ++at_;
    Array read;
    blanks();
    if (!eat(']')) {
      do {
        if (!value(read.emplace_back(), depth)) return false;
        blanks();
      } while (eat(','));
      if (!eat(']')) return fail("a comma or a closing bracket is missing");
    }
    out = Value(std::move(read));
    return true;
  }

  bool string(std::string& out) {
    ++at_;
    while (true) {
      if (const std::size_t run = plain_run(text_, at_)) {
        out.append(text_, at_, run);
        at_ += run;
      }
      if (at_ >= text_.size()) return fail("a text does not end");
      const char c = text_[at_];
      if (c == '"') break;
      if (static_cast<unsigned char>(c) < 0x20) return fail("a control character stands in a text");
      if (c == '\\') {
        ++at_;
        if (!escape(out)) return false;
        continue;
      }
      const std::size_t n = utf8_length(text_.substr(at_));
      if (n == 0) return fail("a text is not valid UTF-8");
      out.append(text_, at_, n);
      at_ += n;
    }
    ++at_;
    return true;
  }

  bool escape(std::string& out) {
    if (at_ >= text_.size()) return fail("a text does not end");
    const char c = text_[at_++];
    switch (c) {
      case '"':
      case '\\':
      case '/':
        out += c;
        return true;
      case 'b':
        out += '\b';
        return true;
      case 'f':
        out += '\f';
        return true;
      case 'n':
        out += '\n';
        return true;
      case 'r':
        out += '\r';
        return true;
      case 't':
        out += '\t';
        return true;
      case 'u':
        break;
      default:
        return fail("an escape is unknown");
    }
    std::uint32_t code = 0;
    if (!hex(code)) return false;
    if (code >= 0xD800 && code <= 0xDBFF) {  // the first half of a pair: RFC 8259, section 7
      std::uint32_t low = 0;
      if (!eat("\\u") || !hex(low) || low < 0xDC00 || low > 0xDFFF)
        return fail("half a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code <= 0xDFFF) {
      return fail("half a surrogate pair");
    }
    append_utf8(out, code);
    return true;
  }

  bool hex(std::uint32_t& code) {
    if (text_.size() - at_ < 4) return fail("an escape is cut off");
    const char* first = text_.data() + at_;
    const auto read = std::from_chars(first, first + 4, code, 16);
    if (read.ec != std::errc{} || read.ptr != first + 4)
      return fail("an escape is not hexadecimal");
    at_ += 4;
    return true;
  }

  static void append_utf8(std::string& out, std::uint32_t code) {
    const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += static_cast<char>(0xC0 | (code >> 6));
      tail(0);
    } else if (code < 0x10000) {
      out += static_cast<char>(0xE0 | (code >> 12));
      tail(6), tail(0);
    } else {
      out += static_cast<char>(0xF0 | (code >> 18));
      tail(12), tail(6), tail(0);
    }
  }

  std::size_t digits() {
    const std::size_t from = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    return at_ - from;
  }

  bool number(Value& out) {
    const std::size_t from = at_;
    bool whole = true;
    eat('-');
    if (!eat('0') && digits() == 0) return at_ = from, fail("this is no value");
    if (eat('.')) {
      whole = false;
      if (digits() == 0) return fail("digits are missing after the point");
    }
    if (peek() == 'e' || peek() == 'E') {
      whole = false;
      ++at_;
      if (!eat('+')) eat('-');
      if (digits() == 0) return fail("digits are missing in the exponent");
    }
    const std::string_view word = text_.substr(from, at_ - from);
    std::int64_t i = 0;
    if (whole && std::from_chars(word.data(), word.data() + word.size(), i).ec == std::errc{}) {
      out = i;
      return true;
    }
    const std::optional<double> d = real(word);
    if (!d) return fail("a number is out of range");
    out = *d;
    return true;
  }

  static std::optional<double> real(std::string_view word) {
    double d = 0;
#ifdef __cpp_lib_to_chars
    if (std::from_chars(word.data(), word.data() + word.size(), d).ec != std::errc{})
      return std::nullopt;
#else  // libc++ of Debian 12 reads doubles only through a stream
    std::istringstream stream{std::string(word)};
    stream.imbue(std::locale::classic());
    if (!(stream >> d)) return std::nullopt;
#endif
    return std::isfinite(d) ? std::optional(d) : std::nullopt;
  }

  std::string_view text_;
  const Limits& limits_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
  std::string error_;
};

}  // namespace detail

inline Parsed parse(std::string_view text, const Limits& limits = {}) {
  return detail::Reader(text, limits).run();
}

}  // namespace convene::json
