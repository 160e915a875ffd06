// tests/web/two_gateways_test.cpp - two gateways of one core: sign-outs count at both (E9), a session meets at one.
#include <algorithm>
#include <thread>

#include "tests/web/two_gateways.hpp"

namespace convene::test {
namespace {

constexpr int kRounds = 20;

TEST_F(TwoGateways, ASignOutAtOneEndsTheDeskAndTheCookieAtTheOther) {
  std::vector<std::int64_t> took_ms;
  for (int round = 0; round < kRounds; ++round) {
    // A sign-in of the very millisecond of a sign-out is void; nobody types that fast.
    std::this_thread::sleep_for(Millis{3});
    HttpClient browser(site_->port());
    const json::object who{{"agent", "anna"}, {"password", kPassword}};
    ASSERT_EQ(browser.post("/api/v1/desk/sign-in", who, from(site_->port())).status, 200);
    const std::string cookie = browser.cookie_header();
    WebSocket there = desk(second_port_, cookie);
    ASSERT_TRUE(there.wait("attached"))
        << "a sign-in counts at every gateway; round " << round << ", "
        << (there.seen().empty() ? "" : json::serialize(there.seen().back()));

    const auto start = std::chrono::steady_clock::now();
    ASSERT_EQ(browser.post("/api/v1/desk/sign-out", json::object{}, from(site_->port())).status,
              200);
    const auto bye = there.wait("bye");
    took_ms.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::steady_clock::now() - start)
                          .count());
    ASSERT_TRUE(bye);
    EXPECT_EQ(text_at(*bye, "/code"), "signed_out");
    WebSocket again = desk(second_port_, cookie);
    EXPECT_FALSE(again.wait("attached", Millis{200})) << "the cookie is refused there too";
  }
  const std::int64_t worst = *std::max_element(took_ms.begin(), took_ms.end());
  figure(
      "E9",
      "sign-out at one gateway to the closed desk at another, worst of " + std::to_string(kRounds),
      std::to_string(worst) + " ms", "1000 ms");
  EXPECT_LE(worst, 1000);
}

TEST_F(TwoGateways, EverybodyOfOneSessionIsSentToTheOneThatCarriesIt) {
  HttpClient browser(site_->port());
  const json::object wish{{"flow", "now"}, {"context", {{"product", "loans"}}}};
  const Response started = browser.post("/api/v1/sessions", wish, from(site_->port()));
  ASSERT_EQ(started.status, 201) << started.body;
  EXPECT_EQ(started.text("/details/address"), "");

  // The customer's page is loaded again, and the load balancer chooses the other gateway.
  HttpClient other(second_port_);
  other.cookies() = browser.cookies();
  // The ticket may be quicker than the core's word to the carrier: then the client asks again, as for any ticket.
  WebSocket customer;
  json::value joined;
  ASSERT_TRUE(eventually([&] {
    const Response resumed =
        other.post("/api/v1/sessions/resume", json::object{}, from(second_port_));
    joined = resumed.parsed();
    if (resumed.text("/details/address") != site_->origin()) return false;
    customer = WebSocket::open(site_->port(), "/api/v1/leg", from(second_port_));
    return connect(customer, joined.at("details"), Millis{300});
  })) << "the pages of each may open sockets at all";

  // The desk is open at the other gateway: it is told where to go, and nothing is opened apart from the customer.
  const std::string cookie = sign_in(site_->port());
  WebSocket there = desk(second_port_, cookie);
  ASSERT_TRUE(there.wait("attached"));
  there.send({{"t", "state"}, {"state", "ready"}});
  const auto offer = there.wait("offer");
  ASSERT_TRUE(offer) << site_->log();
  there.send(
      {{"t", "answer"}, {"offer", number_at(*offer, "/offer")}, {"accepts", true}, {"ref", 1}});
  const auto sent = there.wait("details");
  ASSERT_TRUE(sent);
  EXPECT_EQ(text_at(*sent, "/details/address"), site_->origin());
  EXPECT_EQ(text_at(*sent, "/context/product"), "loans");

  WebSocket here = desk(site_->port(), cookie);
  const auto attached = here.wait("attached");
  ASSERT_TRUE(attached);
  ASSERT_EQ(attached->at("sessions").as_array().size(), 1u);
  const json::value& details = attached->at("sessions").as_array()[0].at("details");
  EXPECT_EQ(text_at(details, "/address"), "");
  ASSERT_TRUE(connect(here, details));
  const std::int64_t leg = number_at(joined, "/details/leg");
  customer.send(
      {{"t", "frame"}, {"leg", leg}, {"ch", "chat"}, {"body", {{"text", "hello"}}}, {"ref", 1}});
  EXPECT_TRUE(here.wait([](const json::value& m) { return text_at(m, "/body/text") == "hello"; }));
}

}  // namespace
}  // namespace convene::test
