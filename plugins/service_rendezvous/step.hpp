// plugins/service_rendezvous/step.hpp - one step of a rendezvous: what follows from one event.
#pragma once

#include "convene/service.hpp"
#include "plugins/service_rendezvous/settings.hpp"

namespace convene::rendezvous {

/// Lives for one call. Reads the session, changes `state`, records effects.
class Step {
 public:
  Step(const sdk::Session& session, const Settings& settings, State& state, sdk::Effects& effects)
      : session_(session), settings_(settings), state_(state), effects_(effects) {}

  void take(const sdk::Event& event);

 private:
  enum Timer : std::uint32_t { kAway = 0, kRetry = 1, kEarly = 2 };

  void arrived();
  void leg_changed(std::uint64_t leg, int leg_state);
  void accepted(std::string_view agent);
  void missed();
  void no_agent(std::string_view agent);
  void timer(std::uint32_t number);

  // What endpoints ask for: requests.cpp.
  void request(const sdk::Event& event);
  void refuse(const convene_leg& leg, std::string_view request, std::string_view code);
  void channel(const convene_leg& leg, std::string_view name, std::string_view detail);
  void choose(const convene_leg& leg, std::string_view detail);
  void escalate();

  // What comes of them.
  void search();
  void ask_customer();
  void wait_or_give_up();
  void put_back(std::string_view reason);
  void customer_gone(std::string_view reason);
  void agent_gone(bool was_there);

  /// Only the wanted agent will do.
  bool exclusive() const { return !session_.wanted_agent().empty() && !state_.anybody; }
  bool has_live(int role) const;
  bool has_joined(int role) const;

  const sdk::Session& session_;
  const Settings& settings_;
  State& state_;
  sdk::Effects& effects_;
};

}  // namespace convene::rendezvous
