// adapters/web/parts_test.cpp - the small parts: settings, headers, tickets, throttles, seals, calendar, QR.
#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "adapters/web/headers.hpp"
#include "adapters/web/ics.hpp"
#include "adapters/web/metrics.hpp"
#include "adapters/web/qr.hpp"
#include "adapters/web/seal.hpp"
#include "adapters/web/settings.hpp"
#include "adapters/web/shard.hpp"
#include "adapters/web/throttle.hpp"
#include "adapters/web/tickets.hpp"
#include "adapters/web/workers.hpp"
#include "sodium.h"
#include "tests/support/figure.hpp"

namespace convene::web {
namespace {

constexpr const char* kConfig = R"({
  "settings":{"listen":"127.0.0.1:8080","origins":["http://localhost:8080","http://localhost:8081"],
              "public_url":"http://localhost:8080","frame_ancestors":["http://localhost:8081"]},
  "flows":{"later":{"title":"Later","channels":["chat","page"],"carriage":"query","expires_ms":1,
           "channel_settings":{"page":{"hosts":["localhost","*.example.org","x.example:8443","evil; script-src *"]}}}},
  "agents":{"anna":{"name":"Anna","password_hash":"h"}},
  "plugins":{"channel_chat":{"path":"/p/channel_chat.so","settings":{"a":1}}},
  "desk_key":"k"})";

TEST(Settings, AreReadFromTheWelcome) {
  const auto s = parse_settings(kConfig);
  ASSERT_TRUE(s) << s.error().text;
  EXPECT_EQ(s->port, 8080);
  EXPECT_EQ(s->flows.at("later").title, "Later");
  EXPECT_EQ(s->agents.at("anna").name, "Anna");
  EXPECT_EQ(s->plugins.at("channel_chat").settings, R"({"a":1})");
  EXPECT_EQ(s->origins.size(), 2u);
}

