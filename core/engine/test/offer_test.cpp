// core/engine/test/offer_test.cpp - offers and agents: every edge, one slot for each, the same answer twice.
#include "core/engine/test/fixture.hpp"

namespace convene::testing {

using std::chrono::minutes;
using std::chrono::seconds;

class Offers : public EngineTest {
 protected:
  /// A customer waits and this agent has an offer.
  output::OfferMade offered(const std::string& agent = "anna") {
    open();
    ready(agent);
    book(1);
    customer = come_back(1);
    EXPECT_EQ(offers().size(), 1u);
    return offers().empty() ? output::OfferMade{} : offers()[0];
  }
  output::Details customer;
};

TEST_F(Offers, AcceptedAddsTheAgentAndTheSameAnswerIsAnsweredAlike) {
  const auto o = offered();
  EXPECT_EQ(answer("anna", o.offer.offer, true), "");
  EXPECT_EQ(answer("anna", o.offer.offer, true), "");
  EXPECT_EQ(answer("anna", o.offer.offer, false), "offer_gone");
  EXPECT_EQ(snapshot().legs.size(), 2u);
  EXPECT_EQ(policy.outcomes, (std::vector<int>{CONVENE_OUTCOME_ACCEPTED}));
}

TEST_F(Offers, WhoIsNotAskedIsJoinedAtOnceAndIsToldWhatForInTheSameInput) {
  settings.agents.at("anna").auto_answer = true;
  const auto o = offered();
  EXPECT_TRUE(o.answered);
  EXPECT_EQ(policy.outcomes, (std::vector<int>{CONVENE_OUTCOME_ACCEPTED}));
  EXPECT_EQ(snapshot().legs.size(), 2u);
  EXPECT_EQ(snapshot().offers.at(0).state, OfferState::accepted);
  EXPECT_EQ(answer("anna", o.offer.offer, true), "") << "who answers all the same has said what is so";
  EXPECT_EQ(answer("anna", o.offer.offer, false), "offer_gone");
  EXPECT_TRUE(all<output::OfferEnded>().empty());
}

TEST_F(Offers, WhoIsNotAskedHasNoMoreThanThereIsRoomFor) {
  settings.agents.at("anna").auto_answer = true;
  offered();
  book(2);
  come_back(2);
  EXPECT_EQ(offers().size(), 1u) << "anna has room for one";
}

TEST_F(Offers, DeclinedTellsTheServiceAndTheSearchGoesOnWithTheNext) {
  const auto o = offered();
  EXPECT_EQ(answer("anna", o.offer.offer, false), "");
  EXPECT_EQ(answer("anna", o.offer.offer, false), "") << "the same answer twice";
  EXPECT_EQ(answer("anna", o.offer.offer, true), "offer_gone");
  EXPECT_EQ(service.count(CONVENE_EVENT_MISSED), 1);
  EXPECT_EQ(offers().size(), 1u) << "nobody else is there, and who declined is left alone for a while";
  ready("ben");
  ASSERT_EQ(offers().size(), 2u);
  EXPECT_EQ(offers()[1].agent, "ben");
  EXPECT_EQ(policy.outcomes, (std::vector<int>{CONVENE_OUTCOME_DECLINED}));
}

TEST_F(Offers, WhoDeclinedIsAskedAgainAfterARest) {
  const auto o = offered();
  answer("anna", o.offer.offer, false);
  pass(std::chrono::seconds(10) - Duration{1});
  EXPECT_EQ(offers().size(), 1u);
  pass(Duration{1});
  ASSERT_EQ(offers().size(), 2u);
  EXPECT_EQ(offers()[1].agent, "anna");
}

TEST_F(Offers, ExpiredAtItsDeadlineAndTheDeskIsTold) {
  const auto o = offered();
  pass(flow().offer_timeout - Duration{1});
  EXPECT_TRUE(all<output::OfferEnded>(said).empty());
  pass(Duration{1});
  const auto ended = all<output::OfferEnded>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].state, OfferState::expired);
  EXPECT_EQ(answer("anna", o.offer.offer, true), "offer_gone");
  EXPECT_EQ(service.count(CONVENE_EVENT_MISSED), 1);
}

TEST_F(Offers, AnswerInTheMillisecondOfTheDeadlineIsTooLate) {
  const auto o = offered();
  now = o.offer.deadline;
  EXPECT_EQ(answer("anna", o.offer.offer, true), "offer_gone");
}

TEST_F(Offers, WithdrawnWhenTheCustomerLeaves) {
  offered();
  report(customer.leg, LegState::left, 1, kWeb);
  const auto ended = all<output::OfferEnded>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].state, OfferState::withdrawn);
  EXPECT_EQ(policy.outcomes, (std::vector<int>{CONVENE_OUTCOME_WITHDRAWN}));
}

TEST_F(Offers, WithdrawnWhenTheAgentPausesAndGivenToTheNext) {
  offered();
  ready("ben");
  says("anna", AgentState::paused);
  EXPECT_EQ(all<output::OfferEnded>().size(), 1u);
  ASSERT_EQ(offers().size(), 2u);
  EXPECT_EQ(offers()[1].agent, "ben");
}

TEST_F(Offers, OnlyTheAgentsDeskMayAnswer) {
  const auto o = offered();
  EXPECT_EQ(answer("anna", o.offer.offer, true, kWeb), "not_allowed");
  EXPECT_EQ(answer("nobody", o.offer.offer, true), "unknown_agent");
  attach("ben");
  EXPECT_EQ(answer("ben", o.offer.offer, true), "offer_gone") << "not Ben's";
  EXPECT_EQ(answer("anna", OfferId{404}, true), "offer_gone");
}

