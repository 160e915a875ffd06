// core/sim/peer.hpp - an adapter on the command bus: two gateways, and a switch that connects legs itself.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "convene/leg_link.hpp"
#include "core/sim/node.hpp"

namespace convene::sim {

/// The endpoint's end of one leg.
struct LegControl {
  LegLink link{LegEnd::proxy};
  std::uint32_t epoch = 0;
  LegState state = LegState::invited;  ///< `invited`: nothing to report yet.
  std::string endpoint;                ///< An agent's id; empty for a customer.
  std::vector<std::string> channels;
  std::string reason;
  Customer* customer = nullptr;
  Time timer = kNever;  ///< When the link is looked at next.
};

class Peer {
 public:
  using Done = std::function<void(const Reply*)>;  ///< Null: no answer by the deadline.

  Peer(World& world, std::size_t index, std::string name, bool is_switch)
      : world_(world), index_(index), name_(std::move(name)), switch_(is_switch) {}

  const std::string& name() const { return name_; }
  bool is_switch() const { return switch_; }
  std::size_t index() const { return index_; }
  bool up() const { return up_; }
  PeerId connection() const { return connection_; }

  // The bus ----------------------------------------------------------------------------------------------------
  void connect();  ///< Again and again until there is a core.
  void welcome();  ///< The core knows us, or is another one: say everything again.
  void core_lost();
  void crash(Duration down_for);
  void start();
  /// A request, repeated until answered or 30 seconds old.
  void ask(Input input, Done done);
  void on_reply(std::uint64_t id, const Reply& reply);
  void on(const output::LegOrder& order);
  void on(const output::OfferMade& offer);
  void on(const output::AgentChanged& changed);

  // The endpoints behind us --------------------------------------------------------------------------------------
  /// The customer's browser opens its connection with a ticket.
  void present(LegId leg, std::uint32_t epoch, Customer& customer, int patience = 20);
  void report(LegId leg, LegState state, const std::string& reason);
  /// All connections of an agent's desk break.
  void desk_lost(const std::string& agent);
  const std::map<LegId, LegControl>& legs() const { return legs_; }

 private:
  struct Pending {
    Input input;
    Done done;
    Time deadline;
  };
  void send(std::uint64_t id);
  void post(LegControl& leg, LegState state, const std::string& reason);
  void pump(LegId id, LegControl& leg);
  Desk* desk_of(const std::string& agent) const;
  void connect_by_itself(LegId id, const LegControl& leg);
  void close(LegId id, LegControl& leg, const std::string& reason);

  World& world_;
  std::size_t index_;
  std::string name_;
  bool switch_;
  bool up_ = false;
  std::uint64_t life_ = 0;
  std::uint64_t tries_ = 0;  ///< Of connecting: only the newest counts.
  PeerId connection_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, Pending> pending_;
  std::map<LegId, LegControl> legs_;
};

}  // namespace convene::sim
