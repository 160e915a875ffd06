// plugins/service_rendezvous/service_rendezvous_test.cpp - the story of a rendezvous, and every way in which it can end.
#include "plugins/test/service_story.hpp"

namespace convene::test {
namespace {

const Library& service() {
  static const Library library("service_rendezvous");
  return library;
}

TEST(ServiceRendezvous, Claim05DisturbsNobodyBeforeTheCustomerReturns) {
  Story story(service());
  EXPECT_EQ(story.created(), "");
  EXPECT_EQ(story.due(), "");
  EXPECT_EQ(story.next_timer(), "no timer");
}

TEST(ServiceRendezvous, Claim05TheReturnJoinsTheCustomerAndStartsTheSearch) {
  Story story(service());
  story.created();
  EXPECT_EQ(story.arrived(), "add_customer; find_agent; notify customer searching");
  EXPECT_EQ(story.arrived(), "add_customer") << "a second arrival does not search twice";
}

TEST(ServiceRendezvous, WhoAcceptsIsAdded) {
  Story story(service());
  story.created();
  story.arrived();
  EXPECT_EQ(story.accepted("anna"), "add_agent anna");
  EXPECT_EQ(story.missed("ben"), "");
}

TEST(ServiceRendezvous, CompletesWhenTheCustomerLeavesAfterAConversation) {
  Story story(service());
  story.talk();
  EXPECT_EQ(story.leg(story.customer(), CONVENE_LEG_DEGRADED), "") << "a reload is no leaving";
  EXPECT_EQ(story.leg(story.customer(), CONVENE_LEG_CONNECTED), "");
  EXPECT_EQ(story.leg(story.customer(), CONVENE_LEG_LEFT), "end completed customer_left");
}

TEST(ServiceRendezvous, CompletesWhenTheCustomerAsksToLeave) {
  Story story(service());
  story.talk();
  EXPECT_EQ(story.request(story.customer(), "leave"),
            "remove 1 left | end completed customer_left");
}

TEST(ServiceRendezvous, PutsBackACustomerWhoNeverConnected) {
  Story story(service());
  story.created();
  story.arrived();
  EXPECT_EQ(story.leg(story.customer(), CONVENE_LEG_FAILED), "end retimed customer_not_connected");
}

TEST(ServiceRendezvous, PutsBackACustomerWhoLeavesBeforeAnAgentCame) {
  Story story(service());
  story.created();
  story.arrived();
  story.leg(story.customer(), CONVENE_LEG_CONNECTED);
  EXPECT_EQ(story.leg(story.customer(), CONVENE_LEG_LEFT), "end retimed customer_left");
}

TEST(ServiceRendezvous, PutsBackACustomerWhoFailedWhileTheAgentWasThere) {
  Story story(service());
  story.created();
  story.arrived();
  story.accepted("anna");
  story.leg(story.agent(), CONVENE_LEG_CONNECTED);
  EXPECT_EQ(story.leg(story.customer(), CONVENE_LEG_FAILED), "end retimed customer_not_connected");
}

TEST(ServiceRendezvous, EndsOrSearchesAsDeclaredWhenTheAgentLeaves) {
  Story ends(service());
  ends.talk();
  EXPECT_EQ(ends.leg(ends.agent(), CONVENE_LEG_LEFT), "end completed agent_left");
  Story searches(service(), R"({"agent_left":"search"})");
  searches.talk();
  EXPECT_EQ(searches.request(searches.agent(), "leave"),
            "remove 2 left | notify customer agent_left; find_agent; notify customer searching");
  EXPECT_EQ(searches.accepted("ben"), "add_agent ben");
}

TEST(ServiceRendezvous, SearchesAgainWhenAnAgentNeverGotThrough) {
  for (const int state :
       {CONVENE_LEG_FAILED, CONVENE_LEG_DECLINED, CONVENE_LEG_EXPIRED, CONVENE_LEG_LEFT}) {
    Story story(service());
    story.created();
    story.arrived();
    story.leg(story.customer(), CONVENE_LEG_CONNECTED);
    story.accepted("anna");
    EXPECT_EQ(story.leg(story.agent(), state),
              "notify customer agent_left; find_agent; notify customer searching")
        << state;
  }
}

TEST(ServiceRendezvous, GoesOnWhileAnotherAgentIsThere) {
  Story story(service());
  story.talk();
  const auto second = story.add_leg(CONVENE_ROLE_AGENT, CONVENE_LEG_CONNECTED);
  EXPECT_EQ(story.request(second, "leave"), "remove 3 left | ");
}

TEST(ServiceRendezvous, Claim04LooksForTheWantedAgentAndNobodyElse) {
  Story story(service(), "{}", "anna");
  story.created();
  EXPECT_EQ(story.arrived(), "add_customer; find_agent anna; notify customer searching");
}

TEST(ServiceRendezvous, Claim04WaitsForTheWantedAgentWhenDeclared) {
  Story story(service(), R"({"agent_away":"wait","retry_after":"10s","give_up":"20s"})", "anna");
  story.created();
  story.arrived();
  EXPECT_EQ(story.missed("anna"), "") << "the search goes on";
  EXPECT_EQ(story.no_agent(), "notify customer waiting");
  EXPECT_EQ(story.next_timer(), "find_agent anna; notify customer searching");
  EXPECT_EQ(story.no_agent(), "notify customer waiting");
  EXPECT_EQ(story.next_timer(), "find_agent anna; notify customer searching");
  EXPECT_EQ(story.no_agent(), "notify customer put_back; end retimed no_agent")
      << "every wait has an end";
}

TEST(ServiceRendezvous, Claim04PutsBackWhenTheWantedAgentIsAway) {
  const std::string settings = R"({"agent_away":"retime","agent_wait":"5s"})";
  Story slow(service(), settings, "anna");
  slow.created();
  slow.arrived();
  EXPECT_EQ(slow.next_timer(), "notify customer put_back; end retimed agent_away");
  EXPECT_EQ(slow.now_ms, 1'005'000);
  Story gone(service(), settings, "anna");
  gone.arrived();
  EXPECT_EQ(gone.no_agent(), "notify customer put_back; end retimed agent_away");
  Story declines(service(), settings, "anna");
  declines.arrived();
  EXPECT_EQ(declines.missed("anna"), "notify customer put_back; end retimed agent_away");
}

TEST(ServiceRendezvous, Claim04AsksTheCustomerWhenDeclared) {
  const std::string settings = R"({"agent_away":"ask","agent_wait":5000})";
  Story anybody(service(), settings, "anna");
  anybody.arrived();
  EXPECT_EQ(anybody.next_timer(), "notify customer agent_away");
  EXPECT_EQ(anybody.request(anybody.customer(), "choose", R"({"choice":"anybody"})"),
            "stop_search; find_agent; notify customer searching");
  EXPECT_EQ(anybody.accepted("ben"), "add_agent ben");

  Story later(service(), settings, "anna");
  later.arrived();
  EXPECT_EQ(later.missed("anna"), "notify customer agent_away");
  EXPECT_EQ(later.request(later.customer(), "choose", R"({"choice":"later"})"),
            "notify customer put_back; end retimed customer_chose_later");

  Story waits(service(), settings, "anna");
  waits.arrived();
  EXPECT_EQ(waits.no_agent(), "notify customer agent_away");
  EXPECT_EQ(waits.request(waits.customer(), "choose", R"({"choice":"wait"})"), "");
  EXPECT_EQ(waits.next_timer(), "find_agent anna; notify customer searching");
  EXPECT_EQ(waits.accepted("anna"), "add_agent anna");

  Story silent(service(), settings, "anna");
  silent.arrived();
  silent.next_timer();
  EXPECT_EQ(silent.no_agent(), "") << "is asked once";
  EXPECT_EQ(silent.next_timer(), "notify customer put_back; end retimed no_answer");
}

TEST(ServiceRendezvous, OnlyTheCustomerChoosesAndOnlyWhatThereIs) {
  Story story(service(), R"({"agent_away":"ask"})", "anna");
  story.arrived();
  story.no_agent();
  for (const char* detail : {"{}", R"({"choice":"everybody"})", "{", "[]"}) {
    EXPECT_EQ(story.request(story.customer(), "choose", detail),
              "notify customer refused malformed")
        << detail;
  }
  story.accepted("anna");
  const char* later = R"({"choice":"later"})";
  EXPECT_EQ(story.request(story.agent(), "choose", later),
            "notify agent refused nothing_to_choose");
  EXPECT_EQ(story.request(story.customer(), "choose", later),
            "notify customer refused nothing_to_choose");
}

TEST(ServiceRendezvous, DoesWhatTheFlowSaysWhenNobodyIsThere) {
  Story retime(service());
  retime.arrived();
  EXPECT_EQ(retime.no_agent(), "notify customer put_back; end retimed no_agent");
  Story wait(service(), R"({"no_agent":"wait"})");
  wait.arrived();
  EXPECT_EQ(wait.no_agent(), "notify customer waiting");
  EXPECT_EQ(wait.next_timer(), "find_agent; notify customer searching");
  Story escalate(service(), R"({"no_agent":"escalate"})");
  escalate.arrived();
  EXPECT_EQ(escalate.no_agent(), "end escalated escalated");
  Story further(service(), R"({"no_agent":"escalate","escalate_to":"managers"})");
  further.arrived();
  EXPECT_EQ(further.no_agent(), "find_agent in managers; notify all escalated");
  EXPECT_EQ(further.no_agent(), "end escalated no_agent");
}

TEST(ServiceRendezvous, AgentsEscalateAndStayUntilSomebodyElseIsThere) {
  Story story(service(), R"({"escalate_to":"managers"})");
  story.talk();
  EXPECT_EQ(story.request(story.agent(), "escalate"),
            "find_agent in managers; notify all escalated");
  EXPECT_EQ(story.no_agent(), "notify agent no_agent") << "the agent is still there";
  EXPECT_EQ(story.request(story.customer(), "escalate"), "notify customer refused not_allowed");
}

TEST(ServiceRendezvous, WhoIsEarlyIsJoinedOrWaitsAsDeclared) {
  Story joins(service());
  joins.due_ms = joins.now_ms + 60'000;
  EXPECT_EQ(joins.arrived(), "add_customer; find_agent; notify customer searching");
  Story waits(service(), R"({"early":"wait"})");
  waits.due_ms = waits.now_ms + 60'000;
  EXPECT_EQ(waits.arrived(), "add_customer; notify customer early");
  EXPECT_EQ(waits.next_timer(), "find_agent; notify customer searching");
  EXPECT_EQ(waits.due(), "") << "the search is on already";
}

TEST(ServiceRendezvous, OnlyStaffOpensAndClosesChannelsForAll) {
  Story story(service());
  story.talk();
  EXPECT_EQ(story.request(story.agent(), "open_channel", R"({"channel":"page"})"), "open page");
  EXPECT_EQ(story.request(story.agent(), "close_channel", R"({"channel":"page"})"), "close page");
  EXPECT_EQ(story.request(story.customer(), "open_channel", R"({"channel":"page"})"),
            "notify customer refused not_allowed");
  for (const char* detail :
       {"{}", "{", R"({"channel":""})", R"({"channel":"Page 2"})", R"({"channel":7})"}) {
    EXPECT_EQ(story.request(story.agent(), "open_channel", detail),
              "notify agent refused malformed")
        << detail;
  }
}

TEST(ServiceRendezvous, RefusesRequestsThatItDoesNotKnowAndGoesOn) {
  Story story(service());
  story.talk();
  EXPECT_EQ(story.request(story.agent(), "dance"), "notify agent refused unknown_request");
  EXPECT_EQ(story.request(99, "leave"), "");
}

TEST(ServiceRendezvous, TakesDefaultsForSettingsThatMakeNoSenseAndSaysSo) {
  const Library own("service_rendezvous");
  Story story(own, R"({"agent_away":"panic","no_agent":7})");
  story.arrived();
  EXPECT_EQ(story.no_agent(), "notify customer put_back; end retimed no_agent");
  ASSERT_FALSE(own.host.logged.empty());
  EXPECT_EQ(own.host.logged[0], "service_rendezvous.setting");
}

TEST(ServiceRendezvous, RefusesAStateOfAnotherVersionAndReadsItsOwn) {
  Story story(service());
  story.created();
  EXPECT_NE(story.state.find("\"v\":1"), std::string::npos);
  story.state = R"({"v":2})";
  EXPECT_EQ(story.arrived().rfind("failed: ", 0), 0u);
}

TEST(ServiceRendezvous, SearchesAgainWhenWhoAcceptedCouldNotBeAdded) {
  Story story(service());
  story.arrived();
  story.accepted("anna");
  story.leg(story.agent(), CONVENE_LEG_FAILED);
  EXPECT_EQ(story.no_agent("anna"), "find_agent; notify customer searching");
}

}  // namespace
}  // namespace convene::test
