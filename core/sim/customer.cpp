// core/sim/customer.cpp - what customers do, and everything that customers do wrong.
#include "core/sim/people.hpp"

namespace convene::sim {

using std::chrono::minutes;
using std::chrono::seconds;

namespace {
constexpr int kPatience = 6;  ///< Attempts at the same thing.

const char* context_of(Random& life) {
  static constexpr const char* kContexts[] = {
      R"({"lang":"de","product":"loans","name":"Erika Mustermann"})", R"({"lang":"en"})",
      R"({"lang":"fr-CA","page":"/cards","why":"limit"})", "{}"};
  return kContexts[life.below(4)];
}
}  // namespace

void Customer::again(Duration in, void (Customer::*what)()) {
  world_.agenda.in(in, [this, what, g = next()] {
    if (g == generation_) (this->*what)();
  });
}

void Customer::plan(Duration in) {
  state_ = State::idle;
  key_ = {};
  leg_ = {};
  carrier_ = nullptr;
  tries_ = 0;
  if (next_key_) return hold(std::exchange(next_key_, Hash{}), std::nullopt);
  again(in, &Customer::wish);
}

void Customer::wish() {
  const std::uint64_t kind = world_.life.below(100);
  if (kind < 4) guess();
  if (kind < 75) return book();
  start_now();
}

/// An identifier that nobody ever issued.
void Customer::guess() {
  world_.gateway().ask(input::Return{.key = world_.life.hash()}, [](const Reply*) {});
}

void Customer::book() {
  Random& life = world_.life;
  state_ = State::booking;
  input::Book in;
  static constexpr const char* kFlows[] = {"later", "eager", "escalating"};
  in.flow = kFlows[life.below(3)];
  in.context = context_of(life);
  if (life.percent(40))
    in.due = world_.now() + life.between(Duration{minutes(1)}, Duration{minutes(180)});
  if (life.percent(15))
    in.agent = "agent" +
               std::to_string(100 + life.below(static_cast<std::uint64_t>(world_.options.agents)));
  if (life.percent(50)) in.idempotency = life.hash();
  const std::optional<Time> due = in.due;
  world_.gateway().ask(std::move(in), [this, due, g = next()](const Reply* reply) {
    if (g != generation_) return;
    if (const auto* booked = reply ? std::get_if<output::Booked>(&reply->body) : nullptr)
      return hold(booked->key, due);
    if (++tries_ > kPatience) return plan(minutes(60));
    again(world_.life.between(Duration{seconds(10)}, Duration{seconds(60)}), &Customer::book);
  });
}

void Customer::hold(const Hash& key, std::optional<Time> due) {
  Random& life = world_.life;
  state_ = State::holding;
  key_ = key;
  tries_ = 0;
  if (life.percent(8))
    return again(life.between(Duration{seconds(5)}, Duration{minutes(10)}), &Customer::change_mind);
  if (life.percent(4))
    return again(minutes(60 * 20), &Customer::come);  // Too late: it has expired by then.
  Duration wait = life.between(Duration{minutes(1)}, Duration{minutes(180)});
  if (due)
    wait =
        std::max(Duration{seconds(1)},
                 *due - world_.now() + life.between(Duration{minutes(-3)}, Duration{minutes(8)}));
  again(wait, &Customer::come);
}

/// Looks, moves or cancels.
void Customer::change_mind() {
  Random& life = world_.life;
  const std::uint64_t kind = life.below(3);
  Input in = input::Look{.key = key_};
  if (kind == 1) {
    std::optional<Time> due;
    if (life.percent(70))
      due = world_.now() + life.between(Duration{minutes(2)}, Duration{minutes(60)});
    in = input::Retime{.key = key_, .due = due};
  } else if (kind == 2) {
    in = input::Cancel{.key = key_};
  }
  world_.gateway().ask(std::move(in), [](const Reply*) {});
  again(life.between(Duration{minutes(1)}, Duration{minutes(60)}),
        &Customer::come);  // Cancelled or not.
}

void Customer::come() {
  state_ = State::returning;
  connected_once_ = false;
  world_.gateway().ask(input::Return{.key = key_}, [this, g = next()](const Reply* reply) {
    if (g != generation_) return;
    if (const auto* in = reply ? std::get_if<output::Joined>(&reply->body) : nullptr)
      return joined(*in, reply->token);
    if (++tries_ > kPatience) return plan(minutes(90));
    again(world_.life.between(Duration{seconds(5)}, Duration{seconds(45)}), &Customer::come);
  });
}

void Customer::start_now() {
  state_ = State::returning;
  connected_once_ = false;
  world_.gateway().ask(
      input::Start{.flow = "now", .context = context_of(world_.life)},
      [this, g = next()](const Reply* reply) {
        if (g != generation_) return;
        if (const auto* in = reply ? std::get_if<output::Joined>(&reply->body) : nullptr)
          return joined(*in, reply->token);
        if (++tries_ > 2) return plan(minutes(90));
        again(world_.life.between(Duration{seconds(5)}, Duration{seconds(45)}),
              &Customer::start_now);
      });
}

void Customer::joined(const output::Joined& in, const Hash& token) {
  state_ = State::joining;
  leg_ = in.details.leg;
  token_ = token;
  carrier_ = nullptr;
  for (auto& peer : world_.peers) {
    const bool carries =
        in.details.gateway.empty() ? peer->is_switch() : peer->name() == in.details.gateway;
    if (carries) carrier_ = peer.get();
  }
  // Whatever goes wrong from here on: come back with the token.
  again(seconds(25), &Customer::resume);
  if (carrier_) carrier_->present(leg_, in.details.ticket.epoch, *this);
}

void Customer::ticket_refused(LegId leg) {
  if (leg != leg_ || state_ != State::joining) return;
  again(world_.life.between(Duration{seconds(1)}, Duration{seconds(10)}), &Customer::resume);
}

void Customer::resume() {
  if (++tries_ > kPatience * 2) return plan(minutes(60));
  state_ = State::away;
  world_.gateway().ask(input::Resume{.token = token_}, [this, g = next()](const Reply* reply) {
    if (g != generation_) return;
    if (const auto* in = reply ? std::get_if<output::Joined>(&reply->body) : nullptr)
      return joined(*in, token_);
    const auto* refused = reply ? std::get_if<output::Refused>(&reply->body) : nullptr;
    if (refused && refused->code == "no_session") {
      // The session is over. An identifier may still be good: put back.
      if (key_ && world_.life.percent(70))
        return again(world_.life.between(Duration{seconds(5)}, Duration{minutes(5)}),
                     &Customer::come);
      return plan(minutes(60));
    }
    again(world_.life.between(Duration{seconds(2)}, Duration{seconds(20)}), &Customer::resume);
  });
}

void Customer::connected(LegId leg) {
  if (leg != leg_ || (state_ != State::joining && state_ != State::away)) return;
  state_ = State::talking;
  tries_ = 0;
  Random& life = world_.life;
  if (connected_once_)
    return again(life.between(Duration{minutes(1)}, Duration{minutes(6)}), &Customer::talk);
  connected_once_ = true;
  if (key_ && life.percent(6)) replay();
  if (world_.net.chance_ppm(world_.faults.browser_drops) && !world_.calm) {
    return again(life.between(Duration{seconds(1)}, Duration{minutes(4)}), &Customer::drop);
  }
  if (life.percent(8))
    return again(life.between(Duration{seconds(5)}, Duration{seconds(60)}),
                 &Customer::talk);  // Impatient.
  again(life.between(Duration{minutes(2)}, Duration{minutes(12)}), &Customer::talk);
}

/// Talked enough.
void Customer::talk() {
  if (world_.life.percent(12)) return continue_later();
  leave(world_.life.percent(60));
}

/// A second browser returns the same identifier while the first one is in (promise E4).
void Customer::replay() {
  world_.gateway().ask(input::Return{.key = key_}, [](const Reply*) {});
}

/// Claim 4: the same agent again, another time.
void Customer::continue_later() {
  input::Book in;
  in.continues = token_;
  in.agent = "agent100";  // Must not count: the system extracts it.
  in.idempotency = world_.life.hash();
  world_.gateway().ask(std::move(in), [this, g = next()](const Reply* reply) {
    if (g != generation_) return;
    if (const auto* booked = reply ? std::get_if<output::Booked>(&reply->body) : nullptr)
      next_key_ = booked->key;
    leave(true);
  });
}

void Customer::leave(bool politely) {
  Random& life = world_.life;
  const Hash old = key_;
  if (carrier_ != nullptr) {
    if (politely) {
      carrier_->ask(input::LegRequest{.leg = leg_, .name = "leave"}, [](const Reply*) {});
    } else {
      carrier_->report(leg_, LegState::left, "closed");
    }
  }
  plan(life.between(Duration{minutes(30)}, Duration{minutes(60 * 14)}));
  if (old && life.percent(10)) {  // An old bookmark, used up by now.
    world_.agenda.in(life.between(Duration{seconds(1)}, Duration{minutes(30)}), [this, old] {
      world_.gateway().ask(input::Return{.key = old}, [](const Reply*) {});
    });
  }
}

/// Reload, tunnel, empty battery.
void Customer::drop() {
  world_.count(FaultKind::browser_dropped);
  if (carrier_ != nullptr) {
    world_.agenda.in(world_.net.between(Duration{100}, Duration{8000}),
                     [peer = carrier_, leg = leg_] {
                       const auto it = peer->legs().find(leg);
                       if (it != peer->legs().end() && it->second.state == LegState::connected)
                         peer->report(leg, LegState::degraded, "lost");
                     });
  }
  state_ = State::away;
  if (world_.life.percent(15)) return plan(minutes(120));  // Never seen again.
  again(world_.life.between(Duration{seconds(1)}, Duration{seconds(90)}), &Customer::resume);
}

void Customer::socket_lost(LegId leg) {
  if (leg != leg_ || state_ == State::idle) return;
  state_ = State::away;
  again(world_.life.between(Duration{seconds(1)}, Duration{seconds(15)}), &Customer::resume);
}

void Customer::closed(LegId leg, const std::string& reason) {
  if (leg != leg_ || state_ == State::idle || state_ == State::booking || state_ == State::holding)
    return;
  const bool put_back = reason == "no_agent" || reason == "agent_away" || reason == "no_answer";
  if (key_ && put_back && world_.life.percent(60)) {
    tries_ = 0;
    return again(world_.life.between(Duration{minutes(2)}, Duration{minutes(60)}), &Customer::come);
  }
  plan(world_.life.between(Duration{minutes(30)}, Duration{minutes(60 * 14)}));
}

}  // namespace convene::sim
