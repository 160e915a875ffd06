// core/model/time.hpp - time as a value. Nothing here can tell what time it is.
#pragma once

#include <chrono>
#include <cstdint>

namespace convene {

using Duration = std::chrono::milliseconds;

/// The one time line of the engine: milliseconds since 1970 UTC at the start of the process, and from then on as the
/// monotonic clock runs. It never goes back. Where people are concerned the engine adds the offset that an
/// `input::ClockStep` told it (see Machine::wall).
struct EngineTimeLine {
  using rep = std::int64_t;
  using period = std::milli;
  using duration = Duration;
  static constexpr bool is_steady = true;
};

using Time = std::chrono::time_point<EngineTimeLine, Duration>;

/// The time that is never reached.
inline constexpr Time kNever = Time::max();

constexpr std::int64_t to_ms(Time t) { return t.time_since_epoch().count(); }
constexpr Time from_ms(std::int64_t ms) { return Time{Duration{ms}}; }

}  // namespace convene
