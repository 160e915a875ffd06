// sdk/include/convene/testing/channel.hpp - a channel with legs on it: frames go in, what becomes of
// them comes out as words.
//
//   Room room(plugin);
//   EXPECT_EQ(room.say(R"({"text":"Hello"})"), R"(record {"text":"Hello"})");
//   EXPECT_EQ(room.say("nonsense"), "refuse not_json");
#pragma once

#include <string>
#include <vector>

#include "convene/channel.hpp"
#include "convene/service.h"
#include "convene/testing/plugin.hpp"

namespace convene::testing {

/// Plays the gateway for one channel. Every call returns what the channel did last: "record BODY",
/// "all BODY", "others BODY", "sender BODY", "refuse CODE", "" for nothing, or "failed: why".
class Room {
 public:
  explicit Room(const Plugin& channel, std::string settings = "{}")
      : channel_(channel), settings_(std::move(settings)) {}

  std::int64_t now_ms = 1'000'000;
  std::string state;
  std::vector<std::string> log;

  std::string say(std::string_view frame, int role = CONVENE_ROLE_AGENT, std::uint64_t leg = 1) {
    return call(CONVENE_CHANNEL_FRAME, frame, role, leg);
  }
  std::string leave(std::uint64_t leg) {
    return call(CONVENE_CHANNEL_LEFT, {}, CONVENE_ROLE_AGENT, leg);
  }
  std::string join(std::uint64_t leg) {
    return call(CONVENE_CHANNEL_JOINED, {}, CONVENE_ROLE_AGENT, leg);
  }

 private:
  static Room& room(void* self) { return *static_cast<Room*>(self); }

  std::string call(int kind, std::string_view frame, int role, std::uint64_t leg) {
    convene_channel_input input{};
    input.size = sizeof input;
    input.kind = kind;
    input.from = leg;
    input.role = role;
    input.legs = 2;
    input.now_ms = now_ms;
    input.entries = log.size();
    const std::string before = state;
    input.settings = sdk::text(settings_);
    input.state = sdk::text(before);
    input.frame = sdk::text(frame);
    said_.clear();
    const convene_channel_effects table{
        this,
        [](void* self, convene_text body) noexcept -> convene_status {
          room(self).log.emplace_back(sdk::view(body));
          room(self).said_ = "record " + std::string(sdk::view(body));
          return CONVENE_OK;
        },
        [](void* self, std::int32_t to, convene_text body) noexcept -> convene_status {
          const char* whom = to == CONVENE_TO_OTHERS   ? "others "
                             : to == CONVENE_TO_SENDER ? "sender "
                                                       : "all ";
          room(self).said_ = whom + std::string(sdk::view(body));
          return CONVENE_OK;
        },
        [](void* self, convene_text code, convene_text) noexcept -> convene_status {
          room(self).said_ = "refuse " + std::string(sdk::view(code));
          return CONVENE_OK;
        },
        [](void* self, convene_text text) noexcept -> convene_status {
          if (text.size > 4096) return CONVENE_E_LIMIT;
          room(self).state = sdk::view(text);
          return CONVENE_OK;
        }};
    const auto& channel = channel_.table<convene_channel>(CONVENE_CHANNEL);
    const convene_status status = channel.frame(channel_.self(), &input, &table);
    return status == CONVENE_OK ? said_ : "failed: " + channel_.host.failure;
  }

  const Plugin& channel_;
  std::string settings_;
  std::string said_;
};

}  // namespace convene::testing
