// tests/bus/scale.hpp - how long the floods are: short in every test run, as long as one likes by CONVENE_D_SCALE.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace convene::test {

inline std::uint64_t scaled(std::uint64_t number) {
  const char* text = std::getenv("CONVENE_D_SCALE");
  const long factor = text ? std::atol(text) : 1;
  return number * static_cast<std::uint64_t>(factor > 0 ? factor : 1);
}

}  // namespace convene::test
