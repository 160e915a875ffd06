// adapters/web/hub_test.cpp - legs, desks and offers between a core and browsers that are both made up.
#include <gtest/gtest.h>

#include <algorithm>

#include "adapters/web/fakes_test.hpp"

namespace convene::web {
namespace {

using test::Rig;

TEST(Hub, OpensALegWithItsTicketOnceAndReportsItConnected) {
  Rig rig;
  const auto c = rig.customer(7, 3);
  EXPECT_EQ(c->browser->count("connected"), 1u);
  ASSERT_FALSE(rig.core.legs.empty());
  const auto report = JsonObject::parse(rig.core.legs.back());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->text("state"), "connected");
  EXPECT_EQ(report->number("epoch"), 1u);
  EXPECT_EQ(report->raw("channels"), R"(["chat","page"])");
  const auto thief = rig.socket();
  thief->say(R"({"t":"connect","ticket":"c7","channels":["chat"],"protocol":1})");
  EXPECT_EQ(thief->browser->count("refused"), 1u);
}

TEST(Hub, ChatsBetweenCustomerAndAgent) {
  Rig rig;
  const auto c = rig.customer(7, 3);
  const auto a = rig.desk("anna", 8, 3);
  c->say(R"({"t":"frame","leg":7,"ch":"chat","body":{"text":"hello"},"ref":1})");
  EXPECT_EQ(c->browser->count("ok"), 1u);
  EXPECT_EQ(a->browser->count("entry"), 1u);
  a->say(R"({"t":"frame","leg":8,"ch":"chat","body":{"text":"hi"}})");
  EXPECT_EQ(c->browser->count("entry"), 2u);
  EXPECT_NE(c->browser->last.find("\"name\":\"Anna Weber\""), std::string::npos);
}

TEST(Hub, TheNewestWindowHasTheLeg) {
  Rig rig;
  const auto before = rig.customer(7, 3);
  rig.gateway->hub.note_details(Rig::details(7, 3, 1, "again", 2));
  const auto now = rig.socket();
  now->say(
      R"({"t":"connect","ticket":"again","channels":["chat"],"protocol":1,"have":{"chat":0}})");
  EXPECT_EQ(before->browser->bye_code, "elsewhere");
  EXPECT_EQ(now->browser->count("connected"), 1u);
  const std::size_t reports = rig.core.legs.size();
  rig.gateway->hub.closed(before->browser);
  EXPECT_EQ(rig.core.legs.size(), reports) << "the old socket's end says nothing about the leg";
}

TEST(Hub, ALostSocketDegradesItsLegAndAReloadBringsItBack) {
  Rig rig;
  const auto c = rig.customer(7, 3);
  c->say(R"({"t":"frame","leg":7,"ch":"chat","body":{"text":"hello"}})");
  rig.gateway->hub.closed(c->browser);
  EXPECT_NE(rig.core.legs.back().find("\"state\":\"degraded\""), std::string::npos);
  rig.gateway->hub.note_details(Rig::details(7, 3, 1, "again", 2));
  const auto back = rig.socket();
  back->say(R"({"t":"connect","ticket":"again","channels":["chat"],"protocol":1})");
  EXPECT_EQ(back->browser->count("entry"), 1u) << "same session, same transcript";
  EXPECT_NE(rig.core.legs.back().find("\"state\":\"connected\""), std::string::npos);
}

TEST(Hub, DoesNotConnectTheLegOfASocketThatWasLostWhileTheCoreAnswered) {
  Rig rig;
  const auto c = rig.socket();
  c->say(R"({"t":"return","id":"AAAAAAAAAAAAAAAAAAAAAA"})");
  c->browser->is_gone = true;
  rig.gateway->hub.closed(c->browser);
  rig.core.answer("return", R"({"token":"t","resumed":false,"details":)" +
                                Rig::details(7, 3, 1, "first") + "}");
  for (const auto& report : rig.core.legs)
    EXPECT_EQ(report.find("\"state\":\"connected\""), std::string::npos)
        << "nobody would ever say that it is gone";
  const auto back = rig.socket();
  back->say(R"({"t":"connect","ticket":"first","channels":["chat"],"protocol":1})");
  EXPECT_EQ(back->browser->count("connected"), 1u) << "its details are still good";
}

TEST(Hub, RepeatsAReportUntilItIsAcknowledged) {
  Rig rig;
  const auto c = rig.customer(7, 3);
  const std::size_t first = rig.core.legs.size();
  rig.now += 300;
  rig.gateway->hub.tick();
  EXPECT_EQ(rig.core.legs.size(), first + 1);
  rig.gateway->hub.order(R"({"leg":7,"seq":0,"ack":1,"join":true})");
  rig.now += 60'000;
  rig.gateway->hub.tick();
  EXPECT_EQ(rig.core.legs.size(), first + 1);
}

TEST(Hub, EndsALegWhenTheCoreSaysSo) {
  Rig rig;
  const auto c = rig.customer(7, 3);
  rig.gateway->hub.order(R"({"leg":7,"seq":5,"ack":1,"join":false,"reason":"completed"})");
  EXPECT_EQ(c->browser->count("left"), 1u);
  EXPECT_NE(rig.core.legs.back().find("\"state\":\"left\""), std::string::npos);
  c->say(R"({"t":"frame","leg":7,"ch":"chat","body":{"text":"hello"},"ref":1})");
  EXPECT_EQ(c->browser->count("refused"), 1u);
  rig.gateway->hub.order(R"({"leg":7,"seq":5,"ack":2,"join":false,"reason":"completed"})");
  rig.gateway->hub.tick();
  EXPECT_EQ(rig.gateway->hub.legs(), 0u) << "nothing is kept of it";
}

TEST(Hub, AcknowledgesTheEndOfALegThatItDoesNotKnow) {
  Rig rig;
  rig.gateway->hub.order(R"({"leg":99,"seq":4,"ack":0,"join":false,"reason":"x"})");
  ASSERT_EQ(rig.core.legs.size(), 1u);
  EXPECT_NE(rig.core.legs[0].find("\"ack\":4"), std::string::npos);
}

TEST(Hub, TellsACustomerWhoIsAloneAgainWhyNobodyIsThere) {
  Rig rig;
  rig.gateway->hub.note_details(Rig::details(7, 3, 1, "first"));
  rig.gateway->hub.notice("early", R"({"session":3,"leg":7,"detail":{"due":5}})");
  const auto c = rig.socket();
  c->say(R"({"t":"connect","ticket":"first","channels":["chat"],"protocol":1})");
  ASSERT_EQ(c->browser->count("notice"), 1u) << "it came before the socket did";
  EXPECT_EQ(c->browser->last, R"({"t":"notice","leg":7,"name":"early","detail":{"due":5}})");
  rig.gateway->hub.notice("agent_away", R"({"session":3,"leg":7})");
  EXPECT_EQ(c->browser->count("notice"), 2u);
  rig.gateway->hub.closed(c->browser);
  rig.gateway->hub.note_details(Rig::details(7, 3, 1, "again", 2));
  const auto back = rig.socket();
  back->say(R"({"t":"connect","ticket":"again","channels":["chat"],"protocol":1})");
  ASSERT_EQ(back->browser->count("notice"), 1u);
  EXPECT_NE(back->browser->last.find("agent_away"), std::string::npos) << "the newest";
  rig.gateway->hub.notice(
      "roster", R"({"session":3,"leg":7,"entries":[{"leg":8,"role":2,"state":"connected"}]})");
  rig.gateway->hub.closed(back->browser);
  rig.gateway->hub.note_details(Rig::details(7, 3, 1, "third", 3));
  const auto third = rig.socket();
  third->say(R"({"t":"connect","ticket":"third","channels":["chat"],"protocol":1})");
  EXPECT_EQ(third->browser->count("notice"), 0u) << "somebody is there: it is over";
}

TEST(Hub, InvitesADeskWithDetailsContextAndRoster) {
  Rig rig;
  const auto a = rig.desk("anna");
  rig.gateway->hub.notice(
      "offer", R"({"agent":"anna","offer":1,"session":3,"flow":"later","context":{"lang":"fr"},
                                       "deadline_ms":5,"waiting_since_ms":1,"now_ms":2})");
  ASSERT_EQ(a->browser->count("offer"), 1u);
  EXPECT_NE(a->browser->last.find(R"("deadline":5,"waiting_since":1,"now":2)"), std::string::npos);
  EXPECT_NE(a->browser->last.find(R"("flow":"later","title":"Later")"), std::string::npos);
  rig.gateway->hub.notice("offer",
                          R"({"agent":"anna","offer":2,"session":4,"flow":"later","context":{},
        "deadline_ms":5,"waiting_since_ms":1,"now_ms":2,"answered":true})");
  EXPECT_EQ(a->browser->count("offer"), 1u) << "nobody is asked what is answered already";
  a->say(R"({"t":"answer","offer":1,"accepts":true,"ref":4})");
  rig.core.answer("offer_answer", "{}");
  EXPECT_EQ(a->browser->count("ok"), 1u);
  rig.gateway->hub.order(R"({"leg":8,"seq":1,"ack":0,"join":true,"endpoint":"anna","details":)" +
                         Rig::details(8, 3, 2, "t8") + "}");
  ASSERT_EQ(a->browser->count("details"), 1u);
  EXPECT_NE(a->browser->last.find(R"("context":{"lang":"fr"})"), std::string::npos)
      << a->browser->last;
  a->say(R"({"t":"connect","ticket":"t8","channels":["chat"],"protocol":1})");
  EXPECT_EQ(a->browser->count("connected"), 1u);
}

