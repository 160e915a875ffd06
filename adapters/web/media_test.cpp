// adapters/web/media_test.cpp - order, resumption and bounds of a session's media.
#include <gtest/gtest.h>

#include "adapters/web/fakes_test.hpp"
#include "adapters/web/media.hpp"

namespace convene::web {
namespace {

using test::Browser;

struct MediaTest : testing::Test {
  MediaTest() {
    channels.add("chat", &test::kEcho, nullptr);
    channels.add("page", &test::kEcho, nullptr);
    media = std::make_unique<Media>(1, std::map<std::string, std::string>{}, channels);
  }
  std::shared_ptr<Browser> join(std::uint64_t leg, std::int32_t role, Have have = {},
                                std::vector<std::string> names = {"chat"}) {
    auto b = std::make_shared<Browser>();
    media->join(
        {leg, role, role == 2 ? "Anna" : "", b, names}, have, 5,
        [](const std::vector<std::string>&) { return std::string("{\"t\":\"connected\"}"); });
    return b;
  }
  ChannelSet channels;
  std::unique_ptr<Media> media;
};

TEST_F(MediaTest, GivesEverybodyEachEntryOnceInOrder) {
  const auto a = join(1, 1), b = join(2, 2);
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(media
                  ->frame(1 + static_cast<std::uint64_t>(i % 2), "chat",
                          "{\"text\":" + std::to_string(i) + "}", 7)
                  .code,
              "");
  ASSERT_EQ(a->got.size(), 51u);
  ASSERT_EQ(b->got.size(), 51u);
  for (int i = 0; i < 50; ++i) {
    const auto at = static_cast<std::size_t>(i + 1);
    const std::string number = "\"n\":" + std::to_string(i + 1) + ",";
    EXPECT_NE(a->got[at].find(number), std::string::npos);
    EXPECT_NE(b->got[at].find(number), std::string::npos);
    EXPECT_NE(a->got[at].find(i % 2 == 0 ? "\"mine\":true" : "\"mine\":false"), std::string::npos);
    EXPECT_TRUE(JsonObject::parse(a->got[at])) << a->got[at];
  }
  EXPECT_NE(a->got[2].find("\"from\":\"agent\",\"name\":\"Anna\""), std::string::npos) << a->got[2];
}

TEST_F(MediaTest, TellsTheOthersBeforeWhoHasSaidIt) {
  const auto a = join(1, 1), b = join(2, 2);
  std::vector<const Browser*> told;
  a->told = b->told = &told;
  media->frame(1, "chat", "{\"text\":1}", 7);
  media->frame(2, "chat", "{\"text\":2}", 7);
  EXPECT_EQ(told, (std::vector<const Browser*>{b.get(), a.get(), a.get(), b.get()}));
}

TEST_F(MediaTest, ResumesAfterWhatABrowserHolds) {
  const auto a = join(1, 1);
  for (int i = 0; i < 10; ++i) media->frame(1, "chat", "{\"text\":1}", 7);
  const auto reloaded = join(1, 1, {{"chat", 7}});
  ASSERT_EQ(reloaded->got.size(), 4u);
  EXPECT_NE(reloaded->got[1].find("\"n\":8,"), std::string::npos);
  media->frame(1, "chat", "{\"text\":1}", 7);
  EXPECT_EQ(a->got.size(), 11u) << "the socket before has nothing more to do with it";
  EXPECT_EQ(reloaded->got.size(), 5u);
}

TEST_F(MediaTest, GoesOnWithNumbersThatABrowserKnowsFromBeforeARestart) {
  const auto a = join(1, 1, {{"chat", 41}});
  media->frame(1, "chat", "{\"text\":1}", 7);
  EXPECT_NE(a->got.back().find("\"n\":42,"), std::string::npos) << a->got.back();
}

TEST_F(MediaTest, GivesEverythingToABrowserThatClaimsMoreThanThereIsAndForgetsNothing) {
  const auto agent = join(2, 2);
  for (int i = 0; i < 10; ++i) media->frame(2, "chat", "{\"text\":1}", 7);
  const auto liar = join(1, 1, {{"chat", 1'000}});
  EXPECT_EQ(liar->count("entry"), 10u) << "what it holds is not ours: it gets what we have";
  EXPECT_EQ(agent->count("gap"), 0u);
  const auto reloaded = join(2, 2);
  EXPECT_EQ(reloaded->count("entry"), 10u) << "a customer cannot wipe what the agent reads";
  media->frame(1, "chat", "{\"text\":1}", 7);
  EXPECT_NE(reloaded->got.back().find("\"n\":11,"), std::string::npos) << reloaded->got.back();
}

TEST_F(MediaTest, KeepsItsNumbersExactWhateverABrowserClaims) {
  const auto a = join(1, 1, {{"chat", (std::uint64_t{1} << 53) - 1}});
  media->frame(1, "chat", "{\"text\":1}", 7);
  EXPECT_NE(a->got.back().find("\"n\":1,"), std::string::npos) << a->got.back();
}

TEST_F(MediaTest, DropsTheOldestVisiblyAtItsBound) {
  const auto a = join(1, 1);
  for (std::size_t i = 0; i < kEntriesMax + 5; ++i) media->frame(1, "chat", "{\"text\":1}", 7);
  const auto late = join(2, 2);
  EXPECT_EQ(late->got[1], R"({"t":"gap","leg":2,"ch":"chat","to":5})");
  EXPECT_NE(late->got[2].find("\"n\":6,"), std::string::npos);
  EXPECT_EQ(late->got.size(), kEntriesMax + 2);
}

TEST_F(MediaTest, KeepsAtMostFourMebibytes) {
  const auto a = join(1, 1);
  const std::string big = "{\"text\":\"" + std::string(60'000, 'x') + "\"}";
  for (int i = 0; i < 200; ++i) media->frame(1, "chat", big, 7);
  EXPECT_LE(media->kept_bytes(), kEntryBytesMax);
  EXPECT_EQ(media->entries("chat"), 200u);
}

TEST_F(MediaTest, SignalsReachTheOthersAndAreNotKept) {
  const auto a = join(1, 1), b = join(2, 2);
  media->frame(1, "chat", "{\"typing\":true}", 7);
  EXPECT_EQ(a->got.size(), 1u);
  EXPECT_EQ(b->last, "");
  EXPECT_EQ(b->count("signal"), 1u);
  EXPECT_EQ(media->entries("chat"), 0u);
}

TEST_F(MediaTest, TellsTheSenderWhatWasRefusedAndNothingElseHappens) {
  const auto a = join(1, 1), b = join(2, 2);
  EXPECT_EQ(media->frame(1, "chat", "{\"bad\":1}", 7).code, "too_long");
  EXPECT_EQ(media->frame(1, "chat", "{\"fail\":1}", 7).code, "malformed");
  EXPECT_EQ(media->frame(1, "voice", "{}", 7).code, "channel_closed");
  EXPECT_EQ(media->frame(9, "chat", "{}", 7).code, "no_session");
  EXPECT_EQ(b->got.size(), 1u) << "a failed call leaves no trace (law 6)";
}

TEST_F(MediaTest, ClosingOneChannelLeavesTheOthers) {
  const auto a = join(1, 1, {}, {"chat", "page"}), b = join(2, 2, {}, {"chat", "page"});
  EXPECT_EQ(media->set_channels(1, {"chat"}, 7), std::vector<std::string>{"chat"});
  EXPECT_EQ(media->frame(1, "page", "{}", 7).code, "channel_closed");
  EXPECT_EQ(media->frame(1, "chat", "{}", 7).code, "");
  EXPECT_EQ(media->frame(2, "page", "{}", 7).code, "");
  EXPECT_EQ(a->count("entry"), 1u);
  EXPECT_EQ(b->count("entry"), 2u);
}

TEST_F(MediaTest, LeavesOutChannelsThatNoPluginServes) {
  const auto a = join(1, 1, {}, {"chat", "voice"});
  EXPECT_EQ(media->frame(1, "voice", "{}", 7).code, "channel_closed");
}

}  // namespace
}  // namespace convene::web
