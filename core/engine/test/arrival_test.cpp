// core/engine/test/arrival_test.cpp - returning identifiers: exactly one customer's leg, whoever returns them how often.
#include "core/engine/test/fixture.hpp"

namespace convene::testing {

using std::chrono::hours;
using std::chrono::seconds;

class Arriving : public EngineTest {};

TEST_F(Arriving, SecondReturnWhileTheFirstIsThereIsRefused) {
  open();
  book(1);
  const output::Details first = come_back(1);
  for (const LegState state : {LegState::accepted, LegState::connecting, LegState::connected}) {
    EXPECT_EQ(code(ask(returning(1))), "unknown_identifier") << "promise E4";
    report(first.leg, state, 1, kWeb);
  }
  EXPECT_EQ(code(ask(returning(1))), "unknown_identifier");
  EXPECT_EQ(snapshot().legs.size(), 1u);
}

TEST_F(Arriving, ReturnToADegradedLegTakesItOver) {
  open();
  book(1);
  const output::Details first = come_back(1);
  const Hash old_token = hash(token);
  connect(first, kWeb);
  report(first.leg, LegState::degraded, 1, kWeb);
  const output::Details second = come_back(1);
  EXPECT_EQ(second.leg, first.leg);
  EXPECT_EQ(second.ticket.epoch, 2u);
  report(first.leg, LegState::connected, 1, kWeb);
  EXPECT_EQ(leg_state(first.leg), LegState::degraded) << "the old ticket opens nothing";
  report(first.leg, LegState::connected, 2, kWeb);
  EXPECT_EQ(leg_state(first.leg), LegState::connected);
  input::Resume r;
  r.peer = kWeb;
  r.token = old_token;
  EXPECT_EQ(code(ask(r)), "no_session") << "the old token is void";
  r.token = hash(token);
  EXPECT_EQ(code(ask(r)), "");
}

TEST_F(Arriving, ReturnAfterTheLegIsGoneAndTheSessionLivesIsANewLeg) {
  service.step = [](const convene_session& s, std::string_view state, const convene_service_event& e,
                    const convene_service_effects& fx) {
    return e.kind == CONVENE_EVENT_LEG ? CONVENE_OK : meet(s, state, e, fx);  // stays whoever leaves
  };
  open();
  book(1);
  const output::Details first = come_back(1);
  connect(first, kWeb);
  report(first.leg, LegState::left, 1, kWeb);
  const output::Details second = come_back(1);
  EXPECT_EQ(second.session, first.session);
  EXPECT_NE(second.leg, first.leg);
  EXPECT_EQ(code(ask(returning(1))), "unknown_identifier");
}

TEST_F(Arriving, ResumeGivesFreshDetailsOfTheSameLeg) {
  open();
  book(1);
  const output::Details first = come_back(1);
  connect(first, kWeb);
  input::Resume r;
  r.peer = kWeb;
  r.token = hash(token);
  const output::Body body = ask(r);
  const auto& joined = std::get<output::Joined>(body);
  EXPECT_TRUE(joined.resumed);
  EXPECT_EQ(joined.details.leg, first.leg);
  EXPECT_EQ(joined.details.ticket.epoch, 2u);
  EXPECT_EQ(order_for(first.leg).details.ticket.epoch, 2u) << "the gateway gets the same ticket";
  EXPECT_EQ(leg_state(first.leg), LegState::degraded);
  report(first.leg, LegState::connected, 2, kWeb);
  EXPECT_EQ(leg_state(first.leg), LegState::connected);
  r.token = {};
  EXPECT_EQ(code(ask(r)), "no_session");
}

TEST_F(Arriving, SessionMovesWhenItsGatewayIsGone) {
  open();
  put(input::PeerUp{PeerId{9}, "web2", true, false});
  book(1);
  const output::Details first = come_back(1);
  connect(first, kWeb);
  put(input::PeerDown{kWeb});
  EXPECT_EQ(leg_state(first.leg), LegState::degraded) << "at once";
  input::Resume r;
  r.peer = PeerId{9};
  r.token = hash(token);
  const output::Body body = ask(r);
  EXPECT_EQ(std::get<output::Joined>(body).details.gateway, "web2");
  report(first.leg, LegState::connected, 2, PeerId{9});
  EXPECT_EQ(leg_state(first.leg), LegState::connected);
}

TEST_F(Arriving, ServiceThatLetsNobodyInIsAnsweredForInTime) {
  service.step = [](const auto&, auto, const auto&, const auto&) { return CONVENE_OK; };
  open();
  book(1);
  input::Return r = returning(1);
  r.request = RequestId{501};
  put(r);
  EXPECT_TRUE(all<output::Answer>().empty());
  EXPECT_EQ(code(ask(returning(1))), "unknown_identifier") << "one return at a time";
  pass(seconds(10));
  const auto answers = all<output::Answer>();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(code(answers[0].body), "busy");
}

TEST_F(Arriving, ServiceMayLetTheCustomerInLater) {
  service.step = [](const convene_session& s, std::string_view, const convene_service_event& e,
                    const convene_service_effects& fx) {
    if (e.kind == CONVENE_EVENT_ARRIVED) return fx.set_timer(fx.self, 3, s.now_ms + 5000);
    if (e.kind == CONVENE_EVENT_TIMER && e.timer == 3) return fx.add_customer(fx.self);
    return CONVENE_OK;
  };
  open();
  book(1);
  input::Return r = returning(1);
  r.request = RequestId{501};
  put(r);
  pass(seconds(5));
  const auto answers = all<output::Answer>();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<output::Joined>(answers[0].body));
}

