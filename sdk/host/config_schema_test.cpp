// sdk/host/config_schema_test.cpp - settings are checked key by key, and the error says which one.
#include "sdk/host/config_schema.hpp"

#include <gtest/gtest.h>

namespace convene {
namespace {

constexpr std::string_view kSchema = R"({
  "type": "object", "additionalProperties": false, "required": ["lang"],
  "properties": {
    "lang": {"type": "string", "minLength": 2, "maxLength": 5},
    "min_level": {"type": "integer", "minimum": 1, "maximum": 10},
    "share": {"type": "number", "minimum": 0},
    "widen_after": {"type": ["string", "integer"]},
    "mode": {"enum": ["wait", "ask"]},
    "steps": {"type": "array", "items": {"type": "integer"}, "maxItems": 3},
    "any": {"anyOf": [{"type": "boolean"}, {"const": "auto"}]},
    "limits": {"type": "object", "additionalProperties": {"type": "integer"}}
  }})";

std::string check(std::string_view config) {
  const json::Value schema = *json::parse(kSchema).value;
  EXPECT_TRUE(check_schema(schema));
  const Status checked = check_config(schema, *json::parse(config).value);
  return checked ? "" : checked.error().text;
}

TEST(ConfigSchema, TakesWhatFits) {
  EXPECT_EQ(
      check(
          R"({"lang":"fr","min_level":10,"share":0.5,"widen_after":"20s","mode":"ask","steps":[1,2,3],
                      "any":"auto","limits":{"a":1}})"),
      "");
  EXPECT_EQ(check("{\"lang\":\"\u00e9\u00e9\u00e9\u00e9\u00e9\",\"widen_after\":20,\"share\":1,"
                  "\"any\":true}"),
            "");
}

TEST(ConfigSchema, KnowsADurationWhenItSeesOne) {
  const json::Value schema = *json::parse(R"({"format":"convene-duration"})").value;
  ASSERT_TRUE(check_schema(schema));
  for (const char* good : {"0", "1500", "\"250ms\"", "\"20s\"", "\"30d\""})
    EXPECT_TRUE(check_config(schema, *json::parse(good).value)) << good;
  for (const char* bad : {"-1", "1.5", "\"20 sec\"", "\"s\"", "true", "\"\"", "[]"})
    EXPECT_FALSE(check_config(schema, *json::parse(bad).value)) << bad;
  EXPECT_FALSE(check_schema(*json::parse(R"({"format":"date"})").value));
}

TEST(ConfigSchema, KeepsSchemasForOtherThingsAside) {
  const json::Value schema =
      *json::parse(R"({"type":"object","$defs":{"flow":{"type":"object"}}})").value;
  EXPECT_TRUE(check_schema(schema));
  EXPECT_TRUE(check_config(schema, *json::parse("{}").value));
  EXPECT_FALSE(check_schema(*json::parse(R"({"$defs":{"flow":{"pattern":"x"}}})").value));
  EXPECT_FALSE(check_schema(*json::parse(R"({"$defs":[]})").value));
}

TEST(ConfigSchema, NamesTheKeyAndWhatIsWrongWithIt) {
  EXPECT_EQ(check(R"({"lang":"fr","min_levl":1})"),
            R"("min_levl" is unknown; did you mean "min_level"?)");
  EXPECT_NE(check(R"({"lang":"fr","zzz":1})").find("\"zzz\" is unknown; known are: any, lang"),
            std::string::npos);
  EXPECT_EQ(check(R"({"lang":"fr","min_level":11})"), R"("min_level" must be at most 10)");
  EXPECT_EQ(check(R"({"lang":"fr","min_level":2.5})"),
            R"("min_level" must be of type integer, and is 2.5)");
  EXPECT_EQ(check(R"({"lang":"fr","widen_after":true})"),
            R"("widen_after" must be of type string or integer, and is true)");
  EXPECT_EQ(check(R"({"lang":"fr","steps":[1,"x"]})"),
            R"("steps.1" must be of type integer, and is "x")");
  EXPECT_EQ(check(R"({"lang":"fr","steps":[1,2,3,4]})"),
            R"("steps" must have elements: at most 3)");
  EXPECT_EQ(check(R"({"lang":"fr","limits":{"a":"b"}})"),
            R"("limits.a" must be of type integer, and is "b")");
  EXPECT_EQ(check(R"({"lang":"f"})"), R"("lang" must have characters: at least 2)");
  EXPECT_EQ(check(R"({"lang":"fr","mode":"sleep"})"),
            R"("mode" must be one of ["wait","ask"], and is "sleep")");
  EXPECT_EQ(check(R"({"lang":"fr","any":1})"), R"("any" must be of type boolean, and is 1)");
  EXPECT_EQ(check("{}"), R"("lang" is missing)");
  EXPECT_EQ(check("[]"), "the configuration must be of type object, and is []");
}

TEST(ConfigSchema, NamesEverythingThatIsWrongAtOnce) {
  const json::Value schema = *json::parse(kSchema).value;
  const auto faults = [&](const std::string& config) {
    return faults_of(schema, *json::parse(config).value);
  };
  EXPECT_EQ(
      faults(R"({"min_levl":1,"min_level":11,"steps":["a",1,"b"],"any":1,"limits":{"a":"b"}})"),
      (std::vector<std::string>{
          R"("any" must be of type boolean, and is 1)",
          R"("limits.a" must be of type integer, and is "b")", R"("min_level" must be at most 10)",
          R"("min_levl" is unknown; did you mean "min_level"?)",
          R"("steps.0" must be of type integer, and is "a")",
          R"("steps.2" must be of type integer, and is "b")", R"("lang" is missing)"}));
  EXPECT_TRUE(faults(R"({"lang":"fr"})").empty());
  std::string many = "{";
  for (int i = 0; i < 1'000; ++i) many += "\"k" + std::to_string(i) + "\":1,";
  EXPECT_EQ(faults(many + "\"lang\":1}").size(), kFaultsMax);
  // One line each, whatever a key is made of.
  EXPECT_EQ(faults("{\"lang\":\"fr\",\"a\\nb\":1}").front().find('\n'), std::string::npos);
}

TEST(ConfigSchema, RefusesASchemaThatWouldSeemToHold) {
  const auto refuse = [](std::string_view schema) {
    const Status checked = check_schema(*json::parse(schema).value);
    return checked ? "" : checked.error().text;
  };
  EXPECT_NE(refuse(R"({"properties":{"a":{"pattern":"x"}}})")
                .find("at \"a\": the keyword \"pattern\" is not supported"),
            std::string::npos);
  for (const char* schema :
       {"[]", "1", R"({"type":"text"})", R"({"type":[]})", R"({"properties":[]})",
        R"({"required":[1]})", R"({"required":"a"})", R"({"enum":[]})", R"({"anyOf":{}})",
        R"({"minimum":"1"})", R"({"maxItems":-1})", R"({"items":3})",
        R"({"additionalProperties":{"type":"x"}})", R"({"anyOf":[{"type":1}]})"}) {
    EXPECT_NE(refuse(schema), "") << schema;
  }
}

TEST(ConfigSchema, FindsTheNearestWordOnlyWhereItIsNear) {
  const std::vector<std::string> known{"offer_timeout", "pool", "flow"};
  EXPECT_EQ(nearest("offertimeout", known), "offer_timeout");
  EXPECT_EQ(nearest("polo", known), "pool");
  EXPECT_EQ(nearest("something_else", known), "");
}

}  // namespace
}  // namespace convene
