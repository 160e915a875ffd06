// tests/claims/session_test.cpp - claims 13 to 16, 18 to 20, 23, 24: how endpoints come into a session and stay there.
#include <signal.h>

#include "tests/claims/on_site.hpp"
#include "tests/claims/switch_peer.hpp"

namespace convene::test {
namespace {

class Claim13 : public OnSite {};
class Claim14 : public OnSite {};
class Claim16 : public OnSite {};
class Claim18 : public OnSite {};
class Claim19 : public OnSite {};
class Claim20 : public OnSite {};

TEST_F(Claim13, EndpointsAreSentDetailsAndConnectThemselves) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later").status, 201);
  ASSERT_TRUE(customer.come_back());
  for (const char* part : {"/session", "/leg", "/role", "/gateway", "/ticket", "/expires_ms",
                           "/channels", "/protocol"}) {
    EXPECT_NE(find_at(customer.details, part), nullptr)
        << part << " in " << json::serialize(customer.details);
  }
  ASSERT_TRUE(customer.connected());
  WebSocket thief = WebSocket::open(site().port(), "/api/v1/leg", {{"Origin", site().origin()}});
  thief.send({{"t", "connect"},
              {"ticket", text_at(customer.details, "/ticket")},
              {"channels", {"chat"}},
              {"protocol", 1}});
  EXPECT_FALSE(thief.wait("connected", kNothing)) << "a ticket opens its leg once";
}

TEST_F(Claim14, TheSameCoreRunsTwoServicesThatEndSessionsDifferently) {
  Desk anna(site(), "anna");
  ASSERT_TRUE(anna.open());
  // Talk now: whoever leaves first, before both are there, cancels; nothing remains to come back to.
  Customer impatient(site());
  ASSERT_TRUE(impatient.talk_now("now"));
  ASSERT_TRUE(impatient.connected());
  const std::int64_t offer = anna.offer();
  ASSERT_NE(offer, 0);
  impatient.socket.send({{"t", "leave"}, {"leg", impatient.leg()}});
  EXPECT_TRUE(anna.socket.wait("offer_ended"));
  // Rendezvous: a customer who leaves unserved is put back, and the same bookmark works again.
  Customer patient(site());
  ASSERT_EQ(patient.book("later").status, 201);
  ASSERT_TRUE(patient.come_back());
  ASSERT_TRUE(patient.connected());
  ASSERT_NE(anna.offer(), 0);
  patient.socket.send({{"t", "leave"}, {"leg", patient.leg()}});
  EXPECT_TRUE(anna.socket.wait("offer_ended"));
  Customer again(site());
  EXPECT_TRUE(eventually([&] { return again.come_back(patient.id); })) << again.refusal;
  EXPECT_TRUE(anna.take());
  EXPECT_TRUE(again.connected());
  EXPECT_TRUE(they_talk(again, anna));
}

TEST_F(Claim14, NeitherEngineNorRuntimeNorStoreHoldsAServicesName) {
  for (const char* library :
       {"engine/libconvene_engine.a", "runtime/libconvene_runtime.a", "store/libconvene_store.a"}) {
    const std::string bytes =
        read_text(std::filesystem::path(CONVENE_BUILD_DIR) / "core" / library);
    ASSERT_FALSE(bytes.empty()) << library;
    for (const char* name : {"service_rendezvous", "service_talk_now", "talk_now"}) {
      EXPECT_EQ(bytes.find(name), std::string::npos) << name << " in " << library;
    }
  }
}

TEST(Claim15, AnAdapterWhoseSwitchConnectsTheLegsServesTheSameSession) {
  SiteOptions options;
  options.more = "\n[adapter.acd]\nkind = \"proxy\"\n";
  Site site(options);
  ASSERT_TRUE(site.start()) << site.log();
  SwitchPeer acd(site, "acd");
  ASSERT_TRUE(acd.attach("anna")) << acd.trouble;
  Customer customer(site);
  ASSERT_EQ(customer.book("later").status, 201);
  ASSERT_TRUE(customer.come_back());
  ASSERT_TRUE(acd.takes_offer()) << acd.trouble;
  ASSERT_TRUE(acd.connects_leg()) << acd.trouble;
  EXPECT_EQ(acd.endpoint, "anna") << "the switch is told whom to connect";
  const auto both = [](const json::value& message) {
    const json::value* entries = find_at(message, "/entries");
    return text_at(message, "/t") == "roster" && entries != nullptr &&
           entries->as_array().size() == 2;
  };
  EXPECT_TRUE(customer.socket.wait(both)) << "the roster counts the leg that the switch connected";
}

TEST_F(Claim16, OneSessionHasSeveralChannelsAndLosingOneLeavesTheOthers) {
  Desk anna(site(), "anna");
  ASSERT_TRUE(anna.open());
  Customer customer(site());
  ASSERT_EQ(customer.book("later").status, 201);
  ASSERT_TRUE(customer.come_back());
  ASSERT_TRUE(anna.take());
  ASSERT_TRUE(customer.connected());
  anna.socket.send({{"t", "frame"},
                    {"leg", anna.leg()},
                    {"ch", "page"},
                    {"ref", 2},
                    {"body", {{"url", "https://shop.example/offers"}, {"title", "Offers"}}}});
  const auto pushed = [](const json::value& m) {
    return text_at(m, "/t") == "entry" && text_at(m, "/body/url") == "https://shop.example/offers";
  };
  EXPECT_TRUE(customer.socket.wait(pushed)) << "page and chat within one session";
  customer.socket.send({{"t", "channels"}, {"leg", customer.leg()}, {"channels", {"chat"}}});
  EXPECT_TRUE(they_talk(customer, anna)) << "chat goes on without the page channel";
}

TEST_F(Claim18, TheDetailsListTheChannelsAndAnEndpointMayOpenFewer) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later").status, 201);
  const Response returned = customer.http.post("/api/v1/rendezvous/return", json::object{},
                                               {{"Origin", site().origin()},
                                                {"Convene-Client", "1"},
                                                {"Authorization", "Rendezvous " + customer.id}});
  ASSERT_EQ(returned.status, 200);
  EXPECT_EQ(returned.text("/details/channels"), R"(["chat","page"])");
  WebSocket socket = WebSocket::open(site().port(), "/api/v1/leg", {{"Origin", site().origin()}});
  socket.send({{"t", "connect"},
               {"ticket", returned.text("/details/ticket")},
               {"channels", {"chat"}},
               {"protocol", 1}});
  const auto connected = socket.wait("connected");
  ASSERT_TRUE(connected) << "without the page channel it is joined all the same";
  EXPECT_EQ(text_at(*connected, "/channels"), R"(["chat"])");
}

