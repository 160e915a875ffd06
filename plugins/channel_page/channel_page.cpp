// plugins/channel_page/channel_page.cpp - follow-me page push: where the agent goes the customer's page follows.
#include <algorithm>

#include "convene/channel.hpp"
#include "convene/json.hpp"
#include "convene/pace.hpp"
#include "convene/plain_text.hpp"
#include "convene/service.h"
#include "plugins/channel_page/page_url.hpp"

namespace {

using convene::PacePair;
using convene::sdk::ChannelEffects;
using convene::sdk::ChannelInput;
namespace json = convene::json;

constexpr convene::PaceLimit kPushes{10, 1'000};  // Ten at once, then one a second.
constexpr convene::PaceLimit kSignals{3, 1'000};
constexpr std::size_t kHosts = 256;
constexpr convene::TextRules kTitle{.characters = 200, .lines = false, .directions = false};

constexpr std::string_view kSettingsSchema = R"({
  "type": "object",
  "additionalProperties": false,
  "$defs": {"flow": {
    "type": "object",
    "additionalProperties": false,
    "properties": {
      "hosts": {"type": "array", "items": {"type": "string"}, "maxItems": 256},
      "both_ways": {"type": "boolean"}
    }
  }}
})";

/// A flow's settings for this channel. Without `hosts` nothing can be pushed.
struct Settings {
  json::Value given;
  std::vector<std::string_view> hosts;  // Point into `given`.
  bool both_ways = false;

  explicit Settings(std::string_view text) {
    json::Parsed read = json::parse(text.empty() ? "{}" : text);
    if (!read) throw convene::sdk::Failure("the channel's settings are not JSON: " + read.error);
    given = std::move(*read.value);
    both_ways = given.boolean("both_ways");
    for (const json::Value& host : given.array("hosts")) {
      if (host.as_text() != nullptr && hosts.size() < kHosts) hosts.push_back(*host.as_text());
    }
  }
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;

  bool may_push(int role) const { return role != CONVENE_ROLE_CUSTOMER || both_ways; }
};

class Page {
 public:
  static constexpr std::string_view kConfigSchema = kSettingsSchema;

  static constexpr std::uint32_t kStateVersion = 2;

  void frame(const ChannelInput& input, ChannelEffects& effects) const {
    PacePair state(input.state());
    if (input.kind() == CONVENE_CHANNEL_LEFT) {
      state.forget(input.from());
      effects.save_state(state.text());
    } else if (input.kind() == CONVENE_CHANNEL_FRAME) {
      said(input, state, effects);
    }
  }

 private:
  /// {"url":"...","title":"..."} is recorded; {"following":true|false} tells the others whether this endpoint follows.
  /// What is passed on is written anew: nothing that a sender adds to a frame reaches anybody.
  static void said(const ChannelInput& input, PacePair& state, ChannelEffects& effects) {
    const json::Parsed read =
        json::parse(input.frame(), {.bytes = 16'384, .depth = 4, .values = 16});
    if (!read || read.value->as_object() == nullptr) {
      return void(effects.refuse("malformed", "A page frame is a JSON object of at most 16 KiB."));
    }
    const json::Value* url = read.value->find("url");
    const json::Value* following = read.value->find("following");
    if (following != nullptr && following->as_bool() != nullptr && url == nullptr) {
      if (!state.signals.take(input.from(), input.now_ms(), kSignals)) return;
      effects.deliver(CONVENE_TO_OTHERS,
                      *following->as_bool() ? R"({"following":true})" : R"({"following":false})");
      return void(effects.save_state(state.text()));
    }
    if (url == nullptr || url->as_text() == nullptr) {
      return void(
          effects.refuse("malformed", "A page frame is {\"url\":\"...\",\"title\":\"...\"}."));
    }
    push(input, *url->as_text(), read.value->text("title"), state, effects);
  }

  static void push(const ChannelInput& input, std::string_view url, std::string_view title,
                   PacePair& state, ChannelEffects& effects) {
    const Settings settings(input.settings());
    if (!settings.may_push(input.role())) {
      return void(effects.refuse("not_allowed", "Here only the agent shows pages."));
    }
    const auto refusal = convene::page::check(url, settings.hosts);
    if (refusal == convene::page::Refusal::host_not_allowed) {
      return void(effects.refuse(code(refusal), "Pages of this site may not be shown here."));
    }
    if (refusal != convene::page::Refusal::none) {
      return void(
          effects.refuse(code(refusal), "Only plain http and https addresses can be shown."));
    }
    const auto fault = check_text(title, kTitle);
    if (fault != convene::TextFault::none && fault != convene::TextFault::empty) {
      return void(effects.refuse(
          "bad_title", "The title is too long, or holds characters that cannot be shown."));
    }
    if (!state.entries.take(input.from(), input.now_ms(), kPushes)) {
      return void(effects.refuse("too_fast", "Nobody can follow that fast. Wait a moment."));
    }
    json::Value entry = json::object({{"url", url}});
    if (fault == convene::TextFault::none) entry.set("title", title);
    effects.record(json::write(entry));
    effects.save_state(state.text());
  }
};

}  // namespace

CONVENE_PLUGIN(Page, "channel_page", "1.0.0", "Follow-me page push to listed sites.")
