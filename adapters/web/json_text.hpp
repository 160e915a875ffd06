// adapters/web/json_text.hpp - writes one JSON object, member by member; every text is escaped here and nowhere else.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>
#include <utility>

namespace convene::web {

/// Appends `text` as a JSON string. `text` is UTF-8; "<" is escaped too, so that no reader takes it for markup.
inline void append_json_string(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (u < 0x20 || c == '<' || u == 0x7f) {
      out += "\\u00";
      out += kHex[u >> 4];
      out += kHex[u & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

/// Builds `{...}`. Names are literals of ours and are not escaped.
class JsonOut {
 public:
  JsonOut() : text_("{") {}
  /// The end of an object whose beginning somebody else writes: without the first brace; about `size` bytes.
  static JsonOut tail(std::size_t size) {
    JsonOut out;
    out.text_.clear();
    out.text_.reserve(size);
    return out;
  }

  JsonOut& put(std::string_view name, std::string_view text) {
    this->name(name);
    append_json_string(text_, text);
    return *this;
  }
  JsonOut& put(std::string_view name, const char* text) {
    return put(name, std::string_view(text));
  }
  template <std::integral N>
  JsonOut& put(std::string_view name, N value) {
    this->name(name);
    if constexpr (std::same_as<N, bool>) {
      text_ += value ? "true" : "false";
    } else {
      char digits[24];
      const auto r = std::to_chars(digits, digits + sizeof digits, value);
      text_.append(digits, r.ptr);
    }
    return *this;
  }
  /// A value that is JSON already.
  JsonOut& raw(std::string_view name, std::string_view json) {
    this->name(name);
    text_ += json;
    return *this;
  }
  /// The object; the writer is empty afterwards.
  std::string done() {
    text_ += '}';
    std::string whole = std::move(text_);
    text_.assign(1, '{');
    return whole;
  }

 private:
  void name(std::string_view name) {
    if (!text_.empty() && text_.back() != '{') text_ += ',';
    text_ += '"';
    text_ += name;
    text_ += "\":";
  }
  std::string text_;
};

/// A JSON array of texts.
template <class Texts>
std::string json_text_array(const Texts& texts) {
  std::string out = "[";
  for (const auto& t : texts) {
    if (out.size() > 1) out += ',';
    append_json_string(out, t);
  }
  return out += ']';
}

}  // namespace convene::web
