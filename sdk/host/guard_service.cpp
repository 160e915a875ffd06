// sdk/host/guard_service.cpp - what a service may ask for in one step.
#include "convene/json.hpp"
#include "sdk/host/guard.hpp"
#include "sdk/host/service_effects.hpp"

namespace convene {
namespace {

constexpr std::size_t kNameMax = 128;
constexpr std::size_t kReasonMax = 1024;
constexpr std::size_t kDetailMax = 16 * 1024;
constexpr std::size_t kStateMax = 64 * 1024;
constexpr std::uint32_t kTimers = 8;

bool is_name(convene_text t) {
  return is_text(t) && t.size <= kNameMax && json::is_utf8(text_of(t));
}
bool is_full_name(convene_text t) { return t.size > 0 && is_name(t); }
bool is_reason(convene_text t) {
  return is_text(t) && t.size <= kReasonMax && json::is_utf8(text_of(t));
}
bool is_json(convene_text t) {
  return is_text(t) && t.size <= kDetailMax && json::parse(text_of(t));
}

}  // namespace

/// The effects' functions: check, then hand on to the host that records them.
struct ServiceGuard::Table {
  using Effects = convene_service_effects;
  using Gate = EffectGate<Effects>;

  static convene_status add_customer(void* self) noexcept {
    return Gate::pass(self, true, "", &Effects::add_customer);
  }
  static convene_status add_agent(void* self, convene_text agent) noexcept {
    return Gate::pass(self, is_full_name(agent), "added an agent without a name of 1 to 128 bytes",
                      &Effects::add_agent, agent);
  }
  static convene_status remove(void* self, std::uint64_t leg, convene_text reason) noexcept {
    return Gate::pass(self, leg != 0 && is_reason(reason),
                      "removed leg 0, or gave no reason of at most 1024 bytes", &Effects::remove,
                      leg, reason);
  }
  static convene_status find_agent(void* self, convene_text pool, convene_text agent) noexcept {
    return Gate::pass(self, is_name(pool) && is_name(agent), "searched with names beyond 128 bytes",
                      &Effects::find_agent, pool, agent);
  }
  static convene_status stop_search(void* self) noexcept {
    return Gate::pass(self, true, "", &Effects::stop_search);
  }
  static convene_status open_channel(void* self, convene_text channel) noexcept {
    return Gate::pass(self, is_full_name(channel), "opened a channel without a name",
                      &Effects::open_channel, channel);
  }
  static convene_status close_channel(void* self, convene_text channel) noexcept {
    return Gate::pass(self, is_full_name(channel), "closed a channel without a name",
                      &Effects::close_channel, channel);
  }
  static convene_status set_timer(void* self, std::uint32_t timer, std::int64_t at_ms) noexcept {
    return Gate::pass(self, timer < kTimers && at_ms >= 0,
                      "set a timer that is not one of 0 to 7, or before 1970", &Effects::set_timer,
                      timer, at_ms);
  }
  static convene_status notify(void* self, std::int32_t role, convene_text notice,
                               convene_text detail) noexcept {
    const bool valid =
        role >= 0 && role <= CONVENE_ROLE_AUTOMATON && is_full_name(notice) && is_json(detail);
    return Gate::pass(
        self, valid,
        "notified a role that does not exist, without a code, or with a detail that is no JSON",
        &Effects::notify, role, notice, detail);
  }
  static convene_status end(void* self, std::int32_t end, convene_text reason) noexcept {
    const bool valid =
        end >= CONVENE_END_COMPLETED && end <= CONVENE_END_ESCALATED && is_reason(reason);
    return Gate::pass(self, valid,
                      "ended in a way that does not exist; see CONVENE_END_... in service.h",
                      &Effects::end, end, reason);
  }
  static convene_status save_state(void* self, convene_text state) noexcept {
    return Gate::pass(self, is_text(state) && state.size <= kStateMax,
                      "left a state of more than 64 KiB", &Effects::save_state, state);
  }
};

ServiceGuard::ServiceGuard(Meter& meter, const convene_service& inner, void* self)
    : meter_(meter), inner_(inner), self_(self), mine_(service_effects<Table>(&gate_)) {}

Extension<convene_service> ServiceGuard::face() {
  static constexpr convene_service kTable = {
      [](void* self, const convene_session* session, convene_text state,
         const convene_service_event* event, const convene_service_effects* effects) noexcept {
        return static_cast<ServiceGuard*>(self)->step(session, state, event, effects);
      },
  };
  return {&kTable, this};
}

convene_status ServiceGuard::step(const convene_session* session, convene_text state,
                                  const convene_service_event* event,
                                  const convene_service_effects* effects) noexcept {
  convene_status (*const inner)(void*, const convene_session*, convene_text,
                                const convene_service_event*, const convene_service_effects*) =
      inner_.step;
  return gate_.during(meter_, effects, [&] { return inner(self_, session, state, event, &mine_); });
}

}  // namespace convene
