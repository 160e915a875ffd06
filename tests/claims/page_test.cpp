// tests/claims/page_test.cpp - claims 9, 10, 11, 21, 22, 29: the page to come back by. A browser's part is in tests/e2e.
#include "tests/claims/on_site.hpp"
#include "tests/support/figure.hpp"

namespace convene::test {
namespace {

class Claim09 : public OnSite {};
class Claim10 : public OnSite {};
class Claim11 : public OnSite {};
class Claim21 : public OnSite {};
class Claim22 : public OnSite {};
class Claim29 : public OnSite {};

// "/r/..." of "http://localhost:port/r/...".
std::string target_of(const std::string& page) {
  const std::size_t at = page.find("/r/");
  return at == std::string::npos ? page : page.substr(at);
}

// Follows redirections as a browser does.
Response browse(HttpClient& http, std::string target) {
  Response response;
  for (int i = 0; i < 5; ++i) {
    response = http.get(target, {{"Accept", "text/html"}, {"Sec-Fetch-Mode", "navigate"}});
    if (response.status != 303) break;
    target = response.header("Location");
    if (target.starts_with("http")) target = target.substr(target.find('/', 8));
  }
  return response;
}

// What the page's script sends when the visitor asks to be connected.
Response redeem(HttpClient& http, const Site& site, const std::string& page) {
  return http.post(
      "/api/v1/rendezvous/return", json::object{{"page", page}},
      {{"Origin", site.origin()}, {"Convene-Client", "1"}, {"Sec-Fetch-Site", "same-origin"}});
}

std::string page_name(const HttpClient& http) {
  for (const auto& [name, value] : const_cast<HttpClient&>(http).cookies()) {
    constexpr std::string_view kPrefix = "__Host-convene-r-";
    if (name.starts_with(kPrefix)) return name.substr(kPrefix.size());
  }
  return "";
}

TEST_F(Claim09, TheBookmarkedPageBringsTheIdentifierBackAfterTheBrowserWasClosed) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later").status, 201);
  HttpClient reopened(site().port());
  const Response page = browse(reopened, target_of(customer.page));
  ASSERT_EQ(page.status, 200) << page.body;
  const Response joined = redeem(reopened, site(), page_name(reopened));
  EXPECT_EQ(joined.status, 200) << joined.body;
  EXPECT_NE(number_at(joined.parsed(), "/details/leg"), 0);
}

TEST_F(Claim09, PreviewsAndPrefetchesNeverRedeem) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later").status, 201);
  Desk anna(site(), "anna");
  ASSERT_TRUE(anna.open());
  const std::string target = target_of(customer.page);
  int requests = 0;
  for (int i = 0; i < 50; ++i) {
    HttpClient bot(site().port());
    bot.get(target, {{"Purpose", "prefetch"}, {"Sec-Purpose", "prefetch;prerender"}});
    bot.request("HEAD", target, "");
    browse(bot, target);
    requests += 3;
  }
  EXPECT_EQ(anna.offer(kNothing), 0);
  ASSERT_TRUE(customer.come_back()) << "still unused";
  EXPECT_NE(anna.offer(), 0);
  figure("E8", "joins by " + std::to_string(requests) + " GET, HEAD and prefetch requests", "0",
         "0");
}

