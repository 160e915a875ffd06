// core/sim/day_gateway.cpp - a day's one gateway and its desks: what they do when the core says something.
#include "core/sim/day_player.hpp"
#include "core/sim/random.hpp"

namespace convene::sim {

void Day::on(const output::Answer& answer) {
  const Asked asked = asked_[answer.request.value - 1];
  if (asked.contact == kNobody) return;
  const std::size_t i = asked.contact;
  Visit& v = visits_[i];
  if (const auto* joined = std::get_if<output::Joined>(&answer.body)) {
    v.leg = joined->details.leg;
    v.session = joined->details.session;
    sessions_[v.session] = i;
    return;
  }
  const auto* refused = std::get_if<output::Refused>(&answer.body);
  if (refused == nullptr) return;
  if (asked.what == Asking::booking) return turn_away(i, refused->code);
  if (refused->retry_after <= Duration{0}) return turn_away(i, refused->code);
  agenda_.in(refused->retry_after, [this, i] {  // The page tries again by itself.
    if (!visits_[i].left) arrive(i);
  });
}

void Day::on(const output::LegOrder& order) {
  auto it = legs_.find(order.leg);
  if (it == legs_.end()) {
    if (!order.join || order.seq == 0) return;
    const std::size_t i = contact_of(order.details.session);
    if (i == kNobody) return;
    it = legs_.emplace(order.leg, LegEnd{}).first;
    it->second.contact = i;
    it->second.customer = order.details.role == Role::customer;
  }
  LegEnd& end = it->second;
  if (order.seq <= end.ordered) return;
  end.ordered = order.seq;
  const LegId leg = order.leg;
  if (!order.join) {
    agenda_.in(Duration{0}, [this, leg] { report(leg, LegState::left); });
    return;
  }
  end.epoch = order.details.ticket.epoch;
  end.channels = order.details.channels;
  if (plan_.desk.connect > Duration{0}) {
    agenda_.in(Duration{0}, [this, leg] { report(leg, LegState::connecting); });
  }
  agenda_.in(plan_.desk.connect, [this, leg] {
    const auto known = legs_.find(leg);
    if (known == legs_.end()) return;
    const Visit& v = visits_[known->second.contact];
    if (known->second.customer && v.left) return;
    report(leg, LegState::connected);
  });
}

/// What its proxy says of a leg; once it has left, the proxy forgets it.
void Day::report(LegId leg, LegState state) {
  const auto it = legs_.find(leg);
  if (it == legs_.end()) return;
  LegEnd& end = it->second;
  input::LegReport in;
  in.peer = kGateway;
  in.leg = leg;
  in.seq = ++end.reported;
  in.ack = end.ordered;
  in.epoch = end.epoch;
  in.state = state;
  if (state == LegState::connected) in.channels = end.channels;
  if (state == LegState::left) {
    in.reason = "left";
    legs_.erase(it);
  }
  give(std::move(in));
}

void Day::on(const output::OfferMade& made) {
  const std::size_t i = contact_of(made.offer.session);
  if (i == kNobody) return;
  const std::uint32_t attempt = ++outcomes_[i].offers;
  if (made.answered) return;
  Random dice(plan_.seed * 0x9e3779b97f4a7c15 + (i + 1) * 0xd1342543de82ef95 + attempt);
  const std::uint64_t mood = dice.below(1'000'000);
  const Duration thinks = plan_.desk.answer.draw(dice);
  if (mood < plan_.desk.misses_ppm) return;
  const bool accepts = mood >= std::uint64_t{plan_.desk.misses_ppm} + plan_.desk.declines_ppm;
  agenda_.in(thinks, [this, agent = made.agent, offer = made.offer.offer, accepts] {
    give(input::OfferAnswer{ask(kNobody, Asking::other), kGateway, agent, offer, accepts});
  });
}

void Day::on(const output::AgentChanged& changed) {
  if (changed.reason.empty()) return;
  agenda_.in(plan_.desk.back, [this, agent = changed.agent] {
    if (at_work_[agent] > 0)
      give(input::AgentSays{ask(kNobody, Asking::other), kGateway, agent, AgentState::ready});
  });
}

}  // namespace convene::sim
