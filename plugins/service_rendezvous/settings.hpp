// plugins/service_rendezvous/settings.hpp - what a flow can say about its rendezvous, and what is remembered of one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "convene/duration.hpp"
#include "convene/json.hpp"
#include "convene/plugin.hpp"

namespace convene::rendezvous {

/// The wanted agent cannot come: wait for that one, put the rendezvous back, or let the customer choose (claim 4:
/// declared, never a silent swap).
enum class AgentAway { wait, retime, ask };
/// Nobody can take the session.
enum class NoAgent { retime, wait, escalate };
/// The last agent has left while the customer is still there.
enum class AgentLeft { end, search };
/// The customer is here before the agreed time.
enum class Early { join, wait };

inline constexpr std::string_view kConfigSchema = R"({
  "type": "object",
  "additionalProperties": false,
  "$defs": {"flow": {
    "type": "object",
    "additionalProperties": false,
    "properties": {
      "agent_away": {"enum": ["wait", "retime", "ask"]},
      "agent_wait": {"format": "convene-duration"},
      "ask_timeout": {"format": "convene-duration"},
      "no_agent": {"enum": ["retime", "wait", "escalate"]},
      "retry_after": {"format": "convene-duration"},
      "give_up": {"format": "convene-duration"},
      "agent_left": {"enum": ["end", "search"]},
      "early": {"enum": ["join", "wait"]},
      "escalate_to": {"type": "string"}
    }
  }}
})";

/// A flow's `settings`, complete. A value that makes no sense counts as its default and is logged: a customer who is
/// at the door is not sent away for a typo.
struct Settings {
  AgentAway agent_away = AgentAway::wait;
  std::int64_t agent_wait_ms =
      20'000;  ///< Until a wanted agent who has not accepted counts as away.
  std::int64_t ask_timeout_ms =
      300'000;  ///< Until a customer who was asked and says nothing is put back.
  NoAgent no_agent = NoAgent::retime;
  std::int64_t retry_after_ms = 30'000;  ///< Between searches of no_agent = "wait".
  std::int64_t give_up_ms = 3'600'000;   ///< All of them together; then the rendezvous is put back.
  AgentLeft agent_left = AgentLeft::end;
  Early early = Early::join;
  std::string escalate_to;  ///< Pool; empty: escalating ends the session as escalated.

  static Settings from(std::string_view text, const sdk::Host& host) {
    const json::Parsed read = json::parse(text.empty() ? "{}" : text);
    if (!read) throw sdk::Failure("the flow's settings are not JSON: " + read.error);
    const json::Value& given = *read.value;
    Settings s;
    s.agent_away =
        static_cast<AgentAway>(word(given, "agent_away", {"wait", "retime", "ask"}, host));
    s.no_agent =
        static_cast<NoAgent>(word(given, "no_agent", {"retime", "wait", "escalate"}, host));
    s.agent_left = static_cast<AgentLeft>(word(given, "agent_left", {"end", "search"}, host));
    s.early = static_cast<Early>(word(given, "early", {"join", "wait"}, host));
    s.agent_wait_ms = duration_ms(given, "agent_wait", s.agent_wait_ms);
    s.ask_timeout_ms = duration_ms(given, "ask_timeout", s.ask_timeout_ms);
    s.retry_after_ms = duration_ms(given, "retry_after", s.retry_after_ms);
    s.give_up_ms = duration_ms(given, "give_up", s.give_up_ms);
    s.escalate_to = given.text("escalate_to");
    return s;
  }

 private:
  /// Which of `words` the setting is; 0, the default, where it is none of them.
  static int word(const json::Value& given, std::string_view key,
                  std::initializer_list<std::string_view> words, const sdk::Host& host) {
    if (given.find(key) == nullptr) return 0;
    int index = 0;
    for (const std::string_view one : words) {
      if (given.text(key) == one) return index;
      ++index;
    }
    host.log(CONVENE_LOG_WARNING, "service_rendezvous.setting",
             std::string(key) + " is unknown here; its default counts");
    return 0;
  }
};

/// What a session's legs do not tell. Everything else is read from them at each step.
struct State {
  static constexpr std::int64_t kVersion = 1;

  bool arrived = false;  ///< The identifier was returned.
  bool served = false;   ///< Customer and agent have been joined at the same time.
  bool anybody = false;  ///< The customer has agreed to another agent than the wanted one.
  bool asked = false;    ///< The customer was asked, and has not answered.
  bool escalated = false;
  std::int64_t waiting_since_ms = 0;  ///< 0: not waiting.

  /// Empty text is a fresh state.
  static State from(std::string_view text) {
    State s;
    if (text.empty()) return s;
    const json::Parsed read = json::parse(text);
    if (!read || read.value->integer("v") != kVersion) {
      throw sdk::Failure(
          "the session's state is of another version of service_rendezvous; put that version back");
    }
    const json::Value& v = *read.value;
    s.arrived = v.boolean("arrived");
    s.served = v.boolean("served");
    s.anybody = v.boolean("anybody");
    s.asked = v.boolean("asked");
    s.escalated = v.boolean("escalated");
    s.waiting_since_ms = v.integer("waiting_since");
    return s;
  }

  std::string text() const {
    return json::write(json::object({{"v", kVersion},
                                     {"arrived", arrived},
                                     {"served", served},
                                     {"anybody", anybody},
                                     {"asked", asked},
                                     {"escalated", escalated},
                                     {"waiting_since", waiting_since_ms}}));
  }
  bool operator==(const State&) const = default;
};

}  // namespace convene::rendezvous
