// tests/fuzz/cookie_fuzz.cpp - Cookie and Idempotency-Key headers: a value that is found stands there once, under exactly
// that name; a seat has the form of one; a key that is taken could be no sentence.
#include <cstdint>
#include <cstdlib>

#include "adapters/web/cookie.cpp"
#include "adapters/web/idempotency.cpp"
#include "adapters/web/target.cpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace convene::web;
  const std::string_view header(reinterpret_cast<const char*>(data), size);
  for (const auto seat : seats_of(header))
    if (!is_page_name(seat) || header.find(session_cookie(seat)) == header.npos) std::abort();
  const std::string_view key = bare_idempotency_key(header);
  if (is_unguessable(key) &&
      (key.size() < 22 || key.size() > kIdempotencyKeyMax || key.find(' ') != key.npos))
    std::abort();
  const auto found = find_cookie(header, kSessionCookie);
  if (!found) return 0;
  if (found->find(';') != found->npos) std::abort();
  const std::string pair = std::string(kSessionCookie) + "=" + std::string(*found);
  if (header.find(pair) == header.npos) std::abort();
  // Beside another one of that name it counts no more.
  if (find_cookie(std::string(header) + "; " + pair, kSessionCookie)) std::abort();
  return 0;
}