TEST(Hub, OpensWhatIsNewToADeskThatAsksForIt) {
  Rig rig;
  const auto a = rig.desk("anna", 0, 0, R"({"t":"desk","opens":true})");
  const std::string order = R"({"leg":8,"seq":1,"ack":0,"join":true,"endpoint":"anna","details":)" +
                            Rig::details(8, 3, 2, "t8", 5) + "}";
  rig.gateway->hub.order(order);
  ASSERT_EQ(a->browser->count("details"), 1u);
  EXPECT_NE(a->browser->last.find(R"("opened":true)"), std::string::npos) << a->browser->last;
  ASSERT_EQ(a->browser->count("connected"), 1u);
  EXPECT_NE(a->browser->last.find(R"("channels":["chat","page"])"), std::string::npos);
  const auto report = JsonObject::parse(rig.core.legs.back());
  EXPECT_EQ(report->text("state"), "connected");
  EXPECT_EQ(report->number("epoch"), 5u);
  EXPECT_EQ(report->number("ack"), 1u) << "one message says both";
  EXPECT_GE(a->browser->together.size(), 2u) << "details and connected wake the browser once";
  a->say(R"({"t":"connect","ticket":"t8","channels":["chat"],"protocol":1})");
  EXPECT_EQ(a->browser->count("refused"), 1u) << "its ticket is used";
}

