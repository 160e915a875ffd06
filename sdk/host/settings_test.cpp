// sdk/host/settings_test.cpp - what is said to a plugin, and to a plugin by a flow, is what its schema takes.
#include "sdk/host/settings.hpp"

#include <gtest/gtest.h>

namespace convene {
namespace {

PluginDescription with(std::string schema) {
  PluginDescription plugin;
  plugin.id = "service_sample";
  plugin.config_schema = std::move(schema);
  return plugin;
}

constexpr const char* kSchema = R"({"type":"object","additionalProperties":false,
  "$defs":{"flow":{"type":"object","additionalProperties":false,
    "properties":{"agent_away":{"enum":["wait","ask"]},"give_up":{"format":"convene-duration"}}}}})";

std::string told(const std::string& schema, const std::string& settings) {
  const Status fine = check_flow_settings(with(schema), settings);
  return fine ? "" : fine.error().text;
}

TEST(FlowSettings, AreCheckedAgainstTheSchemaOfAFlow) {
  EXPECT_EQ(told(kSchema, R"({"agent_away":"ask","give_up":"20s"})"), "");
  EXPECT_EQ(told(kSchema, ""), "");
  EXPECT_EQ(told(kSchema, R"({"agent_awy":"ask"})"),
            R"(has wrong settings: "agent_awy" is unknown; did you mean "agent_away"?)");
  EXPECT_EQ(told(kSchema, R"({"agent_away":"panic"})"),
            R"(has wrong settings: "agent_away" must be one of ["wait","ask"], and is "panic")");
  EXPECT_NE(told(kSchema, R"({"give_up":"20 sec"})").find("must be a duration"), std::string::npos);
}

TEST(FlowSettings, OfAPluginThatSaysNothingOfFlowsAreItsOwnBusiness) {
  EXPECT_EQ(told("", R"({"anything":1})"), "");
  EXPECT_EQ(told(R"({"type":"object"})", R"({"anything":1})"), "");
}

TEST(PluginSettings, AreNotThoseOfAFlow) {
  EXPECT_TRUE(check_settings(with(kSchema), "{}"));
  EXPECT_FALSE(check_settings(with(kSchema), R"({"agent_away":"ask"})"));
}

TEST(PluginSettings, ThatAreWrongAreNamedOneByOne) {
  const auto wrong = check_settings(with(kSchema), R"({"a":1,"b":2})");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong_settings_in("service_sample (x.so) " + wrong.error().text),
            (std::vector<std::string>{R"("a" is unknown; no key is taken here)",
                                      R"("b" is unknown; no key is taken here)"}));
  const auto none = check_settings(with(""), R"({"x":1})");
  ASSERT_FALSE(none);
  EXPECT_EQ(wrong_settings_in(none.error().text).size(), 1u);
  EXPECT_TRUE(check_settings(with(""), ""));
  EXPECT_TRUE(wrong_settings_in("service_sample cannot be opened").empty());
}

}  // namespace
}  // namespace convene
