// plugins/channel_chat/channel_chat_test.cpp - what is recorded, signalled, refused.
#include "plugins/test/channel_room.hpp"

namespace convene::test {
namespace {

const Library& chat() {
  static const Library library("channel_chat");
  return library;
}

std::string text_frame(std::string_view text) {
  return json::write(json::object({{"text", text}}));
}

TEST(ChannelChat, RecordsText) {
  Room room(chat());
  EXPECT_EQ(room.say(R"({"text":"Bonjour à tous"})"), R"(record {"text":"Bonjour à tous"})");
  EXPECT_EQ(room.say(R"({"text":"two\n\tlines"})"), R"(record {"text":"two\n\tlines"})");
}

TEST(ChannelChat, WritesEntriesAnewSoThatNothingElseOfAFrameGetsThrough) {
  Room room(chat());
  EXPECT_EQ(room.say(R"({ "text" : "hi", "from":"agent","html":"<b>", "n":7 })"),
            R"(record {"text":"hi"})");
  EXPECT_EQ(room.say(R"({"text":"<img src=x onerror=alert(1)>"})"),
            R"(record {"text":"<img src=x onerror=alert(1)>"})");
}

TEST(ChannelChat, SignalsTypingToTheOthersAndKeepsNothing) {
  Room room(chat());
  EXPECT_EQ(room.say(R"({"typing":true})"), R"(others {"typing":true})");
  EXPECT_EQ(room.say(R"({"typing":false,"x":1})"), R"(others {"typing":false})");
  EXPECT_TRUE(room.log.empty());
}

TEST(ChannelChat, RefusesWhatIsNoChatFrame) {
  for (const char* frame :
       {"", "null", "[]", "7", "{}", R"({"text":7})", R"({"text":["a"]})", R"({"typing":1})",
        R"({"text":"a","text":"b"})", R"({"text":"a"} x)", "{\"text\":\"\xff\"}",
        R"({"text":"\ud800"})", R"({"a":[[[[[[1]]]]]]})"}) {
    Room room(chat());
    EXPECT_EQ(room.say(frame), "refuse malformed") << frame;
  }
}

TEST(ChannelChat, TakesFourThousandCharactersAndNotOneMore) {
  std::string text;
  for (int i = 0; i < 4'000; ++i) text += "\xf0\x9f\x98\x80";
  Room room(chat());
  EXPECT_EQ(room.say(text_frame(text)).rfind("record ", 0), 0u);
  EXPECT_EQ(room.say(text_frame(text + "x")), "refuse too_long");
  Room tighter(chat(), R"({"characters":3})");
  EXPECT_EQ(tighter.say(text_frame("äöü")).rfind("record ", 0), 0u);
  EXPECT_EQ(tighter.say(text_frame("äöüß")), "refuse too_long");
}

TEST(ChannelChat, RefusesEmptyTextAndControlCharacters) {
  Room room(chat());
  for (const char* blank : {"", " ", "\n\t", "\u00a0", "\u200b\u3000"}) {
    EXPECT_EQ(room.say(text_frame(blank)), "refuse empty") << blank;
  }
  for (const char* control : {"a\x01", "a\x1b[31m", "a\x7f", "a\u0085", "a\r\nb", "a\u009b"}) {
    EXPECT_EQ(room.say(text_frame(control)), "refuse control_character") << control;
  }
  EXPECT_EQ(room.say(R"({"text":"a\u0000b"})"), "refuse control_character");
}

TEST(ChannelChat, SlowsDownWhoWritesTooFastAndNobodyElse) {
  Room room(chat(), R"({"burst":3,"every_ms":1000})");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(room.say(text_frame("x")).rfind("record ", 0), 0u);
  EXPECT_EQ(room.say(text_frame("x")), "refuse too_fast");
  EXPECT_EQ(room.say(text_frame("x"), CONVENE_ROLE_CUSTOMER, 2).rfind("record ", 0), 0u);
  room.now_ms += 999;
  EXPECT_EQ(room.say(text_frame("x")), "refuse too_fast");
  room.now_ms += 1;
  EXPECT_EQ(room.say(text_frame("x")).rfind("record ", 0), 0u);
  EXPECT_EQ(room.say(text_frame("x")), "refuse too_fast");
  room.now_ms += 3'600'000;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(room.say(text_frame("x")).rfind("record ", 0), 0u);
}

TEST(ChannelChat, DropsTypingSignalsThatComeTooFastInSilence) {
  Room room(chat());
  int passed = 0;
  for (int i = 0; i < 50; ++i) passed += room.say(R"({"typing":true})").empty() ? 0 : 1;
  EXPECT_EQ(passed, 3);
  EXPECT_EQ(room.say(text_frame("x")).rfind("record ", 0), 0u)
      << "typing does not use up what text may";
}

TEST(ChannelChat, KeepsItsStateSmallHoweverManyWrite) {
  Room room(chat());
  room.now_ms = 4'000'000'000'000;
  for (std::uint64_t leg = 0; leg < 500; ++leg) {
    EXPECT_EQ(room.say(text_frame("x"), CONVENE_ROLE_AGENT, 9'000'000'000'000'000'000u + leg)
                  .rfind("record ", 0),
              0u);
    room.say(R"({"typing":true})", CONVENE_ROLE_AGENT, 9'000'000'000'000'000'000u + leg);
  }
  EXPECT_LE(room.state.size(), 4096u);
}

TEST(ChannelChat, ForgetsWhoLeftAndSurvivesABrokenState) {
  Room room(chat());
  room.say(text_frame("x"), CONVENE_ROLE_AGENT, 77);
  EXPECT_NE(room.state.find("77"), std::string::npos);
  EXPECT_EQ(room.join(78), "");
  EXPECT_EQ(room.leave(77), "");
  EXPECT_EQ(room.state.find("77"), std::string::npos);
  for (const char* broken :
       {"{", "[]", "1", "1:", "1:-5", "1:9000000000000000000", "1:99999999999999999999", "1:2;3",
        ";;", "18446744073709551616:1", "1:1,", "-1:1", R"({"messages":[[1,5]]})"}) {
    room.state = broken;
    EXPECT_EQ(room.say(text_frame("x")).rfind("record ", 0), 0u) << broken;
  }
}

TEST(ChannelChat, FailsOnSettingsThatAreNoJson) {
  Room room(chat(), "{");
  EXPECT_EQ(room.say(text_frame("x")).rfind("failed: ", 0), 0u);
}

}  // namespace
}  // namespace convene::test
