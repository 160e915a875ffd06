// core/check/judge_effects.cpp - what an effect may ask for, by the words of service.h and channel.h.
#include "convene/json.hpp"
#include "core/check/checking_host.hpp"

namespace convene::check {
namespace {

bool is_name(const Argument& a) { return a.text.size() <= 128 && json::is_utf8(a.text); }
bool is_full_name(const Argument& a) { return !a.text.empty() && is_name(a); }
bool is_reason(const Argument& a) { return a.text.size() <= 1024 && json::is_utf8(a.text); }
bool is_json(const Argument& a, std::size_t max) {
  return a.text.size() <= max && json::parse(a.text);
}
bool within(const Argument& a, std::int64_t low, std::int64_t high) {
  return a.number >= low && a.number <= high;
}

}  // namespace

void CheckingHost::judge_effect(Fn fn, const std::vector<Argument>& a) {
  const auto demand = [&](bool holds, const std::string& what, Rule rule = Rule::effect_arguments) {
    if (!holds) note(rule, what);
  };
  switch (fn) {
    case Fn::service_effects_add_agent:
      return demand(is_full_name(a[0]), "added an agent without a name of 1 to 128 bytes");
    case Fn::service_effects_remove:
      return demand(a[0].number != 0 && is_reason(a[1]),
                    "removed leg 0, or for a reason beyond 1024 bytes of UTF-8");
    case Fn::service_effects_find_agent:
      return demand(is_name(a[0]) && is_name(a[1]), "searched with names beyond 128 bytes");
    case Fn::service_effects_open_channel:
    case Fn::service_effects_close_channel:
      return demand(is_full_name(a[0]), "opened or closed a channel without a name");
    case Fn::service_effects_set_timer:
      return demand(within(a[0], 0, 7) && a[1].number >= 0,
                    "set timer " + std::to_string(a[0].number) + " to " +
                        std::to_string(a[1].number) + "; there are 0 to 7, from 1970 on");
    case Fn::service_effects_notify:
      demand(within(a[0], 0, CONVENE_ROLE_AUTOMATON) && is_full_name(a[1]),
             "notified a role that does not exist, or without a code");
      return demand(is_json(a[2], 16 * 1024), "notified with a detail that is no JSON", Rule::body);
    case Fn::service_effects_end:
      answer_.ended = true;
      return demand(within(a[0], CONVENE_END_COMPLETED, CONVENE_END_ESCALATED) && is_reason(a[1]),
                    "ended the session in a way that does not exist");
    case Fn::service_effects_save_state:
    case Fn::channel_effects_save_state: {
      const std::size_t most = fn == Fn::service_effects_save_state ? 64 * 1024 : 4 * 1024;
      demand(a[0].text.size() <= most,
             "left a state of " + std::to_string(a[0].text.size()) + " bytes; at most " +
                 std::to_string(most) + " are kept",
             Rule::state_size);
      if (a[0].text.size() > most) {
        answer_.refused = true;
        return;
      }
      answer_.state = a[0].text;
      return;
    }
    case Fn::channel_effects_record:
      return demand(is_json(a[0], 64 * 1024), "recorded what is no JSON", Rule::body);
    case Fn::channel_effects_deliver:
      demand(within(a[0], CONVENE_TO_ALL, CONVENE_TO_SENDER), "delivered to nobody that exists");
      return demand(is_json(a[1], 64 * 1024), "delivered what is no JSON", Rule::body);
    case Fn::channel_effects_refuse:
      return demand(is_full_name(a[0]) && a[0].text.size() <= 64 && is_reason(a[1]),
                    "refused without a code of 1 to 64 bytes and a text of at most 1024");
    case Fn::adapter_bus_event:
      demand(is_full_name(a[0]), "reported an event without a name");
      return demand(is_json(a[1], 1 << 20), "reported an event that is no JSON", Rule::body);
    case Fn::adapter_bus_leg:
      return demand(is_json(a[0], 1 << 20), "sent a leg message that is no JSON", Rule::body);
    default:
      return;
  }
}

}  // namespace convene::check
