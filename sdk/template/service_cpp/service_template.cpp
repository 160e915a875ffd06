// service_template.cpp - a service: when customer and agent join a session, and when it ends.
#include "convene/service.hpp"

using convene::sdk::Effects;
using convene::sdk::Event;
using convene::sdk::is_joined_leg;
using convene::sdk::is_live_leg;
using convene::sdk::is_name;
using convene::sdk::Session;

class ServiceTemplate {
 public:
  /// Of what `save_state` leaves with the core; counts up with every change of its form.
  static constexpr std::uint32_t kStateVersion = 1;

  /// One thing happened; `effects` says what follows. Whatever must be remembered is in the session's
  /// legs, or goes through effects.save_state: nothing is kept in here between two calls.
  void step(const Session& session, std::string_view state, const Event& event,
            Effects& effects) const {
    switch (event.kind()) {
      case CONVENE_EVENT_ARRIVED:
        effects.add_customer();
        return search(session, effects);
      case CONVENE_EVENT_ACCEPTED:
        if (!event.agent().empty() && is_name(event.agent())) effects.add_agent(event.agent());
        return;
      case CONVENE_EVENT_NO_AGENT:
        return no_agent(effects);
      case CONVENE_EVENT_LEG:
        return leg_changed(session, state, event, effects);
      case CONVENE_EVENT_REQUEST:
        return request(session, event, effects);
      default:
        return;  // A missed offer: the search goes on by itself.
    }
  }

 private:
  static void search(const Session& session, Effects& effects) {
    if (!is_name(session.wanted_agent())) return no_agent(effects);  // there is nobody of that name
    effects.find_agent({}, session.wanted_agent());
    effects.notify(CONVENE_ROLE_CUSTOMER, "searching");
  }

  static void no_agent(Effects& effects) {
    effects.notify(CONVENE_ROLE_CUSTOMER, "no_agent");
    effects.end(CONVENE_END_ESCALATED, "no_agent");
  }

  static void leg_changed(const Session& session, std::string_view state, const Event& event,
                          Effects& effects) {
    const convene_leg* leg = session.find(event.leg());
    if (leg == nullptr) return;
    const bool talked = state == "talked";
    if (!is_live_leg(event.leg_state())) {
      if (talked) {
        effects.end(CONVENE_END_COMPLETED, "left");
      } else if (leg->role == CONVENE_ROLE_CUSTOMER) {
        effects.end(CONVENE_END_CANCELLED, "customer_left");
      } else if (!session.searching() && session.count(CONVENE_ROLE_AGENT, is_live_leg) == 0) {
        search(session, effects);  // The agent accepted, and did not come.
      }
    } else if (!talked && session.count(CONVENE_ROLE_CUSTOMER, is_joined_leg) > 0 &&
               session.count(CONVENE_ROLE_AGENT, is_joined_leg) > 0) {
      effects.save_state("talked");
    }
  }

  /// Requests come from outside: a bad one is answered. A step that fails is the service's own failure.
  static void request(const Session& session, const Event& event, Effects& effects) {
    const convene_leg* leg = session.find(event.leg());
    if (leg == nullptr || !is_live_leg(leg->state)) return;
    if (event.name() == "leave") {
      effects.remove(leg->id, "left");  // What follows comes back as a leg event.
    } else {
      effects.notify(leg->role, "refused", R"({"code":"unknown_request"})");
    }
  }
};

CONVENE_PLUGIN(ServiceTemplate, "service_template", "0.1.0",
               "Joins customer and agent at once; over with the first who leaves.")
