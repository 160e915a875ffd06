// sdk/include/convene/plain_text.hpp - whether a text that a person typed may be shown to another
// person.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "convene/json_read.hpp"

namespace convene {

enum class TextFault { none, empty, too_long, not_utf8, control };

/// The code for clients: "too_long". Stable.
constexpr std::string_view code(TextFault fault) {
  constexpr std::string_view codes[] = {"ok", "empty", "too_long", "not_utf8", "control_character"};
  return codes[static_cast<std::size_t>(fault)];
}

struct TextRules {
  std::size_t characters = 4'000;  ///< Unicode code points.
  bool lines = true;               ///< Line feeds and tabs may occur.
  bool directions =
      true;  ///< So may marks that turn the reading direction; in a label they deceive.
};

/// Whether `text` may name a channel, a notice or a reason: 1 to 64 of a-z, 0-9, '_', '.', '-'.
constexpr bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-") ==
             std::string_view::npos;
}

namespace detail {

inline char32_t decode_utf8(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  char32_t point = sequence.size() == 1 ? byte(0) : byte(0) & (0x7Fu >> sequence.size());
  for (std::size_t i = 1; i < sequence.size(); ++i) point = (point << 6) | (byte(i) & 0x3Fu);
  return point;
}

inline bool is_blank(char32_t c) {
  return c <= 0x20 || c == 0xA0 || c == 0x200B || c == 0x2028 || c == 0x2029 || c == 0x3000 ||
         c == 0xFEFF;
}
inline bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }
inline bool turns_direction(char32_t c) {
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

}  // namespace detail

/// The first fault of `text`; a text of blanks counts as empty.
inline TextFault check_text(std::string_view text, const TextRules& rules = {}) {
  std::size_t characters = 0;
  bool blank = true;
  while (!text.empty()) {
    std::size_t run = 0;  // Of ASCII that shows: nearly everything, a stretch at a time.
    while (run < text.size() && text[run] >= 0x20 && text[run] < 0x7F) ++run;
    if (run > 0) {
      characters += run;
      if (characters > rules.characters) return TextFault::too_long;
      blank = blank && text.find_first_not_of(' ') >= run;
      text.remove_prefix(run);
      continue;
    }
    const std::size_t bytes = json::utf8_length(text);
    if (bytes == 0) return TextFault::not_utf8;
    const char32_t c = detail::decode_utf8(text.substr(0, bytes));
    if (detail::is_control(c) && !(rules.lines && (c == '\n' || c == '\t')))
      return TextFault::control;
    if (!rules.directions && detail::turns_direction(c)) return TextFault::control;
    if (++characters > rules.characters) return TextFault::too_long;
    blank = blank && detail::is_blank(c);
    text.remove_prefix(bytes);
  }
  return blank ? TextFault::empty : TextFault::none;
}

}  // namespace convene
