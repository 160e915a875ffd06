// adapters/web/json_view.hpp - reads JSON that strangers sent: checked as a whole, looked at in place, nothing allocated.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace convene::web {

/// Members that one object may have; with more it counts as malformed.
inline constexpr std::size_t kJsonMembers = 32;
/// Nesting that is accepted.
inline constexpr int kJsonDepth = 32;

/// A view of one JSON object (RFC 8259, strict: valid UTF-8, no duplicate keys, no trailing bytes). The text must outlive it.
/// Values are handed out as the bytes that came, so what goes to a plugin or to the core is copied once and never rewritten.
class JsonObject {
 public:
  /// Nothing when `text` is no JSON object, is too deep, or has too many members.
  static std::optional<JsonObject> parse(std::string_view text);

  /// The bytes of a member's value; an empty view when there is none.
  std::string_view raw(std::string_view key) const;
  bool has(std::string_view key) const { return !raw(key).empty(); }

  /// Each: the value when it is there and of that type.
  std::optional<std::string> text(std::string_view key) const;
  std::optional<std::int64_t> integer(std::string_view key) const;
  std::optional<std::uint64_t> number(std::string_view key) const;  ///< A natural number.
  std::optional<bool> boolean(std::string_view key) const;
  std::optional<JsonObject> object(std::string_view key) const;

  std::string text_or(std::string_view key, std::string otherwise = "") const;
  std::uint64_t number_or(std::string_view key, std::uint64_t otherwise = 0) const;

  std::size_t size() const { return size_; }
  /// Key as written, without quotes and not unescaped; and the value's bytes.
  std::string_view key_at(std::size_t i) const { return members_[i].key; }

 private:
  struct Member {
    std::string_view key, value;
  };
  std::array<Member, kJsonMembers> members_;
  std::size_t size_ = 0;
};

/// The elements of a JSON array, as bytes; nothing when `text` is no array or has more than `most` elements.
std::optional<std::vector<std::string_view>> json_array(std::string_view text,
                                                        std::size_t most = 4096);
/// The texts of an array of strings; nothing when any element is something else.
std::optional<std::vector<std::string>> json_texts(std::string_view text, std::size_t most = 64);
/// All members of an object with any number of members up to `most`; keys unescaped. For configuration, not for strangers.
std::optional<std::vector<std::pair<std::string, std::string_view>>> json_members(
    std::string_view text, std::size_t most = 100'000);
/// The text that a JSON string stands for; nothing when `raw` is no string.
std::optional<std::string> json_unescape(std::string_view raw);
/// Whether the bytes are one JSON value and nothing else.
bool is_json(std::string_view text);

}  // namespace convene::web
