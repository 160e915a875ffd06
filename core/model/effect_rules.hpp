// core/model/effect_rules.hpp - what an effect of a service may say beyond what service.h bounds; one rule for the
// engine and for whoever records effects on its behalf in another process.
#pragma once

#include <cstddef>
#include <string_view>

namespace convene {

/// Bytes of the JSON that goes with a notice.
inline constexpr std::size_t kNoticeDetailMax = 8192;

/// Whether `text` may stand as a code in logs and events: nobody's words are one.
inline bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-") == std::string_view::npos;
}

}  // namespace convene
