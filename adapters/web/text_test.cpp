// adapters/web/text_test.cpp - targets, cookies, JSON: what strangers write.
#include <gtest/gtest.h>

#include "adapters/web/cookie.hpp"
#include "adapters/web/json_text.hpp"
#include "adapters/web/json_view.hpp"
#include "adapters/web/target.hpp"

namespace convene::web {
namespace {

TEST(Target, ReadsPathAndQuery) {
  const auto t = parse_target("/r/?s=AAAA-_1&x=%41%20b&flag");
  ASSERT_TRUE(t);
  EXPECT_EQ(t->path, "/r/");
  EXPECT_EQ(t->value("s"), "AAAA-_1");
  EXPECT_EQ(t->value("x"), "A b");
  EXPECT_EQ(t->value("flag"), "");
  EXPECT_EQ(t->value("none"), "");
}

TEST(Target, RefusesWhateverNamesSomethingOutsideOrCanBeReadTwoWays) {
  for (const char* bad : {"",         "x",       "http://evil/",
                          "//evil/x", "/a/../b", "/a/%2e%2e/b",
                          "/a/./b",   "/a//b",   "/a%2fb",
                          "/a%2Fb",   "/a\\b",   "/a%5cb",
                          "/a%00b",   "/a%0ab",  "/a b",
                          "/a%",      "/a%4",    "/a%zz",
                          "/a#b",     "/\x80",   "/a?x=%0d%0aSet-Cookie:y",
                          "*",        "/.."})
    EXPECT_FALSE(parse_target(bad)) << bad;
  EXPECT_FALSE(parse_target("/" + std::string(kTargetMax, 'a')));
  std::string many = "/?a=1";
  for (int i = 0; i < 20; ++i) many += "&a=1";
  EXPECT_FALSE(parse_target(many));
}

TEST(Target, KnowsTheShapeOfSecretsAndPageNames) {
  EXPECT_TRUE(is_secret("AAAAAAAAAAAAAAAAAAAAAA"));
  EXPECT_FALSE(is_secret("AAAAAAAAAAAAAAAAAAAAA"));
  EXPECT_FALSE(is_secret("AAAAAAAAAAAAAAAAAAAAA="));
  EXPECT_TRUE(is_page_name("abcdefgh-_ABCDEF"));
  EXPECT_FALSE(is_page_name("abcdefgh-_ABCDE/"));
}

TEST(Cookie, IsFoundAmongOthersAndNotByPartOfItsName) {
  EXPECT_EQ(find_cookie("a=1; __Host-convene-session=xyz; b=2", kSessionCookie), "xyz");
  EXPECT_EQ(find_cookie("a=1;__Host-convene-session=xyz", kSessionCookie), "xyz");
  EXPECT_FALSE(find_cookie("x__Host-convene-session=xyz", kSessionCookie));
  EXPECT_FALSE(find_cookie("__Host-convene-session2=xyz", kSessionCookie));
  EXPECT_FALSE(find_cookie("__Host-convene-session-abcdefghABCDEFGH=xyz", kSessionCookie));
  EXPECT_FALSE(find_cookie("__Host-convene-session", kSessionCookie));
  EXPECT_FALSE(find_cookie("", kSessionCookie));
}

TEST(Cookie, ThatIsThereTwiceCountsAsNone) {
  EXPECT_FALSE(find_cookie("__Host-convene-session=a; __Host-convene-session=b", kSessionCookie));
}

TEST(Cookie, CarriesEveryFlagAndLivesNoLongerThan400Days) {
  const std::string c =
      set_cookie(kDeskCookie, "v", std::chrono::hours(24 * 1000), SameSite::strict);
  EXPECT_EQ(c,
            "__Host-convene-desk=v; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=34560000");
  EXPECT_EQ(clear_cookie(kSessionCookie, SameSite::lax),
            "__Host-convene-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
}

TEST(Json, ReadsAnObjectInPlace) {
  const std::string text =
      R"( {"t":"frame", "leg":12,"body":{"text":"h\u00e9 \"x\"","n":[1,2,{}]},"ok":true,"neg":-3} )";
  const auto o = JsonObject::parse(text);
  ASSERT_TRUE(o);
  EXPECT_EQ(o->text("t"), "frame");
  EXPECT_EQ(o->number("leg"), 12u);
  EXPECT_EQ(o->raw("body"), R"({"text":"h\u00e9 \"x\"","n":[1,2,{}]})");
  EXPECT_EQ(o->object("body")->text("text"), "h\xc3\xa9 \"x\"");
  EXPECT_EQ(o->boolean("ok"), true);
  EXPECT_EQ(o->integer("neg"), -3);
  EXPECT_FALSE(o->number("neg"));
  EXPECT_FALSE(o->text("leg"));
  EXPECT_TRUE(o->raw("none").empty());
}