TEST(Settings, NameTheKeyThatIsWrong) {
  for (const auto& [json, key] :
       {std::pair{R"({"settings":{"listen":"8080"}})", "listen"},
        {R"({"settings":{"listen":"127.0.0.1:99999"}})", "listen"},
        {R"({"settings":{"origins":["*"]}})", "origins"},
        {R"({"settings":{"origins":["http://a/"]}})", "origins"},
        {R"({"settings":{"frame_ancestors":["https://a;"]}})", "frame_ancestors"},
        {R"({"settings":{"public_url":"ftp://x"}})", "public_url"},
        {R"({"settings":{"threads":0}})", "threads"},
        {R"({"settings":{"static":7}})", "static"},
        {R"({"settings":{"origin":[]}})", R"(did you mean "origins")"},
        {R"({"settings":{"colour":"red"}})", R"("colour" is unknown)"}}) {
    const auto s = parse_settings(json);
    ASSERT_FALSE(s) << json;
    EXPECT_NE(s.error().text.find(key), std::string::npos) << s.error().text;
  }
  EXPECT_FALSE(parse_settings("[]"));
}

TEST(Headers, AllowFramesOfThePageChannelAndNothingThatLooksLikePolicy) {
  const std::string csp = content_security_policy(*parse_settings(kConfig));
  EXPECT_NE(csp.find("frame-src *.example.org:* localhost:* x.example:8443;"), std::string::npos)
      << csp;
  EXPECT_NE(csp.find("default-src 'none'; script-src 'self';"), std::string::npos);
  EXPECT_NE(csp.find("object-src 'none'; base-uri 'none'"), std::string::npos);
  EXPECT_NE(csp.find("frame-ancestors http://localhost:8081"), std::string::npos);
  EXPECT_NE(csp.find("connect-src 'self' ws://localhost:8080;"), std::string::npos);
  EXPECT_EQ(csp.find("unsafe"), std::string::npos);
}

TEST(Origin, IsComparedByteForByte) {
  const std::vector<std::string> allowed = {"https://talk.example.org"};
  EXPECT_TRUE(origin_allowed(allowed, "https://talk.example.org"));
  for (const char* bad :
       {"", "null", "https://talk.example.org.evil.example", "https://eviltalk.example.org",
        "http://talk.example.org", "https://talk.example.org:443", "https://TALK.example.org",
        "https://talk.example.org/", "https://talk.example.org@evil.example"})
    EXPECT_FALSE(origin_allowed(allowed, bad)) << bad;
}

TEST(Tickets, OpenALegOnce) {
  TicketBook book;
  book.add("s1", 7, 1, 1000);
  const auto t = book.take("s1", 10);
  ASSERT_TRUE(t);
  EXPECT_EQ(t->leg, 7u);
  EXPECT_FALSE(book.take("s1", 10));
  book.add("s1", 7, 1, 1000);  // The same details once more, over another way: still used.
  EXPECT_FALSE(book.take("s1", 10));
}

TEST(Tickets, ExpireAndAreReplacedByNewerOnes) {
  TicketBook book;
  book.add("old", 7, 1, 1000);
  EXPECT_FALSE(book.take("old", 1000));
  book.add("a", 8, 1, 1000);
  book.add("b", 8, 2, 1000);
  book.add("late", 8, 1, 1000);
  EXPECT_FALSE(book.take("a", 1));
  EXPECT_FALSE(book.take("late", 1));
  EXPECT_TRUE(book.take("b", 1));
  book.add("c", 9, 1, 1000);
  book.drop(9);
  EXPECT_FALSE(book.take("c", 1));
  EXPECT_EQ(book.size(), 0u);
}

TEST(Throttle, ClosesTheDoorAfterTwentyMissesAMinute) {
  MissThrottle t;
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(t.blocked("a", 1000)) << i;
    t.missed("a", 1000);
  }
  EXPECT_TRUE(t.blocked("a", 1000));
  EXPECT_FALSE(t.blocked("b", 1000));
  EXPECT_TRUE(t.blocked("a", 60'999));
  EXPECT_FALSE(t.blocked("a", 61'000));
}

TEST(Throttle, StaysWithinItsBound) {
  MissThrottle t(20, 100);
  for (int i = 0; i < 20; ++i) t.missed("attacker", 1);
  for (int i = 0; i < 1000; ++i) t.missed(std::to_string(i), 2);
  EXPECT_TRUE(t.blocked("attacker", 3));
}

TEST(Throttle, CountsNetworksNotAddresses) {
  EXPECT_EQ(network_of("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network_of("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), network_of("2001:db8:1:2::9"));
  EXPECT_NE(network_of("2001:db8:1:2::9"), network_of("2001:db8:1:3::9"));
  EXPECT_EQ(network_of("fe80::1%eth0"), "fe80::/64");
}

TEST(Bucket, LetsTwentyASecondThrough) {
  Bucket b(20);
  int passed = 0;
  for (int i = 0; i < 100; ++i) passed += b.take(1000) ? 1 : 0;
  EXPECT_EQ(passed, 20);
  EXPECT_FALSE(b.take(1049));
  EXPECT_TRUE(b.take(1050));
}

TEST(Seal, OpensOnlyWhatItSealedAndOnlyInTime) {
  const std::string key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
  const Seal seal(key), same(key), other("");
  const std::string cookie = seal.desk_cookie({"anna", 100, 200});
  ASSERT_TRUE(same.open_desk_cookie(cookie, 150));
  EXPECT_EQ(same.open_desk_cookie(cookie, 150)->agent, "anna");
  EXPECT_FALSE(seal.open_desk_cookie(cookie, 200));
  EXPECT_FALSE(other.open_desk_cookie(cookie, 150));
  for (std::size_t i = 0; i < cookie.size(); ++i) {
    std::string bad = cookie;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    const auto opened = seal.open_desk_cookie(bad, 150);
    // The last character may hold bits that stand for nothing.
    if (i + 1 < cookie.size()) {
      EXPECT_FALSE(opened) << i;
    }
  }
  EXPECT_EQ(cookie.find("anna"), std::string::npos);
}

TEST(Seal, NamesAPageAlwaysAlikeAndTellsNothing) {
  const Seal seal(""), other("");
  const std::string id = "AAAAAAAAAAAAAAAAAAAAAA";
  EXPECT_EQ(seal.page_name(id), seal.page_name(id));
  EXPECT_EQ(seal.page_name(id).size(), 16u);
  EXPECT_NE(seal.page_name(id), other.page_name(id));
  EXPECT_NE(seal.page_name(id), seal.page_name("AAAAAAAAAAAAAAAAAAAAAB"));
}

TEST(Password, MatchesOnlyItsHashAndAnUnknownAgentCostsTheSame) {
  ASSERT_GE(sodium_init(), 0);
  char hash[crypto_pwhash_STRBYTES] = {};
  ASSERT_EQ(
      crypto_pwhash_str(hash, "right", 5, crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN),
      0);
  EXPECT_TRUE(password_matches(hash, "right"));
  EXPECT_FALSE(password_matches(hash, "wrong"));
  EXPECT_FALSE(password_matches("", "right"));
  EXPECT_FALSE(password_matches("nonsense", "right"));
}

TEST(Calendar, HasWhatRfc5545Wants) {
  const std::string ics =
      calendar_entry({"p@convene", "Talk; to, us\nnow", "http://localhost:8080/r/abc",
                      1'700'000'000'000, 1'700'003'600'000, 0});
  EXPECT_NE(ics.find("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"), std::string::npos);
  EXPECT_NE(ics.find("DTSTART:20231114T231320Z\r\n"), std::string::npos) << ics;
  EXPECT_NE(ics.find("SUMMARY:Talk\\; to\\, us\\nnow\r\n"), std::string::npos);
  EXPECT_NE(ics.find("BEGIN:VALARM"), std::string::npos);
  EXPECT_TRUE(ics.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"));
}

TEST(Calendar, FoldsLinesWithoutCuttingACharacter) {
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "\xc3\xa4";
  const std::string ics = calendar_entry({"u", umlauts, "x", 0, std::nullopt, 1'700'000'000'000});
  std::size_t start = 0;
  for (auto end = ics.find("\r\n"); end != std::string::npos;
       start = end + 2, end = ics.find("\r\n", start)) {
    EXPECT_LE(end - start, 75u);
    EXPECT_NE(static_cast<unsigned char>(ics[start]) & 0xC0, 0x80);
  }
  EXPECT_NE(ics.find("DTSTART;VALUE=DATE:20231113\r\n"), std::string::npos) << ics;
}

TEST(Qr, IsASquareOfOnePath) {
  const std::string svg = qr_svg("http://localhost:8080/r/?s=AAAAAAAAAAAAAAAAAAAAAA");
  EXPECT_TRUE(svg.starts_with("<svg ")) << svg.substr(0, 40);
  EXPECT_TRUE(svg.ends_with("</svg>"));
  EXPECT_EQ(svg.find("AAAA"), std::string::npos);
  EXPECT_EQ(qr_svg(std::string(10'000, 'x')), "");
}

TEST(Metrics, AreTextWithNamesOfOurs) {
  Metrics m;
  m.responses[2] = 5;
  m.sockets = 3;
  EXPECT_NE(m.text().find("convene_web_responses_total{class=\"2xx\"} 5\n"), std::string::npos);
  EXPECT_NE(m.text().find("# TYPE convene_web_sockets gauge\nconvene_web_sockets 3\n"),
            std::string::npos);
}

TEST(Workers, RefuseWhatWouldWaitTooLong) {
  std::mutex gate;
  gate.lock();
  std::atomic<int> ran{0};
  {
    Workers workers(1, 2);
    int taken = 0;
    for (int i = 0; i < 10; ++i)
      taken += workers.run([&] {
        const std::lock_guard l(gate);
        ++ran;
      })
                   ? 1
                   : 0;
    EXPECT_GE(taken, 2);
    EXPECT_LE(taken, 3);
    gate.unlock();
    while (ran < taken) std::this_thread::yield();
  }
}

TEST(Shards, TheFirstThreadHasAFewHundredThenTheOthersAsMany) {
  boost::asio::io_context context;
  Metrics metrics;
  std::deque<Shard> shards;
  for (int i = 0; i < 3; ++i) shards.emplace_back(context);
  std::vector<std::optional<Place>> places;
  const auto come = [&](int people) {
    for (int i = 0; i < people; ++i) places.emplace_back(Place(metrics, shard_for_next(shards)));
    return std::array<std::int64_t, 3>{shards[0].open, shards[1].open, shards[2].open};
  };
  EXPECT_EQ(come(256), (std::array<std::int64_t, 3>{256, 0, 0}));
  EXPECT_EQ(come(100), (std::array<std::int64_t, 3>{256, 50, 50}));
  EXPECT_EQ(come(544), (std::array<std::int64_t, 3>{300, 300, 300}));
  EXPECT_EQ(metrics.connections, 900);
  const Place handed_on = *std::move(places.front());
  places.clear();
  EXPECT_EQ(metrics.connections, 1) << "counted once, however often it is handed on";
  EXPECT_EQ(handed_on.shard().open, 1);
}

}  // namespace
}  // namespace convene::web
