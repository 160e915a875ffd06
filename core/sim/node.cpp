// core/sim/node.cpp - the core's process, as core/runtime makes it, without sockets.
#include "core/sim/node.hpp"

#include <utility>

#include "core/sim/peer.hpp"

namespace convene::sim {

void Node::start() {
  ++life_;
  shift_ = world_.clock_error;  // A new process starts its time line with the wall clock.
  loop_ = std::make_unique<CommitLoop>(world_.settings, world_.store, world_.options.observer);
  generation_ = 0;
  planned_ = kNever;
  world_.history.remark("node starts");
  (void)loop_->recover(now());  // It tries again by itself.
  restored();
  plan(loop_->next_wake());
}

void Node::crash(Duration down_for) {
  if (!loop_) return;
  world_.history.remark("node crashes");
  const bool stops = world_.net.percent(50);
  if (loop_->available()) {
    testing::MemoryStore all_written = world_.memory;
    all_written.fault = nullptr;
    (void)all_written.commit(loop_->kept());
    if (!(loop_->engine().snapshot() == *all_written.restore())) {
      world_.checker.fail("the engine's snapshot is not what the store restores");
    }
    if (stops) {  // As every other time: what waits for the next commit is written before.
      auto fault = std::exchange(world_.memory.fault, nullptr);
      (void)loop_->flush();
      world_.memory.fault = std::move(fault);
    }
  }
  loop_.reset();
  ++life_;
  batch_.clear();
  asking_.clear();
  origins_.clear();
  world_.checker.forget_requests();
  auto connections = std::move(connections_);
  connections_.clear();
  for (const auto& [id, peer] : connections) {
    world_.agenda.in(world_.net.between(Duration{0}, Duration{3000}),
                     [p = peer] { p->core_lost(); });
  }
  world_.agenda.in(down_for, [this, life = life_] {
    if (life == life_ && !loop_) start();
  });
}

PeerId Node::hello(Peer& peer) {
  if (!loop_) return {};
  const PeerId id{++last_connection_};
  std::erase_if(connections_, [&](const auto& c) { return c.second == &peer; });
  connections_[id] = &peer;
  tell(input::PeerUp{id, peer.name(), !peer.is_switch(), peer.is_switch()});
  return id;
}

void Node::gone(PeerId connection) {
  if (!loop_ || connections_.erase(connection) == 0) return;
  tell(input::PeerDown{connection});
}

void Node::request(PeerId connection, Peer& peer, std::uint64_t id, const Input& input) {
  const auto c = connections_.find(connection);
  if (!loop_ || c == connections_.end()) return;
  const auto [it, fresh] = asking_.try_emplace({&peer, id});
  if (!fresh) {  // Repeated: answered from memory, or still being worked at.
    if (it->second.reply) reply(peer, id, *it->second.reply);
    return;
  }
  it->second = {RequestId{++last_request_}, std::nullopt, world_.now()};
  if (asking_.size() > 4096) {
    std::erase_if(asking_, [this](const auto& a) {
      return a.second.since < world_.now() - std::chrono::minutes(2);
    });
  }
  const RequestId number = it->second.request;
  Origin origin{&peer, id, {}};
  Input own = input;
  Asked kind = Asked::other;
  Hash key;
  std::visit(
      [&](auto& in) {
        using T = std::decay_t<decltype(in)>;
        if constexpr (requires { in.request; }) in.request = number;
        if constexpr (requires { in.peer; }) in.peer = connection;
        // Identifiers and tokens are made here, and nowhere else.
        if constexpr (std::is_same_v<T, input::Book>) {
          in.key = world_.life.hash();
          kind = Asked::booking;
        } else if constexpr (std::is_same_v<T, input::Return>) {
          in.token = origin.token = world_.life.hash();
          kind = Asked::arrival;
          key = in.key;
        } else if constexpr (std::is_same_v<T, input::Start>) {
          in.token = origin.token = world_.life.hash();
          kind = Asked::start;
        } else if constexpr (std::is_same_v<T, input::Resume>) {
          origin.token = in.token;
          kind = Asked::resume;
        }
      },
      own);
  origins_[number] = origin;
  world_.checker.asked(number, kind, key, world_.now());
  tell(std::move(own));
}

void Node::tell(Input input) {
  if (!loop_) return;
  batch_.push_back(std::move(input));
  if (batch_.size() == 1) plan(now() + Duration{world_.net.between(0, 2)});
}

void Node::clock_changed() { tell(input::ClockStep{world_.clock_error - shift_}); }

void Node::plan(Time when) {
  if (when == kNever) return;
  const Time at = std::max(when - shift_, world_.now());
  if (planned_ <= at) return;
  planned_ = at;
  world_.agenda.at(at, [this, life = life_, number = ++plan_] {
    if (life != life_ || number != plan_) return;
    planned_ = kNever;
    run();
  });
}

void Node::run() {
  runs_ = world_.now() == last_run_ ? runs_ + 1 : 0;
  last_run_ = world_.now();
  if (runs_ > 2000) return world_.checker.fail("the core does not come to rest");
  world_.history.step(now());
  world_.checker.begin(world_.now(), world_.wall(), batch_.size() <= 1);
  std::vector<Input> batch;
  batch.swap(batch_);
  for (const Input& input : batch) world_.history.in(input);
  released_.clear();
  const bool was_available = loop_->available();
  loop_->run(now(), batch, released_);
  if (was_available && !loop_->available()) {
    world_.count(FaultKind::engine_lost);
    world_.history.remark("engine lost");
  }
  for (const Output& output : released_) {
    world_.history.out(output);
    world_.checker.released(output);
  }
  for (const Output& output : released_) release(output);
  restored();
  plan(loop_->next_wake());
}

/// Another engine than before: its events begin anew, and peers repeat what they know.
void Node::restored() {
  if (loop_->generation() == generation_) return;
  generation_ = loop_->generation();
  world_.checker.resync();
  for (const auto& [id, peer] : connections_) {
    world_.agenda.in(Duration{1}, [p = peer, life = life_, this] {
      if (life == life_) p->welcome();
    });
  }
}

void Node::release(const Output& output) {
  if (const auto* answer = std::get_if<output::Answer>(&output)) {
    const auto origin = origins_.find(answer->request);
    if (origin == origins_.end()) return;
    const Origin from = origin->second;
    origins_.erase(origin);
    const auto asking = asking_.find({from.peer, from.id});
    if (asking == asking_.end()) return;
    asking->second.reply = Reply{answer->body, from.token};
    return reply(*from.peer, from.id, *asking->second.reply);
  }
  const auto send = [this](PeerId to, const auto& message) {
    const auto c = connections_.find(to);
    if (c == connections_.end()) return;
    world_.transmit([peer = c->second, to, message] {
      if (peer->connection() == to) peer->on(message);
    });
  };
  if (const auto* order = std::get_if<output::LegOrder>(&output)) send(order->peer, *order);
  if (const auto* offer = std::get_if<output::OfferMade>(&output)) send(offer->peer, *offer);
  if (const auto* changed = std::get_if<output::AgentChanged>(&output))
    send(changed->peer, *changed);
}

void Node::reply(Peer& peer, std::uint64_t id, const Reply& reply) {
  world_.transmit([p = &peer, to = peer.connection(), id, reply] {
    if (p->connection() == to) p->on_reply(id, reply);
  });
}

}  // namespace convene::sim
