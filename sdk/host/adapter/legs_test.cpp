// sdk/host/adapter/legs_test.cpp - legs of an adapter: said once, repeated until known, forgotten when over.
#include <gtest/gtest.h>

#include <vector>

#include "sdk/host/adapter/legs.hpp"

namespace convene::adapter {
namespace {

struct Wire {
  Legs legs;
  std::vector<std::string> sent;

  bool take(std::string_view message, std::int64_t now) {
    return legs.take(*json::parse(message).value, now);
  }
  void go_on(std::int64_t now) {
    legs.send_due(now, [this](const std::string& message) { sent.push_back(message); });
  }
};

constexpr const char* kJoin =
    R"({"leg":9,"seq":1,"ack":0,"join":true,"endpoint":"anna","details":{"epoch":3}})";

TEST(Legs, AcknowledgesAtOnceAndGivesTheAdapterWhatIsNewOnce) {
  Wire wire;
  EXPECT_TRUE(wire.take(kJoin, 0));
  EXPECT_FALSE(wire.take(kJoin, 1)) << "a repetition";
  wire.go_on(1);
  EXPECT_EQ(wire.sent, std::vector<std::string>{R"({"leg":9,"seq":0,"ack":1})"});
}

TEST(Legs, RepeatsTheNewestWordUntilTheCoreHasIt) {
  Wire wire;
  wire.take(kJoin, 0);
  wire.go_on(0);
  wire.sent.clear();
  EXPECT_TRUE(wire.legs.says(R"({"leg":9,"state":"connected","channels":["chat"]})", 10));
  for (const std::int64_t now : {10, 100, 260, 300}) wire.go_on(now);
  const std::string said =
      R"({"leg":9,"seq":1,"ack":1,"epoch":3,"state":"connected","channels":["chat"],"reason":""})";
  EXPECT_EQ(wire.sent, (std::vector<std::string>{said, said}));
  wire.take(R"({"leg":9,"seq":0,"ack":1,"join":true})", 400);
  wire.go_on(60'000);
  EXPECT_EQ(wire.sent.size(), 2u);
  wire.legs.repeat(70'000);
  wire.go_on(70'000);
  EXPECT_EQ(wire.sent.size(), 3u) << "another core hears it again";
}

TEST(Legs, ForgetsALegThatIsOverAndKnownToBe) {
  Wire wire;
  wire.take(kJoin, 0);
  wire.legs.says(R"({"leg":9,"state":"left","reason":"hung_up"})", 10);
  wire.go_on(10);
  wire.take(R"({"leg":9,"seq":2,"ack":1,"join":false,"reason":"done"})", 20);
  wire.go_on(20);
  EXPECT_EQ(wire.legs.size(), 1u);
  wire.take(R"({"leg":8,"seq":1,"ack":0,"join":false,"reason":"done"})", 61'000);
  wire.go_on(61'000);
  EXPECT_EQ(wire.legs.size(), 1u) << "leg 9 is gone, leg 8 is new";
}

TEST(Legs, RefusesWhatIsNoReport) {
  Legs legs;
  for (const char* bad : {"", "[]", "{}", R"({"leg":9})", R"({"leg":0,"state":"left"})",
                          R"({"leg":-1,"state":"left"})", R"({"leg":9,"state":"gone"})",
                          R"({"leg":9,"state":"connected","channels":[7]})",
                          R"({"leg":9,"state":"connected","channels":[""]})"}) {
    EXPECT_FALSE(legs.says(bad, 0)) << bad;
  }
  EXPECT_FALSE(legs.take(*json::parse(R"({"leg":"x","seq":1})").value, 0));
  EXPECT_EQ(legs.size(), 0u);
}

}  // namespace
}  // namespace convene::adapter