TEST_F(Offers, CapacityIsNeverExceeded) {
  settings.agents["anna"].capacity = 2;
  open();
  ready("anna");
  for (std::uint32_t i = 1; i <= 5; ++i) {
    book(i);
    come_back(i);
  }
  EXPECT_EQ(offers().size(), 2u) << "one standing offer for each slot";
  answer("anna", offers()[0].offer.offer, true);
  EXPECT_EQ(offers().size(), 2u) << "accepted: the slot is a session now";
  answer("anna", offers()[1].offer.offer, true);
  EXPECT_EQ(offers().size(), 2u);
  const output::Details a = order_for("anna").details;
  connect(a, kDesk);
  report(a.leg, LegState::left, 1, kDesk);
  EXPECT_EQ(offers().size(), 3u) << "a slot is free again";
}

TEST_F(Offers, AcceptedButNotAddedFreesTheSlot) {
  service.step = [](const convene_session& s, std::string_view st, const convene_service_event& e,
                    const convene_service_effects& fx) {
    return e.kind == CONVENE_EVENT_ACCEPTED ? CONVENE_OK : meet(s, st, e, fx);
  };
  const auto o = offered();
  EXPECT_EQ(answer("anna", o.offer.offer, true), "");
  book(2);
  come_back(2);
  EXPECT_EQ(offers().size(), 2u);
}

TEST_F(Offers, WrapUpFollowsASessionAndEndsByItself) {
  settings.agents["anna"].wrap_up = seconds(30);
  offered();
  connect(customer, kWeb);
  take_newest();
  report(customer.leg, LegState::left, 1, kWeb);
  EXPECT_TRUE(published("agent.wrap_up"));
  book(2);
  connect(come_back(2), kWeb);
  EXPECT_EQ(offers().size(), 1u);
  pass(seconds(30));
  EXPECT_EQ(offers().size(), 2u);
  const auto changed = all<output::AgentChanged>(said);
  ASSERT_EQ(changed.size(), 2u);
  EXPECT_EQ(changed[1].state, AgentState::ready);
}

TEST_F(Offers, AttachShowsEverythingThatIsGoingOn) {
  settings.agents["anna"].capacity = 2;
  offered();
  connect(customer, kWeb);
  const output::Details first = take_newest();
  book(2);
  come_back(2);
  const output::Body body = attach("anna");
  const auto& a = std::get<output::Attached>(body);
  EXPECT_EQ(a.name, "Agent anna");
  EXPECT_EQ(a.state, AgentState::ready);
  ASSERT_EQ(a.offers.size(), 1u);
  ASSERT_EQ(a.sessions.size(), 1u);
  EXPECT_EQ(a.sessions[0].details.leg, first.leg);
  EXPECT_EQ(a.sessions[0].details.ticket.epoch, 1u) << "connected here: nothing is disturbed";
  EXPECT_EQ(a.sessions[0].roster.size(), 2u);
}

TEST_F(Offers, NewerDeskTakesOverTheOlderOne) {
  offered();
  connect(customer, kWeb);
  const output::Details a = take_newest();
  put(input::PeerUp{PeerId{20}, "desk2", true, false});
  sequence[a.leg] = 0;
  const output::Body body = attach("anna", PeerId{20});
  const auto& attached = std::get<output::Attached>(body);
  ASSERT_EQ(attached.sessions.size(), 1u);
  EXPECT_EQ(attached.sessions[0].details.ticket.epoch, 2u);
  EXPECT_EQ(leg_state(a.leg), LegState::degraded);
  const auto orders = all<output::LegOrder>();
  ASSERT_EQ(orders.size(), 2u);
  EXPECT_EQ(orders[0].peer, PeerId{20});
  EXPECT_TRUE(orders[0].join);
  EXPECT_EQ(orders[1].peer, kDesk);
  EXPECT_EQ(orders[1].reason, "taken_over");
  report(a.leg, LegState::connected, 2, PeerId{20});
  EXPECT_EQ(leg_state(a.leg), LegState::connected);
  EXPECT_EQ(says("anna", AgentState::paused, kDesk), "not_allowed");
}

TEST_F(Offers, AgentWithoutADeskGetsNoOffers) {
  open();
  ready("anna");
  put(input::Detach{kDesk, "anna"});
  book(1);
  come_back(1);
  EXPECT_TRUE(offers().empty());
  attach("anna");
  EXPECT_EQ(offers().size(), 1u);
  ready("ben");
  put(input::PeerDown{kDesk});
  book(2);
  come_back(2);
  EXPECT_EQ(offers().size(), 1u);
}

TEST_F(Offers, AgentsAndDesksThatAreUnknownAreRefused) {
  open();
  EXPECT_EQ(code(attach("nobody")), "unknown_agent");
  EXPECT_EQ(code(attach("anna", PeerId{404})), "not_allowed");
  EXPECT_EQ(says("anna", AgentState::ready), "not_allowed") << "nobody speaks for her yet";
  EXPECT_EQ(says("nobody", AgentState::ready), "unknown_agent");
  put(input::PeerUp{kSwitch, "pbx", false, true});
  EXPECT_EQ(says("anna", AgentState::ready, kSwitch), "") << "an ACD knows what its agents do";
}

TEST_F(Offers, SurviveARestartWithTheirDeadline) {
  const auto o = offered();
  pass(seconds(5));
  start();
  hello();
  const output::Body body = attach("anna");
  const auto& a = std::get<output::Attached>(body);
  ASSERT_EQ(a.offers.size(), 1u);
  EXPECT_EQ(a.offers[0].deadline, o.offer.deadline);
  EXPECT_EQ(answer("anna", o.offer.offer, true), "");
  EXPECT_EQ(order_for("anna").details.session, customer.session);
}

}  // namespace convene::testing
