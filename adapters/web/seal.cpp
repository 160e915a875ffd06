// adapters/web/seal.cpp - libsodium behind seal.hpp.
#include "adapters/web/seal.hpp"

#include <sodium.h>

#include <vector>

#include "adapters/web/json_text.hpp"
#include "adapters/web/json_view.hpp"

namespace convene::web {
namespace {

constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

std::string to_base64(const unsigned char* data, std::size_t size) {
  std::string out(sodium_base64_encoded_len(size, kVariant), '\0');
  sodium_bin2base64(out.data(), out.size(), data, size, kVariant);
  out.resize(out.size() - 1);  // The terminating zero.
  return out;
}

std::optional<std::vector<unsigned char>> from_base64(std::string_view text) {
  std::vector<unsigned char> out(text.size() + 1);
  std::size_t size = 0;
  if (sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, nullptr,
                        kVariant) != 0)
    return std::nullopt;
  out.resize(size);
  return out;
}

}  // namespace

std::array<unsigned char, 32> derived_key(std::string_view key, std::string_view purpose) {
  if (sodium_init() < 0) std::abort();
  auto bytes = from_base64(key).value_or(std::vector<unsigned char>{});
  if (bytes.size() != 32) {
    bytes.resize(32);
    randombytes_buf(bytes.data(), bytes.size());
  }
  std::array<unsigned char, 32> out{};
  crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(purpose.data()),
                     purpose.size(), bytes.data(), bytes.size());
  sodium_memzero(bytes.data(), bytes.size());
  return out;
}

Seal::Seal(std::string_view key)
    : box_key_(derived_key(key, "convene web desk cookie 1")),
      page_key_(derived_key(key, "convene web page name 1")) {}

std::string Seal::desk_cookie(const DeskPass& pass) const {
  const std::string text =
      JsonOut().put("a", pass.agent).put("i", pass.issued_ms).put("e", pass.expires_ms).done();
  std::vector<unsigned char> box(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES +
                                 text.size());
  randombytes_buf(box.data(), crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy(box.data() + crypto_secretbox_NONCEBYTES,
                        reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                        box.data(), box_key_.data());
  return to_base64(box.data(), box.size());
}

std::optional<DeskPass> Seal::open_desk_cookie(std::string_view cookie, std::int64_t now_ms) const {
  if (cookie.size() > 1024) return std::nullopt;
  const auto box = from_base64(cookie);
  constexpr std::size_t kOverhead = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
  if (!box || box->size() < kOverhead) return std::nullopt;
  std::string text(box->size() - kOverhead, '\0');
  if (crypto_secretbox_open_easy(
          reinterpret_cast<unsigned char*>(text.data()), box->data() + crypto_secretbox_NONCEBYTES,
          box->size() - crypto_secretbox_NONCEBYTES, box->data(), box_key_.data()) != 0)
    return std::nullopt;
  const auto object = JsonObject::parse(text);
  if (!object) return std::nullopt;
  DeskPass pass{object->text_or("a"), object->integer("i").value_or(0),
                object->integer("e").value_or(0)};
  if (pass.agent.empty() || pass.expires_ms <= now_ms) return std::nullopt;
  return pass;
}

std::string Seal::page_name(std::string_view identifier) const {
  unsigned char hash[16];
  crypto_generichash(hash, sizeof hash, reinterpret_cast<const unsigned char*>(identifier.data()),
                     identifier.size(), page_key_.data(), page_key_.size());
  return to_base64(hash, 12);
}

std::string random_name() {
  if (sodium_init() < 0) std::abort();
  unsigned char bytes[16];
  randombytes_buf(bytes, sizeof bytes);
  return to_base64(bytes, sizeof bytes);
}

bool password_matches(const std::string& hash, const std::string& password) {
  if (sodium_init() < 0) std::abort();
  // Made once, of a password that nobody knows, at the cost that `convene password` uses.
  static const std::string decoy = [] {
    char out[crypto_pwhash_STRBYTES] = {};
    const std::string nobody = random_name();
    if (crypto_pwhash_str(out, nobody.data(), nobody.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
      return std::string();
    return std::string(out);
  }();
  const bool known = !hash.empty() && hash.size() < crypto_pwhash_STRBYTES;
  const std::string& against = known ? hash : decoy;
  const bool matches =
      crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
  return known && matches;
}

}  // namespace convene::web
