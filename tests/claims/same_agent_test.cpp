// tests/claims/same_agent_test.cpp - claims 4 and 28: asked for within a session, continued later with the same agent.
#include "tests/claims/on_site.hpp"

namespace convene::test {
namespace {

class Claim04 : public OnSite {};
class Claim28 : public OnSite {};

// Customer and anna in a conversation, from which the customer books the continuation with an empty wish.
struct Continued {
  explicit Continued(const Site& site, json::object body = {{"continue", true}})
      : customer(site), anna(site, "anna") {
    met = anna.open() && customer.talk_now("now", {{"lang", "de"}, {"topic", "mortgage"}}) &&
          anna.take() && customer.connected();
    if (!met) return;
    booked = customer.http.post(
        "/api/v1/rendezvous", body,
        {{"Origin", "http://localhost:" + std::to_string(site.port())}, {"Convene-Client", "1"}});
    customer.socket.send({{"t", "leave"}, {"leg", customer.leg()}});
    anna.socket.wait("left");
  }
  Customer customer;
  Desk anna;
  bool met = false;
  Response booked;
};

TEST_F(Claim04, TheSystemExtractsTheContextAndTheSameAgentIsJoinedThoughAnotherIsIdleForLonger) {
  Continued talk(site());
  ASSERT_TRUE(talk.met);
  ASSERT_EQ(talk.booked.status, 201) << talk.booked.body;
  Desk ben(site(), "ben");
  ASSERT_TRUE(ben.open());
  Customer later(site());
  ASSERT_TRUE(later.come_back(talk.booked.text("/id")));
  ASSERT_TRUE(talk.anna.take());
  ASSERT_TRUE(later.connected());
  EXPECT_EQ(ben.offer(kNothing), 0);
  EXPECT_TRUE(they_talk(later, talk.anna));
  const json::value& offer = talk.anna.last_offer;
  EXPECT_EQ(text_at(offer, "/context/agent"), "anna");
  EXPECT_NE(find_at(offer, "/context/transcript"), nullptr) << json::serialize(offer);
  EXPECT_NE(find_at(offer, "/context/roster"), nullptr);
  EXPECT_EQ(text_at(offer, "/context/context/topic"), "mortgage");
}

TEST_F(Claim04, AnAgentThatTheClientNamesIsIgnored) {
  Continued talk(site(), {{"continue", true}, {"agent", "ben"}, {"context", {{"agent", "ben"}}}});
  ASSERT_TRUE(talk.met);
  ASSERT_EQ(talk.booked.status, 201) << talk.booked.body;
  Desk ben(site(), "ben");
  ASSERT_TRUE(ben.open());
  Customer later(site());
  ASSERT_TRUE(later.come_back(talk.booked.text("/id")));
  EXPECT_NE(talk.anna.offer(), 0);
  EXPECT_EQ(ben.offer(kNothing), 0);
}

TEST_F(Claim04, WithTheAgentAwayTheCustomerWaitsAndNobodyElseIsPutInTheirPlace) {
  Continued talk(site());
  ASSERT_TRUE(talk.met);
  ASSERT_EQ(talk.booked.status, 201);
  talk.anna.set_state("paused");
  Desk ben(site(), "ben");
  ASSERT_TRUE(ben.open());
  Customer later(site());
  ASSERT_TRUE(later.come_back(talk.booked.text("/id")));
  EXPECT_EQ(ben.offer(kNothing), 0) << "never a silent swap";
  EXPECT_TRUE(talk.anna.set_state("ready"));
  EXPECT_TRUE(talk.anna.take()) << "waiting ends when the agent is there again";
}

TEST_F(Claim28, TheStoredContextNamesTheAgentByTheirStableId) {
  Continued talk(site());
  ASSERT_TRUE(talk.met);
  ASSERT_EQ(talk.booked.status, 201);
  Customer later(site());
  ASSERT_TRUE(later.come_back(talk.booked.text("/id")));
  ASSERT_NE(talk.anna.offer(), 0);
  EXPECT_EQ(text_at(talk.anna.last_offer, "/context/agent"), "anna")
      << "an id, not an extension, not a name";
}

}  // namespace
}  // namespace convene::test
