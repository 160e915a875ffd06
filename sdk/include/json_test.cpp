// sdk/include/json_test.cpp - JSON for plugins: what is accepted, what is refused, what is written.
#include <gtest/gtest.h>

#include "convene/json.hpp"

namespace convene::json {
namespace {

std::string again(std::string_view text) {
  const Parsed parsed = parse(text);
  return parsed ? write(*parsed.value) : "refused: " + parsed.error;
}

TEST(Json, WritesEqualValuesAsEqualBytes) {
  EXPECT_EQ(again(R"( { "b" : 1 , "a" : [ true , null ] } )"), R"({"a":[true,null],"b":1})");
  EXPECT_EQ(again("[1.0, 1, -0.0, 1e3, 0.1, 2.50]"), "[1,1,0,1000,0.1,2.5]");
  EXPECT_EQ(again("-9223372036854775808"), "-9223372036854775808");
}

TEST(Json, KeepsWhatAStringHolds) {
  EXPECT_EQ(*parse(R"("\ud83d\ude00\u0000\/\b")").value->as_text(),
            std::string("\U0001F600\0/\b", 7));
  EXPECT_EQ(quoted("a\"b\\\n\x01\x7f"), "\"a\\\"b\\\\\\n\\u0001\x7f\"");
  EXPECT_EQ(quoted("\xff"), "\"\xEF\xBF\xBD\"");
}

TEST(Json, RefusesWhatIsNotRfc8259) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "[1,]",
                           "{\"a\":1,}",
                           "01",
                           "-",
                           "1.",
                           ".5",
                           "1e",
                           "+1",
                           "nul",
                           "tru",
                           "[1] x",
                           "'a'",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\ud800\"",
                           "\"\\udc00\"",
                           "\"\\ud800\\u0041\"",
                           "\"\n\"",
                           "\"a",
                           "{1:2}",
                           "{\"a\" 1}",
                           "\"\xc0\xaf\"",
                           "\"\xed\xa0\x80\"",
                           "\"\xf5\x80\x80\x80\"",
                           "1e999",
                           "NaN",
                           "\xEF\xBB\xBF{}",
                           "[1 2]"}) {
    EXPECT_FALSE(parse(text)) << text;
  }
}

TEST(Json, RefusesAKeyThatOccursTwice) {
  EXPECT_EQ(again(R"({"a":1,"\u0061":2})"), "refused: a key occurs twice");
}

TEST(Json, IsBoundedInDepthSizeAndCount) {
  EXPECT_TRUE(parse(std::string(32, '[') + std::string(32, ']')));
  EXPECT_FALSE(parse(std::string(33, '[') + std::string(33, ']')));
  EXPECT_FALSE(parse(std::string(1'000'000, '[')));
  EXPECT_FALSE(parse("[1,2,3]", {.values = 3}));
  EXPECT_FALSE(parse("[1,2,3]", {.bytes = 6}));
}

TEST(Json, FindsValuesByPath) {
  const Value v = *parse(R"({"a":{"b":[10,{"c":"x"}]},"t":true,"d":2.5})").value;
  EXPECT_EQ(v.text("a.b.1.c"), "x");
  EXPECT_EQ(v.integer("a.b.0"), 10);
  EXPECT_EQ(v.integer("a.b.2", -1), -1);
  EXPECT_EQ(v.integer("a.b.0x", -1), -1);
  EXPECT_EQ(v.integer("d", -1), -1);
  EXPECT_EQ(v.number("a.b.0"), 10.0);
  EXPECT_TRUE(v.boolean("t"));
  EXPECT_EQ(v.array("a.b").size(), 2u);
  EXPECT_TRUE(v.object("nowhere").empty());
  EXPECT_EQ(v.at("a.b.1.c.d"), nullptr);
}

TEST(Json, BuildsWithoutRepeatingAKey) {
  Value v = object({{"x", 1}, {"x", "two"}});
  v.set("list", array({1, 2.5, true, nullptr})).set("big", ~std::uint64_t{0});
  EXPECT_EQ(write(v), R"({"big":18446744073709551616,"list":[1,2.5,true,null],"x":"two"})");
}

}  // namespace
}  // namespace convene::json