/// A desk comes with leg 8 in its `attached`; the core says it again in an order with the same ticket.
std::unique_ptr<Rig::Socket> told_twice(Rig& rig, const std::string& ticket) {
  auto desk = rig.socket(rig.desk_cookie("anna"));
  desk->say(R"({"t":"desk","opens":true})");
  const std::string details = Rig::details(8, 3, 2, ticket, 2);
  rig.core.answer("attach", R"({"agent":"anna","name":"Anna","state":"ready","offers":[],)"
                            R"("sessions":[{"details":)" +
                                details + R"(,"context":{},"roster":[]}]})");
  rig.gateway->hub.order(R"({"leg":8,"seq":1,"ack":0,"join":true,"endpoint":"anna","details":)" +
                         details + "}");
  EXPECT_EQ(desk->browser->count("details"), 1u);
  EXPECT_NE(desk->browser->last.find(R"("opened":false)"), std::string::npos);
  EXPECT_EQ(desk->browser->count("connected"), 0u) << "only the desk knows how much it has";
  return desk;
}

TEST(Hub, ADeskThatIsToldOfASessionWhenItAttachesOpensItItself) {
  const std::string connect =
      R"({"t":"connect","ticket":"t","channels":["chat"],"protocol":1,"have":{"chat":4}})";
  Rig rig;
  const auto before = rig.desk("anna", 8, 3);
  rig.gateway->hub.closed(before->browser);
  const auto again = told_twice(rig, "t");
  again->say(connect);
  EXPECT_EQ(again->browser->count("connected"), 1u);

  Rig restarted;  // The gateway was killed: it knows nobody.
  const auto there = told_twice(restarted, "t");
  there->say(connect);
  EXPECT_EQ(there->browser->count("connected"), 1u);
  EXPECT_EQ(there->browser->count("refused"), 0u);
}

