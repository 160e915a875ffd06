// core/engine/test/no_answer_test.cpp - an agent who does not answer is paused, and the customer goes on to the next.
#include "core/engine/test/fixture.hpp"

namespace convene::testing {

using std::chrono::minutes;
using std::chrono::seconds;

class NoAnswer : public EngineTest {
 protected:
  const Agent& agent_record(const std::string& id) {
    held = snapshot();
    for (const Agent& a : held.agents) {
      if (a.id == id) return a;
    }
    static const Agent none;
    return none;
  }
  bool paused(const std::string& id) {
    const Agent& a = agent_record(id);
    return a.state == AgentState::paused && a.reason == "no_answer";
  }
  output::Details customer(std::uint32_t n) {
    book(n);
    const output::Details d = come_back(n);
    connect(d, kWeb);
    return d;
  }
  /// The newest offer is for this agent, who lets it pass.
  void let_pass(const std::string& id) {
    ASSERT_FALSE(offers().empty());
    ASSERT_EQ(offers().back().agent, id);
    pass(flow().offer_timeout);
  }
  /// Anna talks with one customer, has room for two, and lets the next one's offer pass.
  output::Details talks_and_lets_one_pass() {
    settings.agents["anna"].capacity = 2;
    open();
    ready("anna");
    customer(1);
    const output::Details talks = take_newest();
    customer(2);
    let_pass("anna");
    return talks;
  }
  std::vector<output::AgentChanged> changes() const { return all<output::AgentChanged>(said); }
};

TEST_F(NoAnswer, PausesWhoLetsTwoOffersPassAndGoesOnWithTheNextAtOnce) {
  open();
  ready("anna");
  customer(1);
  let_pass("anna");
  EXPECT_FALSE(paused("anna")) << "once may happen";
  EXPECT_EQ(agent_record("anna").missed, 1u);
  pass(seconds(10));
  ready("ben");
  let_pass("anna");
  EXPECT_TRUE(paused("anna"));
  ASSERT_EQ(changes().size(), 1u);
  EXPECT_EQ(changes()[0].peer, kDesk);
  EXPECT_EQ(changes()[0].state, AgentState::paused);
  EXPECT_EQ(changes()[0].reason, "no_answer");
  const auto events = all<output::Publish>();
  EXPECT_TRUE(std::any_of(events.begin(), events.end(), [](const output::Publish& p) {
    return p.topic == "agent.paused" && p.body == R"({"agent":"anna","state":"paused","reason":"no_answer"})";
  }));
  EXPECT_EQ(offers().back().agent, "ben") << "in the same millisecond";
  EXPECT_EQ(offers().back().offer.waiting_since, offers().front().offer.waiting_since);
}

TEST_F(NoAnswer, IsOverAsSoonAsTheAgentSaysReady) {
  settings.agents["anna"].max_no_answer = 1;
  open();
  ready("anna");
  customer(1);
  let_pass("anna");
  ASSERT_TRUE(paused("anna"));
  pass(minutes(5));
  EXPECT_EQ(offers().size(), 1u) << "nobody waits for her again";
  EXPECT_EQ(says("anna", AgentState::ready), "");
  EXPECT_EQ(agent_record("anna").reason, "");
  EXPECT_EQ(agent_record("anna").missed, 0u);
  EXPECT_EQ(offers().size(), 2u);
}

TEST_F(NoAnswer, IsHerOwnPauseOnceSheSaysSo) {
  settings.agents["anna"].max_no_answer = 1;
  open();
  ready("anna");
  customer(1);
  let_pass("anna");
  EXPECT_EQ(says("anna", AgentState::paused), "");
  EXPECT_EQ(agent_record("anna").state, AgentState::paused);
  EXPECT_EQ(agent_record("anna").reason, "");
}

TEST_F(NoAnswer, CountsOnlyWhatWasNotAnsweredInARow) {
  for (const bool by_declining : {true, false}) {
    SCOPED_TRACE(by_declining);
    store = {};
    said.clear();
    open();
    ready("anna");
    const output::Details d = customer(1);
    let_pass("anna");
    pass(seconds(10));
    if (by_declining) {
      EXPECT_EQ(answer("anna", offers().back().offer.offer, false), "");
    } else {
      take_newest();
      report(d.leg, LegState::left, 1, kWeb);
    }
    EXPECT_EQ(agent_record("anna").missed, 0u);
    customer(2);
    pass(flow().offer_timeout);
    EXPECT_FALSE(paused("anna"));
    EXPECT_EQ(agent_record("anna").missed, 1u);
  }
}

TEST_F(NoAnswer, DoesNotCountWhatWasTakenBack) {
  settings.agents["anna"].max_no_answer = 1;
  open();
  ready("anna");
  report(customer(1).leg, LegState::left, 1, kWeb);
  EXPECT_EQ(agent_record("anna").missed, 0u);
  EXPECT_EQ(agent_record("anna").state, AgentState::ready);
}

TEST_F(NoAnswer, IsNobodysFaultWhileNoDeskIsConnected) {
  settings.agents["anna"].max_no_answer = 1;
  open();
  ready("anna");
  customer(1);
  put(input::Detach{kDesk, "anna"});
  pass(flow().offer_timeout);
  EXPECT_EQ(agent_record("anna").state, AgentState::ready);
  attach("anna");
  pass(seconds(10));
  EXPECT_EQ(offers().size(), 2u);
  put(input::PeerDown{kDesk});
  pass(flow().offer_timeout);
  EXPECT_EQ(agent_record("anna").state, AgentState::ready) << "her gateway was gone";
}

TEST_F(NoAnswer, IsForgivenForEverWithZero) {
  settings.agents["anna"].max_no_answer = 0;
  open();
  ready("anna");
  customer(1);
  for (int i = 0; i < 10; ++i) {
    let_pass("anna");
    pass(seconds(10));
  }
  EXPECT_EQ(offers().size(), 11u);
  EXPECT_EQ(agent_record("anna").state, AgentState::ready);
}

TEST_F(NoAnswer, TakesTheOtherOffersOfWhoIsPausedToOthers) {
  settings.agents["anna"].capacity = 2;
  settings.agents["anna"].max_no_answer = 1;
  open();
  ready("anna");
  customer(1);
  pass(seconds(1));
  customer(2);
  ASSERT_EQ(offers().size(), 2u);
  settings.agents["ben"].capacity = 2;
  ready("ben");
  pass(flow().offer_timeout - seconds(1) - Duration{1});
  EXPECT_TRUE(paused("anna"));
  const auto ended = all<output::OfferEnded>(said);
  ASSERT_EQ(ended.size(), 2u);
  EXPECT_EQ(ended[0].state, OfferState::expired);
  EXPECT_EQ(ended[1].state, OfferState::withdrawn);
  EXPECT_EQ(offers().back().agent, "ben");
}

TEST_F(NoAnswer, LeavesConversationsAlone) {
  settings.agents["anna"].max_no_answer = 1;
  const output::Details talks = talks_and_lets_one_pass();
  EXPECT_TRUE(paused("anna"));
  EXPECT_EQ(leg_state(talks.leg), LegState::connected);
  report(talks.leg, LegState::left, 1, kDesk);
  EXPECT_TRUE(paused("anna")) << "the end of a conversation makes nobody ready";
}

TEST_F(NoAnswer, IsNotForgivenByASessionThatIsOpenedLater) {
  settings.agents["anna"].capacity = 2;
  settings.agents["anna"].auto_answer = true;
  open();
  ready("anna");
  customer(1);
  pass(seconds(20));
  customer(2);
  const output::Details second = order_for("anna").details;
  pass(flow().connect_timeout - seconds(20));
  ASSERT_TRUE(paused("anna"));
  connect(second, kDesk);
  EXPECT_TRUE(paused("anna"));
  EXPECT_EQ(agent_record("anna").missed, 2u);
  EXPECT_EQ(says("anna", AgentState::ready), "");
  EXPECT_EQ(agent_record("anna").missed, 0u);
}

TEST_F(NoAnswer, IsNotForgivenByASocketThatComesBack) {
  const output::Details talks = talks_and_lets_one_pass();
  ASSERT_EQ(agent_record("anna").missed, 1u);
  report(talks.leg, LegState::degraded, 1, kDesk);
  report(talks.leg, LegState::connected, 1, kDesk);
  ASSERT_EQ(leg_state(talks.leg), LegState::connected);
  EXPECT_EQ(agent_record("anna").missed, 1u) << "a machine has answered, and nobody has";
}

TEST_F(NoAnswer, PausesWhoIsNotAskedAfterOneSessionThatWasNotOpened) {
  settings.agents["anna"].auto_answer = true;
  settings.agents["anna"].wrap_up = seconds(30);
  open();
  ready("anna");
  pass(seconds(3));
  customer(1);
  const Time waits_since = offers().back().offer.waiting_since;
  ASSERT_TRUE(offers().back().answered);
  ready("ben");
  pass(flow().connect_timeout);
  EXPECT_TRUE(paused("anna"));
  EXPECT_FALSE(published("agent.wrap_up")) << "there was nothing to wrap up";
  ASSERT_EQ(offers().size(), 2u);
  EXPECT_EQ(offers()[1].agent, "ben");
  EXPECT_EQ(offers()[1].offer.waiting_since, waits_since) << "the customer keeps the place in the queue";
  take_newest();
  EXPECT_EQ(snapshot().sessions.at(0).search_since, Time{}) << "found: the next search will be a new one";
}

TEST_F(NoAnswer, KeepsTheCustomerBeforeWhoCameLater) {
  settings.agents["anna"].auto_answer = true;
  open();
  ready("anna");
  customer(1);
  pass(seconds(5));
  customer(2);
  const SessionId first = snapshot().sessions.at(0).id;
  pass(flow().connect_timeout);
  ASSERT_TRUE(paused("anna"));
  ready("ben");
  EXPECT_EQ(offers().back().agent, "ben");
  EXPECT_EQ(offers().back().offer.session, first);
}

TEST_F(NoAnswer, KeepsThePlaceOverARestart) {
  settings.agents["anna"].auto_answer = true;
  open();
  ready("anna");
  customer(1);
  const Time since = offers().back().offer.waiting_since;
  start();
  hello();
  attach("anna");
  pass(flow().connect_timeout);
  EXPECT_TRUE(paused("anna"));
  start();
  hello();
  EXPECT_TRUE(paused("anna"));
  const output::Body body = attach("anna");
  EXPECT_EQ(std::get<output::Attached>(body).reason, "no_answer");
  ready("ben");
  EXPECT_EQ(offers().back().offer.waiting_since, since);
}

TEST_F(NoAnswer, IsTriedForNoLongerThanTheSearchMayLast) {
  settings.agents["anna"].auto_answer = true;
  flow().wait_max = seconds(10);
  open();
  ready("anna");
  customer(1);
  pass(flow().connect_timeout);
  pass(seconds(1));
  EXPECT_EQ(service.count(CONVENE_EVENT_NO_AGENT), 1) << ::testing::PrintToString(service.events);
}

TEST_F(NoAnswer, CountsWhoAcceptsAndNeverComesOnceAndLetsThemRest) {
  open();
  ready("anna");
  customer(1);
  EXPECT_EQ(answer("anna", offers().back().offer.offer, true), "");
  pass(flow().connect_timeout);
  EXPECT_EQ(agent_record("anna").missed, 1u);
  EXPECT_EQ(offers().size(), 1u) << "not the same session at once";
  pass(seconds(10));
  let_pass("anna");
  EXPECT_TRUE(paused("anna"));
}

TEST_F(NoAnswer, BelievesASwitchThatSaysSoAndNoOtherFailure) {
  settings.agents["anna"].max_no_answer = 1;
  open();
  put(input::PeerUp{kSwitch, "pbx", false, true});
  ready("anna", kSwitch);
  customer(1);
  for (const char* why : {"trunk_down", "no_answer"}) {
    EXPECT_EQ(answer("anna", offers().back().offer.offer, true, kSwitch), "");
    const LegId leg = order_for("anna").leg;
    put(input::LegReport{kSwitch, leg, ++sequence[leg], newest_order(leg), 1, LegState::failed, {}, why});
    EXPECT_EQ(paused("anna"), std::string_view(why) == "no_answer");
  }
}

TEST_F(NoAnswer, IsNamedByADecisionAndNotCountedAsSomebodyWhoIsThere) {
  settings.agents["anna"].max_no_answer = 1;
  open();
  ready("anna");
  customer(1);
  EXPECT_EQ(loop->engine().pools().at(0).agents, 1u);
  let_pass("anna");
  EXPECT_EQ(loop->engine().pools().at(0).agents, 0u);
  customer(2);
  const auto decisions = store.decisions(snapshot().sessions.at(1).id);
  ASSERT_TRUE(decisions);
  EXPECT_NE(decisions->back().excluded.find(R"({"agent":"anna","why":"no_answer"})"), std::string::npos);
}

}  // namespace convene::testing
