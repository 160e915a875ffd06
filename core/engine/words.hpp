// core/engine/words.hpp - the names of states in events and answers, and what may stand as a reason code.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "convene/json_write.hpp"
#include "core/model/effect_rules.hpp"
#include "core/model/records.hpp"

namespace convene {

constexpr std::string_view name_of(LegState s) {
  constexpr std::string_view kNames[] = {"",         "invited", "accepted", "connecting", "connected",
                                         "degraded", "left",    "declined", "expired",    "failed"};
  return kNames[static_cast<std::size_t>(s)];
}

constexpr std::string_view name_of(RendezvousState s) {
  constexpr std::string_view kNames[] = {"", "booked", "due", "joining", "live", "ended"};
  return kNames[static_cast<std::size_t>(s)];
}

constexpr std::string_view name_of(End e) {
  constexpr std::string_view kNames[] = {"none", "completed", "retimed", "cancelled", "declined", "escalated"};
  return kNames[static_cast<std::size_t>(e)];
}

constexpr std::string_view name_of(OfferState s) {
  constexpr std::string_view kNames[] = {"", "made", "accepted", "declined", "expired", "withdrawn"};
  return kNames[static_cast<std::size_t>(s)];
}

constexpr std::string_view name_of(AgentState s) {
  constexpr std::string_view kNames[] = {"signed_out", "ready", "paused", "wrap_up"};
  return kNames[static_cast<std::size_t>(s)];
}

/// A reason that came from outside, kept only where it is a code: nobody's words reach a log or an event.
inline std::string code_of(std::string_view reason) {
  return is_code(reason) ? std::string(reason) : reason.empty() ? std::string() : std::string("other");
}

/// Writes one flat JSON object, member by member.
class ObjectWriter {
 public:
  ObjectWriter& add(std::string_view key, std::uint64_t n) {
    begin(key);
    append(n);
    return *this;
  }
  ObjectWriter& add(std::string_view key, std::string_view text) {
    begin(key);
    json::quote(out_, text);
    return *this;
  }
  /// `text` is JSON already.
  ObjectWriter& raw(std::string_view key, std::string_view text) {
    begin(key);
    out_ += text;
    return *this;
  }
  std::string take() {
    if (out_.empty()) out_ = "{";
    out_ += '}';
    return std::move(out_);
  }

 private:
  void begin(std::string_view key) {
    out_ += out_.empty() ? '{' : ',';
    out_ += '"';
    out_ += key;
    out_ += "\":";
  }
  void append(std::uint64_t n) {
    char digits[20];
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, n).ptr);
  }
  std::string out_;
};

}  // namespace convene
