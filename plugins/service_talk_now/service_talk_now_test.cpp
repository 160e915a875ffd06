// plugins/service_talk_now/service_talk_now_test.cpp - at once, and over with the first who leaves.
#include "plugins/test/service_story.hpp"

namespace convene::test {
namespace {

const Library& service() {
  static const Library library("service_talk_now");
  return library;
}

TEST(ServiceTalkNow, JoinsCustomerAndLooksForAnAgentAtOnce) {
  Story story(service());
  EXPECT_EQ(story.created(), "");
  EXPECT_EQ(story.arrived(), "add_customer; find_agent; notify customer searching");
  EXPECT_EQ(story.arrived(), "add_customer");
  EXPECT_EQ(story.accepted("anna"), "add_agent anna");
}

TEST(ServiceTalkNow, Claim14JoinsOtherwiseThanTheRendezvousOnTheSameEvents) {
  const Library rendezvous("service_rendezvous");
  Story now(service()), later(rendezvous);
  now.created(), later.created();
  EXPECT_EQ(now.due(), "find_agent; notify customer searching");
  EXPECT_EQ(later.due(), "");
  EXPECT_EQ(now.accepted("anna"), "add_agent anna") << "the agent waits for the customer";
  EXPECT_EQ(now.arrived(), "add_customer");
  EXPECT_EQ(later.arrived(), "add_customer; find_agent; notify customer searching");
}

TEST(ServiceTalkNow, EndsWithTheFirstWhoLeaves) {
  Story customer(service());
  customer.talk();
  EXPECT_EQ(customer.leg(customer.agent(), CONVENE_LEG_DEGRADED), "")
      << "lost connections have their grace";
  EXPECT_EQ(customer.leg(customer.customer(), CONVENE_LEG_LEFT), "end completed customer_left");
  Story agent(service());
  agent.talk();
  EXPECT_EQ(agent.leg(agent.agent(), CONVENE_LEG_LEFT), "end completed agent_left");
  Story asked(service());
  asked.talk();
  EXPECT_EQ(asked.request(asked.agent(), "leave"), "remove 2 left | end completed agent_left");
}

TEST(ServiceTalkNow, IsCancelledByACustomerWhoLeavesBeforeAnAgentCame) {
  Story story(service());
  story.arrived();
  EXPECT_EQ(story.leg(story.customer(), CONVENE_LEG_LEFT), "end cancelled customer_left");
}

TEST(ServiceTalkNow, ReplacesAnAgentWhoNeverGotThrough) {
  Story story(service());
  story.arrived();
  story.leg(story.customer(), CONVENE_LEG_CONNECTED);
  story.accepted("anna");
  EXPECT_EQ(story.leg(story.agent(), CONVENE_LEG_FAILED), "find_agent; notify customer searching");
}

TEST(ServiceTalkNow, OffersToBookLaterWhenNobodyIsThere) {
  Story story(service(), R"({"offer_stands":"1m"})");
  story.arrived();
  EXPECT_EQ(story.no_agent(), "notify customer no_agent");
  const std::int64_t told = story.now_ms;
  EXPECT_EQ(story.next_timer(), "end escalated no_agent");
  EXPECT_EQ(story.now_ms - told, 60'000);
  Story leaves(service());
  leaves.arrived();
  leaves.no_agent();
  EXPECT_EQ(leaves.leg(leaves.customer(), CONVENE_LEG_LEFT), "end escalated no_agent");
}

TEST(ServiceTalkNow, PutsBackACustomerWhoDidNotComeToTheAgreedTime) {
  Story story(service(), R"({"no_show":"5m"})");
  story.due();
  story.accepted("anna");
  story.leg(story.agent(), CONVENE_LEG_CONNECTED);
  EXPECT_EQ(story.next_timer(), "end retimed customer_absent");
  Story leaves(service());
  leaves.due();
  leaves.accepted("anna");
  EXPECT_EQ(leaves.leg(leaves.agent(), CONVENE_LEG_LEFT), "end retimed customer_absent");
  Story comes(service());
  comes.due();
  comes.accepted("anna");
  comes.arrived();
  EXPECT_TRUE(comes.timers.empty());
}

TEST(ServiceTalkNow, LetsStaffHandleChannelsAndEscalateAndCustomersOnlyLeave) {
  Story story(service());
  story.talk();
  EXPECT_EQ(story.request(story.agent(), "open_channel", R"({"channel":"page"})"), "open page");
  EXPECT_EQ(story.request(story.agent(), "close_channel", R"({"channel":"page"})"), "close page");
  EXPECT_EQ(story.request(story.customer(), "escalate"), "notify customer refused not_allowed");
  EXPECT_EQ(story.request(story.agent(), "dance"), "notify agent refused unknown_request");
  EXPECT_EQ(story.request(story.agent(), "open_channel", "{"), "notify agent refused malformed");
  EXPECT_EQ(story.request(story.agent(), "escalate"), "end escalated escalated");
}

TEST(ServiceTalkNow, RefusesAStateOfAnotherVersion) {
  Story story(service());
  story.state = R"({"v":9})";
  EXPECT_EQ(story.arrived().rfind("failed: ", 0), 0u);
}

TEST(ServiceTalkNow, SearchesAgainWhenWhoAcceptedCouldNotBeAdded) {
  Story story(service());
  story.arrived();
  story.accepted("anna");
  story.leg(story.agent(), CONVENE_LEG_FAILED);
  EXPECT_EQ(story.no_agent("anna"), "find_agent; notify customer searching");
}

}  // namespace
}  // namespace convene::test
