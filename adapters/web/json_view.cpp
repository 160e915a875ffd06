// adapters/web/json_view.cpp - the checker behind json_view.hpp: one pass, bounded depth.
#include "adapters/web/json_view.hpp"

#include <charconv>

#include "convene/json_read.hpp"

namespace convene::web {
namespace {

/// Walks over JSON text; every function returns false at the first byte that does not belong.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  void blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }
  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool done() const { return at_ == end_; }
  const char* place() const { return at_; }

  bool string() {
    if (!take('"')) return false;
    while (at_ != end_) {
      at_ += json::plain_run({at_, static_cast<std::size_t>(end_ - at_)}, 0);
      if (at_ == end_) return false;
      const unsigned char c = static_cast<unsigned char>(*at_);
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c < 0x20) return false;
      if (c == '\\') {
        if (!escape()) return false;
      } else if (!utf8()) {
        return false;
      }
    }
    return false;
  }

  bool value(int depth) {
    if (depth > kJsonDepth || at_ == end_) return false;
    switch (*at_) {
      case '"':
        return string();
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

 private:
  bool word(std::string_view w) {
    if (static_cast<std::size_t>(end_ - at_) < w.size() || std::string_view(at_, w.size()) != w)
      return false;
    at_ += w.size();
    return true;
  }
  bool digits() {
    const char* start = at_;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
    return at_ != start;
  }
  bool number() {
    take('-');
    if (take('0')) {
      // A leading zero stands alone.
    } else if (!digits()) {
      return false;
    }
    if (take('.') && !digits()) return false;
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (!take('+')) take('-');
      if (!digits()) return false;
    }
    return true;
  }
  bool hex4(unsigned& out) {
    if (end_ - at_ < 4) return false;
    out = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = *at_;
      unsigned d = 0;
      if (c >= '0' && c <= '9')
        d = static_cast<unsigned>(c - '0');
      else if (c >= 'a' && c <= 'f')
        d = static_cast<unsigned>(c - 'a' + 10);
      else if (c >= 'A' && c <= 'F')
        d = static_cast<unsigned>(c - 'A' + 10);
      else
        return false;
      out = out * 16 + d;
    }
    return true;
  }
  bool escape() {
    ++at_;
    if (at_ == end_) return false;
    switch (*at_++) {
      case '"':
      case '\\':
      case '/':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't':
        return true;
      case 'u': {
        unsigned code = 0;
        if (!hex4(code)) return false;
        if (code >= 0xDC00 && code <= 0xDFFF) return false;
        if (code >= 0xD800 && code <= 0xDBFF) {  // A surrogate never stands alone.
          unsigned low = 0;
          if (!take('\\') || !take('u') || !hex4(low)) return false;
          return low >= 0xDC00 && low <= 0xDFFF;
        }
        return true;
      }
      default:
        return false;
    }
  }
  /// One code point of two to four bytes: shortest form, no surrogates, at most U+10FFFF.
  bool utf8() {
    const auto byte = [this](std::ptrdiff_t i) { return static_cast<unsigned char>(at_[i]); };
    const unsigned char first = byte(0);
    std::ptrdiff_t size = 0;
    unsigned char low = 0x80, high = 0xBF;
    if (first >= 0xC2 && first <= 0xDF)
      size = 2;
    else if (first >= 0xE0 && first <= 0xEF) {
      size = 3;
      if (first == 0xE0) low = 0xA0;
      if (first == 0xED) high = 0x9F;
    } else if (first >= 0xF0 && first <= 0xF4) {
      size = 4;
      if (first == 0xF0) low = 0x90;
      if (first == 0xF4) high = 0x8F;
    } else {
      return false;
    }
    if (end_ - at_ < size || byte(1) < low || byte(1) > high) return false;
    for (std::ptrdiff_t i = 2; i < size; ++i)
      if ((byte(i) & 0xC0) != 0x80) return false;
    at_ += size;
    return true;
  }
  bool object(int depth) {
    take('{');
    blanks();
    if (take('}')) return true;
    do {
      blanks();
      if (!string()) return false;
      blanks();
      if (!take(':')) return false;
      blanks();
      if (!value(depth + 1)) return false;
      blanks();
    } while (take(','));
    return take('}');
  }
  bool array(int depth) {
    take('[');
    blanks();
    if (take(']')) return true;
    do {
      blanks();
      if (!value(depth + 1)) return false;
      blanks();
    } while (take(','));
    return take(']');
  }

  const char* at_;
  const char* end_;
};

/// Calls `member(key with quotes, value)` for each member; false when the text is no object or `member` says so.
template <class F>
bool for_each_member(std::string_view text, F member) {
  Cursor c(text);
  c.blanks();
  if (!c.take('{')) return false;
  c.blanks();
  if (!c.take('}')) {
    do {
      c.blanks();
      const char* key = c.place();
      if (!c.string()) return false;
      const std::string_view key_text(key, static_cast<std::size_t>(c.place() - key));
      c.blanks();
      if (!c.take(':')) return false;
      c.blanks();
      const char* value = c.place();
      if (!c.value(2)) return false;
      if (!member(key_text, std::string_view(value, static_cast<std::size_t>(c.place() - value))))
        return false;
      c.blanks();
    } while (c.take(','));
    if (!c.take('}')) return false;
  }
  c.blanks();
  return c.done();
}

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

