// core/runtime/secrets.hpp - identifiers, tokens and tickets: made here, and known to everything inside only as a hash.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/model/ids.hpp"
#include "core/model/output.hpp"

namespace convene {

/// Where random bytes come from: the machine's generator, or a test's.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual void fill(std::span<std::uint8_t> bytes) = 0;
};
/// libsodium's randombytes_buf, which is getrandom(2) on Linux.
RandomSource& machine_random();

using SecretKey = std::array<std::uint8_t, 32>;

/// All secrets are 128 bits, written as 22 characters of base64url (RFC 4648, section 5, without padding).
class Secrets {
 public:
  static constexpr std::size_t kBytes = 16;
  static constexpr std::size_t kLength = 22;

  explicit Secrets(const SecretKey& key, RandomSource& random = machine_random());

  /// A fresh secret.
  std::string fresh();

  /// A secret that is the same whenever the same is asked, also after a restart with the same key, and that nobody
  /// without the key can tell from a fresh one: keyed BLAKE2b over `purpose` and `parts`, each with its length.
  /// Used where a repeated request must get the same secret again, while only its hash is stored.
  std::string derived(std::string_view purpose, std::span<const std::string_view> parts) const;

  /// The ticket book: which secret opens `leg` with the connection details of `epoch`. It takes no memory, as the
  /// secret is derived; the gateway that got it with a leg message is the one that checks it, once.
  std::string ticket(const output::Ticket& ticket) const;

  /// A fresh number in hexadecimal, for names that are no secrets.
  std::string token_hex();

 private:
  SecretKey key_;
  RandomSource& random_;
};

/// SHA-256 of a secret as it travels: of its characters, so that there is one way to write it.
Hash hash_of(std::string_view secret);

std::string base64url(std::span<const std::uint8_t> bytes);

}  // namespace convene
