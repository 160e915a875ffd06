// tests/web/identifier_test.cpp - what an identifier opens, what it does not, and where it must not be seen (E2, E4-E8).
#include <set>
#include <thread>

#include "tests/web/fixture.hpp"

namespace convene::test {
namespace {

struct WebIdentifier : RunningSite {
  Response look(HttpClient& http, const std::string& id) {
    return http.request("GET", "/api/v1/rendezvous", "", with_id(own(), id));
  }
  Response come_back(HttpClient& http, const std::string& id) {
    return http.request("POST", "/api/v1/rendezvous/return", "{}", with_id(own(), id));
  }
  /// What the program and its gateway have written down so far.
  std::string everything_written() { return site().log(); }
};

TEST_F(WebIdentifier, GetHeadAndPrefetchJoinNobody) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later").status, 201) << site().log();
  HttpClient scanner(site().port());
  int asked = 0;
  for (int i = 0; i < 250; ++i) {
    const std::string target = "/r/?s=" + customer.id;
    const Response first =
        scanner.get(target, {{"Purpose", "prefetch"}, {"Sec-Purpose", "prefetch;prerender"}});
    ASSERT_EQ(first.status, 303);
    scanner.request("HEAD", target, "");
    scanner.get(first.header("Location"));
    HttpClient(site().port()).get(target);
    asked += 4;
  }
  const Response state = look(scanner, customer.id);
  EXPECT_EQ(state.text("/state"), "booked");
  figure("E8", "joins by " + std::to_string(asked) + " GET, HEAD and prefetch requests",
         state.text("/state") == "booked" ? "0" : "some", "0");
}

TEST_F(WebIdentifier, LeavesTheAddressBarAndIsInNoLogAndNoMetric) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later", {{"name", "Marker-Mueller"}, {"phone", "+4930123456"}}).status,
            201);
  HttpClient http(site().port());
  const Response exchanged = http.get("/r/?s=" + customer.id);
  EXPECT_EQ(exchanged.status, 303);
  EXPECT_EQ(exchanged.header("Location").find(customer.id), std::string::npos);
  const std::string location = exchanged.header("Location");
  const Response page = http.get(location);
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body.find(customer.id), std::string::npos);
  EXPECT_EQ(http.get("/api/v1/rendezvous?page=" + location.substr(3)).status, 200);
  EXPECT_EQ(come_back(http, customer.id).status, 200);
  const std::string written = everything_written() + http.get("/metrics").body;
  int seen = 0;
  for (const std::string& secret :
       {customer.id, std::string("Marker-Mueller"), std::string("+4930123456"),
        http.cookies()["__Host-convene-session"]})
    seen += written.find(secret) == written.npos ? 0 : 1;
  EXPECT_EQ(seen, 0);
  figure("E7", "identifiers, tokens and markers in logs, metrics and redirects",
         std::to_string(seen), "0");
}

TEST_F(WebIdentifier, UsedExpiredAlteredOnesGetOneAnswerAndJoinNobody) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later").status, 201);
  HttpClient http(site().port());
  ASSERT_EQ(http.request("DELETE", "/api/v1/rendezvous", "", with_id(own(), customer.id)).status,
            200);
  std::string altered = customer.id;
  altered[0] = altered[0] == 'A' ? 'B' : 'A';
  std::set<std::string> answers;
  for (const std::string& id : {customer.id, altered, std::string("AAAAAAAAAAAAAAAAAAAAAA")}) {
    const Response r = come_back(http, id);
    EXPECT_EQ(r.status, 404) << r.body;
    answers.insert(r.body);
  }
  EXPECT_EQ(answers.size(), 1u);
}

TEST_F(WebIdentifier, TwoBrowsersAtOnceHaveOneCustomerLeg) {
  constexpr int kRaces = 100;
  int one_leg = 0;
  for (int race = 0; race < kRaces; ++race) {
    Customer customer(site());
    ASSERT_EQ(customer.book("later").status, 201);
    std::array<Response, 2> answers;
    std::vector<std::thread> browsers;
    for (std::size_t i = 0; i < 2; ++i)
      browsers.emplace_back([&, i] {
        HttpClient http(site().port());
        answers[i] = come_back(http, customer.id);
      });
    for (auto& b : browsers) b.join();
    std::set<std::int64_t> legs;
    for (const auto& a : answers)
      if (a.status == 200) legs.insert(number_at(a.parsed(), "/details/leg"));
    one_leg += legs.size() == 1 ? 1 : 0;
  }
  EXPECT_EQ(one_leg, kRaces);
  figure("E4", "races of two browsers that end with one customer leg",
         std::to_string(one_leg) + " of " + std::to_string(kRaces), "all");
}

