// core/sim/liveness.cpp - promise A3: what may not be left over a minute after the faults have stopped.
#include <algorithm>
#include <map>

#include "core/sim/people.hpp"
#include "core/sim/world.hpp"

namespace convene::sim {

using std::chrono::seconds;

std::set<std::string> World::complaints(Time calm_since) {
  std::set<std::string> found;
  const auto fail = [&found](std::string what) { found.insert(std::move(what)); };
  checker.expect_no_waiting(now() - seconds(20));
  const Engine* engine = node->engine();
  if (engine == nullptr) return {"the core has not recovered"};
  const Snapshot s = engine->snapshot();
  for (const auto& [key, r] : checker.rendezvous()) {
    const Time wake = std::min(r.due.value_or(kNever), r.expires);
    if (r.state == RendezvousState::booked && wake <= wall() - seconds(5)) {
      fail("a rendezvous of session " + std::to_string(r.session.value) +
           " is due and nobody has looked");
    }
  }
  std::map<std::string, std::uint32_t> load;
  std::map<LegId, const Leg*> legs;
  for (const Leg& leg : s.legs) {
    legs[leg.id] = &leg;
    if (!is_live(leg.state)) continue;
    if (leg.role == Role::agent) ++load[leg.endpoint];
    const bool waits = leg.state < LegState::connected;
    if (waits && leg.since < node->now() - seconds(50))
      fail("leg " + std::to_string(leg.id.value) + " neither connects nor fails");
    for (const auto& peer : peers) {
      if (peer->name() != leg.proxy || leg.state != LegState::connected) continue;
      const auto carried = peer->legs().find(leg.id);
      if (carried != peer->legs().end() && carried->second.link.received() < leg.sent)
        fail("the newest order to leg " + std::to_string(leg.id.value) + " has not arrived");
      if (carried == peer->legs().end() || carried->second.state != LegState::connected) {
        fail("leg " + std::to_string(leg.id.value) + " is connected for the core only");
      }
    }
  }
  for (const auto& peer : peers) {
    for (const auto& [id, control] : peer->legs()) {
      const auto known = legs.find(id);
      const bool here = known != legs.end() && is_live(known->second->state) &&
                        known->second->proxy == peer->name();
      if (control.state == LegState::connected && !here)
        fail("leg " + std::to_string(id.value) + " is connected for its proxy only");
    }
  }
  std::set<SessionId> offered;
  for (const Offer& o : s.offers) {
    if (o.state != OfferState::made) continue;
    if (o.deadline < node->now() - seconds(5))
      fail("offer " + std::to_string(o.id.value) + " stands beyond its deadline");
    ++load[o.agent];
    offered.insert(o.session);
  }
  std::map<std::string, AgentState> states;
  for (const Agent& a : s.agents) states[a.id] = a.state;
  const Time long_ago = calm_since + (node->now() - now()) - seconds(1);
  for (const Session& session : s.sessions) {
    if (session.pool.empty() || offered.count(session.id) != 0 || session.search_since > long_ago)
      continue;
    for (const auto& desk : desks) {
      const AgentSettings& a = settings.agents.at(desk->agent());
      const bool in_pool = std::find(a.pools.begin(), a.pools.end(), session.pool) != a.pools.end();
      const bool wanted = session.only_agent.empty() ? in_pool : session.only_agent == a.id;
      if (!wanted || !desk->ready() || states[a.id] != AgentState::ready ||
          load[a.id] >= a.capacity)
        continue;
      if (checker.was_offered(session.id, a.id))
        continue;  // Has declined or missed it, and rests from it.
      fail("session " + std::to_string(session.id.value) + " waits, and " + a.id + " is free");
    }
  }
  return found;
}

}  // namespace convene::sim
