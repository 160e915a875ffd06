// channel_template.cpp - a channel: what one media type lets through, to whom, and what it keeps.
#include "convene/channel.hpp"
#include "convene/plain_text.hpp"

using convene::sdk::ChannelEffects;
using convene::sdk::ChannelInput;
namespace json = convene::json;

/// Short signals between those who talk: {"signal":"applause"}.
class ChannelTemplate {
 public:
  /// Frames come from strangers: what is passed on is written anew, and nothing else of a frame
  /// reaches anybody.
  void frame(const ChannelInput& input, ChannelEffects& effects) const {
    if (input.kind() != CONVENE_CHANNEL_FRAME) return;
    const json::Parsed read = json::parse(input.frame(), {.bytes = 1'024, .depth = 2, .values = 8});
    const std::string_view signal = read ? read.value->text("signal") : std::string_view();
    if (!convene::is_code(signal)) {
      effects.refuse("malformed", "A frame of this channel is {\"signal\":\"...\"}.");
      return;
    }
    effects.record(json::write(json::object({{"signal", signal}})));
  }
};

CONVENE_PLUGIN(ChannelTemplate, "channel_template", "0.1.0", "Passes short signals to everybody.")
