// core/engine/test/claims_test.cpp - the claims at the level of the engine: what each says, run and observed.
#include "convene/leg_link.hpp"
#include "core/engine/test/fixture.hpp"
#include "tests/support/figure.hpp"

namespace convene::testing {

using std::chrono::hours;
using std::chrono::seconds;
using test::figure;

class Claims : public EngineTest {
 protected:
  /// Agents who speak the languages and know the products that a context may ask for.
  void skilled_pool() {
    settings.agents["anna"].skills = {{"de", 9}, {"loans", 7}};
    settings.agents["ben"].skills = {{"en", 9}, {"loans", 5}};
    settings.agents["chloe"].skills = {{"fr", 9}, {"loans", 6}};
    policy.decide = [this](const convene_routing_request& q, convene_routing_answer& a) {
      contexts.emplace_back(text(q.context));
      for (std::size_t i = 0; i < q.candidate_count; ++i) {
        const auto& c = q.candidates[i];
        const auto knows = [&](std::string_view skill) {
          return std::any_of(c.skills, c.skills + c.skill_count, [&](const auto& s) { return text(s.name) == skill; });
        };
        if (knows("fr") && knows("loans")) return a.action = CONVENE_ROUTING_ASSIGN, a.index = i, CONVENE_OK;
      }
      return a.action = CONVENE_ROUTING_WAIT, CONVENE_OK;
    };
  }
  struct Met {
    output::Details customer, agent;
  };
  Met meet_agent(std::uint32_t key, const std::string& f = "later") {
    book(key, f);
    Met m;
    m.customer = come_back(key);
    connect(m.customer, kWeb);
    m.agent = take_newest();
    return m;
  }
  std::vector<std::string> contexts;
};

using Claim01 = Claims;
using Claim02 = Claims;
using Claim04 = Claims;
using Claim05 = Claims;
using Claim13 = Claims;
using Claim14 = Claims;
using Claim15 = Claims;
using Claim16 = Claims;
using Claim18 = Claims;
using Claim19 = Claims;
using Claim20 = Claims;
using Claim23 = Claims;
using Claim24 = Claims;

TEST_F(Claim01, StoredIdentifierOutlivesACrashAndJoinsCustomerAndAgent) {
  open();
  ready("anna");
  ASSERT_EQ(book(1), "");
  start();  // kill -9, and back
  hello();
  attach("anna");
  const output::Details customer = come_back(1);
  ASSERT_TRUE(customer.leg);
  connect(customer, kWeb);
  const output::Details agent = take_newest();
  EXPECT_EQ(agent.session, customer.session);
  EXPECT_EQ(stored(1).state, RendezvousState::live);
}

TEST_F(Claim01, RandomAlteredExpiredAndUsedIdentifiersJoinNobody) {
  open();
  book(1), book(2);
  Hash altered = hash(1);
  altered.bytes[7] ^= 1;
  input::Return r = returning(1);
  r.key = altered;
  EXPECT_EQ(code(ask(r)), "unknown_identifier");
  EXPECT_EQ(code(ask(returning(404))), "unknown_identifier");
  come_back(1);
  EXPECT_EQ(code(ask(returning(1))), "unknown_identifier") << "twice";
  pass(flow().expires);
  EXPECT_EQ(code(ask(returning(2))), "unknown_identifier") << "expired";
}

TEST_F(Claim02, ContextChoosesOneAgentOfThePoolAtTheTimeOfTheReturn) {
  skilled_pool();
  open();
  ready("anna"), ready("ben"), ready("chloe");
  input::Book b = booking(1);
  b.context = R"({ "product":"loans",  "lang":"fr" })";
  ask(b);
  EXPECT_TRUE(offers().empty()) << "no agent is picked when it is booked";
  says("chloe", AgentState::paused);
  settings.agents["dora"] = agent("dora");
  settings.agents["dora"].skills = {{"fr", 3}, {"loans", 3}};
  loop->reconfigure(settings);
  ready("dora");
  come_back(1);
  ASSERT_EQ(offers().size(), 1u);
  EXPECT_EQ(offers()[0].agent, "dora") << "the pool is what it is at the return";
  EXPECT_EQ(contexts.back(), b.context) << "to the byte";
}

TEST_F(Claim04, SystemExtractsTheContextAndTheSameAgentIsJoined) {
  settings.agents["anna"].capacity = 2;
  open();
  ready("anna");
  const Met met = meet_agent(1);
  input::Book b;
  b.peer = kWeb;
  b.key = hash(50);
  b.continues = hash(token);
  b.agent = "ben";                    // what the client says about it does not count
  b.context = R"({"agent":"ben"})";
  const output::Body body = ask(b);
  ASSERT_EQ(code(body), "");
  EXPECT_EQ(std::get<output::Booked>(body).agent, "Agent anna");
  EXPECT_EQ(stored(50).agent, "anna");
  EXPECT_EQ(stored(50).context,
            R"({"agent":"anna","flow":"later","service":"test_service","session":1,"transcript":{"session":1},)"
            R"("roster":[1,2],"context":{}})");
  report(met.customer.leg, LegState::left, 1, kWeb);
  ready("ben");
  come_back(50);
  EXPECT_EQ(offers().back().agent, "anna") << "though Ben is idle too";
}

TEST_F(Claim04, AbsentAgentIsWaitedForAndNeverSwapped) {
  open();
  input::Book b = booking(1);
  b.agent = "anna";
  ask(b);
  ready("ben");
  connect(come_back(1), kWeb);
  pass(std::chrono::minutes(5));
  EXPECT_TRUE(offers().empty());
  ready("anna");
  ASSERT_EQ(offers().size(), 1u);
  EXPECT_EQ(offers()[0].agent, "anna");
  EXPECT_EQ(policy.asked, 0) << "the choice was made with the booking";
}

TEST_F(Claim04, AskedByAnAgentsSideItIsThatAgent) {
  open();
  ready("anna");
  const Met met = meet_agent(1);
  input::Book b;
  b.peer = kDesk;
  b.key = hash(50);
  b.continues_leg = met.agent.leg;
  EXPECT_EQ(code(ask(b)), "");
  EXPECT_EQ(stored(50).agent, "anna");
  b.peer = kWeb;
  b.key = hash(51);
  EXPECT_EQ(code(ask(b)), "not_allowed") << "not this peer's leg";
}

TEST_F(Claim05, ReturnIsTheTrigger) {
  settings.agents["anna"].capacity = 10;
  open();
  ready("anna");
  for (std::uint32_t i = 1; i <= 1000; ++i) book(i);
  pass(hours(1));
  EXPECT_EQ(offers().size(), 0u);
  come_back(500);
  EXPECT_EQ(offers().size(), 1u);
  figure("Claim05", "offers after 1000 bookings and 1 return", std::to_string(offers().size()), "1");
}

TEST_F(Claim13, DetailsAreSentPerLegShortLivedAndTheEndpointConnectsItself) {
  open();
  ready("anna");
  const Met met = meet_agent(1);
  EXPECT_NE(met.customer.ticket.leg, met.agent.ticket.leg);
  EXPECT_EQ(met.customer.gateway, "web");
  EXPECT_GT(met.customer.expires, now - flow().connect_timeout);
  EXPECT_LE(met.customer.expires, now + flow().connect_timeout);
  for (const auto& o : all<output::LegOrder>(said)) EXPECT_NE(o.peer, PeerId{}) << "only messages, no connections";
}

TEST_F(Claim14, ServiceDecidesWhenAndTheInstanceKeepsTheRoster) {
  // The same core, another service: the agent is asked first and the customer let in when the agent is there.
  service.step = [](const convene_session& s, std::string_view, const convene_service_event& e,
                    const convene_service_effects& fx) {
    if (e.kind == CONVENE_EVENT_ARRIVED) return fx.find_agent(fx.self, {}, s.wanted_agent);
    if (e.kind == CONVENE_EVENT_ACCEPTED) {
      fx.add_agent(fx.self, e.agent);
      return fx.add_customer(fx.self);
    }
    return CONVENE_OK;
  };
  open();
  ready("anna");
  book(1);
  input::Return r = returning(1);
  r.request = RequestId{900};
  put(r);
  EXPECT_TRUE(snapshot().legs.empty());
  answer("anna", offers()[0].offer.offer, true);
  ASSERT_EQ(snapshot().legs.size(), 2u);
  EXPECT_EQ(snapshot().legs[0].role, Role::agent);
  const auto answers = all<output::Answer>();
  EXPECT_TRUE(std::holds_alternative<output::Joined>(answers[0].body) ||
              std::holds_alternative<output::Joined>(answers[1].body));
}

TEST_F(Claim14, CrashingServiceDoesNotCorruptTheRoster) {
  open();
  ready("anna");
  const Met met = meet_agent(1);
  service.step = [](const auto&, auto, const auto&, const convene_service_effects& fx) {
    fx.remove(fx.self, 1, text("x"));
    return CONVENE_E_THROWN;
  };
  report(met.agent.leg, LegState::degraded, 1, kDesk);
  EXPECT_TRUE(snapshot().sessions.empty());
  EXPECT_FALSE(order_for(met.customer.leg).join) << "both ends know that it is over";
  EXPECT_FALSE(order_for(met.agent.leg).join);
}

TEST_F(Claim15, SwitchConnectsLegsGivenTheEndpointOnly) {
  start();
  put(input::PeerUp{kSwitch, "pbx", false, true});
  ready("anna", kSwitch);
  input::Book b = booking(1);
  b.peer = kSwitch;
  ask(b);
  input::Return r = returning(1);
  r.peer = kSwitch;
  const output::Body body = ask(r);
  ASSERT_EQ(code(body), "");
  const output::Details customer = std::get<output::Joined>(body).details;
  EXPECT_EQ(customer.gateway, "") << "the switch connects";
  report(customer.leg, LegState::connected, 1, kSwitch);
  answer("anna", offers()[0].offer.offer, true, kSwitch);
  const output::LegOrder order = order_for("anna");
  EXPECT_EQ(order.peer, kSwitch);
  EXPECT_EQ(order.endpoint, "anna");
  EXPECT_EQ(order.details.gateway, "");
  report(order.leg, LegState::connected, 1, kSwitch);
  EXPECT_EQ(stored(1).state, RendezvousState::live);
}

TEST_F(Claim16, OneSessionManyChannelsAndOneMayClose) {
  open();
  ready("anna");
  const Met met = meet_agent(1);
  EXPECT_EQ(snapshot().sessions.size(), 1u);
  report(met.customer.leg, LegState::connected, 1, kWeb, {"chat"});
  EXPECT_EQ(leg(met.customer.leg)->channels, (std::vector<std::string>{"chat"}));
  EXPECT_EQ(leg(met.agent.leg)->channels, (std::vector<std::string>{"chat", "page"}));
  EXPECT_EQ(leg_state(met.customer.leg), LegState::connected);
}

TEST_F(Claim18, DetailsListTheChannelsAndALegMayOpenFewer) {
  open();
  book(1);
  const output::Details d = come_back(1);
  EXPECT_EQ(d.channels, flow().channels);
  report(d.leg, LegState::connected, 1, kWeb, {"chat", "smoke_signals"});
  EXPECT_EQ(leg(d.leg)->channels, (std::vector<std::string>{"chat"})) << "what the session does not have is not there";
  EXPECT_EQ(leg_state(d.leg), LegState::connected);
}

TEST_F(Claim19, BothEndsConvergeUnderLossDuplicationAndReordering) {
  open();
  ready("anna");
  book(1);
  const output::Details d = come_back(1);
  // The proxy's end of the leg, and a road on which every other message is lost and the rest arrive twice, late.
  LegLink link(LegEnd::proxy);
  std::vector<std::pair<Time, input::LegReport>> road;
  LegState state = LegState::invited;
  std::uint32_t epoch = 0, n = 0;
  const auto send = [&](const LegStamp& stamp) {
    input::LegReport r;
    r.peer = kWeb;
    r.leg = d.leg;
    r.seq = stamp.seq;
    r.ack = stamp.ack;
    r.epoch = epoch;
    r.state = state;
    if (++n % 2 == 0) return;
    road.push_back({now + Duration{static_cast<int>(n * 37 % 400)}, r});
    road.push_back({now + Duration{static_cast<int>(n * 91 % 900)}, r});
  };
  const auto take = [&](const std::vector<Output>& from) {
    for (const auto& o : all<output::LegOrder>(from)) {
      if (o.leg != d.leg || ++n % 3 == 0) continue;
      if (!link.take({o.seq, o.ack}, to_ms(now))) continue;
      epoch = o.details.ticket.epoch;
      state = LegState::connected;
      link.post(to_ms(now));
    }
  };
  take(said);
  for (int ms = 0; ms < 30'000; ms += 10) {
    pass(Duration{10});
    take(std::vector<Output>(last));
    for (auto it = road.begin(); it != road.end();) {
      if (it->first > now) {
        ++it;
        continue;
      }
      put(it->second);
      it = road.erase(it);
      take(std::vector<Output>(last));
    }
    if (link.due(to_ms(now))) send(link.stamp(to_ms(now)));
  }
  EXPECT_EQ(leg_state(d.leg), LegState::connected);
  EXPECT_TRUE(link.settled());
  EXPECT_EQ(leg(d.leg)->received, link.sent());
}

TEST_F(Claim20, AgentIsInvitedByDetailsOnlyAndADeclinedInvitationIsFollowedByAnother) {
  open();
  ready("anna"), ready("ben");
  book(1);
  come_back(1);
  answer("anna", offers()[0].offer.offer, false);
  EXPECT_EQ(service.count(CONVENE_EVENT_MISSED), 1) << "the service instance is told";
  ASSERT_EQ(offers().size(), 2u);
  EXPECT_EQ(offers()[1].agent, "ben");
  answer("ben", offers()[1].offer.offer, true);
  const output::LegOrder invite = order_for("ben");
  report(invite.leg, LegState::declined, 1, kDesk);
  EXPECT_EQ(offers().size(), 3u) << "and picks again";
}

TEST_F(Claim23, EagerFlowsHaveTheirSessionAtBookingAndKeepItOverARestart) {
  open();
  for (std::uint32_t i = 1; i <= 1000; ++i) book(i, "eager");
  EXPECT_EQ(snapshot().sessions.size(), 1000u);
  start();
  EXPECT_EQ(snapshot().sessions.size(), 1000u);
  hello();
  const SessionId before = stored(7).session;
  EXPECT_EQ(come_back(7).session, before);
  EXPECT_EQ(snapshot().sessions.size(), 1000u);
  figure("Claim23", "sessions after 1000 eager bookings and a restart", "1000", "1000");
}

TEST_F(Claim24, LazyFlowsHaveNoSessionBeforeTheFirstJoinAndThenExactlyOne) {
  open();
  for (std::uint32_t i = 1; i <= 1000; ++i) {
    input::Book b = booking(i);
    if (i == 1) b.due = now + hours(1);
    ask(b);
  }
  EXPECT_EQ(snapshot().sessions.size(), 0u);
  now += hours(1);  // the identifier is returned in the very millisecond in which it is due
  input::Return first = returning(1), second = returning(1);
  first.request = RequestId{5001};
  second.request = RequestId{5002};
  run({first, second});
  EXPECT_EQ(snapshot().sessions.size(), 1u);
  EXPECT_EQ(snapshot().legs.size(), 1u);
  figure("Claim24", "sessions after 1000 lazy bookings, and after one return twice at once", "0, 1", "0, 1");
}

TEST_F(Claim24, EagerAndLazyBehaveAlikeOutside) {
  const auto story = [](const std::string& f) {
    World w;
    w.open();
    w.ready("anna");
    w.book(1, f);
    w.pass(seconds(5));
    const output::Details c = w.come_back(1);
    w.connect(c, World::kWeb);
    const output::Details a = w.take_newest();
    EXPECT_EQ(w.code(w.ask(w.returning(1))), "unknown_identifier");
    w.report(a.leg, LegState::left, 1, World::kDesk);
    std::vector<std::string> seen;
    for (const Output& o : w.said) {
      if (const auto* l = std::get_if<output::LegOrder>(&o)) seen.push_back(l->join ? "join" : "leave " + l->reason);
      if (const auto* m = std::get_if<output::OfferMade>(&o)) seen.push_back("offer " + m->agent);
      if (const auto* n = std::get_if<output::Notice>(&o)) seen.push_back(n->name + n->detail);
      if (const auto* x = std::get_if<output::Answer>(&o)) seen.push_back(std::to_string(x->body.index()));
    }
    seen.push_back(std::to_string(int(w.stored(1).state)) + w.stored(1).cause);
    return seen;
  };
  EXPECT_EQ(story("later"), story("eager"));
}

}  // namespace convene::testing
