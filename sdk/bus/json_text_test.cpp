// sdk/bus/json_text_test.cpp - whatever is written is valid JSON, and members are found to the byte.
#include "sdk/bus/json_text.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace convene::bus {
namespace {

TEST(JsonText, WritesWhatAnyParserReads) {
  JsonText text;
  text.open()
      .key("a")
      .number(-5)
      .key("b")
      .text("x\"y\\z\n\x01")
      .key("c")
      .open_array()
      .boolean(true)
      .number(2u);
  text.close_array().key("d").open().close().key("e").raw("{\"f\": 1.0}").close();
  const auto value = boost::json::parse(text.view());
  EXPECT_EQ(value.at("a").as_int64(), -5);
  EXPECT_EQ(value.at("b").as_string(), "x\"y\\z\n\x01");
  EXPECT_EQ(value.at("c").as_array().size(), 2u);
  EXPECT_EQ(value.at("e").at("f").as_double(), 1.0);
}

TEST(JsonText, MakesAnyBytesValidUtf8) {
  for (int first = 0; first < 256; ++first)
    for (int second = 0; second < 256; second += 5) {
      const std::string bytes{static_cast<char>(first), static_cast<char>(second), 'x',
                              static_cast<char>(first)};
      JsonText text;
      text.open().key("t").text(bytes).close();
      boost::system::error_code error;
      boost::json::parse(text.view(), error);
      ASSERT_FALSE(error) << first << ' ' << second;
    }
}

TEST(JsonText, KeepsGoodUtf8AsItIs) {
  JsonText text;
  text.open().key("t").text("Chlo\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80").close();
  EXPECT_EQ(text.view(), "{\"t\":\"Chlo\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"}");
}

TEST(MemberText, IsExactlyWhatWasWritten) {
  const std::string_view object =
      R"( { "a" : {"x": [1, "}", 1.50 ]} , "b":"q\"}", "c":1e3 ,"d":null} )";
  EXPECT_EQ(member_text(object, "a"), R"({"x": [1, "}", 1.50 ]})");
  EXPECT_EQ(member_text(object, "b"), R"("q\"}")");
  EXPECT_EQ(member_text(object, "c"), "1e3");
  EXPECT_EQ(member_text(object, "d"), "null");
  EXPECT_EQ(member_text(object, "x"), "");
  EXPECT_EQ(member_text(R"({"a":1,"a":2})", "a"), "2") << "the last one counts, as parsers see it";
}

TEST(MemberText, ReadsNothingBeyondBrokenText) {
  for (const std::string_view text :
       {"", "{", "[]", "{\"a\"", "{\"a\":", "{\"a\":\"", "{\"a\":{\"b\":[", "{\"a\\"})
    EXPECT_LE(member_text(text, "a").size(), text.size()) << text;
}

}  // namespace
}  // namespace convene::bus
