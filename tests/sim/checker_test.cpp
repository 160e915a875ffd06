// tests/sim/checker_test.cpp - the checker of the simulator can fail: each invariant is broken once, and named.
#include <gtest/gtest.h>

#include "core/sim/checker.hpp"

namespace convene::sim {
namespace {

class CheckerTest : public ::testing::Test {
 protected:
  CheckerTest() : checker_(settings()) {
    checker_.begin(from_ms(1000), from_ms(1000), true);
    commit({anna()});
  }

  static EngineSettings settings() {
    EngineSettings s;
    s.agents["anna"].capacity = 1;
    return s;
  }
  static Hash hash(std::uint8_t n) {
    Hash h;
    h.bytes[0] = n;
    return h;
  }
  static Rendezvous rendezvous(std::uint8_t n, RendezvousState state = RendezvousState::booked) {
    Rendezvous r;
    r.key = hash(n);
    r.state = state;
    r.expires = from_ms(5000);
    if (state > RendezvousState::due && state < RendezvousState::ended) r.session = SessionId{1};
    return r;
  }
  static Session session(std::uint64_t id, std::uint8_t of = 0) {
    Session s;
    s.id = SessionId{id};
    if (of != 0) s.rendezvous = hash(of);
    return s;
  }
  static Leg leg(std::uint64_t id, std::uint64_t of, Role role,
                 LegState state = LegState::invited) {
    Leg l;
    l.id = LegId{id};
    l.session = SessionId{of};
    l.role = role;
    l.state = state;
    if (role == Role::agent) l.endpoint = "anna";
    return l;
  }
  static Agent anna(AgentState state = AgentState::ready, std::uint32_t missed = 0) {
    Agent a;
    a.id = "anna";
    a.state = state;
    a.missed = missed;
    return a;
  }
  static Offer offer(std::uint64_t id, OfferState state = OfferState::made) {
    return {OfferId{id}, SessionId{1}, "anna", state, {}, {}};
  }
  void commit(std::vector<Record> records) {
    const std::vector<Change> changes(records.begin(), records.end());
    checker_.committed(changes);
  }
  void answer(std::uint64_t request, output::Body body) {
    checker_.released(output::Answer{RequestId{request}, PeerId{1}, std::move(body)});
  }
  void say(std::string topic, std::string body) {
    checker_.released(output::Publish{std::move(topic), std::move(body)});
  }
  void expect(const std::string& start) {
    EXPECT_TRUE(checker_.violation().starts_with(start)) << "it said: " << checker_.violation();
  }
  Checker checker_;
};

TEST_F(CheckerTest, SeesAnAcknowledgedBookingThatIsNotStored) {
  checker_.asked(RequestId{1}, Asked::booking, {}, from_ms(1));
  answer(1, output::Booked{.key = hash(1)});
  expect("I1");
}

TEST_F(CheckerTest, SeesABookingThatIsRefusedWhileItIsGood) {
  commit({rendezvous(1)});
  checker_.asked(RequestId{1}, Asked::arrival, hash(1), from_ms(1));
  answer(1, output::Refused{.code = "unknown_identifier"});
  expect("I1");
}

TEST_F(CheckerTest, SeesARendezvousThatIsRemoved) {
  commit({rendezvous(1)});
  const std::vector<Change> changes{Erase{hash(1)}};
  checker_.committed(changes);
  expect("I1");
}

TEST_F(CheckerTest, SeesWhatHasEndedErasedTooSoonAndTooLate) {
  Rendezvous r = rendezvous(1, RendezvousState::ended);
  r.end = End::completed;
  r.cause = "customer_left";
  const std::vector<Change> erasure{Erase{hash(1)}};
  const auto days = [](int n) { return from_ms(1000) + std::chrono::hours(24 * n); };
  commit({r});
  checker_.begin(days(30), days(30), true);
  checker_.committed(erasure);
  EXPECT_EQ(checker_.violation(), "");
  EXPECT_EQ(checker_.erased(), 1u);
  r.key = hash(2);
  commit({r});
  Checker other = checker_;
  checker_.begin(days(59), days(59), true);
  checker_.committed(std::vector<Change>{Erase{hash(2)}});
  expect("I3: what has ended was erased before");
  other.begin(days(60), days(60), true);
  EXPECT_EQ(other.violation(), "");
  other.begin(days(60) + Duration{1}, days(60), true);
  EXPECT_TRUE(other.violation().starts_with("I3: what has ended is older")) << other.violation();
}

TEST_F(CheckerTest, SeesTwoSessionsOfOneRendezvous) {
  commit({session(1, 7)});
  commit({session(2, 7)});
  expect("I2");
}

TEST_F(CheckerTest, SeesTwoCustomerLegs) {
  commit({session(1), leg(1, 1, Role::customer), leg(2, 1, Role::customer)});
  expect("I2");
}

TEST_F(CheckerTest, SeesAnAgentWithMoreThanTheCapacity) {
  Offer offer{OfferId{1}, SessionId{1}, "anna", OfferState::made, {}, {}};
  commit({session(1), offer});
  EXPECT_EQ(checker_.violation(), "");
  offer.id = OfferId{2};
  commit({offer});
  expect("I4");
}

TEST_F(CheckerTest, SeesAnOfferToSomebodyWhoIsNotReady) {
  commit({anna(AgentState::paused)});
  commit({session(1), offer(1)});
  expect("no answer: anna is offered");
}

TEST_F(CheckerTest, SeesAnAgentWhoDoesNotAnswerAndStaysReady) {
  for (const std::uint64_t id : {1, 2}) {
    commit({session(1), offer(id)});
    commit(
        {offer(id, OfferState::expired), anna(AgentState::ready, static_cast<std::uint32_t>(id))});
    EXPECT_EQ(checker_.violation().empty(), id == 1) << checker_.violation();
  }
  expect("no answer: anna does not answer");
}

TEST_F(CheckerTest, SeesAnAgentWhoIsPausedForWhatWasAnswered) {
  Agent paused = anna(AgentState::paused, 2);
  paused.reason = "no_answer";
  Checker other = checker_;
  commit({session(1), offer(1)});
  commit({offer(1, OfferState::expired), anna(AgentState::ready, 1)});
  commit({offer(2)});
  commit({offer(2, OfferState::declined), paused});
  expect("no answer: anna is blamed");
  paused.missed = 0;
  other.committed(std::vector<Change>{Record(paused)});
  EXPECT_TRUE(other.violation().starts_with("no answer: anna is paused for no reason"))
      << other.violation();
}

TEST_F(CheckerTest, SeesALegThatOutlivesItsSession) {
  commit({session(1), leg(1, 1, Role::customer, LegState::connected)});
  Session ended = session(1);
  ended.ended_at = from_ms(2);
  ended.end = End::completed;
  ended.cause = "customer_left";
  commit({ended});
  expect("I5");
}

TEST_F(CheckerTest, SeesALegThatChangesItsSession) {
  commit({session(1), session(2), leg(1, 1, Role::customer)});
  commit({leg(1, 2, Role::customer)});
  expect("I5");
}

TEST_F(CheckerTest, SeesAJoinWithAnIdentifierThatNobodyIssued) {
  checker_.asked(RequestId{1}, Asked::arrival, hash(9), from_ms(1));
  answer(1, output::Joined{});
  expect("I6");
}

TEST_F(CheckerTest, SeesAJoinWithAnExpiredIdentifier) {
  Rendezvous r = rendezvous(1);
  r.expires = from_ms(900);
  commit({r});
  checker_.begin(from_ms(1000), from_ms(1000), true);
  r.state = RendezvousState::joining;
  r.session = SessionId{1};
  commit({r, session(1, 1)});
  checker_.asked(RequestId{1}, Asked::arrival, hash(1), from_ms(1));
  answer(1, output::Joined{});
  expect("I6");
}

TEST_F(CheckerTest, SeesAnIdentifierThatIsTakenFromSomebodyWhoUsesIt) {
  commit({rendezvous(1, RendezvousState::live), session(1, 1),
          leg(1, 1, Role::customer, LegState::connected)});
  checker_.begin(from_ms(1001), from_ms(1001), true);
  commit({leg(1, 1, Role::customer, LegState::degraded)});
  checker_.asked(RequestId{1}, Asked::arrival, hash(1), from_ms(1));
  output::Joined joined;
  joined.details.leg = LegId{1};
  answer(1, joined);
  expect("I6");
}

TEST_F(CheckerTest, SeesAnEventBeforeItsCauseAndAfterTheEnd) {
  say("leg.connected", R"({"leg":1,"session":1})");
  expect("I7");
}

TEST_F(CheckerTest, SeesALegThatConnectsAfterItHasLeft) {
  say("session.created", R"({"session":1})");
  for (const char* state : {"invited", "connected", "left"})
    say(std::string("leg.") + state, R"({"leg":1,"session":1})");
  EXPECT_EQ(checker_.violation(), "");
  say("leg.connected", R"({"leg":1,"session":1})");
  expect("I7");
}

TEST_F(CheckerTest, SeesAnAgentLegWithoutAnAcceptedOffer) {
  commit({session(1), leg(1, 1, Role::agent)});
  expect("I7");
}

TEST_F(CheckerTest, SeesASilentEnd) {
  commit({rendezvous(1, RendezvousState::ended)});
  expect("a rendezvous ended in silence");
}

TEST_F(CheckerTest, SeesARequestThatIsAnsweredTwiceOrNever) {
  checker_.asked(RequestId{1}, Asked::other, {}, from_ms(1));
  checker_.expect_no_waiting(from_ms(2));
  expect("a request waits");
  Checker second(settings());
  second.asked(RequestId{1}, Asked::other, {}, from_ms(1));
  second.released(output::Answer{RequestId{1}, PeerId{1}, output::Accepted{}});
  EXPECT_EQ(second.violation(), "");
  second.released(output::Answer{RequestId{1}, PeerId{1}, output::Accepted{}});
  EXPECT_NE(second.violation(), "");
}

}  // namespace
}  // namespace convene::sim