TEST_F(Claim09, EveryHeaderThatKeepsThePagePrivateIsThere) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later").status, 201);
  HttpClient http(site().port());
  const Response page = browse(http, target_of(customer.page));
  EXPECT_EQ(page.header("Cache-Control"), "no-store");
  EXPECT_EQ(page.header("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(page.header("X-Content-Type-Options"), "nosniff");
  EXPECT_NE(page.header("Content-Security-Policy").find("default-src 'none'"), std::string::npos);
}

TEST_F(Claim10, TheIdentifierTravelsInACookieAndTheAddressTellsNothing) {
  Customer customer(site());
  const Response booked = customer.book("here");
  ASSERT_EQ(booked.status, 201) << booked.body;
  EXPECT_EQ(booked.text("/id"), "") << "in cookie mode nobody but the cookie jar gets it";
  const auto cookies = booked.all("Set-Cookie");
  ASSERT_EQ(cookies.size(), 1u);
  for (const char* flag :
       {"__Host-convene-r-", "; Secure", "; HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="}) {
    EXPECT_NE(cookies[0].find(flag), std::string::npos) << cookies[0];
  }
  const std::string secret = customer.http.cookies().begin()->second;
  EXPECT_EQ(customer.page.find(secret), std::string::npos);
  const std::string name = page_name(customer.http);
  EXPECT_EQ(browse(customer.http, target_of(customer.page)).status, 200);
  EXPECT_EQ(redeem(customer.http, site(), name).status, 200);
  HttpClient stranger(site().port());
  EXPECT_EQ(redeem(stranger, site(), name).status, 404) << "the address alone opens nothing";
}

TEST_F(Claim10, TwoDeferralsInOneBrowserDoNotClash) {
  Customer customer(site());
  ASSERT_EQ(customer.book("here").status, 201);
  const std::string first = customer.page;
  ASSERT_EQ(customer.book("here").status, 201);
  EXPECT_NE(first, customer.page);
  EXPECT_EQ(customer.http.cookies().size(), 2u);
  for (const std::string& page : {first, customer.page}) {
    const std::string name = target_of(page).substr(3);
    EXPECT_EQ(redeem(customer.http, site(), name).status, 200) << page;
  }
}

TEST_F(Claim11, TheIdentifierTravelsInTheQueryAndWorksOnASecondDevice) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later").status, 201);
  EXPECT_NE(customer.page.find("?s=" + customer.id), std::string::npos) << customer.page;
  HttpClient second_device(site().port());
  const Response first = second_device.get(target_of(customer.page));
  EXPECT_EQ(first.status, 303);
  EXPECT_EQ(first.header("Location").find(customer.id), std::string::npos)
      << "the address bar loses it at once";
  const Response page = browse(second_device, target_of(customer.page));
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body.find(customer.id), std::string::npos);
  EXPECT_EQ(redeem(second_device, site(), page_name(second_device)).status, 200);
  const Response metrics = second_device.get("/metrics");
  EXPECT_EQ(metrics.body.find(customer.id), std::string::npos);
  EXPECT_EQ(site().log().find(customer.id), std::string::npos);
}

TEST_F(Claim21, TheDetailsNameTheProtocolThatTheServedSoftwareSpeaks) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later").status, 201);
  ASSERT_TRUE(customer.come_back());
  EXPECT_EQ(number_at(customer.details, "/protocol"), 1);
  const Response client = customer.http.get("/client/convene.js");
  EXPECT_EQ(client.status, 200);
  EXPECT_NE(client.header("Content-Type").find("javascript"), std::string::npos);
}

TEST_F(Claim22, OnePageLoadBringsPageAndSoftwareFromTheFirstPartyOnly) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later").status, 201);
  HttpClient http(site().port());
  const Response page = browse(http, target_of(customer.page));
  ASSERT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("<script"), std::string::npos);
  EXPECT_EQ(page.body.find("src=\"http"), std::string::npos) << "nothing from a third party";
  EXPECT_EQ(page.header("Content-Security-Policy").find("unsafe-inline"), std::string::npos);
}

TEST_F(Claim29, ThePageOffersACalendarEntryAndALinkToKeep) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later").status, 201);
  HttpClient http(site().port());
  ASSERT_EQ(browse(http, target_of(customer.page)).status, 200);
  const Response calendar = http.get("/r/" + page_name(http) + ".ics");
  EXPECT_EQ(calendar.status, 200) << calendar.body;
  EXPECT_NE(calendar.body.find("BEGIN:VCALENDAR"), std::string::npos);
}

}  // namespace
}  // namespace convene::test
