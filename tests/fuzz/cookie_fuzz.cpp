// tests/fuzz/cookie_fuzz.cpp - Cookie headers: a value that is found stands there once, under exactly that name.
#include <cstdint>
#include <cstdlib>

#include "adapters/web/cookie.cpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace convene::web;
  const std::string_view header(reinterpret_cast<const char*>(data), size);
  const auto found = find_cookie(header, kSessionCookie);
  if (!found) return 0;
  if (found->find(';') != found->npos) std::abort();
  const std::string pair = std::string(kSessionCookie) + "=" + std::string(*found);
  if (header.find(pair) == header.npos) std::abort();
  // Beside another one of that name it counts no more.
  if (find_cookie(std::string(header) + "; " + pair, kSessionCookie)) std::abort();
  return 0;
}
