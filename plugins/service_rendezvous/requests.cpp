// plugins/service_rendezvous/requests.cpp - what endpoints may ask of the service.
#include "plugins/service_rendezvous/step.hpp"

namespace convene::rendezvous {
namespace {

json::Value parse_detail(std::string_view detail) {
  json::Parsed read = json::parse(detail.empty() ? "{}" : detail);
  if (!read) throw sdk::Failure("the request's detail is not JSON");
  return std::move(*read.value);
}

bool is_staff(const convene_leg& leg) {
  return leg.role == CONVENE_ROLE_AGENT || leg.role == CONVENE_ROLE_SUPERVISOR;
}

}  // namespace

void Step::request(const sdk::Event& event) {
  const convene_leg* leg = session_.find(event.leg());
  if (leg == nullptr || !sdk::is_live_leg(leg->state)) throw sdk::Failure("the asking leg is not in the session");
  const std::string_view name = event.name();
  if (name == "leave") return leave(*leg);
  if (name == "open_channel" || name == "close_channel") return channel(*leg, name, event.detail());
  if (name == "choose") return choose(*leg, event.detail());
  if (name == "escalate") {
    if (!is_staff(*leg)) throw sdk::Failure("only an agent or a supervisor may escalate");
    return escalate();
  }
  throw sdk::Failure("this service knows leave, open_channel, close_channel, choose and escalate");
}

void Step::leave(const convene_leg& leg) {
  leaving_ = leg.id;
  effects_.remove(leg.id, "left");
  if (leg.role == CONVENE_ROLE_CUSTOMER) customer_gone("customer_left");
  if (leg.role == CONVENE_ROLE_AGENT) agent_gone(true);
}

void Step::channel(const convene_leg& leg, std::string_view name, std::string_view detail) {
  if (!is_staff(leg)) throw sdk::Failure("only an agent or a supervisor opens and closes channels for all");
  const json::Value given = parse_detail(detail);
  const std::string_view channel = given.text("channel");
  if (channel.empty() || channel.size() > 32) throw sdk::Failure("name the channel: {\"channel\":\"page\"}");
  if (name == "open_channel") {
    effects_.open_channel(channel);
  } else {
    effects_.close_channel(channel);
  }
}

/// The customer's answer to "agent_away".
void Step::choose(const convene_leg& leg, std::string_view detail) {
  if (leg.role != CONVENE_ROLE_CUSTOMER || !exclusive() || has_live(CONVENE_ROLE_AGENT)) {
    throw sdk::Failure("there is nothing to choose now");
  }
  const json::Value given = parse_detail(detail);
  const std::string_view choice = given.text("choice");
  if (choice == "later") return put_back("customer_chose_later");
  if (choice == "wait") {
    state_.asked = false;
    effects_.clear_timer(kAway);
    if (!session_.searching()) effects_.set_timer(kRetry, session_.now_ms() + settings_.retry_after_ms);
    return;
  }
  if (choice != "anybody") throw sdk::Failure("choose wait, anybody or later");
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
