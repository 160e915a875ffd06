// core/model/effect_rules.hpp - what an effect of a service may say beyond what service.h bounds; one rule for the
// engine and for whoever records effects on its behalf in another process.
#pragma once

#include <cstddef>

#include "convene/plain_text.hpp"  // is_code: what may stand in logs and events, and nobody's words are

namespace convene {

/// Bytes of the JSON that goes with a notice.
inline constexpr std::size_t kNoticeDetailMax = 8192;

}  // namespace convene
