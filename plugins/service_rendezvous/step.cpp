// plugins/service_rendezvous/step.cpp - what happened, and what follows.
#include "plugins/service_rendezvous/step.hpp"

namespace convene::rendezvous {

bool Step::has_live(int role) const { return session_.count(role, sdk::is_live_leg) > 0; }

bool Step::has_joined(int role) const { return session_.count(role, sdk::is_joined_leg) > 0; }

void Step::take(const sdk::Event& event) {
  switch (event.kind()) {
    case CONVENE_EVENT_CREATED:
      return;  // Nobody joins, nobody is disturbed: the return is the trigger (claim 5).
    case CONVENE_EVENT_ARRIVED:
      return arrived();
    case CONVENE_EVENT_DUE:
      return timer(kEarly);
    case CONVENE_EVENT_LEG:
      return leg_changed(event.leg(), event.leg_state());
    case CONVENE_EVENT_ACCEPTED:
      return accepted(event.agent());
    case CONVENE_EVENT_MISSED:
      return missed();
    case CONVENE_EVENT_NO_AGENT:
      return no_agent(event.agent());
    case CONVENE_EVENT_TIMER:
      return timer(event.timer());
    case CONVENE_EVENT_REQUEST:
      return request(event);
    default:
      return;  // Of a newer core: nothing that this service has to do.
  }
}

void Step::arrived() {
  state_.arrived = true;
  effects_.add_customer();
  if (session_.searching() || has_live(CONVENE_ROLE_AGENT)) return;
  if (settings_.early == Early::wait && session_.due_ms() > session_.now_ms()) {
    effects_.set_timer(kEarly, session_.due_ms());
    effects_.notify(CONVENE_ROLE_CUSTOMER, "early",
                    json::write(json::object({{"due", session_.due_ms()}})));
    return;
  }
  search();
}

void Step::search() {
  if (state_.waiting_since_ms == 0) state_.waiting_since_ms = session_.now_ms();
  const std::string_view only = exclusive() ? session_.wanted_agent() : std::string_view();
  effects_.find_agent({}, only);
  effects_.notify(CONVENE_ROLE_CUSTOMER, "searching");
  if (exclusive() && settings_.agent_away != AgentAway::wait) {
    effects_.set_timer(kAway, session_.now_ms() + settings_.agent_wait_ms);
  }
}

void Step::accepted(std::string_view agent) {
  for (const Timer timer : {kAway, kRetry, kEarly}) effects_.clear_timer(timer);
  state_.asked = false;
  state_.waiting_since_ms = 0;
  effects_.add_agent(agent);
}

void Step::missed() {
  // Of anybody the search simply goes on. A wanted agent who does not take the offer is as good as away.
  if (!exclusive() || has_live(CONVENE_ROLE_AGENT)) return;
  if (settings_.agent_away == AgentAway::retime) put_back("agent_away");
  if (settings_.agent_away == AgentAway::ask) ask_customer();
}

/// `agent` is who was searched for and nobody else, or who accepted and could not be added after all.
void Step::no_agent(std::string_view agent) {
  if (has_live(CONVENE_ROLE_AGENT)) {
    effects_.notify(CONVENE_ROLE_AGENT, "no_agent");
    return;
  }
  if (!agent.empty() && !exclusive() && !state_.escalated) return search();
  if (state_.escalated) return void(effects_.end(CONVENE_END_ESCALATED, "no_agent"));
  if (exclusive()) {
    if (settings_.agent_away == AgentAway::retime) return put_back("agent_away");
    if (settings_.agent_away == AgentAway::ask) return ask_customer();
    return wait_or_give_up();
  }
  if (settings_.no_agent == NoAgent::retime) return put_back("no_agent");
  if (settings_.no_agent == NoAgent::escalate) return escalate();
  wait_or_give_up();
}

void Step::wait_or_give_up() {
  if (session_.now_ms() - state_.waiting_since_ms >= settings_.give_up_ms)
    return put_back("no_agent");
  effects_.notify(CONVENE_ROLE_CUSTOMER, "waiting");
  effects_.set_timer(kRetry, session_.now_ms() + settings_.retry_after_ms);
}

void Step::ask_customer() {
  if (state_.asked) return;
  state_.asked = true;
  effects_.notify(
      CONVENE_ROLE_CUSTOMER, "agent_away",
      json::write(json::object({{"choices", json::array({"wait", "anybody", "later"})}})));
  effects_.set_timer(kAway, session_.now_ms() + settings_.ask_timeout_ms);
}

void Step::timer(std::uint32_t number) {
  const bool waits = state_.arrived && !has_live(CONVENE_ROLE_AGENT);
  if (!waits) return;
  if (number == kAway && exclusive()) {
    if (settings_.agent_away == AgentAway::ask && !state_.asked) return ask_customer();
    return put_back(state_.asked ? "no_answer" : "agent_away");
  }
  if ((number == kRetry || number == kEarly) && !session_.searching()) search();
}

/// The same bookmark works again later; the page says so (design 5: re-timed with notice).
void Step::put_back(std::string_view reason) {
  effects_.notify(CONVENE_ROLE_CUSTOMER, "put_back",
                  json::write(json::object({{"reason", reason}})));
  effects_.end(CONVENE_END_RETIMED, reason);
}

void Step::leg_changed(std::uint64_t id, int leg_state) {
  const convene_leg* leg = session_.find(id);
  if (leg == nullptr) return;
  if (sdk::is_live_leg(leg_state)) {
    if (has_joined(CONVENE_ROLE_CUSTOMER) && has_joined(CONVENE_ROLE_AGENT)) state_.served = true;
    return;
  }
  const bool was_there = leg_state == CONVENE_LEG_LEFT;
  if (leg->role == CONVENE_ROLE_CUSTOMER)
    customer_gone(was_there ? "customer_left" : "customer_not_connected");
  if (leg->role == CONVENE_ROLE_AGENT) agent_gone(was_there);
}

void Step::customer_gone(std::string_view reason) {
  if (has_live(CONVENE_ROLE_CUSTOMER)) return;
  effects_.end(state_.served ? CONVENE_END_COMPLETED : CONVENE_END_RETIMED, reason);
}

void Step::agent_gone(bool was_there) {
  if (session_.searching() || has_live(CONVENE_ROLE_AGENT)) return;
  if (!has_live(CONVENE_ROLE_CUSTOMER)) {
    effects_.end(state_.served ? CONVENE_END_COMPLETED : CONVENE_END_RETIMED, "all_left");
    return;
  }
  // An agent who never got through, or left before the customer was there, has served nobody.
  if (was_there && state_.served && settings_.agent_left == AgentLeft::end) {
    effects_.end(CONVENE_END_COMPLETED, "agent_left");
    return;
  }
  effects_.notify(CONVENE_ROLE_CUSTOMER, "agent_left");
  search();
}

}  // namespace convene::rendezvous
