// core/app/exit_codes.hpp - what `convene` tells a shell; documented in README.md.
#pragma once

namespace convene::app {

inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;      ///< It was tried and did not work; standard error says why.
inline constexpr int kBadConfig = 2;   ///< The configuration is wrong: nothing was done.
inline constexpr int kNotRunning = 3;  ///< No node answers.
inline constexpr int kRefused =
    4;  ///< A running node keeps what it has: a second instance, a reload refused.
inline constexpr int kUsage = 64;  ///< The command line is wrong.

}  // namespace convene::app