TEST(Hub, AnAgentsTicketOpensNothingElsewhere) {
  Rig rig;
  rig.gateway->hub.order(R"({"leg":8,"seq":1,"ack":0,"join":true,"endpoint":"anna","details":)" +
                         Rig::details(8, 3, 2, "t8") + "}");
  const auto customer = rig.socket();
  customer->say(R"({"t":"connect","ticket":"t8","channels":["chat"],"protocol":1})");
  EXPECT_EQ(customer->browser->count("connected"), 0u);
  EXPECT_NE(customer->browser->got.back().find("not_allowed"), std::string::npos);
}

TEST(Hub, ChangedChannelsReachLegsThatAreJoined) {
  Rig rig;
  const auto c = rig.customer(7, 3);
  rig.gateway->hub.order(R"({"leg":7,"seq":2,"ack":1,"join":true,"endpoint":"","details":)" +
                         Rig::details(7, 3, 1, "t", 2, R"(["chat","page","voice"])") + "}");
  EXPECT_EQ(c->browser->count("details"), 1u);
  c->say(R"({"t":"channels","leg":7,"channels":["chat"]})");
  EXPECT_NE(rig.core.legs.back().find(R"("channels":["chat"])"), std::string::npos);
}

TEST(Hub, AfterARestartOfTheCoreItIsToldEverythingAndBrowsersSeeNoBreak) {
  Rig rig;
  const auto c = rig.customer(7, 3);
  const auto a = rig.desk("anna", 8, 3);
  const std::size_t seen = c->browser->got.size(), reports = rig.core.legs.size();
  rig.gateway->hub.core_is_new();
  EXPECT_EQ(rig.core.legs.size(), reports + 2) << "one report for each leg";
  rig.core.answer("attach", R"({"agent":"anna","name":"Anna Weber","state":"ready","offers":[
      {"agent":"anna","offer":9,"session":4,"flow":"later","context":{},"deadline_ms":5,"waiting_since_ms":1,"now_ms":2}],
      "sessions":[{"details":)" +
                                Rig::details(8, 3, 2, "fresh", 2) +
                                R"(,"context":{},"roster":[]}]})");
  EXPECT_EQ(c->browser->got.size(), seen);
  EXPECT_EQ(a->browser->count("attached"), 1u) << "once, when it was opened";
  EXPECT_EQ(a->browser->count("offer"), 1u) << "what is new is shown";
  EXPECT_EQ(a->browser->count("details"), 0u) << "its leg is open already";
  c->say(R"({"t":"frame","leg":7,"ch":"chat","body":{"text":"still here"}})");
  EXPECT_EQ(a->browser->count("entry"), 1u);
}

