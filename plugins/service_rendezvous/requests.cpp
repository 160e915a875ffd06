// plugins/service_rendezvous/requests.cpp - what endpoints may ask of the service.
#include "convene/plain_text.hpp"
#include "plugins/service_rendezvous/step.hpp"

namespace convene::rendezvous {
namespace {

json::Value parse_detail(std::string_view detail) {
  json::Parsed read = json::parse(detail.empty() ? "{}" : detail);
  return read ? std::move(*read.value) : json::object();
}

bool is_staff(const convene_leg& leg) {
  return leg.role == CONVENE_ROLE_AGENT || leg.role == CONVENE_ROLE_SUPERVISOR;
}

}  // namespace

void Step::request(const sdk::Event& event) {
  const convene_leg* leg = session_.find(event.leg());
  if (leg == nullptr || !sdk::is_live_leg(leg->state))
    return;  // Has left meanwhile: there is nobody to answer.
  const std::string_view name = event.name();
  if (name == "leave")
    return void(effects_.remove(leg->id, "left"));  // What follows comes back as a leg event.
  if (name == "open_channel" || name == "close_channel") return channel(*leg, name, event.detail());
  if (name == "choose") return choose(*leg, event.detail());
  if (name != "escalate") return refuse(*leg, name, "unknown_request");
  if (!is_staff(*leg)) return refuse(*leg, name, "not_allowed");
  escalate();
}

/// Requests come from outside: a bad one is answered. Failing the step would be the service's own failure.
void Step::refuse(const convene_leg& leg, std::string_view request, std::string_view code) {
  effects_.notify(leg.role, "refused",
                  json::write(json::object({{"request", request}, {"code", code}})));
}

void Step::channel(const convene_leg& leg, std::string_view name, std::string_view detail) {
  if (!is_staff(leg)) return refuse(leg, name, "not_allowed");
  const json::Value given = parse_detail(detail);
  const std::string_view channel = given.text("channel");
  if (!is_code(channel)) return refuse(leg, name, "malformed");
  if (name == "open_channel") {
    effects_.open_channel(channel);
  } else {
    effects_.close_channel(channel);
  }
}

/// The customer's answer to "agent_away".
void Step::choose(const convene_leg& leg, std::string_view detail) {
  const bool open =
      leg.role == CONVENE_ROLE_CUSTOMER && exclusive() && !has_live(CONVENE_ROLE_AGENT);
  if (!open) return refuse(leg, "choose", "nothing_to_choose");
  const json::Value given = parse_detail(detail);
  const std::string_view choice = given.text("choice");
  if (choice == "later") return put_back("customer_chose_later");
  if (choice == "wait") {
    state_.asked = false;
    effects_.clear_timer(kAway);
    if (!session_.searching())
      effects_.set_timer(kRetry, session_.now_ms() + settings_.retry_after_ms);
    return;
  }
  if (choice != "anybody") return refuse(leg, "choose", "malformed");
  state_.asked = false;
  state_.anybody = true;
  effects_.clear_timer(kAway);
  effects_.stop_search();
  search();
}

/// To the pool that the flow names for it; where it names none, or nobody is there either, the session ends so.
void Step::escalate() {
  if (settings_.escalate_to.empty() || state_.escalated) {
    effects_.end(CONVENE_END_ESCALATED, "escalated");
    return;
  }
  state_.escalated = true;
  if (session_.searching()) effects_.stop_search();
  effects_.find_agent(settings_.escalate_to);
  effects_.notify(0, "escalated");
}

}  // namespace convene::rendezvous
