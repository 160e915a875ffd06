// core/sim/desk.cpp - agents at their desks.
#include "core/sim/people.hpp"

namespace convene::sim {

using std::chrono::minutes;
using std::chrono::seconds;

void Desk::again(Duration in, void (Desk::*what)()) {
  world_.agenda.in(in, [this, what, g = ++generation_] {
    if (g == generation_) (this->*what)();
  });
}

void Desk::sign_in() {
  if (!peer_->up() && !peer_->is_switch()) peer_ = &world_.gateway();
  peer_->ask(input::Attach{.agent = agent_}, [this, g = ++generation_](const Reply* reply) {
    if (g != generation_) return;
    const auto* attached = reply ? std::get_if<output::Attached>(&reply->body) : nullptr;
    if (attached == nullptr)
      return again(world_.life.between(Duration{seconds(1)}, Duration{seconds(8)}), &Desk::sign_in);
    attached_ = true;
    state_ = attached->state;
    for (const auto& offer : attached->offers) {
      seen_.erase(offer.offer);  // Whoever comes back may have missed the answer to its answer.
      offered(offer);
    }
    if (away_) return;
    if (state_ == AgentState::ready || state_ == AgentState::wrap_up) {
      return again(world_.life.between(Duration{minutes(30)}, Duration{minutes(150)}),
                   &Desk::take_break);
    }
    say(AgentState::ready);
  });
}

void Desk::say(AgentState state) {
  state_ = state;
  peer_->ask(input::AgentSays{.agent = agent_, .state = state}, [this, state, g = ++generation_](
                                                                    const Reply* reply) {
    if (g != generation_) return;
    const bool heard = reply && std::holds_alternative<output::Accepted>(reply->body);
    if (!heard)
      return again(world_.life.between(Duration{seconds(1)}, Duration{seconds(5)}), &Desk::sign_in);
    const Duration shortly = world_.life.between(Duration{minutes(3)}, Duration{minutes(15)});
    const Duration long_after = world_.life.between(Duration{minutes(30)}, Duration{minutes(150)});
    again(state == AgentState::ready ? long_after : shortly, &Desk::take_break);
  });
}

void Desk::take_break() {
  if (world_.calm) {
    away_ = false;
    return say(AgentState::ready);
  }
  if (state_ == AgentState::ready && world_.net.chance_ppm(world_.faults.walks_off))
    return walk_off();
  if (state_ != AgentState::ready && state_ != AgentState::wrap_up) return say(AgentState::ready);
  say(world_.life.percent(80) ? AgentState::paused : AgentState::signed_out);
}

void Desk::walk_off() {
  world_.count(FaultKind::agent_walked_off);
  away_ = true;
  const Duration gone = world_.life.between(Duration{minutes(2)}, Duration{minutes(40)});
  world_.agenda.in(gone, [this, walk = ++walks_] {
    if (walk != walks_ || !away_) return;
    away_ = false;
    say(AgentState::ready);
  });
}

void Desk::paused_by_core() {
  state_ = AgentState::paused;
  if (away_) return;
  const Duration looks =
      world_.life.between(Duration{500}, Duration{world_.calm ? 2'000 : 180'000});
  again(looks, &Desk::get_ready);
}

void Desk::offered(const output::OfferView& offer) {
  if (!attached_ || !seen_.insert(offer.offer).second) return;
  if (seen_.size() > 64) seen_.erase(seen_.begin());
  const std::uint64_t mood = world_.life.below(100);
  if (away_ || (mood < 8 && !world_.calm)) return;  // Not looking.
  const bool accepts = mood < 90 || world_.calm;
  const Duration thinks = world_.life.between(Duration{300}, Duration{world_.calm ? 2000 : 9000});
  world_.agenda.in(thinks, [this, id = offer.offer, accepts, session = offer.session] {
    peer_->ask(input::OfferAnswer{.agent = agent_, .offer = id, .accepts = accepts},
               [](const Reply*) {});
  });
}

void Desk::leg_connected(LegId leg) {
  Random& life = world_.life;
  if (world_.net.chance_ppm(world_.faults.desk_drops) && !world_.calm) {
    world_.agenda.in(life.between(Duration{seconds(1)}, Duration{minutes(3)}), [this] { drop(); });
  }
  const std::uint64_t kind = life.below(100);
  const Duration after = life.between(Duration{minutes(3)}, Duration{minutes(15)});
  if (kind < 35) {
    world_.agenda.in(after, [this, leg] {
      peer_->ask(input::LegRequest{.leg = leg, .name = "leave"}, [](const Reply*) {});
    });
  } else if (kind < 40) {
    world_.agenda.in(after, [this, leg] {
      peer_->ask(
          input::LegRequest{.leg = leg, .name = "open_channel", .detail = R"({"channel":"voice"})"},
          [](const Reply*) {});
    });
  } else if (kind < 43) {
    world_.agenda.in(after, [this, leg] {
      input::Book in;
      in.continues_leg = leg;
      peer_->ask(std::move(in), [](const Reply*) {});
    });
  } else if (kind < 45) {
    world_.agenda.in(after, [this, leg] {
      peer_->ask(input::LegRequest{.leg = leg, .name = "escalate"}, [](const Reply*) {});
    });
  }
}

void Desk::drop() {
  if (!attached_ || world_.calm) return;
  world_.count(FaultKind::desk_dropped);
  attached_ = false;
  peer_->desk_lost(agent_);
  if (peer_->connection()) {
    world_.transmit([this, from = peer_->connection()] {
      world_.node->tell(input::Detach{from, agent_});
    });
  }
  if (!peer_->is_switch() && world_.life.percent(40)) peer_ = &world_.gateway();
  again(world_.life.between(Duration{seconds(2)}, Duration{seconds(100)}), &Desk::sign_in);
}

void Desk::peer_lost() {
  attached_ = false;
  if (!peer_->is_switch() && world_.life.percent(30)) peer_ = &world_.gateway();
  again(world_.life.between(Duration{seconds(1)}, Duration{seconds(20)}), &Desk::sign_in);
}

void Desk::core_is_new() {
  attached_ = false;
  again(world_.life.between(Duration{1}, Duration{500}), &Desk::sign_in);
}

}  // namespace convene::sim
