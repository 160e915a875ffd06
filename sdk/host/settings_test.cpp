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
            R"("agent_awy" is unknown; did you mean "agent_away"?)");
  EXPECT_EQ(told(kSchema, R"({"agent_away":"panic"})"),
            R"("agent_away" must be one of ["wait","ask"], and is "panic")");
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

}  // namespace
}  // namespace convene