unsigned hex(std::string_view four) {
  unsigned code = 0;
  std::from_chars(four.data(), four.data() + four.size(), code, 16);
  return code;
}

}  // namespace

std::optional<JsonObject> JsonObject::parse(std::string_view text) {
  JsonObject o;
  const bool good = for_each_member(text, [&o](std::string_view key, std::string_view value) {
    key = key.substr(1, key.size() - 2);
    if (o.size_ == kJsonMembers || o.has(key)) return false;
    o.members_[o.size_++] = Member{key, value};
    return true;
  });
  if (!good) return std::nullopt;
  return o;
}

std::string_view JsonObject::raw(std::string_view key) const {
  for (std::size_t i = 0; i < size_; ++i)
    if (members_[i].key == key) return members_[i].value;
  return {};
}

std::optional<std::string> JsonObject::text(std::string_view key) const {
  return json_unescape(raw(key));
}

std::optional<std::int64_t> JsonObject::integer(std::string_view key) const {
  const auto v = raw(key);
  std::int64_t n = 0;
  const auto r = std::from_chars(v.data(), v.data() + v.size(), n);
  if (v.empty() || r.ec != std::errc() || r.ptr != v.data() + v.size()) return std::nullopt;
  return n;
}

std::optional<std::uint64_t> JsonObject::number(std::string_view key) const {
  const auto v = raw(key);
  std::uint64_t n = 0;
  const auto r = std::from_chars(v.data(), v.data() + v.size(), n);
  if (v.empty() || r.ec != std::errc() || r.ptr != v.data() + v.size()) return std::nullopt;
  return n;
}

std::optional<bool> JsonObject::boolean(std::string_view key) const {
  const auto v = raw(key);
  if (v == "true") return true;
  if (v == "false") return false;
  return std::nullopt;
}

std::optional<JsonObject> JsonObject::object(std::string_view key) const {
  const auto v = raw(key);
  if (v.empty() || v.front() != '{') return std::nullopt;
  return parse(v);
}

std::string JsonObject::text_or(std::string_view key, std::string otherwise) const {
  auto t = text(key);
  return t ? *std::move(t) : std::move(otherwise);
}

std::uint64_t JsonObject::number_or(std::string_view key, std::uint64_t otherwise) const {
  return number(key).value_or(otherwise);
}

std::optional<std::vector<std::string_view>> json_array(std::string_view text, std::size_t most) {
  std::vector<std::string_view> out;
  Cursor c(text);
  c.blanks();
  if (!c.take('[')) return std::nullopt;
  c.blanks();
  if (!c.take(']')) {
    do {
      c.blanks();
      const char* value = c.place();
      if (!c.value(2) || out.size() == most) return std::nullopt;
      out.emplace_back(value, static_cast<std::size_t>(c.place() - value));
      c.blanks();
    } while (c.take(','));
    if (!c.take(']')) return std::nullopt;
  }
  c.blanks();
  if (!c.done()) return std::nullopt;
  return out;
}

std::optional<std::vector<std::string>> json_texts(std::string_view text, std::size_t most) {
  const auto elements = json_array(text, most);
  if (!elements) return std::nullopt;
  std::vector<std::string> out;
  for (const auto e : *elements) {
    auto t = json_unescape(e);
    if (!t) return std::nullopt;
    out.push_back(*std::move(t));
  }
  return out;
}

std::optional<std::vector<std::pair<std::string, std::string_view>>> json_members(
    std::string_view text, std::size_t most) {
  std::vector<std::pair<std::string, std::string_view>> out;
  const bool good = for_each_member(text, [&](std::string_view key, std::string_view value) {
    auto name = json_unescape(key);
    if (!name || out.size() == most) return false;
    out.emplace_back(*std::move(name), value);
    return true;
  });
  if (!good) return std::nullopt;
  return out;
}

std::optional<std::string> json_unescape(std::string_view raw) {
  Cursor c(raw);
  if (raw.empty() || !c.string() || !c.done()) return std::nullopt;
  raw = raw.substr(1, raw.size() - 2);
  std::string out;
  out.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\') {
      out += raw[i];
      continue;
    }
    switch (raw[++i]) {
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u': {
        unsigned code = hex(raw.substr(i + 1, 4));
        i += 4;
        if (code >= 0xD800 && code <= 0xDBFF) {
          code = 0x10000 + ((code - 0xD800) << 10) + (hex(raw.substr(i + 3, 4)) - 0xDC00);
          i += 6;
        }
        append_utf8(out, code);
        break;
      }
      default:
        out += raw[i];
    }
  }
  return out;
}

bool is_json(std::string_view text) {
  Cursor c(text);
  c.blanks();
  if (!c.value(1)) return false;
  c.blanks();
  return c.done();
}

}  // namespace convene::web
