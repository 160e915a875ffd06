// sdk/host/effect_tape.cpp - records a service's effects.
#include "sdk/host/effect_tape.hpp"

#include <algorithm>
#include <type_traits>

#include "sdk/host/bounded.hpp"
#include "sdk/host/service_effects.hpp"

namespace convene {
namespace {

constexpr std::size_t kEffectsMax = 64;

convene_text view(const std::string& s) { return {s.data(), s.size()}; }
std::string copy(convene_text t) { return std::string(text_of(t)); }

const char* name_of(EffectTape::Kind kind) {
  static constexpr const char* kNames[] = {
      "add_customer",  "add_agent", "remove", "find_agent", "stop_search", "open_channel",
      "close_channel", "set_timer", "notify", "end",        "save_state"};
  return kNames[static_cast<std::size_t>(kind)];
}

convene_status play_one(const EffectTape::Effect& e, const convene_service_effects& to) {
  using Kind = EffectTape::Kind;
  switch (e.kind) {
    case Kind::add_customer:
      return to.add_customer(to.self);
    case Kind::add_agent:
      return to.add_agent(to.self, view(e.first));
    case Kind::remove:
      return to.remove(to.self, e.leg, view(e.first));
    case Kind::find_agent:
      return to.find_agent(to.self, view(e.first), view(e.second));
    case Kind::stop_search:
      return to.stop_search(to.self);
    case Kind::open_channel:
      return to.open_channel(to.self, view(e.first));
    case Kind::close_channel:
      return to.close_channel(to.self, view(e.first));
    case Kind::set_timer:
      return to.set_timer(to.self, static_cast<std::uint32_t>(e.number), e.at_ms);
    case Kind::notify:
      return to.notify(to.self, e.number, view(e.first), view(e.second));
    case Kind::end:
      return to.end(to.self, e.number, view(e.first));
    case Kind::save_state:
      return to.save_state(to.self, view(e.first));
  }
  return CONVENE_E_INVALID;
}

}  // namespace

struct EffectTape::Table {
  /// Keeps `e`, after whoever takes effects at once has taken it.
  static convene_status put(void* self, Effect e) noexcept {
    auto& tape = *static_cast<EffectTape*>(self);
    if (tape.effects_.size() >= kEffectsMax) return CONVENE_E_LIMIT;
    if (tape.outer_) {
      const convene_status taken = play_one(e, *tape.outer_);
      if (taken != CONVENE_OK) return taken;
    }
    tape.effects_.push_back(std::move(e));
    return CONVENE_OK;
  }
  static convene_status put_text(void* self, Kind kind, convene_text text) noexcept {
    return put(self, {.kind = kind, .first = copy(text)});
  }

  static convene_status add_customer(void* self) noexcept {
    return put(self, {.kind = Kind::add_customer});
  }
  static convene_status add_agent(void* self, convene_text agent) noexcept {
    return put_text(self, Kind::add_agent, agent);
  }
  static convene_status remove(void* self, std::uint64_t leg, convene_text reason) noexcept {
    return put(self, {.kind = Kind::remove, .leg = leg, .first = copy(reason)});
  }
  static convene_status find_agent(void* self, convene_text pool, convene_text agent) noexcept {
    return put(self, {.kind = Kind::find_agent, .first = copy(pool), .second = copy(agent)});
  }
  static convene_status stop_search(void* self) noexcept {
    return put(self, {.kind = Kind::stop_search});
  }
  static convene_status open_channel(void* self, convene_text channel) noexcept {
    return put_text(self, Kind::open_channel, channel);
  }
  static convene_status close_channel(void* self, convene_text channel) noexcept {
    return put_text(self, Kind::close_channel, channel);
  }
  static convene_status set_timer(void* self, std::uint32_t timer, std::int64_t at_ms) noexcept {
    return put(
        self,
        {.kind = Kind::set_timer, .number = static_cast<std::int32_t>(timer), .at_ms = at_ms});
  }
  static convene_status notify(void* self, std::int32_t role, convene_text notice,
                               convene_text detail) noexcept {
    return put(
        self,
        {.kind = Kind::notify, .number = role, .first = copy(notice), .second = copy(detail)});
  }
  static convene_status end(void* self, std::int32_t end, convene_text reason) noexcept {
    return put(self, {.kind = Kind::end, .number = end, .first = copy(reason)});
  }
  static convene_status save_state(void* self, convene_text state) noexcept {
    return put_text(self, Kind::save_state, state);
  }
};

convene_service_effects EffectTape::table() { return service_effects<Table>(this); }

convene_status EffectTape::play(const convene_service_effects& effects) const {
  for (const Effect& e : effects_) {
    if (const convene_status taken = play_one(e, effects); taken != CONVENE_OK) return taken;
  }
  return CONVENE_OK;
}

bool EffectTape::same_as(const EffectTape& other, bool with_states) const {
  const auto alike = [with_states](const Effect& a, const Effect& b) {
    const bool states = a.kind == Kind::save_state && b.kind == Kind::save_state;
    return (states && !with_states) || a == b;
  };
  return std::equal(effects_.begin(), effects_.end(), other.effects_.begin(), other.effects_.end(),
                    alike);
}

std::string EffectTape::to_text() const {
  if (effects_.empty()) return "nothing";
  std::string out;
  for (const Effect& e : effects_) {
    if (!out.empty()) out += "; ";
    out += name_of(e.kind);
    switch (e.kind) {
      case Kind::save_state:
        out += " of " + std::to_string(e.first.size()) + " bytes";
        break;
      case Kind::set_timer:
        out += " " + std::to_string(e.number) + " to " + std::to_string(e.at_ms);
        break;
      case Kind::remove:
        out += " leg " + std::to_string(e.leg);
        [[fallthrough]];
      default:
        if (e.kind == Kind::end) out += " " + std::to_string(e.number);
        if (!e.first.empty()) out += " " + e.first;
        if (e.kind == Kind::find_agent && !e.second.empty()) out += " for " + e.second;
    }
  }
  return out;
}

}  // namespace convene