TEST_F(WebIdentifier, PlantedCookiesAreNeverAdopted) {
  const std::string planted = "CCCCCCCCCCCCCCCCCCCCCC";
  int scripts = 0, refused = 0;
  const auto script = [&](const Response& r, bool good) {
    ++scripts;
    bool adopted = r.body.find(planted) != r.body.npos;
    for (const auto& c : r.all("Set-Cookie")) adopted |= c.find(planted) != c.npos;
    EXPECT_TRUE(good && !adopted) << scripts << ": " << r.status << " " << r.body;
    refused += good && !adopted ? 1 : 0;
  };
  for (const char* name :
       {"__Host-convene-session", "convene-session", "__Secure-convene-session"}) {
    Customer customer(site());
    ASSERT_EQ(customer.book("later").status, 201);
    Headers headers = with_id(own(), customer.id);
    headers.emplace_back("Cookie", std::string(name) + "=" + planted);
    HttpClient http(site().port());
    const Response joined = http.request("POST", "/api/v1/rendezvous/return", "{}", headers);
    script(joined, joined.status == 200 &&
                       joined.header("Set-Cookie").starts_with("__Host-convene-session="));
    Headers again = own();
    again.emplace_back("Cookie", std::string(name) + "=" + planted);
    script(http.request("POST", "/api/v1/sessions/resume", "{}", again),
           http.request("POST", "/api/v1/sessions/resume", "{}", again).status >= 400);
    again = own();
    again.emplace_back("Cookie", std::string(name) + "=" + planted);
    const Response now = http.request("POST", "/api/v1/sessions", R"({"flow":"now"})", again);
    script(now, now.status == 201);
    const Response more = http.request("POST", "/api/v1/rendezvous", R"({"continue":true})", again);
    script(more, more.status >= 400);
  }
  figure("E5", "fixation scripts refused",
         std::to_string(refused) + " of " + std::to_string(scripts), "all of 12");
}

TEST_F(WebIdentifier, TheSessionTokenChangesAtEveryExchangeAndTheOldOneOpensNothing) {
  Customer first(site()), second(site());
  ASSERT_EQ(first.book("later").status, 201);
  ASSERT_TRUE(first.come_back());
  ASSERT_TRUE(first.connected());
  first.socket.cut();
  ASSERT_TRUE(eventually([&] { return second.come_back(first.id); })) << second.refusal;
  EXPECT_NE(first.http.cookies()["__Host-convene-session"],
            second.http.cookies()["__Host-convene-session"]);
  EXPECT_FALSE(first.resume());
}

/// A site of its own: it leaves this machine's address blocked for a minute.
TEST(WebGuessing, IsStoppedAndHitsAndMissesLookAlike) {
  Site site;
  ASSERT_TRUE(site.start()) << site.log();
  Customer customer(site);
  ASSERT_EQ(customer.book("later").status, 201);
  HttpClient http(site.port());
  const auto guess = [&](const std::string& id) {
    return http.request("GET", "/api/v1/rendezvous", "", {{"Authorization", "Rendezvous " + id}});
  };
  constexpr int kGuesses = 2000;
  int hits = 0, blocked = 0;
  std::set<std::string> misses;
  for (int i = 0; i < kGuesses; ++i) {
    std::string id = "guess-" + std::to_string(100'000 + i) + "AAAAAAAAAA";
    const Response r = i == kGuesses / 2 ? guess(customer.id) : guess(id);
    hits += r.status == 200 ? 1 : 0;
    blocked += r.status == 429 ? 1 : 0;
    misses.insert(std::to_string(r.status) + r.body);
  }
  EXPECT_EQ(hits, 0) << "the real identifier was among the guesses";
  EXPECT_EQ(blocked, kGuesses - 20);
  EXPECT_EQ(misses.size(), 2u) << "one answer for a miss, one for everything afterwards";
  EXPECT_NE(site.log().find("web.guessing"), std::string::npos);
  figure("E2", "guesses from one address answered before 429", std::to_string(kGuesses - blocked),
         "20 a minute");
  figure("E2", "hits among " + std::to_string(kGuesses) + " guesses with a real identifier hidden",
         std::to_string(hits), "0");
}

}  // namespace
}  // namespace convene::test