TEST(Json, RefusesWhatIsNotStrictlyOneObject) {
  for (const char* bad : {"",
                          "[]",
                          "1",
                          "{",
                          "{}x",
                          "{\"a\":1,}",
                          "{'a':1}",
                          "{\"a\":01}",
                          "{\"a\":1.}",
                          "{\"a\":+1}",
                          "{\"a\":.5}",
                          "{\"a\":1e}",
                          "{\"a\":tru}",
                          "{\"a\":\"\x01\"}",
                          "{\"a\":\"\\x\"}",
                          "{\"a\":\"\\ud800\"}",
                          "{\"a\":\"\\udc00\"}",
                          "{\"a\":\"\\ud800\\u0041\"}",
                          "{\"a\":\"\xff\"}",
                          "{\"a\":\"\xc0\x80\"}",
                          "{\"a\":\"\xed\xa0\x80\"}",
                          "{\"a\":\"\xf4\x90\x80\x80\"}",
                          "{\"a\":1,\"a\":2}",
                          "{\"a\" 1}",
                          "{a:1}",
                          "{\"a\":\"x}",
                          "\xef\xbb\xbf{}",
                          "{\"a\":NaN}"})
    EXPECT_FALSE(JsonObject::parse(bad)) << bad;
}

TEST(Json, BoundsDepthAndMembers) {
  const auto nested = [](int depth) {
    return "{\"a\":" + std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']') + "}";
  };
  EXPECT_TRUE(JsonObject::parse(nested(kJsonDepth - 1)));
  EXPECT_FALSE(JsonObject::parse(nested(kJsonDepth)));
  EXPECT_FALSE(JsonObject::parse(nested(100'000)));
  std::string many = "{\"k0\":0";
  for (std::size_t i = 1; i <= kJsonMembers; ++i) many += ",\"k" + std::to_string(i) + "\":0";
  EXPECT_FALSE(JsonObject::parse(many + "}"));
}

TEST(Json, ReadsArraysOfTexts) {
  EXPECT_EQ(json_texts(R"(["a","b\n"])"), (std::vector<std::string>{"a", "b\n"}));
  EXPECT_EQ(json_texts("[]"), std::vector<std::string>{});
  EXPECT_FALSE(json_texts("[1]"));
  EXPECT_FALSE(json_texts("[\"a\"", 1));
  EXPECT_FALSE(json_texts(R"(["a","b"])", 1));
}

TEST(Json, UnescapesSurrogatePairs) {
  EXPECT_EQ(json_unescape(R"("\ud83d\ude00\t\/")"), "\xf0\x9f\x98\x80\t/");
}

TEST(Json, WritesWhatItCanReadAgain) {
  const std::string hostile = "\"\\\n\x01</script><b>\x7f\xc3\xa9";
  const std::string text =
      JsonOut().put("a", hostile).put("n", -5).put("b", true).raw("o", "{}").done();
  EXPECT_EQ(text.find('<'), std::string::npos);
  const auto o = JsonObject::parse(text);
  ASSERT_TRUE(o) << text;
  EXPECT_EQ(o->text("a"), hostile);
  EXPECT_EQ(o->integer("n"), -5);
}

}  // namespace
}  // namespace convene::web
