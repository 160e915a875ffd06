// plugins/service_talk_now/service_talk_now.cpp - customer and agent at once; whoever leaves first ends it.
#include "convene/duration.hpp"
#include "convene/plain_text.hpp"
#include "convene/service.hpp"

namespace {

using convene::sdk::Effects;
using convene::sdk::Event;
using convene::sdk::Failure;
using convene::sdk::Session;
namespace json = convene::json;

/// What the legs do not tell. Everything else is read from them at each step.
struct State {
  bool served = false;   ///< Customer and agent have been joined at the same time.
  bool offered = false;  ///< Nobody could take it; the customer was offered to book instead.

  static State from(std::string_view text) {
    if (text.empty()) return {};
    const json::Parsed read = json::parse(text);
    if (!read || read.value->integer("v") != 1) {
      throw Failure(
          "the session's state is of another version of service_talk_now; put that version back");
    }
    return {read.value->boolean("served"), read.value->boolean("offered")};
  }
  std::string text() const {
    return json::write(json::object({{"v", 1}, {"served", served}, {"offered", offered}}));
  }
};

class TalkNow {
 public:
  static constexpr std::uint32_t kStateVersion = 1;
  static constexpr std::string_view kConfigSchema = R"({
    "type": "object",
    "additionalProperties": false,
    "$defs": {"flow": {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "offer_stands": {"format": "convene-duration"},
        "no_show": {"format": "convene-duration"}
      }
    }}
  })";

  void step(const Session& session, std::string_view text, const Event& event,
            Effects& effects) const {
    State state = State::from(text);
    take(session, state, event, effects);
    if (const std::string after = state.text(); after != text) effects.save_state(after);
  }

 private:
  enum Timer : std::uint32_t { kOfferStands = 0, kNoShow = 1 };

  static void take(const Session& session, State& state, const Event& event, Effects& effects) {
    switch (event.kind()) {
      case CONVENE_EVENT_ARRIVED:
        state.offered = false;
        effects.clear_timer(kOfferStands);
        effects.clear_timer(kNoShow);
        effects.add_customer();
        return search(session, effects);
      case CONVENE_EVENT_DUE:  // Now is the agreed time: the agent comes, and waits for the customer for a while.
        effects.set_timer(kNoShow, session.now_ms() + setting(session, "no_show", 600'000));
        return search(session, effects);
      case CONVENE_EVENT_ACCEPTED:
        state.offered = false;
        effects.clear_timer(kOfferStands);
        effects.add_agent(event.agent());
        return;
      case CONVENE_EVENT_LEG:
        return leg_changed(session, state, event, effects);
      case CONVENE_EVENT_NO_AGENT:  // With an agent: who accepted and could not be added after all.
        if (!event.agent().empty() && session.wanted_agent().empty()) {
          return search(session, effects);
        }
        return no_agent(session, state, effects);
      case CONVENE_EVENT_TIMER:
        return timer(session, state, event.timer(), effects);
      case CONVENE_EVENT_REQUEST:
        return request(session, event, effects);
      default:
        return;  // A missed offer: the search goes on by itself.
    }
  }

  static std::int64_t setting(const Session& session, std::string_view key,
                              std::int64_t otherwise) {
    const json::Parsed settings =
        json::parse(session.settings().empty() ? "{}" : session.settings());
    return settings ? convene::duration_ms(*settings.value, key, otherwise) : otherwise;
  }

  static bool has_live(const Session& session, int role) {
    return session.count(role, convene::sdk::is_live_leg) > 0;
  }

  static void search(const Session& session, Effects& effects) {
    if (session.searching() || has_live(session, CONVENE_ROLE_AGENT)) return;
    effects.find_agent({}, session.wanted_agent());
    effects.notify(CONVENE_ROLE_CUSTOMER, "searching");
  }

  static void leg_changed(const Session& session, State& state, const Event& event,
                          Effects& effects) {
    const convene_leg* leg = session.find(event.leg());
    if (leg == nullptr) return;
    if (!convene::sdk::is_live_leg(event.leg_state())) return gone(session, state, *leg, effects);
    if (session.count(CONVENE_ROLE_CUSTOMER, convene::sdk::is_joined_leg) == 0) return;
    effects.clear_timer(kNoShow);
    state.served =
        state.served || session.count(CONVENE_ROLE_AGENT, convene::sdk::is_joined_leg) > 0;
  }

  /// `leg` is gone. Lost connections have had their grace: the core keeps a degraded leg alive.
  static void gone(const Session& session, const State& state, const convene_leg& leg,
                   Effects& effects) {
    if (leg.role == CONVENE_ROLE_CUSTOMER) {
      if (state.served) return void(effects.end(CONVENE_END_COMPLETED, "customer_left"));
      if (state.offered) return void(effects.end(CONVENE_END_ESCALATED, "no_agent"));
      return void(effects.end(CONVENE_END_CANCELLED, "customer_left"));
    }
    if (leg.role != CONVENE_ROLE_AGENT || has_live(session, CONVENE_ROLE_AGENT)) return;
    if (state.served) return void(effects.end(CONVENE_END_COMPLETED, "agent_left"));
    if (has_live(session, CONVENE_ROLE_CUSTOMER)) return search(session, effects);
    effects.end(CONVENE_END_RETIMED, "customer_absent");
  }

  /// Nobody can take it now. The customer may book a time instead; the page stays open that long.
  static void no_agent(const Session& session, State& state, Effects& effects) {
    if (has_live(session, CONVENE_ROLE_AGENT)) return;
    state.offered = true;
    effects.notify(CONVENE_ROLE_CUSTOMER, "no_agent", R"({"book_later":true})");
    effects.set_timer(kOfferStands, session.now_ms() + setting(session, "offer_stands", 120'000));
  }

  static void timer(const Session& session, const State& state, std::uint32_t number,
                    Effects& effects) {
    if (number == kOfferStands && state.offered && !has_live(session, CONVENE_ROLE_AGENT)) {
      effects.end(CONVENE_END_ESCALATED, "no_agent");
    }
    if (number == kNoShow && !has_live(session, CONVENE_ROLE_CUSTOMER)) {
      effects.end(CONVENE_END_RETIMED, "customer_absent");
    }
  }

  /// Requests come from outside: a bad one is answered. Failing the step would be the service's own failure.
  static void request(const Session& session, const Event& event, Effects& effects) {
    const convene_leg* leg = session.find(event.leg());
    if (leg == nullptr || !convene::sdk::is_live_leg(leg->state)) return;  // Has left meanwhile.
    const auto refuse = [&](std::string_view code) {
      effects.notify(leg->role, "refused",
                     json::write(json::object({{"request", event.name()}, {"code", code}})));
    };
    const std::string_view name = event.name();
    const bool opens = name == "open_channel";
    const bool channels = opens || name == "close_channel";
    if (name == "leave")
      return void(effects.remove(leg->id, "left"));  // What follows comes back as a leg event.
    if (!channels && name != "escalate") return refuse("unknown_request");
    if (leg->role != CONVENE_ROLE_AGENT && leg->role != CONVENE_ROLE_SUPERVISOR)
      return refuse("not_allowed");
    if (!channels) return void(effects.end(CONVENE_END_ESCALATED, "escalated"));
    const json::Parsed detail = json::parse(event.detail().empty() ? "{}" : event.detail());
    const std::string_view channel = detail ? detail.value->text("channel") : std::string_view();
    if (!convene::is_code(channel)) return refuse("malformed");
    opens ? effects.open_channel(channel) : effects.close_channel(channel);
  }
};

}  // namespace

CONVENE_PLUGIN(TalkNow, "service_talk_now", "1.0.0",
               "Joins customer and agent at once; whoever leaves first ends it.")
