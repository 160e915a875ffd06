// sdk/host/signing.hpp - who vouches for a plugin's library: ed25519 signatures over its SHA-256.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.hpp"

namespace convene {

/// Which signatures a host asks for. A file FILE.so is signed by FILE.so.sig beside it.
struct SignaturePolicy {
  bool required = false;  ///< A library without a good signature is not loaded.
  std::vector<std::string>
      trusted;  ///< Public keys. A signature that is there must be of one of them.
};

/// Keys as people copy them: "ed25519:" and "ed25519-secret:" with 43 characters of base64url.
struct SigningKeys {
  std::string public_key;
  std::string secret_key;
};

/// A new pair, from the system's randomness.
Result<SigningKeys> make_signing_keys();
/// Whether `text` is a public key of this form, and a point that signatures can be of.
bool is_public_key(std::string_view text);

/// The text of FILE.so.sig for a library with this SHA-256 (64 hexadecimal digits). Errors: "signing.key".
Result<std::string> sign(std::string_view sha256, std::string_view secret_key);

/// Checks the text of a .sig file. `path` is how errors call the library. Errors: "plugin.signature",
/// each with what to do.
Status check_signature(std::string_view signature, std::string_view sha256,
                       const std::vector<std::string>& trusted, const std::string& path);

}  // namespace convene
