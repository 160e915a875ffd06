// core/runtime/secrets.cpp - libsodium behind names of ours.
#include "core/runtime/secrets.hpp"

#include <sodium.h>

#include <cassert>
#include <cstdlib>

#include "sdk/bus/frame.hpp"

namespace convene {
namespace {

class MachineRandom final : public RandomSource {
 public:
  MachineRandom() {
    if (sodium_init() < 0)
      std::abort();  // without a generator there are no secrets, and nothing to go on with
  }
  void fill(std::span<std::uint8_t> bytes) override { randombytes_buf(bytes.data(), bytes.size()); }
};

void add(crypto_generichash_state& state, std::string_view bytes) {
  const auto size = bus::to_bytes(bytes.size());
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(size.data()),
                            size.size());
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(bytes.data()),
                            bytes.size());
}

}  // namespace

RandomSource& machine_random() {
  static MachineRandom instance;
  return instance;
}

Secrets::Secrets(const SecretKey& key, RandomSource& random) : key_(key), random_(random) {}

std::string Secrets::fresh() {
  std::array<std::uint8_t, kBytes> bytes{};
  random_.fill(bytes);
  return base64url(bytes);
}

std::string Secrets::derived(std::string_view purpose,
                             std::span<const std::string_view> parts) const {
  crypto_generichash_state state;
  std::array<std::uint8_t, kBytes> bytes{};
  crypto_generichash_init(&state, key_.data(), key_.size(), bytes.size());
  add(state, purpose);
  for (const std::string_view part : parts) add(state, part);
  crypto_generichash_final(&state, bytes.data(), bytes.size());
  return base64url(bytes);
}

std::string Secrets::ticket(const output::Ticket& ticket) const {
  const auto leg = bus::to_bytes(ticket.leg.value), epoch = bus::to_bytes(ticket.epoch);
  const std::string_view parts[] = {{leg.data(), leg.size()}, {epoch.data(), epoch.size()}};
  return derived("ticket", parts);
}

std::string Secrets::token_hex() {
  std::array<std::uint8_t, 8> bytes{};
  random_.fill(bytes);
  std::string hex;
  for (const std::uint8_t byte : bytes) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

Hash hash_of(std::string_view secret) {
  Hash hash;
  crypto_hash_sha256(hash.bytes.data(), reinterpret_cast<const unsigned char*>(secret.data()),
                     secret.size());
  return hash;
}

std::string base64url(std::span<const std::uint8_t> bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();  // the terminating zero
  return text;
}

}  // namespace convene
