// adapters/web/idempotency.hpp - which Idempotency-Key is a secret of who sent it.
#pragma once

#include <string_view>

namespace convene::web {

inline constexpr std::size_t kIdempotencyKeyMax = 128;  ///< Characters.

/// The key without the quotes of a structured header string (RFC 9651), where it came in them.
std::string_view bare_idempotency_key(std::string_view header);

/// Whether nobody else can be expected to send this key. Who repeats a booking's key and body gets its identifier, so
/// the key is as good as that identifier and has to be made like one: a UUID of version 4, at least 32 hexadecimal
/// digits, or at least 22 characters of base64 or base64url. What a person or a counter makes is told by its form: few
/// different characters, or words and numbers in whole runs. Of 16 random bytes one in ten million is mistaken for it.
bool is_unguessable(std::string_view key);

}  // namespace convene::web
