// core/sim/history.hpp - what went into the engine and what came out: counted, hashed, shown from a step on.
#pragma once

#include <sodium.h>

#include <cstdio>
#include <string>

#include "core/sim/fields.hpp"

namespace convene::sim {

class History {
 public:
  History(bool hash, std::uint64_t trace_from) : hashes_(hash), trace_from_(trace_from) {
    crypto_hash_sha256_init(&sha_);
  }

  std::uint64_t steps() const { return steps_; }
  std::uint64_t inputs() const { return inputs_; }
  std::uint64_t outputs() const { return outputs_; }
  bool traces() const { return steps_ >= trace_from_; }

  /// One call of the commit loop begins.
  void step(Time now) {
    ++steps_;
    if (hashes_) bytes_("now", now);
    if (traces())
      std::printf("#%llu %lld\n", static_cast<unsigned long long>(steps_),
                  static_cast<long long>(to_ms(now)));
  }
  void in(const Input& input) {
    ++inputs_;
    std::visit([this](const auto& x) { note("  <", x); }, input);
  }
  void out(const Output& output) {
    ++outputs_;
    std::visit([this](const auto& x) { note("  >", x); }, output);
  }
  /// Something that happened around the engine; only for readers.
  void remark(const char* text, std::uint64_t number = 0) const {
    if (traces()) std::printf("  * %s %llu\n", text, static_cast<unsigned long long>(number));
  }

  std::string hash() {
    digest();
    unsigned char out[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(&sha_, out);
    std::string hex(2 * sizeof out + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), out, sizeof out);
    hex.pop_back();
    return hex;
  }

 private:
  template <class T>
  void note(const char* sign, const T& x) {
    if (hashes_) {
      fields(x, bytes_);
      if (buffer_.size() > 60'000) digest();
    }
    if (traces()) {
      std::string text = sign;
      TextOf writer(text);
      fields(x, writer);
      std::puts(text.c_str());
    }
  }
  void digest() {
    crypto_hash_sha256_update(&sha_, reinterpret_cast<const unsigned char*>(buffer_.data()),
                              buffer_.size());
    buffer_.clear();
  }

  bool hashes_;
  std::uint64_t trace_from_;
  std::uint64_t steps_ = 0, inputs_ = 0, outputs_ = 0;
  std::string buffer_;
  BytesOf bytes_{buffer_};
  crypto_hash_sha256_state sha_;
};

}  // namespace convene::sim
