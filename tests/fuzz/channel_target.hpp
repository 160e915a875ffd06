// tests/fuzz/channel_target.hpp - a channel plugin that is compiled into its fuzz target, fed through the C boundary.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "convene/channel.hpp"
#include "convene/service.h"

namespace convene::fuzz {

/// What one frame came to.
struct Outcome {
  std::vector<std::string> passed_on;  ///< Recorded or delivered bodies.
  std::vector<std::string> refusals;   ///< Codes.
};

class ChannelTarget {
 public:
  explicit ChannelTarget(const convene_entry& entry) {
    static constexpr convene_host kHost{
        nullptr, [](void*, std::int32_t, convene_text, convene_text) noexcept {},
        [](void*, convene_text) noexcept {}};
    plugin_ = entry.create(0, &kHost, sdk::text("{}"));
    if (plugin_ == nullptr || plugin_->start(plugin_->self) != CONVENE_OK) std::abort();
    table_ = static_cast<const convene_channel*>(
        plugin_->extension(plugin_->self, sdk::text(CONVENE_CHANNEL)));
  }

  /// Forgets the state that earlier frames have left.
  void fresh(std::string state = {}) { state_ = std::move(state); }

  /// Whatever a frame is, the call succeeds, and comes to one thing at most; what it leaves is within its bounds.
  Outcome frame(std::string_view settings, std::string_view frame, int role, std::uint64_t leg,
                std::int64_t now_ms) {
    convene_channel_input input{};
    input.size = sizeof input;
    input.kind = CONVENE_CHANNEL_FRAME;
    input.from = leg;
    input.role = role;
    input.legs = 2;
    input.now_ms = now_ms;
    const std::string state = state_;
    input.settings = sdk::text(settings);
    input.state = sdk::text(state);
    input.frame = sdk::text(frame);
    outcome_ = {};
    const convene_channel_effects effects{
        this,
        [](void* self, convene_text body) noexcept -> convene_status {
          static_cast<ChannelTarget*>(self)->outcome_.passed_on.emplace_back(sdk::view(body));
          return CONVENE_OK;
        },
        [](void* self, std::int32_t, convene_text body) noexcept -> convene_status {
          static_cast<ChannelTarget*>(self)->outcome_.passed_on.emplace_back(sdk::view(body));
          return CONVENE_OK;
        },
        [](void* self, convene_text code, convene_text) noexcept -> convene_status {
          static_cast<ChannelTarget*>(self)->outcome_.refusals.emplace_back(sdk::view(code));
          return CONVENE_OK;
        },
        [](void* self, convene_text next) noexcept -> convene_status {
          if (next.size > 4096) std::abort();
          static_cast<ChannelTarget*>(self)->state_ = sdk::view(next);
          return CONVENE_OK;
        }};
    if (table_->frame(plugin_->self, &input, &effects) != CONVENE_OK) std::abort();
    if (outcome_.passed_on.size() + outcome_.refusals.size() > 1) std::abort();
    return outcome_;
  }

 private:
  const convene_plugin* plugin_ = nullptr;
  const convene_channel* table_ = nullptr;
  std::string state_;
  Outcome outcome_;
};

/// The input's frames: cut at the byte 0x1e, "record separator".
inline std::vector<std::string_view> frames_of(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> frames;
  while (frames.size() < 16) {
    const std::size_t end = rest.find('\x1e');
    frames.push_back(rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return frames;
}

}  // namespace convene::fuzz