TEST_F(Arriving, FailingServiceLeavesTheBookingAsItWas) {
  service.step = [](const auto&, auto, const auto&, const auto&) { return CONVENE_E_PARKED; };
  open();
  for (const char* f : {"later", "eager"}) {
    const std::uint32_t key = f[0];
    book(key, f);
    EXPECT_EQ(code(ask(returning(key))), "busy");
    EXPECT_EQ(stored(key).state, RendezvousState::booked);
    EXPECT_TRUE(snapshot().sessions.empty());
  }
  input::Start start;
  start.peer = kWeb;
  start.flow = "later";
  EXPECT_EQ(code(ask(start)), "busy");
  service.step = meet;
  EXPECT_TRUE(come_back('l').leg);
  EXPECT_TRUE(come_back('e').leg);
}

TEST_F(Arriving, RetimedSessionPutsTheIdentifierBack) {
  open();
  input::Book b = booking(1);
  b.due = now + hours(1);
  ask(b);
  const output::Details early = come_back(1);
  report(early.leg, LegState::failed, 1, kWeb);  // `meet` ends it as re-timed
  EXPECT_EQ(stored(1).state, RendezvousState::booked);
  EXPECT_EQ(stored(1).due, b.due) << "the agreed time still lies ahead";
  EXPECT_FALSE(stored(1).session);
  pass(hours(1));
  const output::Details late = come_back(1);
  ASSERT_TRUE(late.leg);
  report(late.leg, LegState::failed, 1, kWeb);
  EXPECT_EQ(stored(1).state, RendezvousState::booked);
  EXPECT_FALSE(stored(1).due) << "a time that has passed is agreed no more";
  EXPECT_TRUE(come_back(1).leg);
}

TEST_F(Arriving, TenThousandReplaysOfUsedIdentifiersJoinNobody) {
  open();
  for (std::uint32_t i = 0; i < 100; ++i) {
    book(i + 1);
    const output::Details d = come_back(i + 1);
    report(d.leg, LegState::connected, 1, kWeb);
    report(d.leg, LegState::left, 1, kWeb);
  }
  int joins = 0;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    if (code(ask(returning(1 + i % 150))) != "unknown_identifier") ++joins;
    said.clear();
  }
  EXPECT_EQ(joins, 0) << "promise E4";
  EXPECT_TRUE(snapshot().sessions.empty());
}

}  // namespace convene::testing
