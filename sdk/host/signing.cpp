// sdk/host/signing.cpp - writes and checks signatures of plugin libraries.
#include "sdk/host/signing.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <optional>

namespace convene {
namespace {

constexpr std::string_view kPublic = "ed25519:";
constexpr std::string_view kSecret = "ed25519-secret:";
constexpr std::string_view kFirstLine = "convene-signature 1";
/// Signed together with the hash, so that a signature made for anything else means nothing here.
constexpr std::string_view kPurpose = "convene plugin library, signature 1: sha256 ";
constexpr int kBase64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

template <std::size_t N>
using Bytes = std::array<unsigned char, N>;
using PublicKey = Bytes<crypto_sign_PUBLICKEYBYTES>;
using Seed = Bytes<crypto_sign_SEEDBYTES>;
using Signature = Bytes<crypto_sign_BYTES>;

template <std::size_t N>
std::string to_text(std::string_view prefix, const Bytes<N>& bytes) {
  char text[sodium_base64_ENCODED_LEN(N, kBase64)];
  sodium_bin2base64(text, sizeof text, bytes.data(), N, kBase64);
  std::string out = std::string(prefix) + text;
  sodium_memzero(text, sizeof text);
  return out;
}

template <class Array>
std::optional<Array> from_text(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  Array bytes{};
  std::size_t size = 0;
  const char* end = nullptr;
  const bool read = sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr,
                                      &size, &end, kBase64) == 0;
  if (!read || size != bytes.size() || end != text.data() + text.size()) return std::nullopt;
  return bytes;
}

std::string signed_text(std::string_view sha256) {
  return std::string(kPurpose) + std::string(sha256);
}

/// Takes one line `word value` off the front; nothing where the text goes on otherwise.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view word) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  if (!line.starts_with(word) || line.size() <= word.size() || line[word.size()] != ' ')
    return std::nullopt;
  return line.substr(word.size() + 1);
}

}  // namespace

Result<SigningKeys> make_signing_keys() {
  if (sodium_init() < 0) return Error{"signing.key", "the cryptography library cannot start"};
  PublicKey public_key{};
  Bytes<crypto_sign_SECRETKEYBYTES> secret{};
  crypto_sign_keypair(public_key.data(), secret.data());
  Seed seed{};
  crypto_sign_ed25519_sk_to_seed(seed.data(), secret.data());
  SigningKeys keys{to_text(kPublic, public_key), to_text(kSecret, seed)};
  sodium_memzero(secret.data(), secret.size());
  sodium_memzero(seed.data(), seed.size());
  return keys;
}

bool is_public_key(std::string_view text) {
  const auto key = from_text<PublicKey>(kPublic, text);
  // The conversion refuses points of small order and what is no point at all.
  Bytes<crypto_scalarmult_curve25519_BYTES> point{};
  return key && crypto_sign_ed25519_pk_to_curve25519(point.data(), key->data()) == 0;
}

Result<std::string> sign(std::string_view sha256, std::string_view secret_key) {
  auto seed = from_text<Seed>(kSecret, secret_key);
  if (!seed) {
    return Error{"signing.key",
                 "this is no signing key: it begins with ed25519-secret: and is made by convene "
                 "keys new --signing"};
  }
  PublicKey public_key{};
  Bytes<crypto_sign_SECRETKEYBYTES> secret{};
  crypto_sign_seed_keypair(public_key.data(), secret.data(), seed->data());
  const std::string text = signed_text(sha256);
  Signature signature{};
  crypto_sign_detached(signature.data(), nullptr,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                       secret.data());
  sodium_memzero(secret.data(), secret.size());
  sodium_memzero(seed->data(), seed->size());
  return std::string(kFirstLine) + "\nkey " + to_text(kPublic, public_key) + "\nsha256 " +
         std::string(sha256) + "\nsignature " + to_text("", signature) + "\n";
}

Status check_signature(std::string_view text, std::string_view sha256,
                       const std::vector<std::string>& trusted, const std::string& path) {
  const auto refuse = [&path](const std::string& why) {
    return Status(Error{"plugin.signature", path + " " + why});
  };
  const std::size_t first = text.find('\n');
  const bool known = text.substr(0, first) == kFirstLine;
  if (known) text.remove_prefix(first + 1);
  const auto key = known ? take_line(text, "key") : std::nullopt;
  const auto hash = key ? take_line(text, "sha256") : std::nullopt;
  const auto encoded = hash ? take_line(text, "signature") : std::nullopt;
  const auto public_key = key ? from_text<PublicKey>(kPublic, *key) : std::nullopt;
  const auto signature = encoded ? from_text<Signature>("", *encoded) : std::nullopt;
  if (!public_key || !signature || !text.empty()) {
    return refuse("has a .sig file that cannot be read; sign it again with convene plugin sign");
  }
  if (std::find(trusted.begin(), trusted.end(), *key) == trusted.end()) {
    return refuse("is signed with the key " + std::string(*key) +
                  ", which is not trusted here; check whose it is, then convene plugin trust it");
  }
  if (*hash != sha256) {
    return refuse(
        "has a signature for another file, or was changed after it was signed; its SHA-256 is " +
        std::string(sha256) + ". Install what was signed");
  }
  const std::string message = signed_text(sha256);
  if (crypto_sign_verify_detached(signature->data(),
                                  reinterpret_cast<const unsigned char*>(message.data()),
                                  message.size(), public_key->data()) != 0) {
    return refuse(
        "has a forged signature: it is not of the key that it names; do not use this file");
  }
  return ok();
}

}  // namespace convene
