// plugins/test/host_test.cpp - every shipped library passes the host's checks and works behind its guard.
#include <gtest/gtest.h>

#include <map>

#include "convene/abi.h"
#include "sdk/host/loader.hpp"

namespace convene::test {
namespace {

const std::map<std::string, std::string> kShipped{
    {"policy_longest_idle", CONVENE_ROUTING}, {"policy_fallback", CONVENE_ROUTING},
    {"policy_skills", CONVENE_ROUTING},       {"service_rendezvous", CONVENE_SERVICE},
    {"service_talk_now", CONVENE_SERVICE},    {"channel_chat", CONVENE_CHANNEL},
    {"channel_page", CONVENE_CHANNEL},
};

HostOptions options() {
  HostOptions given;
  given.folder = CONVENE_PLUGIN_DIR;
  given.clock = [] { return std::int64_t{0}; };
  return given;
}

TEST(ShippedPlugins, AreLoadedByTheHostAndOfferWhatTheirNameSays) {
  Loader loader(options());
  for (const auto& [id, extension] : kShipped) {
    auto loaded = loader.load({.id = id});
    ASSERT_TRUE(loaded) << id << ": " << loaded.error().text;
    EXPECT_EQ((*loaded)->version(), "1.0.0");
    EXPECT_EQ((*loaded)->description().offers, std::vector<std::string>{extension});
    EXPECT_FALSE((*loaded)->description().summary.empty());
    EXPECT_EQ(extension == CONVENE_ROUTING, bool((*loaded)->extension<convene_routing>())) << id;
    EXPECT_EQ(extension == CONVENE_SERVICE, bool((*loaded)->extension<convene_service>())) << id;
    EXPECT_EQ(extension == CONVENE_CHANNEL, bool((*loaded)->extension<convene_channel>())) << id;
  }
}

TEST(ShippedPlugins, SettingsAreCheckedAgainstTheirSchemaByTheHost) {
  Loader loader(options());
  EXPECT_TRUE(
      loader.load({.id = "policy_skills", .config = R"({"widen_after":"20s","min_level":3})"}));
  const auto typo = loader.load({.id = "policy_skills", .config = R"({"widen_aftre":"20s"})"});
  ASSERT_FALSE(typo);
  EXPECT_NE(typo.error().text.find("widen_after"), std::string::npos) << typo.error().text;
  const auto range = loader.load({.id = "policy_skills", .config = R"({"min_level":11})"});
  ASSERT_FALSE(range);
  const auto order =
      loader.load({.id = "policy_skills", .config = R"({"widen_after":["20s","10s"]})"});
  ASSERT_FALSE(order);
  EXPECT_NE(order.error().text.find("later"), std::string::npos) << order.error().text;
}

}  // namespace
}  // namespace convene::test
