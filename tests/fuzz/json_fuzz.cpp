// tests/fuzz/json_fuzz.cpp - what is read can be written, and reads as the same again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "convene/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace convene::json;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string as_text = quoted(text);
  const Parsed back = parse(as_text);
  if (!back || (is_utf8(text) && *back.value->as_text() != text)) std::abort();

  const Parsed once = parse(text);
  if (!once) return once.error.empty() || once.at > size ? (std::abort(), 0) : 0;
  const std::string canonical = write(*once.value);
  const Parsed twice = parse(canonical);
  if (!twice || write(*twice.value) != canonical) std::abort();
  once.value->at(text.substr(0, 16));
  return 0;
}
