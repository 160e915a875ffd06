// tests/check/parts_test.cpp - the parts of the checker: samples of settings, memory, seeds, schemas.
#include <gtest/gtest.h>

#include "checked_tables.hpp"
#include "convene/json.hpp"
#include "core/check/arena.hpp"
#include "core/check/hostile_questions.hpp"
#include "core/check/message_schema.hpp"
#include "core/check/samples.hpp"
#include "sdk/host/config_schema.hpp"

namespace convene::check {
namespace {

TEST(CheckTags, KnowWhoMayCallWhat) {
  EXPECT_EQ(function(Fn::routing_decide).thread, Thread::lane_);
  EXPECT_TRUE(function(Fn::routing_decide).quick);
  EXPECT_TRUE(function(Fn::routing_decide).pure);
  EXPECT_TRUE(function(Fn::routing_outcome).may_be_null);
  EXPECT_FALSE(function(Fn::routing_outcome).pure);
  EXPECT_EQ(function(Fn::host_log).thread, Thread::any_);
  EXPECT_EQ(function(Fn::sink_write).thread, Thread::lane_) << "a comment behind the declaration";
  EXPECT_EQ(function(Fn::service_effects_close_channel).thread, Thread::lane_)
      << "two functions under one comment";
  EXPECT_EQ(function(Fn::adapter_bus_reply).thread, Thread::any_);
  EXPECT_TRUE(function(Fn::entry_create).offered);
  EXPECT_FALSE(function(Fn::host_fail).offered);
}

constexpr const char* kSchema = R"({"type":"object","additionalProperties":false,
  "required":["name"],"properties":{
  "name":{"type":"string","minLength":2,"maxLength":8},
  "level":{"type":"integer","minimum":1,"maximum":10},
  "mood":{"enum":["good","bad"]},
  "after":{"type":["string","integer","array"]},
  "skills":{"type":"array","items":{"type":"string"},"minItems":1}}})";

TEST(CheckSamples, AreAllowedByTheSchemaTheyComeFrom) {
  const json::Parsed schema = json::parse(kSchema);
  const auto samples = allowed_samples(kSchema);
  EXPECT_GE(samples.size(), 4u);
  for (const Sample& sample : samples)
    EXPECT_TRUE(convene::check_config(*schema.value, *json::parse(sample.config).value))
        << sample.config;
}

TEST(CheckSamples, AreForbiddenByItWhereTheyShouldBe) {
  const json::Parsed schema = json::parse(kSchema);
  const auto samples = forbidden_samples(kSchema);
  EXPECT_GE(samples.size(), 8u);
  for (const Sample& sample : samples)
    EXPECT_FALSE(convene::check_config(*schema.value, *json::parse(sample.config).value))
        << sample.config;
}

TEST(CheckArena, EndsEveryTextAtAPageThatCannotBeRead) {
  Arena arena;
  arena.begin({.guarded = true});
  const convene_text text = arena.text("hello");
  EXPECT_EQ(std::string(text.data, text.size), "hello");
  EXPECT_DEATH(
      {
        volatile char beyond = text.data[text.size];
        (void)beyond;
      },
      "");
}

TEST(CheckArena, TakesAwayWhatWasShown) {
  Arena arena;
  arena.begin({.guarded = true, .revoked = true});
  const convene_text text = arena.text("hello");
  arena.end();
  EXPECT_DEATH(
      {
        volatile char gone = text.data[0];
        (void)gone;
      },
      "");
}

TEST(CheckArena, PutsNoiseAfterLongerRecords) {
  Arena arena;
  arena.begin({.longer = 16});
  std::size_t stride = 0;
  convene_leg leg{};
  leg.id = 7;
  const convene_leg* legs = arena.records(std::vector<convene_leg>{leg, leg}, stride);
  EXPECT_EQ(stride, sizeof leg + 16);
  EXPECT_EQ(legs->size, sizeof leg + 16);
  const auto* bytes = reinterpret_cast<const unsigned char*>(legs);
  EXPECT_EQ(bytes[sizeof leg], 0xA5);
  EXPECT_EQ(reinterpret_cast<const convene_leg*>(bytes + stride)->id, 7u);
}

TEST(CheckSeeds, GiveTheSameQuestions) {
  const Questions day = ordinary_questions({CONVENE_ROUTING, CONVENE_SERVICE, CONVENE_CHANNEL}, {});
  const Questions a = random_questions(day, 99, 200, true),
                  b = random_questions(day, 99, 200, true);
  const Questions other = random_questions(day, 100, 200, true);
  bool differs = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(describe(a[i]), describe(b[i]));
    differs |= describe(a[i]) != describe(other[i]);
  }
  EXPECT_TRUE(differs);
}

TEST(CheckSchemas, FindWhatIsWrongWithAMessage) {
  const auto wrong = [](const char* name, const char* text) {
    return wrong_by_schema(name, *json::parse(text).value);
  };
  EXPECT_EQ(wrong("ping", "{}"), "");
  EXPECT_EQ(wrong("hello", R"({"name":"x","kind":"proxy","versions":[1],"capabilities":[]})"), "");
  EXPECT_NE(wrong("hello", R"({"name":"x","kind":"poxy","versions":[1],"capabilities":[]})"), "");
  EXPECT_NE(wrong("hello", R"({"name":"x","kind":"proxy","versions":[],"capabilities":[]})"), "");
  EXPECT_NE(wrong("hello", R"({"name":"x"})"), "");
  EXPECT_EQ(wrong("reply", R"({"ok":true,"body":{}})"), "");
  EXPECT_NE(wrong("reply", R"({"ok":true,"code":"x","text":"y"})"), "");
  EXPECT_NE(wrong("reply", R"({"ok":false,"code":"Not A Code","text":"y"})"), "");
  EXPECT_NE(wrong("goodbye", R"({"reason":"fine","more":1})"), "");
  EXPECT_TRUE(has_schema("request.attach"));
  EXPECT_FALSE(has_schema("request.dance"));
}

}  // namespace
}  // namespace convene::check
