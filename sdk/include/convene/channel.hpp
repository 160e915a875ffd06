// sdk/include/convene/channel.hpp - the C++ face of channel.h: a channel is a class with `frame`.
//
//   struct Echo {
//     void frame(const convene::sdk::ChannelInput& input, convene::sdk::ChannelEffects& effects) {
//       if (input.kind() != CONVENE_CHANNEL_FRAME) return;
//       if (input.frame().size() > 1000) {
//         effects.refuse("too_long", "Please write less at a time.");
//       } else {
//         effects.record(input.frame());
//       }
//     }
//   };
//   CONVENE_PLUGIN(Echo, "channel_echo", "1.0.0", "Gives everybody what one says.")
#pragma once

#include <string_view>

#include "convene/channel.h"
#include "convene/plugin.hpp"

namespace convene::sdk {

/// What happened on the channel. A view: valid during the call.
class ChannelInput {
 public:
  explicit ChannelInput(const convene_channel_input& i) : i_(&i) {}
  int kind() const { return i_->kind; }  ///< CONVENE_CHANNEL_...
  std::uint64_t from() const { return i_->from; }  ///< A leg.
  int role() const { return i_->role; }  ///< Of that leg: CONVENE_ROLE_...
  std::uint32_t legs() const { return i_->legs; }  ///< How many have the channel open.
  std::int64_t now_ms() const { return i_->now_ms; }  ///< Since 1970: the only clock there is.
  std::uint64_t entries() const { return i_->entries; }  ///< In the log so far.
  std::string_view settings() const { return view(i_->settings); }  ///< JSON object.
  std::string_view state() const { return view(i_->state); }  ///< Empty before the first call.
  std::string_view frame() const {
    return view(i_->frame);  // JSON as sent, at most 64 KiB: trust nothing in it
  }

 private:
  const convene_channel_input* i_;
};

/// What shall happen, in this order, after the call. Each returns whether the host took it; one
/// that it did not take fails the whole call: the frame is dropped and the sender told.
class ChannelEffects {
 public:
  explicit ChannelEffects(const convene_channel_effects& e) : e_(&e) {}
  bool record(std::string_view body) { return note(e_->record(e_->self, text(body))); }
  bool deliver(int to, std::string_view body) {
    return note(e_->deliver(e_->self, to, text(body)));
  }
  bool refuse(std::string_view code, std::string_view why) {
    return note(e_->refuse(e_->self, text(code), text(why)));
  }
  bool save_state(std::string_view state) { return note(e_->save_state(e_->self, text(state))); }

  convene_status status() const { return status_; }

 private:
  bool note(convene_status s) {
    if (status_ == CONVENE_OK) status_ = s;
    return s == CONVENE_OK;
  }
  const convene_channel_effects* e_;
  convene_status status_ = CONVENE_OK;
};

template <>
struct Face<kChannelFace> {
  static constexpr std::string_view kId = CONVENE_CHANNEL;
  template <class T>
  static constexpr bool kOfferedBy = requires(T& t, const ChannelInput& input,
                                              ChannelEffects& effects) {
    t.frame(input, effects);
  };

  template <class T>
  static convene_status frame(void* self, const convene_channel_input* input,
                              const convene_channel_effects* table) noexcept {
    auto& instance = *static_cast<Instance<T>*>(self);
    return guarded(instance.host, [&] {
      ChannelEffects effects(*table);
      instance.object.frame(ChannelInput(*input), effects);
      return effects.status();
    });
  }

  template <class T>
  static const void* table() {
    static constexpr convene_channel kTable = {&frame<T>};
    return &kTable;
  }
};

}  // namespace convene::sdk
