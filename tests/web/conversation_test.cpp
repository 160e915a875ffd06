// tests/web/conversation_test.cpp - a whole conversation through the real programs, and what must not break it.
#include "tests/web/fixture.hpp"

namespace convene::test {
namespace {

struct WebConversation : RunningSite {};

TEST_F(WebConversation, FromTheBookingToAChatBothWays) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later", {{"product", "loans"}, {"lang", "fr"}}).status, 201)
      << site().log();
  Desk anna(site(), "anna");
  ASSERT_TRUE(anna.open()) << site().log();
  ASSERT_TRUE(customer.come_back()) << customer.refusal;
  ASSERT_TRUE(customer.connected());
  ASSERT_TRUE(anna.take()) << site().log();
  EXPECT_EQ(text_at(anna.invitation, "/context/product"), "loans");
  ASSERT_TRUE(customer.say("hello"));
  EXPECT_TRUE(anna.hears("hello"));
  ASSERT_TRUE(anna.say("bonjour"));
  EXPECT_TRUE(customer.hears("bonjour"));
  // A reload of either side changes nothing: same session, same transcript.
  const auto session = customer.session();
  ASSERT_TRUE(customer.resume()) << customer.refusal;
  ASSERT_TRUE(customer.connected());
  EXPECT_EQ(customer.session(), session);
  EXPECT_TRUE(customer.hears("hello"));
  EXPECT_TRUE(customer.hears("bonjour"));
  ASSERT_TRUE(anna.reload());
  ASSERT_EQ(anna.attached.at("sessions").as_array().size(), 1u);
  anna.socket.send({{"t", "leave"}, {"leg", anna.leg()}});
}

/// The first few hundred connections live on the gateway's first thread: whoever comes later lives on others. `threads`
/// may be more than this machine has, so that customer and agent meet across them.
TEST(WebCrowd, WhoComesLateTalksAcrossThreads) {
  Site site;
  site.options.web_settings = "threads = 3";
  ASSERT_TRUE(site.start()) << site.log();
  std::vector<HttpClient> early;
  for (int i = 0; i < 260; ++i) early.emplace_back(site.port());
  for (HttpClient& one : early) ASSERT_EQ(one.get("/healthz").status, 200);
  Desk anna(site, "anna");
  anna.opens = true;
  ASSERT_TRUE(anna.open()) << site.log();
  for (int i = 0; i < 6; ++i) {  // Each takes its place on another thread than the one before.
    for (HttpClient& one : early) ASSERT_EQ(one.get("/healthz").status, 200);  // Still here.
    Customer customer(site);
    ASSERT_EQ(customer.book("later").status, 201);
    ASSERT_TRUE(customer.come_back()) << customer.refusal;
    ASSERT_TRUE(customer.connected());
    ASSERT_TRUE(anna.take()) << site.log();
    ASSERT_TRUE(customer.say("hello"));
    EXPECT_TRUE(anna.hears("hello"));
    ASSERT_TRUE(anna.say("bonjour"));
    EXPECT_TRUE(customer.hears("bonjour"));
    ASSERT_TRUE(anna.socket.send({{"t", "leave"}, {"leg", anna.leg()}}));
    EXPECT_TRUE(anna.socket.wait("left"));
  }
}

TEST_F(WebConversation, AnOversizedMessageEndsThatSocketAndNoOther) {
  Customer customer(site()), other(site());
  ASSERT_TRUE(customer.talk_now("now")) << customer.refusal;
  ASSERT_TRUE(customer.connected());
  ASSERT_TRUE(other.talk_now("now"));
  ASSERT_TRUE(other.connected());
  customer.socket.send_text("{\"t\":\"" + std::string(64 * 1024, 'x') + "\"}");
  EXPECT_TRUE(customer.socket.wait_closed());
  EXPECT_EQ(customer.socket.close_code(), 1009);
  ASSERT_TRUE(other.say("still here"));
  EXPECT_TRUE(other.hears("still here"));
}

TEST_F(WebConversation, MisbehavingSocketsAreClosed) {
  const auto open = [&] {
    return WebSocket::open(site().port(), "/api/v1/leg", {{"Origin", site().origin()}});
  };
  WebSocket unmasked = open();
  unmasked.send_frame(0x1, "{}", true, false);
  EXPECT_TRUE(unmasked.wait_closed());
  WebSocket reserved = open();
  reserved.send_frame(0x5, "x");
  EXPECT_TRUE(reserved.wait_closed());
  WebSocket binary = open();
  binary.send_frame(0x2, "x");
  EXPECT_TRUE(binary.wait_closed());
  WebSocket bad_utf8 = open();
  bad_utf8.send_frame(0x1, "\xff\xfe");
  EXPECT_TRUE(bad_utf8.wait_closed());
  WebSocket silent = open();
  EXPECT_TRUE(silent.wait_closed(Millis{20'000})) << "nobody said who this is";
}

/// A site of its own: nobody else waits for an agent there.
TEST(WebPages, ThatMayNotBePushedAreNotPushed) {
  Site site;
  ASSERT_TRUE(site.start()) << site.log();
  Customer customer(site);
  ASSERT_EQ(customer.book("later").status, 201);
  Desk anna(site, "anna");
  ASSERT_TRUE(anna.open());
  ASSERT_TRUE(customer.come_back());
  ASSERT_TRUE(customer.connected());
  ASSERT_TRUE(anna.take()) << site.log();
  int tried = 0, pushed = 0;
  for (const char* url :
       {"javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x",
        "vbscript:x", "blob:http://localhost/x", "//localhost/x", "http:\\\\localhost\\x",
        "http://user@localhost/", "http://localhost@evil.example/", "http://evil.example/",
        "http://localhost.evil.example/", "ftp://localhost/", "file:///etc/passwd",
        "http://l\xc3\xb6"
        "calhost/",
        "http://localhost%2eevil.example/", "", " http://localhost/", "http://localhost/\x01"}) {
    ++tried;
    const json::value frame = {{"t", "frame"},
                               {"leg", anna.leg()},
                               {"ch", "page"},
                               {"body", {{"url", url}}},
                               {"ref", tried}};
    ASSERT_TRUE(anna.socket.send(frame));
    const auto answer =
        anna.socket.wait([&](const json::value& m) { return number_at(m, "/ref") == tried; });
    ASSERT_TRUE(answer) << url;
    EXPECT_EQ(text_at(*answer, "/t"), "refused") << url;
    pushed += text_at(*answer, "/t") == "refused" ? 0 : 1;
  }
  ASSERT_TRUE(anna.socket.send({{"t", "frame"},
                                {"leg", anna.leg()},
                                {"ch", "page"},
                                {"body", {{"url", "http://localhost:8081/loans"}}},
                                {"ref", 1000}}));
  const auto entry = customer.socket.wait("entry");
  ASSERT_TRUE(entry);
  EXPECT_EQ(text_at(*entry, "/body/url"), "http://localhost:8081/loans") << "and nothing before it";
  figure("F4", "hostile addresses pushed through the whole path",
         std::to_string(pushed) + " of " + std::to_string(tried),
         "0 (the corpus of 500 is channel_page's test)");
}

TEST_F(WebConversation, MarkupIsCarriedAsTextAndErrorPagesHoldNone) {
  HttpClient http(site().port());
  for (const char* path : {"/%3Cscript%3Ealert(1)%3C/script%3E", "/r/?s=%3Cscript%3E",
                           "/api/v1/rendezvous?page=%3Cb%3E"}) {
    const Response r = http.get(path);
    EXPECT_EQ(r.body.find("<script>alert"), std::string::npos) << path;
    if (r.status >= 400) {
      EXPECT_EQ(r.header("Content-Type"), "application/json");
    }
  }
}

/// The core and the gateway as separate processes: the core may go without taking the browsers along.
TEST(WebCoreRestart, BrowsersStayChatGoesOnAndNewRequestsAreToldToWait) {
  SiteOptions options;
  options.own_gateway = true;
  Site site(options);
  ASSERT_TRUE(site.start()) << site.log();
  Customer customer(site);
  ASSERT_EQ(customer.book("later").status, 201);
  Desk anna(site, "anna");
  ASSERT_TRUE(anna.open()) << site.log();
  ASSERT_TRUE(customer.come_back());
  ASSERT_TRUE(customer.connected());
  ASSERT_TRUE(anna.take()) << site.log();
  site.kill();
  HttpClient http(site.port());
  ASSERT_TRUE(eventually([&] { return http.get("/readyz").status == 503; }))
      << "the loss is noticed";
  const Response refused = http.post("/api/v1/rendezvous", json::object{{"flow", "later"}});
  EXPECT_EQ(refused.status, 503);
  EXPECT_FALSE(refused.header("Retry-After").empty());
  ASSERT_TRUE(customer.say("are you still there?"));
  EXPECT_TRUE(anna.hears("are you still there?"));
  ASSERT_TRUE(site.start()) << site.log();
  ASSERT_TRUE(anna.say("yes"));
  EXPECT_TRUE(customer.hears("yes"));
  // The core knows the session again: a reload finds it, and the agent can take the next one.
  ASSERT_TRUE(customer.resume()) << customer.refusal;
  ASSERT_TRUE(customer.connected());
  EXPECT_TRUE(customer.hears("yes"));
  Customer next(site);
  ASSERT_TRUE(next.talk_now("now")) << next.refusal;
  ASSERT_TRUE(next.connected());
  EXPECT_TRUE(anna.take()) << "the desk was attached again without a word of the browser";
}

}  // namespace
}  // namespace convene::test
