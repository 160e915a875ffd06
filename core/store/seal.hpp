// core/store/seal.hpp - the store's key, and what is sealed with it: contexts, states, transcripts.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/model/result.hpp"

namespace convene::store {

/// XChaCha20-Poly1305 under the key of one store (draft-irtf-cfrg-xchacha-03, through libsodium). A
/// nonce is 16 random bytes drawn when the key is opened and a counter of 8: no two seals of a key
/// share one, and sealing asks the kernel for nothing. Not thread-safe.
class Seal {
 public:
  /// Bytes that a seal adds: nonce and authentication tag.
  static constexpr std::size_t kOverhead = 24 + 16;

  /// Reads the key from `file`. Refuses a file that others may read.
  static Result<Seal> open(const std::filesystem::path& file);
  /// Makes a new key with mode 0600 and has it on disk before it returns. Refuses to replace
  /// anything.
  static Result<Seal> create(const std::filesystem::path& file);

  /// Replaces `out` by nonce and ciphertext of `plain`, bound to `row`.
  void seal(std::string_view row, std::string_view plain, std::string& out);
  /// Replaces `plain`. False: other key, other row, or not what was sealed.
  bool unseal(std::string_view row, std::string_view sealed, std::string& plain) const;

 private:
  struct Forget {
    void operator()(std::uint8_t* key) const;
  };
  using Key = std::unique_ptr<std::uint8_t[],
                              Forget>;  ///< Locked memory: never swapped out, never in a core dump.

  explicit Seal(Key key);
  static Result<Key> new_key();

  Key key_;
  std::array<std::uint8_t, 16> prefix_{};
  std::uint64_t counter_ = 0;
};

}  // namespace convene::store
