// sdk/bus/json_text.hpp - writes JSON into a string: typed, escaped, without building a tree first.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace convene::bus {

/// One JSON object or array being written. Keys are literals of ours and need no escaping; texts may be anything and
/// come out as valid JSON: control characters escaped, bytes that are not UTF-8 replaced by U+FFFD.
///
///     JsonText text;
///     text.open().key("flow").text(flow).key("due_ms").number(due).key("context").raw(context).close();
class JsonText {
 public:
  JsonText& open() { return begin('{'); }
  JsonText& close() { return end('}'); }
  JsonText& open_array() { return begin('['); }
  JsonText& close_array() { return end(']'); }
  JsonText& key(std::string_view name);
  JsonText& text(std::string_view value);
  template <std::integral T>
  JsonText& number(T value) {
    separate();
    out_ += std::to_string(value);
    return *this;
  }
  JsonText& boolean(bool value);
  /// A value that is JSON already. The caller has made or checked it.
  JsonText& raw(std::string_view json);
  template <class Texts>
  JsonText& texts(const Texts& values) {
    open_array();
    for (const auto& value : values) text(value);
    return close_array();
  }

  std::string take() { return std::move(out_); }
  const std::string& view() const { return out_; }

 private:
  void separate();
  JsonText& begin(char c);
  JsonText& end(char c);

  std::string out_;
};

/// The exact text of member `key` of the JSON object `object`, or empty where there is none. `object` has been parsed
/// without error; with a key given twice it is the last one, as parsers see it.
std::string_view member_text(std::string_view object, std::string_view key);

}  // namespace convene::bus
