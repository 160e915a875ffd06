// sdk/host/effect_tape.hpp - what a service asked for in one step, kept: to compare it, to do it
// later, or not at all.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "convene/service.h"

namespace convene {

/// Records the effects of one step, and hands each on at once where there is somebody to hand it to.
class EffectTape {
 public:
  enum class Kind : std::uint8_t {
    add_customer,
    add_agent,
    remove,
    find_agent,
    stop_search,
    open_channel,
    close_channel,
    set_timer,
    notify,
    end,
    save_state
  };
  struct Effect {
    Kind kind{};
    std::uint64_t leg = 0;    ///< remove.
    std::int32_t number = 0;  ///< Timer, role, end.
    std::int64_t at_ms = 0;   ///< set_timer.
    std::string first, second;
    bool operator==(const Effect&) const = default;
  };

  /// `outer` null: only recorded.
  explicit EffectTape(const convene_service_effects* outer = nullptr) : outer_(outer) {}
  EffectTape(const EffectTape&) = delete;
  EffectTape& operator=(const EffectTape&) = delete;

  convene_service_effects table();
  const std::vector<Effect>& effects() const { return effects_; }

  /// Asks `effects` for all of it, in order. CONVENE_OK, or what the first came to that was not taken.
  convene_status play(const convene_service_effects& effects) const;
  /// Whether the same was asked for. States are only compared where both are of one schema.
  bool same_as(const EffectTape& other, bool with_states) const;
  /// "find_agent sales; save_state 42 bytes": for people, without what may be about a customer.
  std::string to_text() const;

 private:
  struct Table;
  std::vector<Effect> effects_;
  const convene_service_effects* outer_;
};

}  // namespace convene
