// tests/support/sanitized.hpp - whether a sanitizer is in this program, and so in those that it starts.
#pragma once

namespace convene::test {

/// Then everything takes several times as long and as much memory: a test looks at the code, and leaves the figures of
/// a promise to the other builds.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace convene::test
