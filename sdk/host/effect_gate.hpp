// sdk/host/effect_gate.hpp - what a plugin asks for during one call goes through here, and only during it.
#pragma once

#include <type_traits>

#include "sdk/host/bounded.hpp"
#include "sdk/host/meter.hpp"

namespace convene {

/// Stands between a plugin and the host's table of effects. A guard's own table has the gate as its `self`.
template <class Effects>
class EffectGate {
 public:
  /// Runs a {quick} call whose effects go to `outer`. One that broke a bound fails the call as a whole.
  template <class Call>
  convene_status during(Meter& meter, const Effects* outer, Call&& call) noexcept {
    outer_ = outer;
    budget_.open();
    const convene_status status = meter.quick([&] {
      const convene_status done = call();
      if (budget_.status() == CONVENE_OK) return done;
      meter.blame(budget_.why());
      return budget_.status();
    });
    budget_.close();
    outer_ = nullptr;
    return status;
  }

  /// Hands one effect on. `valid`: its arguments are; else `what` says what the plugin did.
  template <class... Args>
  static convene_status pass(void* self, bool valid, const char* what,
                             convene_status (*Effects::*effect)(void*, Args...) noexcept,
                             std::type_identity_t<Args>... args) noexcept {
    auto& gate = *static_cast<EffectGate*>(self);
    const convene_status admitted = gate.budget_.admit(valid, what);
    if (admitted != CONVENE_OK) return admitted;
    return (gate.outer_->*effect)(gate.outer_->self, args...);
  }

 private:
  const Effects* outer_ = nullptr;  // during a call
  EffectBudget budget_;
};

}  // namespace convene
