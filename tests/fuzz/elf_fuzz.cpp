// tests/fuzz/elf_fuzz.cpp - files that say they are libraries: looked at, never believed.
// Links: convene_host
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sdk/host/elf.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto checked = convene::check_library(bytes, "convene_entry_v1", "fuzz.so");
  if (!checked && checked.error().text.size() < 20) std::abort();  // every refusal is a sentence
  return 0;
}