TEST_F(Claim19, ALostDeskIsSeenAndAReloadFindsTheSameSessionAndTranscript) {
  Desk anna(site(), "anna");
  ASSERT_TRUE(anna.open());
  Customer customer(site());
  ASSERT_EQ(customer.book("later").status, 201);
  ASSERT_TRUE(customer.come_back());
  ASSERT_TRUE(anna.take());
  ASSERT_TRUE(customer.connected());
  ASSERT_TRUE(they_talk(customer, anna));
  anna.socket.cut();
  const auto degraded = [](const json::value& m) {
    return text_at(m, "/t") == "roster" && json::serialize(m).find("degraded") != std::string::npos;
  };
  EXPECT_TRUE(customer.socket.wait(degraded))
      << "the leg's state is signalled, the session goes on";
  ASSERT_TRUE(anna.reload());
  ASSERT_EQ(number_at(anna.attached, "/sessions/0/details/session"), customer.session());
  anna.invitation = anna.attached.at_pointer("/sessions/0");
  ASSERT_TRUE(anna.join());
  EXPECT_TRUE(anna.hears("hello from the customer")) << "the transcript is there again";
  const std::int64_t session = customer.session();
  ASSERT_TRUE(customer.resume()) << customer.refusal;
  EXPECT_EQ(customer.session(), session);
  EXPECT_TRUE(customer.hears("hello from the agent"));
}

TEST_F(Claim20, AnAgentIsInvitedByDataAloneAndADeclineMakesTheServicePickAgain) {
  Desk anna(site(), "anna"), ben(site(), "ben");
  ASSERT_TRUE(anna.open());
  Customer customer(site());
  ASSERT_EQ(customer.book("later").status, 201);
  ASSERT_TRUE(customer.come_back());
  const std::int64_t offer = anna.offer();
  ASSERT_NE(offer, 0);
  EXPECT_EQ(json::serialize(anna.last_offer).find("<script"), std::string::npos);
  ASSERT_TRUE(ben.open());
  ASSERT_TRUE(anna.answer(offer, false));
  EXPECT_TRUE(ben.take()) << "the next one is asked";
  EXPECT_TRUE(customer.connected());
}

std::int64_t live_sessions(Site& site) {
  const Finished status = site.convene({"status", "convene.toml", "--json"});
  boost::system::error_code failed;
  const json::value value = json::parse(status.out, failed);
  return failed ? -1 : number_at(value, "/sessions/live", -1);
}

TEST(Claim23, EagerDeferralsAreSessionsFromTheBookingOnAndAfterARestart) {
  Site site;
  ASSERT_TRUE(site.start()) << site.log();
  Customer customer(site);
  for (int i = 0; i < 200; ++i) ASSERT_EQ(customer.book("eager").status, 201) << i;
  EXPECT_EQ(live_sessions(site), 200);
  ASSERT_TRUE(site.restart());
  EXPECT_EQ(live_sessions(site), 200) << "restored";
  ASSERT_TRUE(customer.come_back());
  EXPECT_EQ(live_sessions(site), 200) << "the customer joins the one that waits";
}

TEST(Claim24, LazyDeferralsAreSessionsFromTheFirstJoinOnAndOnlyOneUnderARace) {
  Site site;
  ASSERT_TRUE(site.start()) << site.log();
  Customer customer(site);
  for (int i = 0; i < 200; ++i) ASSERT_EQ(customer.book("later").status, 201) << i;
  EXPECT_EQ(live_sessions(site), 0);
  int joined = 0;
  std::vector<Connection> racers;
  for (int i = 0; i < 8; ++i) racers.push_back(Connection::to(site.port()));
  for (Connection& racer : racers) {
    racer.send("POST /api/v1/rendezvous/return HTTP/1.1\r\nHost: localhost:" +
               std::to_string(site.port()) + "\r\nOrigin: " + site.origin() +
               "\r\nConvene-Client: 1\r\nAuthorization: Rendezvous " + customer.id +
               "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  }
  for (Connection& racer : racers) {
    std::string answer;
    while (answer.find("\r\n\r\n") == std::string::npos && racer.receive(answer, kPatience) > 0) {
    }
    joined += answer.starts_with("HTTP/1.1 200") ? 1 : 0;
  }
  EXPECT_EQ(joined, 1) << "of eight at once";
  EXPECT_EQ(live_sessions(site), 1);
}

}  // namespace
}  // namespace convene::test
