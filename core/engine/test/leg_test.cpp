// core/engine/test/leg_test.cpp - every edge of a leg's state machine, and what peers, time and restarts do to it.
#include "core/engine/test/fixture.hpp"

namespace convene::testing {

using std::chrono::seconds;

class Legs : public EngineTest {
 protected:
  /// A customer's leg in state `state`, in a session that survives whatever happens to it.
  output::Details leg_in(LegState state) {
    service.step = [](const convene_session& s, std::string_view st, const convene_service_event& e,
                      const convene_service_effects& fx) {
      return e.kind == CONVENE_EVENT_LEG ? CONVENE_OK : meet(s, st, e, fx);
    };
    if (!loop) open();
    book(++key_);
    const output::Details d = come_back(key_);
    switch (state) {
      case LegState::invited: break;
      case LegState::degraded:
        report(d.leg, LegState::connected, 1, kWeb);
        report(d.leg, LegState::degraded, 1, kWeb);
        break;
      case LegState::expired: pass(flow().connect_timeout); break;
      default: report(d.leg, state, 1, kWeb);
    }
    EXPECT_EQ(leg_state(d.leg), state);
    return d;
  }
  std::uint32_t key_ = 0;
};

TEST_F(Legs, EveryReportInEveryState) {
  using enum LegState;
  const LegState states[] = {invited, accepted, connecting, connected, degraded, left, declined, expired, failed};
  // Rows: the state; columns: the report. What is not live stays what it is.
  const std::map<LegState, std::vector<LegState>> table = {
      //             invited     accepted    connecting  connected  degraded    left  declined  expired     failed
      {invited, {invited, accepted, connecting, connected, invited, left, declined, invited, failed}},
      {accepted, {accepted, accepted, connecting, connected, accepted, left, declined, accepted, failed}},
      {connecting, {connecting, connecting, connecting, connected, connecting, left, declined, connecting, failed}},
      {connected, {connected, degraded, degraded, connected, degraded, left, left, connected, failed}},
      {degraded, {degraded, degraded, degraded, connected, degraded, left, left, degraded, failed}},
  };
  for (const LegState from : states) {
    for (std::size_t i = 0; i < std::size(states); ++i) {
      const output::Details d = leg_in(from);
      const LegState expected = is_live(from) ? table.at(from)[i] : from;
      report(d.leg, states[i], 1, kWeb);
      EXPECT_EQ(leg_state(d.leg), expected) << int(from) << " reported " << int(states[i]);
      report(d.leg, LegState::connected, 99, kWeb);
      EXPECT_EQ(leg_state(d.leg), expected) << "a wrong epoch changes nothing";
      expect_agreement();
    }
  }
}

TEST_F(Legs, TimeEndsWhatDoesNotHappen) {
  const output::Details invited = leg_in(LegState::invited);
  const output::Details accepted = leg_in(LegState::accepted);
  const output::Details connecting = leg_in(LegState::connecting);
  const output::Details connected = leg_in(LegState::connected);
  const output::Details degraded = leg_in(LegState::degraded);
  pass(flow().connect_timeout);
  EXPECT_EQ(leg_state(invited.leg), LegState::expired);
  EXPECT_EQ(leg_state(accepted.leg), LegState::failed);
  EXPECT_EQ(leg_state(connecting.leg), LegState::failed);
  EXPECT_EQ(leg_state(connected.leg), LegState::connected);
  EXPECT_EQ(leg_state(degraded.leg), LegState::degraded);
  pass(flow().resume_timeout);
  EXPECT_EQ(leg_state(degraded.leg), LegState::left);
  EXPECT_EQ(leg(degraded.leg)->reason, "lost");
  EXPECT_EQ(leg_state(connected.leg), LegState::connected);
  EXPECT_FALSE(order_for(invited.leg).join) << "its proxy is told";
  EXPECT_EQ(order_for(invited.leg).reason, "timeout");
}

TEST_F(Legs, PeerGoneDegradesAtOnceAndPeerBackIsToldAgain) {
  const output::Details d = leg_in(LegState::connected);
  put(input::PeerDown{kWeb});
  EXPECT_EQ(leg_state(d.leg), LegState::degraded);
  put(input::PeerUp{PeerId{11}, "web", true, false});
  const auto orders = all<output::LegOrder>();
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_EQ(orders[0].peer, PeerId{11});
  EXPECT_TRUE(orders[0].join);
  report(d.leg, LegState::connected, 1, PeerId{11});
  EXPECT_EQ(leg_state(d.leg), LegState::connected);
  report(d.leg, LegState::left, 1, kWeb);
  EXPECT_EQ(leg_state(d.leg), LegState::connected) << "the old connection says nothing any more";
}

TEST_F(Legs, NewerPeerOfTheSameNameReplacesTheOlder) {
  const output::Details d = leg_in(LegState::connected);
  put(input::PeerUp{PeerId{12}, "web", true, false});
  EXPECT_EQ(leg_state(d.leg), LegState::degraded);
  EXPECT_EQ(order_for(d.leg).peer, PeerId{12});
}

TEST_F(Legs, LegOfAnotherPeerCannotBeReported) {
  const output::Details d = leg_in(LegState::connected);
  report(d.leg, LegState::left, 1, kDesk);
  EXPECT_EQ(leg_state(d.leg), LegState::connected);
  const auto orders = all<output::LegOrder>();
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_EQ(orders[0].peer, kDesk);
  report(d.leg, LegState::connected, 1, kDesk);
  EXPECT_FALSE(all<output::LegOrder>().at(0).join) << "who holds on to it is told to leave";
}

TEST_F(Legs, StrangerIsToldToLeaveOnceAndNotForEver) {
  open();
  report(LegId{404}, LegState::connected, 1, kWeb);
  auto orders = all<output::LegOrder>();
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_FALSE(orders[0].join);
  EXPECT_EQ(orders[0].reason, "no_session");
  report(LegId{404}, LegState::left, 1, kWeb);
  orders = all<output::LegOrder>();
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_EQ(orders[0].seq, 0u) << "only an acknowledgement: no answer comes of it";
  input::LegReport ack;
  ack.peer = kWeb;
  ack.leg = LegId{404};
  ack.ack = 9;
  EXPECT_TRUE(put(ack).empty());
}

TEST_F(Legs, OrdersAreRepeatedUntilAcknowledged) {
  open();
  book(1);
  const output::Details d = come_back(1);
  pass(seconds(2));
  EXPECT_EQ(all<output::LegOrder>().size(), 3u) << "after 250, 750 and 1750 ms";
  input::LegReport ack;
  ack.peer = kWeb;
  ack.leg = d.leg;
  ack.ack = newest_order(d.leg);
  put(ack);
  pass(seconds(20));
  EXPECT_TRUE(all<output::LegOrder>().empty());
}

TEST_F(Legs, LeaveIsRepeatedAfterTheSessionHasEnded) {
  open();
  ready("anna");
  book(1);
  const output::Details c = come_back(1);
  connect(c, kWeb);
  const output::Details a = take_newest();
  report(c.leg, LegState::left, 1, kWeb);
  ASSERT_TRUE(snapshot().sessions.empty());
  pass(seconds(1));
  const auto repeated = all<output::LegOrder>();
  ASSERT_FALSE(repeated.empty());
  EXPECT_EQ(repeated[0].leg, a.leg);
  EXPECT_FALSE(repeated[0].join);
  report(a.leg, LegState::left, 1, kDesk);
  pass(seconds(90));
  EXPECT_TRUE(all<output::LegOrder>().empty());
}

TEST_F(Legs, LeaveIsGivenUpAfterAMinute) {
  open();
  ready("anna");
  book(1);
  const output::Details c = come_back(1);
  connect(c, kWeb);
  take_newest();
  report(c.leg, LegState::left, 1, kWeb);
  put(input::PeerDown{kDesk});
  pass(seconds(61));
  put(input::PeerUp{PeerId{13}, "desk", true, false});
  EXPECT_TRUE(all<output::LegOrder>().empty()) << "its next report is answered with leave";
}

TEST_F(Legs, RosterGoesToEverybodyWhoIsJoinedAndOnlyThen) {
  open();
  ready("anna");
  book(1);
  const output::Details c = come_back(1);
  EXPECT_TRUE(all<output::Notice>(said).empty());
  connect(c, kWeb);
  take_newest();
  std::vector<output::Notice> rosters;
  for (const auto& n : all<output::Notice>()) {
    if (n.name == "roster") rosters.push_back(n);
  }
  ASSERT_EQ(rosters.size(), 2u);
  EXPECT_EQ(rosters[0].detail, rosters[1].detail);
  EXPECT_EQ(rosters[0].detail,
            R"({"entries":[{"leg":1,"role":1,"state":"connected","channels":["chat","page"]},)"
            R"({"leg":2,"role":2,"state":"connected","name":"Agent anna","channels":["chat","page"]}]})");
}

TEST_F(Legs, ReasonsThatAreNoCodesDoNotTravel) {
  const output::Details d = leg_in(LegState::connected);
  input::LegReport r;
  r.peer = kWeb;
  r.leg = d.leg;
  r.seq = 99;
  r.epoch = 1;
  r.state = LegState::left;
  r.reason = "call me at +43 660 1234567";
  put(r);
  EXPECT_EQ(leg(d.leg)->reason, "other");
}

TEST_F(Legs, RequestsReachTheServiceOnlyFromTheLegsOwnPeer) {
  const output::Details d = leg_in(LegState::connected);
  input::LegRequest r;
  r.peer = kWeb;
  r.leg = d.leg;
  r.name = "leave";
  EXPECT_EQ(code(ask(r)), "");
  EXPECT_EQ(service.events.back(), CONVENE_EVENT_REQUEST);
  r.detail = "nonsense";
  EXPECT_EQ(code(ask(r)), "malformed");
  r.detail = "{}";
  r.name = "Leave!";
  EXPECT_EQ(code(ask(r)), "malformed");
  r.name = "leave";
  r.peer = kDesk;
  EXPECT_EQ(code(ask(r)), "not_allowed");
  r.leg = LegId{404};
  EXPECT_EQ(code(ask(r)), "no_session");
}

TEST_F(Legs, RestoredLegIsKeptWhenItsProxySpeaksForItInTime) {
  const output::Details kept = leg_in(LegState::connected);
  const output::Details lost = leg_in(LegState::connected);
  pass(CommitLoop::kKeep);
  start();  // the node was killed and is back
  hello();
  report(kept.leg, LegState::connected, 1, kWeb);
  EXPECT_EQ(leg_state(lost.leg), LegState::connected);
  pass(seconds(10));
  EXPECT_EQ(leg_state(kept.leg), LegState::connected);
  EXPECT_EQ(leg_state(lost.leg), LegState::degraded);
  pass(flow().resume_timeout);
  EXPECT_EQ(leg_state(lost.leg), LegState::left);
}

TEST_F(Legs, WhatWasNotWrittenAndNobodySpeaksForIsWaitedForAsOneThatComes) {
  const output::Details lost = leg_in(LegState::connected);
  start();  // the node was killed at once, and its gateway with it
  hello();
  EXPECT_EQ(leg_state(lost.leg), LegState::invited);
  pass(seconds(9));
  input::Resume resume;
  resume.peer = kWeb;
  resume.token = hash(token);
  const output::Body body = ask(resume);
  const auto* joined = std::get_if<output::Joined>(&body);
  ASSERT_NE(joined, nullptr) << code(body);
  EXPECT_EQ(joined->details.leg, lost.leg);
  connect(joined->details, kWeb);
  EXPECT_EQ(leg_state(lost.leg), LegState::connected);
}

}  // namespace convene::testing
