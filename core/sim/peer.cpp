// core/sim/peer.cpp - an adapter on the command bus.
#include "core/sim/peer.hpp"

#include "core/sim/people.hpp"

namespace convene::sim {

// The bus -----------------------------------------------------------------------------------------------------------

void Peer::start() {
  up_ = true;
  connect();
}

void Peer::connect() {
  const std::uint64_t attempt = ++tries_;
  connection_ = {};
  world_.agenda.in(world_.net.between(Duration{20}, Duration{1000}), [this, attempt] {
    if (!up_ || attempt != tries_) return;
    connection_ = world_.node->hello(*this);
    if (!connection_) return connect();
    welcome();
  });
}

void Peer::welcome() {
  if (!up_ || !connection_) return;
  std::vector<LegId> carried;
  for (auto& [id, leg] : legs_) carried.push_back(id);
  for (const LegId id : carried) {
    LegControl& leg = legs_.at(id);
    leg.link.repeat(to_ms(world_.now()));
    pump(id, leg);
  }
  for (auto& desk : world_.desks) {
    if (desk->peer() == this) desk->core_is_new();
  }
  std::vector<std::uint64_t> waiting;
  for (const auto& [id, pending] : pending_) waiting.push_back(id);
  for (const std::uint64_t id : waiting) send(id);
}

void Peer::core_lost() {
  if (up_) connect();
}

void Peer::crash(Duration down_for) {
  if (!up_) return;
  world_.history.remark("adapter crashes", index_);
  up_ = false;
  ++life_;
  ++tries_;
  const PeerId old = connection_;
  connection_ = {};
  world_.agenda.in(world_.net.between(Duration{3000}, Duration{6000}),
                   [this, old] { world_.node->gone(old); });
  auto legs = std::move(legs_);
  legs_.clear();
  auto pending = std::move(pending_);
  pending_.clear();
  for (auto& [id, leg] : legs) {
    if (leg.customer) leg.customer->socket_lost(id);
  }
  for (auto& [id, request] : pending) {
    world_.agenda.in(world_.life.between(Duration{500}, Duration{5000}),
                     [done = request.done] { done(nullptr); });
  }
  for (auto& desk : world_.desks) {
    if (desk->peer() == this) desk->peer_lost();
  }
  world_.agenda.in(down_for, [this, life = life_] {
    if (life == life_ && !up_) start();
  });
}

void Peer::ask(Input input, Done done) {
  if (!up_) {
    world_.agenda.in(Duration{200}, [done = std::move(done)] { done(nullptr); });
    return;
  }
  const std::uint64_t id = ++last_id_;
  pending_[id] = {std::move(input), std::move(done), world_.now() + std::chrono::seconds(30)};
  send(id);
}

void Peer::send(std::uint64_t id) {
  const auto it = pending_.find(id);
  if (it == pending_.end()) return;
  if (it->second.deadline <= world_.now()) {
    const Done done = std::move(it->second.done);
    pending_.erase(it);
    return done(nullptr);
  }
  if (connection_) {
    world_.transmit([this, from = connection_, id, input = it->second.input] {
      world_.node->request(from, *this, id, input);
    });
  }
  world_.agenda.in(Duration{2000}, [this, life = life_, id] {
    if (life == life_) send(id);
  });
}

void Peer::on_reply(std::uint64_t id, const Reply& reply) {
  const auto it = pending_.find(id);
  if (it == pending_.end()) return;
  const Done done = std::move(it->second.done);
  pending_.erase(it);
  done(&reply);
}

void Peer::on(const output::OfferMade& offer) {
  if (offer.answered) return;
  if (Desk* desk = desk_of(offer.agent)) desk->offered(offer.offer);
}

void Peer::on(const output::AgentChanged& changed) {
  Desk* desk = changed.reason.empty() ? nullptr : desk_of(changed.agent);
  if (desk != nullptr) desk->paused_by_core();
}

/// The desk of this agent, if it is one of ours.
Desk* Peer::desk_of(const std::string& agent) const {
  for (const auto& desk : world_.desks) {
    if (desk->agent() == agent && desk->peer() == this) return desk.get();
  }
  return nullptr;
}

// Legs --------------------------------------------------------------------------------------------------------------

void Peer::on(const output::LegOrder& order) {
  auto it = legs_.find(order.leg);
  if (it == legs_.end()) {
    if (!order.join) {  // We know nothing of it and need not: just say that we have heard.
      if (order.seq == 0) return;
      const input::LegReport heard{connection_, order.leg, 0, order.seq, 0, LegState::left, {}, {}};
      world_.transmit([this, from = connection_, heard] {
        if (connection_ == from) world_.node->tell(heard);
      });
      return;
    }
    it = legs_.emplace(order.leg, LegControl{}).first;
  }
  LegControl& leg = it->second;
  if (leg.link.take({order.seq, order.ack}, to_ms(world_.now()))) {
    if (!order.join) {
      close(order.leg, leg, order.reason);
      if (is_live(leg.state)) post(leg, LegState::left, "told");
    } else if (is_live(leg.state)) {
      leg.endpoint = order.endpoint;
      leg.channels = order.details.channels;
      if (order.details.ticket.epoch > leg.epoch) {
        leg.epoch = order.details.ticket.epoch;
        if (leg.state != LegState::invited) leg.state = LegState::accepted;
        if (leg.customer) leg.customer = nullptr;  // It comes back with the new ticket.
        if (!leg.endpoint.empty() || switch_) connect_by_itself(order.leg, leg);
      } else if (leg.state == LegState::connected) {
        post(leg, LegState::connected, {});  // Other channels.
      }
    }
  }
  pump(order.leg, leg);
}

/// Desks and telephones have their software already (claim 20): details are enough.
void Peer::connect_by_itself(LegId id, const LegControl& leg) {
  const bool fails = !world_.calm && world_.options.faults && world_.life.percent(2);
  const Duration ringing = switch_ ? world_.life.between(Duration{1000}, Duration{8000})
                                   : world_.life.between(Duration{50}, Duration{800});
  world_.agenda.in(ringing, [this, id, epoch = leg.epoch, life = life_, fails] {
    const auto it = legs_.find(id);
    if (life != life_ || it == legs_.end() || it->second.epoch != epoch ||
        !is_live(it->second.state))
      return;
    Desk* desk = desk_of(it->second.endpoint);
    if (desk != nullptr && desk->away()) return;
    if (fails) return report(id, LegState::failed, "no_answer");
    report(id, LegState::connected, {});
    if (desk != nullptr) desk->leg_connected(id);
  });
}

void Peer::present(LegId id, std::uint32_t epoch, Customer& customer, int patience) {
  const auto it = legs_.find(id);
  if (up_ && it != legs_.end() && it->second.epoch > epoch) return customer.ticket_refused(id);
  if (!up_ || it == legs_.end() || it->second.epoch < epoch || !is_live(it->second.state)) {
    if (patience == 0 || !up_) return customer.ticket_refused(id);
    world_.agenda.in(Duration{500}, [this, id, epoch, c = &customer, patience] {
      present(id, epoch, *c, patience - 1);
    });
    return;
  }
  it->second.customer = &customer;
  if (switch_) return;  // It rings; connect_by_itself goes on.
  report(id, LegState::connecting, {});
  world_.agenda.in(world_.life.between(Duration{30}, Duration{700}),
                   [this, id, epoch, life = life_, c = &customer] {
                     const auto leg = legs_.find(id);
                     if (life != life_ || leg == legs_.end() || leg->second.epoch != epoch ||
                         leg->second.customer != c)
                       return;
                     report(id, LegState::connected, {});
                   });
}

void Peer::report(LegId id, LegState state, const std::string& reason) {
  const auto it = legs_.find(id);
  if (!up_ || it == legs_.end() || !is_live(it->second.state)) return;
  post(it->second, state, reason);
  pump(id, it->second);
  if (state == LegState::connected && it->second.customer) it->second.customer->connected(id);
}

void Peer::desk_lost(const std::string& agent) {
  for (auto& [id, leg] : legs_) {
    if (leg.endpoint == agent && leg.state == LegState::connected)
      report(id, LegState::degraded, "desk_lost");
  }
}

void Peer::post(LegControl& leg, LegState state, const std::string& reason) {
  leg.state = state;
  leg.reason = reason;
  leg.link.post(to_ms(world_.now()));
}

void Peer::close(LegId id, LegControl& leg, const std::string& reason) {
  Customer* customer = leg.customer;
  leg.customer = nullptr;
  if (customer) customer->closed(id, reason);
}

/// Sends what is due and sees to it that the next repetition is sent.
void Peer::pump(LegId id, LegControl& leg) {
  const std::int64_t now_ms = to_ms(world_.now());
  if (connection_ && leg.link.due(now_ms)) {
    const LegStamp stamp = leg.link.stamp(now_ms);
    input::LegReport report{connection_, id,        stamp.seq,    stamp.ack,
                            leg.epoch,   leg.state, leg.channels, leg.reason};
    world_.transmit([this, from = connection_, report = std::move(report)] {
      if (connection_ == from) world_.node->tell(report);
    });
  }
  if (!is_live(leg.state) && leg.link.settled()) {
    legs_.erase(id);
    return;
  }
  const std::int64_t next = leg.link.next_ms();
  if (next == LegLink::kNever || !connection_) return;
  const Time at = std::max(from_ms(next), world_.now() + Duration{1});
  if (leg.timer <= at && leg.timer > world_.now()) return;
  leg.timer = at;
  world_.agenda.at(at, [this, id, life = life_] {
    const auto it = legs_.find(id);
    if (life != life_ || it == legs_.end()) return;
    if (it->second.timer <= world_.now()) it->second.timer = kNever;
    pump(id, it->second);
  });
}

}  // namespace convene::sim
