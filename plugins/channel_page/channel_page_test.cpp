// plugins/channel_page/channel_page_test.cpp - what is pushed, by whom, and the corpus of what must never be (F4).
#include <fstream>

#include "plugins/channel_page/page_url.hpp"
#include "plugins/test/channel_room.hpp"
#include "tests/support/figure.hpp"

namespace convene::test {
namespace {

const Library& page() {
  static const Library library("channel_page");
  return library;
}

const std::string kSettings = R"({"hosts":["localhost","*.example.org"],"both_ways":true})";

std::string url_frame(std::string_view url) { return json::write(json::object({{"url", url}})); }

struct Corpus {
  std::string hosts;                                           ///< The allow-list, as JSON.
  std::vector<std::pair<std::string, std::string>> addresses;  ///< Verdict, address.
};

Corpus read_corpus() {
  std::ifstream file(CONVENE_SOURCE_DIR "/plugins/channel_page/corpus.txt");
  Corpus corpus;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("# hosts ", 0) == 0) corpus.hosts = line.substr(8);
    if (line.empty() || line[0] == '#') continue;
    const std::size_t blank = line.find(' ');
    const json::Parsed address = json::parse(std::string_view(line).substr(blank + 1));
    if (!address || !address.value->as_text()) {
      ADD_FAILURE() << "not a JSON text: " << line;
      continue;
    }
    corpus.addresses.emplace_back(line.substr(0, blank), *address.value->as_text());
  }
  return corpus;
}

TEST(ChannelPage, F4PushesNothingOfTheCorpusThatItMustNot) {
  const Corpus corpus = read_corpus();
  int hostile = 0, pushed = 0, good = 0, good_pushed = 0;
  for (const auto& [verdict, address] : corpus.addresses) {
    Room room(page(), R"({"both_ways":true,"hosts":)" + corpus.hosts + "}");
    const std::string said = room.say(url_frame(address), CONVENE_ROLE_CUSTOMER);
    const bool ok = said.rfind("record ", 0) == 0;
    EXPECT_EQ(ok ? "ok" : said.substr(said.find(' ') + 1), verdict) << address;
    (verdict == "ok" ? good : hostile) += 1;
    if (ok) (verdict == "ok" ? good_pushed : pushed) += 1;
  }
  EXPECT_GE(hostile, 500);
  EXPECT_EQ(pushed, 0);
  EXPECT_EQ(good_pushed, good);
  figure("F4", "hostile addresses pushed by the channel",
         std::to_string(pushed) + " of " + std::to_string(hostile), "0");
  figure("F4", "plain addresses pushed by the channel",
         std::to_string(good_pushed) + " of " + std::to_string(good), "all");
}

TEST(ChannelPage, RecordsAddressAndTitleAndNothingElse) {
  Room room(page(), kSettings);
  EXPECT_EQ(room.say(R"({"url":"https://a.example.org/x","title":"Loans","target":"_top"})"),
            R"(record {"title":"Loans","url":"https://a.example.org/x"})");
  EXPECT_EQ(room.say(R"({"url":"http://localhost:8081/","title":"  "})"),
            R"(record {"url":"http://localhost:8081/"})");
}

TEST(ChannelPage, CustomersPushOnlyWhereTheFlowAllowsIt) {
  Room one_way(page(), R"({"hosts":["localhost"]})");
  EXPECT_EQ(one_way.say(url_frame("http://localhost/"), CONVENE_ROLE_CUSTOMER),
            "refuse not_allowed");
  EXPECT_EQ(one_way.say(url_frame("http://localhost/"), CONVENE_ROLE_AGENT).rfind("record ", 0),
            0u);
  EXPECT_EQ(one_way.say(url_frame("http://localhost/"), CONVENE_ROLE_AUTOMATON).rfind("record ", 0),
            0u);
  Room both(page(), kSettings);
  EXPECT_EQ(both.say(url_frame("http://localhost/"), CONVENE_ROLE_CUSTOMER).rfind("record ", 0),
            0u);
}

TEST(ChannelPage, PushesNothingWithoutAnAllowList) {
  for (const char* settings :
       {"{}", R"({"hosts":[]})", R"({"hosts":"localhost"})", R"({"hosts":[7,null,""]})",
        R"({"hosts":["*","*.","http://localhost/","localhost/","local*"]})"}) {
    Room room(page(), settings);
    EXPECT_EQ(room.say(url_frame("http://localhost/")), "refuse host_not_allowed") << settings;
  }
}

TEST(ChannelPage, TellsTheOthersWhoFollows) {
  Room room(page(), kSettings);
  EXPECT_EQ(room.say(R"({"following":true})", CONVENE_ROLE_CUSTOMER),
            R"(others {"following":true})");
  EXPECT_EQ(room.say(R"({"following":false,"url2":1})", CONVENE_ROLE_CUSTOMER),
            R"(others {"following":false})");
}

TEST(ChannelPage, RefusesTitlesThatDeceive) {
  Room room(page(), kSettings);
  for (const std::string& title :
       {std::string("a\nb"), std::string("a\u202eb"), std::string("a\u2066b"),
        std::string(201, 'x'), std::string("a\x07")}) {
    const json::Value frame = json::object({{"url", "http://localhost/"}, {"title", title}});
    EXPECT_EQ(room.say(json::write(frame)), "refuse bad_title") << title;
  }
}

TEST(ChannelPage, RefusesWhatIsNoPageFrame) {
  Room room(page(), kSettings);
  for (const char* frame : {"", "[]", "{}", R"({"url":7})", R"({"url":null})",
                            R"({"following":"yes"})", "{\"url\":\"\xc0\"}"}) {
    EXPECT_EQ(room.say(frame), "refuse malformed") << frame;
  }
}

TEST(ChannelPage, SlowsDownWhoPushesTooFast) {
  Room room(page(), kSettings);
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(room.say(url_frame("http://localhost/")).rfind("record ", 0), 0u);
  EXPECT_EQ(room.say(url_frame("http://localhost/")), "refuse too_fast");
  room.now_ms += 1'000;
  EXPECT_EQ(room.say(url_frame("http://localhost/")).rfind("record ", 0), 0u);
}

TEST(ChannelPage, AllowListEntriesCoverWhatTheySayAndNotMore) {
  using page::check, page::Refusal;
  const auto ok = [](std::string_view url, std::string_view entry) {
    return check(url, {entry}) == Refusal::none;
  };
  EXPECT_TRUE(ok("https://shop.example/", "shop.example"));
  EXPECT_TRUE(ok("https://shop.example:8443/", "shop.example"));
  EXPECT_TRUE(ok("https://shop.example/", "shop.example:443"));
  EXPECT_TRUE(ok("http://shop.example/", "shop.example:80"));
  EXPECT_FALSE(ok("http://shop.example/", "shop.example:443"));
  EXPECT_FALSE(ok("https://shop.example:444/", "shop.example:443"));
  EXPECT_TRUE(ok("https://a.shop.example/", "*.shop.example"));
  EXPECT_TRUE(ok("https://a.shop.example:81/", "*.shop.example:81"));
  EXPECT_FALSE(ok("https://shop.example/", "*.shop.example"));
  EXPECT_FALSE(ok("https://ashop.example/", "*.shop.example"));
  EXPECT_FALSE(ok("https://a.shop.example/", "*.*.example"));
}

}  // namespace
}  // namespace convene::test
