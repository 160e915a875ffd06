// sdk/host/guard_channel.cpp - what a channel may send, keep and refuse.
#include "convene/json.hpp"
#include "sdk/host/guard.hpp"

namespace convene {
namespace {

constexpr std::size_t kBodyMax = 64 * 1024;
constexpr std::size_t kStateMax = 4 * 1024;
constexpr std::size_t kCodeMax = 64;
constexpr std::size_t kWhyMax = 1024;

/// What goes to browsers is JSON: nothing else may be spliced into a message.
bool is_body(convene_text t) { return is_text(t) && t.size <= kBodyMax && json::parse(text_of(t)); }

}  // namespace

struct ChannelGuard::Table {
  using Effects = convene_channel_effects;
  using Gate = EffectGate<Effects>;

  static convene_status record(void* self, convene_text body) noexcept {
    return Gate::pass(self, is_body(body), "recorded what is no JSON of at most 64 KiB",
                      &Effects::record, body);
  }
  static convene_status deliver(void* self, std::int32_t to, convene_text body) noexcept {
    const bool valid = to >= CONVENE_TO_ALL && to <= CONVENE_TO_SENDER && is_body(body);
    return Gate::pass(self, valid,
                      "delivered to nobody that exists, or what is no JSON of at most 64 KiB",
                      &Effects::deliver, to, body);
  }
  static convene_status refuse(void* self, convene_text code, convene_text why) noexcept {
    const bool valid = is_text(code) && code.size > 0 && code.size <= kCodeMax &&
                       json::is_utf8(text_of(code)) && is_text(why) && why.size <= kWhyMax &&
                       json::is_utf8(text_of(why));
    return Gate::pass(self, valid,
                      "refused without a code of 1 to 64 bytes and a text of at most 1024",
                      &Effects::refuse, code, why);
  }
  static convene_status save_state(void* self, convene_text state) noexcept {
    return Gate::pass(self, is_text(state) && state.size <= kStateMax,
                      "left a state of more than 4 KiB", &Effects::save_state, state);
  }
};

ChannelGuard::ChannelGuard(Meter& meter, const convene_channel& inner, void* self)
    : meter_(meter),
      inner_(inner),
      self_(self),
      mine_{&gate_, &Table::record, &Table::deliver, &Table::refuse, &Table::save_state} {}

Extension<convene_channel> ChannelGuard::face() {
  static constexpr convene_channel kTable = {
      [](void* self, const convene_channel_input* input,
         const convene_channel_effects* effects) noexcept {
        return static_cast<ChannelGuard*>(self)->frame(input, effects);
      },
  };
  return {&kTable, this};
}

convene_status ChannelGuard::frame(const convene_channel_input* input,
                                   const convene_channel_effects* effects) noexcept {
  convene_status (*const inner)(void*, const convene_channel_input*,
                                const convene_channel_effects*) = inner_.frame;
  return gate_.during(meter_, effects, [&] { return inner(self_, input, &mine_); });
}

}  // namespace convene
