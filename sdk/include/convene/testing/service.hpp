// sdk/include/convene/testing/service.hpp - a session in which a service acts: events go in, what it
// does comes out as words.
//
//   Story story(plugin);
//   story.created();
//   EXPECT_EQ(story.arrived(), "add_customer; find_agent");
//   story.leg(story.customer(), CONVENE_LEG_CONNECTED);
//   EXPECT_EQ(story.accepted("anna"), "add_agent anna");
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "convene/service.hpp"
#include "convene/testing/plugin.hpp"

namespace convene::testing {

/// Plays the session instance for one service: keeps legs, timers and state, and does what the
/// service asks for. Every event returns the effects in order, "add_customer; find_agent; notify
/// customer searching", or "failed: why". What a removed leg's own event leads to follows after a
/// bar.
class Story {
 public:
  explicit Story(const Plugin& service, std::string settings = "{}", std::string wanted = {})
      : service_(service), settings_(std::move(settings)), wanted_(std::move(wanted)) {}

  std::int64_t now_ms = 1'000'000;
  std::int64_t due_ms = 0;
  bool searching = false;
  int ended = 0;      ///< CONVENE_END_..., once it has.
  std::string state;  ///< What the service has left.
  std::map<std::uint32_t, std::int64_t> timers;

  std::string created() { return step(happened(CONVENE_EVENT_CREATED)); }
  std::string arrived() { return step(happened(CONVENE_EVENT_ARRIVED)); }
  std::string due() { return step(happened(CONVENE_EVENT_DUE)); }
  std::string accepted(std::string_view agent) {
    searching = false;
    return step(happened(CONVENE_EVENT_ACCEPTED, agent));
  }
  std::string missed(std::string_view agent) { return step(happened(CONVENE_EVENT_MISSED, agent)); }
  std::string no_agent(std::string_view agent = {}) {
    searching = false;
    return step(happened(CONVENE_EVENT_NO_AGENT, agent));
  }
  std::string leg(std::uint64_t id, int leg_state) {
    for (convene_leg& one : legs_) {
      if (one.id == id) one.state = leg_state;
    }
    convene_service_event event = happened(CONVENE_EVENT_LEG);
    event.leg = id;
    event.leg_state = leg_state;
    return step(event);
  }
  std::string request(std::uint64_t leg, std::string_view name, std::string_view detail = "{}") {
    convene_service_event event = happened(CONVENE_EVENT_REQUEST);
    event.leg = leg;
    event.name = sdk::text(name);
    event.detail = sdk::text(detail);
    return step(event);
  }
  std::string timer(std::uint32_t number) {
    convene_service_event event = happened(CONVENE_EVENT_TIMER);
    event.timer = number;
    return step(event);
  }
  /// Time passes until the next timer, which runs out.
  std::string next_timer() {
    const auto next =
        std::min_element(timers.begin(), timers.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    if (next == timers.end()) return "no timer";
    now_ms = std::max(now_ms, next->second);
    const std::uint32_t number = next->first;
    timers.erase(next);
    return timer(number);
  }

  /// The newest leg of that kind.
  std::uint64_t customer() const { return newest(CONVENE_ROLE_CUSTOMER); }
  std::uint64_t agent() const { return newest(CONVENE_ROLE_AGENT); }
  std::uint64_t add_leg(int role, int leg_state) {
    legs_.push_back({sizeof(convene_leg), role, leg_state, 0, legs_.size() + 1, {}});
    return legs_.back().id;
  }

  /// Customer returned, agent accepted, both are connected.
  void talk(std::string_view agent_id = "anna") {
    created();
    arrived();
    leg(customer(), CONVENE_LEG_CONNECTED);
    accepted(agent_id);
    leg(agent(), CONVENE_LEG_CONNECTED);
  }

 private:
  std::uint64_t newest(int role) const {
    for (auto one = legs_.rbegin(); one != legs_.rend(); ++one) {
      if (one->role == role) return one->id;
    }
    return 0;
  }

  static convene_service_event happened(int kind, std::string_view agent = {}) {
    convene_service_event event{};
    event.size = sizeof event;
    event.kind = kind;
    event.agent = sdk::text(agent);
    return event;
  }

  std::string step(const convene_service_event& event) {
    convene_session session{};
    session.size = sizeof session;
    session.searching = searching ? 1 : 0;
    session.id = 7;
    session.flow = sdk::text("flow");
    session.settings = sdk::text(settings_);
    session.context = sdk::text("{}");
    session.wanted_agent = sdk::text(wanted_);
    session.now_ms = now_ms;
    session.due_ms = due_ms;
    const std::vector<convene_leg> legs = legs_;  // As it was before the step.
    session.legs = legs.data();
    session.leg_count = legs.size();
    session.leg_stride = sizeof(convene_leg);

    pending_.clear();
    words_.clear();
    const std::string before = state;
    const convene_service_effects table = effects();
    const auto& service = service_.table<convene_service>(CONVENE_SERVICE);
    if (service.step(service_.self(), &session, sdk::text(before), &event, &table) != CONVENE_OK) {
      return "failed: " + service_.host.failure;
    }
    for (const auto& effect : pending_) effect();
    std::string said = words_;
    for (const std::uint64_t id : std::exchange(removed_, {}))
      said += " | " + leg(id, CONVENE_LEG_LEFT);
    return said;
  }

  void say(const std::string& word, std::function<void()> effect) {
    words_ += (words_.empty() ? "" : "; ") + word;
    pending_.push_back(std::move(effect));
  }

  static std::string with(std::string word, std::string_view more) {
    return more.empty() ? word : word + " " + std::string(more);
  }
  /// " not_allowed" of a refusal's {"code":"not_allowed",...}.
  static std::string code_in(convene_text detail) {
    const json::Parsed read = json::parse(sdk::view(detail));
    if (!read) return " (a detail that is no JSON)";
    return read.value->find("code") ? " " + std::string(read.value->text("code")) : "";
  }
  static Story& story(void* self) { return *static_cast<Story*>(self); }

  convene_service_effects effects() {
    convene_service_effects t{};
    t.self = this;
    t.add_customer = [](void* self) noexcept -> convene_status {
      story(self).say("add_customer", [s = &story(self)] {
        if (s->customer() == 0) s->add_leg(CONVENE_ROLE_CUSTOMER, CONVENE_LEG_INVITED);
      });
      return CONVENE_OK;
    };
    t.add_agent = [](void* self, convene_text agent) noexcept -> convene_status {
      story(self).say(with("add_agent", sdk::view(agent)),
                      [s = &story(self)] { s->add_leg(CONVENE_ROLE_AGENT, CONVENE_LEG_INVITED); });
      return CONVENE_OK;
    };
    t.remove = [](void* self, std::uint64_t leg, convene_text reason) noexcept -> convene_status {
      story(self).say("remove " + std::to_string(leg) + " " + std::string(sdk::view(reason)),
                      [s = &story(self), leg] { s->removed_.push_back(leg); });
      return CONVENE_OK;
    };
    t.find_agent = [](void* self, convene_text pool,
                      convene_text agent) noexcept -> convene_status {
      std::string word = with("find_agent", sdk::view(agent));
      if (pool.size > 0) word += " in " + std::string(sdk::view(pool));
      story(self).say(word, [s = &story(self)] { s->searching = true; });
      return CONVENE_OK;
    };
    t.stop_search = [](void* self) noexcept -> convene_status {
      story(self).say("stop_search", [s = &story(self)] { s->searching = false; });
      return CONVENE_OK;
    };
    t.open_channel = [](void* self, convene_text channel) noexcept -> convene_status {
      story(self).say(with("open", sdk::view(channel)), [] {});
      return CONVENE_OK;
    };
    t.close_channel = [](void* self, convene_text channel) noexcept -> convene_status {
      story(self).say(with("close", sdk::view(channel)), [] {});
      return CONVENE_OK;
    };
    t.set_timer = [](void* self, std::uint32_t number, std::int64_t at) noexcept -> convene_status {
      if (number > 7) return CONVENE_E_INVALID;
      story(self).pending_.push_back(
          [s = &story(self), number, at] {  // Clearing is not worth a word.
            s->timers.erase(number);
            if (at != 0) s->timers[number] = at;
          });
      return CONVENE_OK;
    };
    t.notify = [](void* self, std::int32_t role, convene_text notice,
                  convene_text detail) noexcept -> convene_status {
      const char* whom = role == CONVENE_ROLE_CUSTOMER ? "customer "
                         : role == CONVENE_ROLE_AGENT  ? "agent "
                                                       : "all ";
      story(self).say(
          "notify " + std::string(whom) + std::string(sdk::view(notice)) + code_in(detail), [] {});
      return CONVENE_OK;
    };
    t.end = [](void* self, std::int32_t end, convene_text reason) noexcept -> convene_status {
      const char* names[] = {"?", "completed", "retimed", "cancelled", "declined", "escalated"};
      story(self).say("end " + std::string(names[end]) + " " + std::string(sdk::view(reason)),
                      [s = &story(self), end] { s->ended = end; });
      return CONVENE_OK;
    };
    t.save_state = [](void* self, convene_text text) noexcept -> convene_status {
      if (text.size > 64 * 1024) return CONVENE_E_LIMIT;
      story(self).pending_.push_back(
          [s = &story(self), kept = std::string(sdk::view(text))] { s->state = kept; });
      return CONVENE_OK;
    };
    return t;
  }

  const Plugin& service_;
  std::string settings_;
  std::string wanted_;
  std::vector<convene_leg> legs_;
  std::vector<std::function<void()>>
      pending_;  // Effects take place when the step came to CONVENE_OK (law 6).
  std::string words_;
  std::vector<std::uint64_t> removed_;
};

}  // namespace convene::testing
