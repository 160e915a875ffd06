// core/sim/people.hpp - customers who book, come back, wait, talk and vanish; agents at their desks.
#pragma once

#include <set>
#include <string>

#include "core/sim/peer.hpp"

namespace convene::sim {

/// One customer, who has one wish at a time. Whatever is awaited and does not come is tried again or given up: a
/// generation number makes everything that was awaited before void.
class Customer {
 public:
  Customer(World& world, std::size_t index) : world_(world), index_(index) {}

  void plan(Duration in);  ///< The next wish.

  // From the gateway that carries the leg.
  void connected(LegId leg);
  void closed(LegId leg, const std::string& reason);  ///< The core has ended the leg.
  void socket_lost(LegId leg);                        ///< The gateway, or the way to it, is gone.
  void ticket_refused(LegId leg);

 private:
  enum class State { idle, booking, holding, returning, joining, talking, away };

  void wish();
  void book();
  void hold(const Hash& key, std::optional<Time> due);
  void change_mind();
  void come();
  void start_now();
  void joined(const output::Joined& joined, const Hash& token);
  void resume();
  void leave(bool politely);
  void talk();
  void drop();
  void continue_later();
  void replay();
  void guess();
  void again(Duration in, void (Customer::*what)());
  std::uint64_t next() { return ++generation_; }

  World& world_;
  std::size_t index_;
  std::uint64_t generation_ = 0;
  State state_ = State::idle;
  Hash key_, next_key_, token_;
  LegId leg_;
  Peer* carrier_ = nullptr;
  int tries_ = 0;
  bool connected_once_ = false;
};

/// An agent's desk: attached through a peer, answers offers, talks, takes breaks, loses its network.
class Desk {
 public:
  Desk(World& world, std::string agent, Peer* home)
      : world_(world), agent_(std::move(agent)), peer_(home) {}

  void sign_in();
  void offered(const output::OfferView& offer);
  void paused_by_core();  ///< For not answering; the agent presses "ready" when it sees that.
  void leg_connected(LegId leg);
  void peer_lost();    ///< The adapter that spoke for us is gone.
  void core_is_new();  ///< Attach again.
  void drop();
  void take_break();
  const std::string& agent() const { return agent_; }
  const Peer* peer() const { return peer_; }
  bool ready() const { return attached_ && state_ == AgentState::ready; }
  /// Nobody sits here, and the desk is open: nothing is answered and no leg connects.
  bool away() const { return away_; }

 private:
  void say(AgentState state);
  void get_ready() { say(AgentState::ready); }
  void walk_off();
  void again(Duration in, void (Desk::*what)());

  World& world_;
  std::string agent_;
  Peer* peer_;
  bool attached_ = false;
  bool away_ = false;
  std::uint64_t walks_ = 0;
  AgentState state_ = AgentState::signed_out;
  std::uint64_t generation_ = 0;
  std::set<OfferId> seen_;
};

}  // namespace convene::sim
