// tests/support/figure.hpp - prints a measured figure so that `./dev test` can list them all at its
// end.
#pragma once

#include <cstdio>
#include <string>

namespace convene::test {

/// `promise` is the row of promises or the claim that the figure belongs to ("B1", "Claim01"),
/// `what` says what was measured, `value` is the figure with its unit, `target` what it must reach.
inline void figure(const std::string& promise, const std::string& what, const std::string& value,
                   const std::string& target) {
  std::printf("[  FIGURE  ] %s: %s = %s (to reach: %s)\n", promise.c_str(), what.c_str(),
              value.c_str(), target.c_str());
  std::fflush(stdout);
}

}  // namespace convene::test
