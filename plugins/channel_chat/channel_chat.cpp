// plugins/channel_chat/channel_chat.cpp - text between people: bounded, kept in order, shown as nothing but text.
#include <algorithm>

#include "convene/channel.hpp"
#include "convene/json.hpp"
#include "convene/pace.hpp"
#include "convene/plain_text.hpp"

namespace {

using convene::PacePair;
using convene::sdk::ChannelEffects;
using convene::sdk::ChannelInput;
namespace json = convene::json;

constexpr std::string_view kSettingsSchema = R"({
  "type": "object",
  "additionalProperties": false,
  "$defs": {"flow": {
    "type": "object",
    "additionalProperties": false,
    "properties": {
      "characters": {"type": "integer", "minimum": 1, "maximum": 16000},
      "burst": {"type": "integer", "minimum": 1, "maximum": 1000},
      "every_ms": {"type": "integer", "minimum": 1, "maximum": 60000}
    }
  }}
})";

/// A flow's settings for this channel.
struct Settings {
  convene::TextRules text;
  convene::PaceLimit messages{10,
                              500};  // Ten at once, then two a second: faster than anybody types.
  convene::PaceLimit typing{
      3, 1'000};  // Signals beyond are dropped in silence: the next one says the same.

  explicit Settings(std::string_view given) {
    const json::Parsed read = json::parse(given.empty() ? "{}" : given);
    if (!read) throw convene::sdk::Failure("the channel's settings are not JSON: " + read.error);
    const auto bounded = [&](std::string_view key, std::int64_t otherwise, std::int64_t most) {
      return std::clamp<std::int64_t>(read.value->integer(key, otherwise), 1, most);
    };
    text.characters = static_cast<std::size_t>(bounded("characters", 4'000, 16'000));
    messages.burst = bounded("burst", messages.burst, 1'000);
    messages.every_ms = bounded("every_ms", messages.every_ms, 60'000);
  }
};

std::string_view explain(convene::TextFault fault) {
  switch (fault) {
    case convene::TextFault::empty:
      return "There is no text.";
    case convene::TextFault::too_long:
      return "The text is too long. Send it in parts.";
    case convene::TextFault::not_utf8:
      return "The text is not valid UTF-8.";
    default:
      return "The text holds characters that cannot be shown.";
  }
}

class Chat {
 public:
  static constexpr std::string_view kConfigSchema = kSettingsSchema;

  static constexpr std::uint32_t kStateVersion = 2;

  void frame(const ChannelInput& input, ChannelEffects& effects) {
    PacePair state(input.state());
    if (input.kind() == CONVENE_CHANNEL_LEFT) {
      state.forget(input.from());
      effects.save_state(state.text());
    } else if (input.kind() == CONVENE_CHANNEL_FRAME) {
      said(input, state, effects);
    }
  }

 private:
  /// {"text":"..."} is recorded, {"typing":true|false} is shown to the others, anything else is refused. What is passed
  /// on is written anew: nothing that a sender adds to a frame reaches anybody.
  void said(const ChannelInput& input, PacePair& state, ChannelEffects& effects) {
    const Settings& settings = settings_of(input);
    const json::Parsed read =
        json::parse(input.frame(), {.bytes = 65'536, .depth = 4, .values = 16});
    if (!read || read.value->as_object() == nullptr) {
      return void(effects.refuse("malformed", "A chat frame is a JSON object."));
    }
    const json::Value& frame = *read.value;
    const json::Value* typing = frame.find("typing");
    const json::Value* text = frame.find("text");
    if (typing != nullptr && typing->as_bool() != nullptr && text == nullptr) {
      if (!state.signals.take(input.from(), input.now_ms(), settings.typing)) return;
      effects.deliver(CONVENE_TO_OTHERS,
                      *typing->as_bool() ? R"({"typing":true})" : R"({"typing":false})");
      return void(effects.save_state(state.text()));
    }
    if (text == nullptr || text->as_text() == nullptr) {
      return void(
          effects.refuse("malformed", "A chat frame is {\"text\":\"...\"} or {\"typing\":true}."));
    }
    if (const auto fault = check_text(*text->as_text(), settings.text);
        fault != convene::TextFault::none) {
      return void(effects.refuse(code(fault), explain(fault)));
    }
    if (!state.entries.take(input.from(), input.now_ms(), settings.messages)) {
      return void(
          effects.refuse("too_fast", "That was faster than anybody can read. Wait a moment."));
    }
    std::string entry = R"({"text":)";
    json::quote(entry, *text->as_text());
    effects.record(entry += '}');
    effects.save_state(state.text());
  }

  /// One frame's settings are nearly always those of the frame before: they are read when they are others.
  const Settings& settings_of(const ChannelInput& input) {
    if (input.settings() != settings_text_) {
      settings_ = Settings(input.settings());
      settings_text_ = input.settings();
    }
    return settings_;
  }

  std::string settings_text_;
  Settings settings_{""};
};

}  // namespace

CONVENE_PLUGIN(Chat, "channel_chat", "1.0.0", "Text between people, kept in order.")
