// adapters/web/seal.hpp - what the gateway makes with its key: desk cookies, page names; and random names. libsodium.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace convene::web {

/// An agent's sign-in, as it travels in the desk cookie.
struct DeskPass {
  std::string agent;
  std::int64_t issued_ms = 0;
  std::int64_t expires_ms = 0;
};

/// Seals and opens with the node's desk key. Immutable after construction, so any thread may use it.
class Seal {
 public:
  /// `key` is 32 bytes as base64url; anything else: a fresh key, which sign-ins do not outlive.
  explicit Seal(std::string_view key);

  /// Encrypted and authenticated (crypto_secretbox), base64url.
  std::string desk_cookie(const DeskPass& pass) const;
  /// Nothing when it was not made here, was altered, or has expired.
  std::optional<DeskPass> open_desk_cookie(std::string_view cookie, std::int64_t now_ms) const;

  /// The name of the page of the rendezvous with this identifier: 16 characters of a keyed hash. The same identifier
  /// always has the same page, so coming back by the bookmark leaves one cookie, not many; the name tells nothing of it.
  std::string page_name(std::string_view identifier) const;

 private:
  std::array<unsigned char, 32> box_key_{};
  std::array<unsigned char, 32> page_key_{};
};

/// A key for one purpose, from 32 bytes as base64url; from anything else: a fresh one.
std::array<unsigned char, 32> derived_key(std::string_view key, std::string_view purpose);

/// 128 bits of the machine's randomness, base64url.
std::string random_name();

/// argon2id (RFC 9106). Takes tens of milliseconds and as many MiB: never on an I/O thread. With an empty hash it does
/// the same work and says no, so that an unknown agent takes as long as a wrong password.
bool password_matches(const std::string& hash, const std::string& password);

}  // namespace convene::web
