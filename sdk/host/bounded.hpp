// sdk/host/bounded.hpp - what a plugin may write, and how much of it.
#pragma once

#include <string>
#include <string_view>

#include "convene/abi.h"

namespace convene {

/// Whether a text handed over by a plugin can be looked at: no null with a size.
inline bool is_text(convene_text t) { return t.data != nullptr || t.size == 0; }
inline std::string_view text_of(convene_text t) {
  return t.data ? std::string_view(t.data, t.size) : std::string_view();
}

/// A sink that takes up to `max` bytes, only while it is open, and only whole pieces.
class BoundedSink {
 public:
  explicit BoundedSink(std::size_t max) : max_(max) { text_.reserve(max); }
  BoundedSink(const BoundedSink&) = delete;
  BoundedSink& operator=(const BoundedSink&) = delete;

  void open() {
    text_.clear();
    refused_ = false;
    open_ = true;
  }
  void close() { open_ = false; }
  const convene_sink* sink() const { return &sink_; }
  const std::string& text() const { return text_; }
  /// Something did not fit, so `text` is not all that the plugin said.
  bool refused() const { return refused_; }

 private:
  static convene_status write(void* self, convene_text piece) noexcept {
    auto& s = *static_cast<BoundedSink*>(self);
    if (!s.open_ || !is_text(piece)) return CONVENE_E_INVALID;
    if (piece.size > s.max_ - s.text_.size()) {
      s.refused_ = true;
      return CONVENE_E_LIMIT;
    }
    s.text_.append(text_of(piece));
    return CONVENE_OK;
  }

  const std::size_t max_;
  std::string text_;
  bool open_ = false;
  bool refused_ = false;
  const convene_sink sink_{this, &write};
};

/// Counts the effects of one call and remembers the first that broke a bound: such a call fails as
/// a whole, also when the plugin looks away.
class EffectBudget {
 public:
  static constexpr unsigned kEffectsMax = 64;

  void open() { *this = EffectBudget(), open_ = true; }
  void close() { open_ = false; }

  /// CONVENE_OK when one more effect is fine. `valid`: its arguments are.
  convene_status admit(bool valid, const char* what) {
    if (!open_) return CONVENE_E_INVALID;
    if (++count_ > kEffectsMax)
      return broken(CONVENE_E_LIMIT, "asked for more than 64 effects in one call");
    return valid ? CONVENE_OK : broken(CONVENE_E_INVALID, what);
  }
  /// CONVENE_OK, or what the call has to come to.
  convene_status status() const { return status_; }
  const char* why() const { return why_; }

 private:
  convene_status broken(convene_status status, const char* why) {
    if (status_ == CONVENE_OK) status_ = status, why_ = why;
    return status;
  }
  unsigned count_ = 0;
  convene_status status_ = CONVENE_OK;
  const char* why_ = "";
  bool open_ = false;
};

}  // namespace convene