TEST(Hub, TellsANewCoreOfManyLegsNoFasterThanItAcknowledges) {
  constexpr int kLegs = 5'000;
  Rig rig;
  for (int leg = 1; leg <= kLegs; ++leg)
    rig.gateway->hub.note_details(Rig::details(leg, leg, 1, "t" + std::to_string(leg)));
  rig.core.legs.clear();
  rig.gateway->hub.core_is_new();
  std::size_t most = rig.core.legs.size(), answered = 0;
  EXPECT_LT(most, 2'000u) << "more would overrun the bus";
  while (answered < rig.core.legs.size()) {
    const std::size_t before = rig.core.legs.size();
    const auto report = JsonObject::parse(rig.core.legs[answered++]);
    rig.gateway->hub.order("{\"leg\":" + std::to_string(report->number_or("leg")) +
                           ",\"seq\":0,\"ack\":1,\"join\":true}");
    most = std::max(most, rig.core.legs.size() - before);
  }
  EXPECT_EQ(answered, static_cast<std::size_t>(kLegs)) << "all of them, each once";
  EXPECT_LT(most, 2'000u);
}

TEST(Hub, ChatGoesOnWithoutACore) {
  Rig rig;
  const auto c = rig.customer(7, 3);
  const auto a = rig.desk("anna", 8, 3);
  rig.core.is_up = false;
  c->say(R"({"t":"frame","leg":7,"ch":"chat","body":{"text":"hello"}})");
  EXPECT_EQ(a->browser->count("entry"), 1u);
}

TEST(Hub, AReloadedDeskIsAttachedAgainAndAVanishedOneIsDetached) {
  Rig rig;
  auto a = rig.desk("anna");
  rig.gateway->hub.closed(a->browser);
  rig.now += 3000;
  rig.gateway->hub.tick();
  EXPECT_EQ(rig.core.take("detach").name, "");
  const auto again = rig.desk("anna");
  rig.now += 60'000;
  rig.gateway->hub.tick();
  EXPECT_EQ(rig.core.take("detach").name, "");
  rig.gateway->hub.closed(again->browser);
  rig.now += 6000;
  rig.gateway->hub.tick();
  EXPECT_EQ(rig.core.take("detach").name, "detach");
}

TEST(Hub, ASecondDeskOfTheSameAgentTakesOver) {
  Rig rig;
  const auto first = rig.desk("anna");
  const auto second = rig.desk("anna");
  EXPECT_EQ(first->browser->bye_code, "elsewhere");
  rig.gateway->hub.notice("agent", R"({"agent":"anna","state":"paused"})");
  EXPECT_EQ(second->browser->count("agent"), 1u);
  EXPECT_EQ(first->browser->count("agent"), 0u);
}

TEST(Hub, ASignOutAtAnotherGatewayCountsHereAndIsNotSaidAgain) {
  Rig rig;
  const std::string cookie = rig.desk_cookie("anna"), bens = rig.desk_cookie("ben");
  const auto a = rig.desk("anna");
  const std::string said = R"({"agent":"anna","state":"signed_out","signed_out_everywhere":true})";
  rig.gateway->notice("agent", said);
  EXPECT_EQ(a->browser->bye_code, "signed_out");
  EXPECT_FALSE(rig.gateway->signed_in(cookie));
  EXPECT_TRUE(rig.gateway->signed_in(bens));
  EXPECT_EQ(rig.core.take("agent_says").name, "agent_says") << "the desk that was here is closed";
  rig.gateway->notice("agent", said);
  EXPECT_EQ(rig.core.take("agent_says").name, "")
      << "or two gateways would tell each other for ever";
}

TEST(Hub, ASignOutClosesTheDeskAndItsCookieOpensNothing) {
  Rig rig;
  const std::string cookie = rig.desk_cookie("anna");
  const auto a = rig.desk("anna");
  rig.gateway->sign_out("anna");
  EXPECT_EQ(a->browser->bye_code, "signed_out");
  EXPECT_FALSE(rig.gateway->signed_in(cookie));
  rig.now += 10;
  ASSERT_TRUE(rig.gateway->signed_in(rig.desk_cookie("anna")));
  EXPECT_EQ(rig.gateway->signed_in(rig.desk_cookie("anna"))->agent, "anna");
}

TEST(Claim04, TheBrowserSaysNothingAndTheAgentNeverSeesTheIdentifier) {
  Rig rig;
  const auto c = rig.customer(7, 3);
  const auto a = rig.desk("anna", 8, 3);
  a->say(R"({"t":"continue","leg":8,"ref":5,"agent":"ben","context":{"x":1}})");
  const auto asked = rig.core.take("book");
  EXPECT_EQ(asked.body, R"({"continues_leg":8,"carriage":"query"})");
  asked.done(
      {true,
       R"({"id":"AAAAAAAAAAAAAAAAAAAAAA","flow":"later","expires_ms":5,"agent":"Anna","carriage":"query"})",
       "", "", 0});
  ASSERT_EQ(a->browser->count("booked"), 1u);
  EXPECT_EQ(a->browser->last.find("AAAA"), std::string::npos);
  ASSERT_EQ(c->browser->count("notice"), 1u);
  EXPECT_NE(c->browser->last.find("/r/?s=AAAAAAAAAAAAAAAAAAAAAA"), std::string::npos);
}

}  // namespace
}  // namespace convene::web
