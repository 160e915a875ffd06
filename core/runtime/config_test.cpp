// core/runtime/config_test.cpp - a configuration is right, or every fault of it is named where it
// stands.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "core/runtime/config.hpp"
#include "core/runtime/config_schema.hpp"

namespace convene {
namespace {

namespace fs = std::filesystem;

class GivenSecrets : public SecretReader {
 public:
  Result<std::string> read(const std::string& source, const fs::path&) const override {
    if (source == "file:plain") return std::string("hunter2hunter2");
    return std::string("$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA");
  }
};

constexpr const char* kGood = R"(
[plugin.service_rendezvous]
[plugin.policy_skills]
settings = { widen_after = "20s", b = 1, a = [true, 1.5] }
[plugin.channel_chat]
[flow.later]
service = "service_rendezvous"
routing = "policy_skills"
pool = "sales"
offer_timeout = "45s"
[flow.later.channel.chat]
length = 100
[pool.sales]
[agent.anna]
name = "Anna"
password = "file:anna"
pools = ["sales"]
skills = { loans = 7, de = 10 }
[adapter.web]
command = ["convene-web"]
settings = { listen = "127.0.0.1:8080", origins = ["https://shop.example"] }
)";

ConfigOutcome parse(const std::string& text) {
  return parse_config({{"a.toml", text}}, GivenSecrets());
}

// Every error's text, for failures that can be read.
std::string all(const ConfigOutcome& outcome) {
  std::string out;
  for (const ConfigError& error : outcome.errors) out += to_text(error) + "\n";
  return out;
}

void expect_error(const std::string& text, const std::string& wanted) {
  const ConfigOutcome outcome = parse(text);
  EXPECT_NE(all(outcome).find(wanted), std::string::npos)
      << "wanted: " << wanted << "\ngot: " << all(outcome);
}

// kGood with one thing replaced.
std::string with(const std::string& old, const std::string& fresh) {
  std::string text = kGood;
  const std::size_t at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), fresh);
}

TEST(Config, TakesEveryValueOfAGoodFile) {
  const ConfigOutcome outcome = parse(kGood);
  ASSERT_TRUE(outcome) << all(outcome);
  const Config& config = outcome.config;
  EXPECT_EQ(config.flows.at("later").offer_timeout, std::chrono::seconds(45));
  EXPECT_EQ(config.flows.at("later").channel_settings.at("chat"), R"({"length":100})");
  EXPECT_EQ(config.plugins.at("policy_skills").settings,
            R"({"a":[true,1.5],"b":1,"widen_after":"20s"})");
  EXPECT_EQ(config.agents.at("anna").settings.skills.at(0).name, "de");
  EXPECT_EQ(config.adapters.at("web").command, std::vector<std::string>{"convene-web"});
}

TEST(Config, NamesFileLineColumnAndNearestKey) {
  const ConfigOutcome outcome = parse(with("offer_timeout", "offer_timout"));
  ASSERT_EQ(outcome.errors.size(), 1u) << all(outcome);
  EXPECT_EQ(to_text(outcome.errors[0]),
            "a.toml:10:1: error: unknown key 'offer_timout' in [flow.later]; did you mean "
            "'offer_timeout'?");
}

TEST(Config, CollectsAllErrorsInTheOrderOfTheFile) {
  std::string text = with("offer_timeout = \"45s\"",
                          "offer_timeout = \"45 seconds\"\nexpires = 3\ncarriage = \"quer\"");
  const ConfigOutcome outcome = parse(text + "[bux]\n");
  ASSERT_EQ(outcome.errors.size(), 4u) << all(outcome);
  EXPECT_TRUE(
      std::is_sorted(outcome.errors.begin(), outcome.errors.end(),
                     [](const auto& a, const auto& b) { return a.place.line < b.place.line; }));
}

TEST(Config, ShowsFiftyErrorsAndSaysHowManyMoreThereAre) {
  std::string text = kGood;
  for (int i = 0; i < 63; ++i) text += "[bux" + std::to_string(i) + "]\n";
  const std::string shown = to_text(parse(text).errors);
  EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), 52) << shown;
  EXPECT_NE(shown.find("\nand 13 more\n63 errors\n"), std::string::npos) << shown;
  EXPECT_TRUE(parse("[bux]").errors.size() == 1 &&
              to_text(parse("[bux]").errors).ends_with("\n1 error\n"));
  EXPECT_EQ(to_text(parse(kGood).errors), "");
}

TEST(Config, KeepsOfAWrongFileWhatCanBeLookedAtFurther) {
  const auto left = [](const std::string& text) {
    const ConfigOutcome outcome = parse(text);
    EXPECT_FALSE(outcome);
    std::string out;
    for (const auto& [id, plugin] : outcome.config.plugins) out += id + " ";
    for (const auto& [id, flow] : outcome.config.flows) out += id + " ";
    for (const auto& [id, adapter] : outcome.config.adapters) out += id + " ";
    return out;
  };
  EXPECT_EQ(left(with("name = \"Anna\"", "nam = \"Anna\"")),
            "channel_chat policy_skills service_rendezvous later web ");
  EXPECT_EQ(left(with("offer_timeout", "offer_timout")),
            "channel_chat policy_skills service_rendezvous web ");
  EXPECT_EQ(left(with("command = [\"convene-web\"]", "comand = [\"convene-web\"]")),
            "channel_chat policy_skills service_rendezvous later ");
  // What needs a table that is wrong cannot be judged.
  EXPECT_EQ(left(with("[plugin.channel_chat]", "[plugin.channel_chat]\nfil = \"x\"")),
            "policy_skills service_rendezvous web ");
  // Whose data is at stake, and which plugins are meant: nothing is run in doubt.
  EXPECT_EQ(left(std::string(kGood) + "[node]\ndat = \"x\"\n"), "");
  EXPECT_EQ(left(std::string(kGood) + "[plugins]\nfolder = 3\n"), "");
  EXPECT_EQ(left("[plugin"), "");
}

TEST(Config, RefusesWhatIsNotToml) {
  expect_error("[node\nname = 1", "a.toml:1:");
  expect_error("a = \"\xff\xfe\"", "a.toml:1:");
  expect_error("[node]\n[\x19Y", "a.toml:2:2: error: a control character");
}

TEST(Config, RefusesWrongTypesRangesAndChoices) {
  expect_error(with("pools = [\"sales\"]", "pools = \"sales\""),
               "'pools' is a text, not a list of texts");
  expect_error(with("loans = 7", "loans = 11"),
               "the level of 'loans' is no whole number from 1 to 10");
  expect_error(with("offer_timeout = \"45s\"", "offer_timeout = \"2h\""),
               "'offer_timeout' is out of range");
  expect_error(with("offer_timeout = \"45s\"", "creation = \"eagre\""), "did you mean 'eager'?");
  expect_error(with("[pool.sales]", "[pool.Sales]"), "'Sales' is no id for [pool.ID]");
  expect_error(with("name = \"Anna\"\n", ""), "[agent.anna] has no 'name'");
  expect_error(with("length = 100", "since = 2030-01-01"), "dates and times are no settings");
}

TEST(Config, RefusesATextThatIsEmpty) {
  expect_error(with("pool = \"sales\"", "pool = \"\""), "'pool' is empty");
  expect_error(with("routing = \"policy_skills\"", "routing = \"\""), "'routing' is empty");
  expect_error(with("pools = [\"sales\"]", "pools = [\"\"]"), "there is no [pool.]");
}

TEST(Config, RefusesReferencesThatLeadNowhere) {
  expect_error(with("routing = \"policy_skills\"", "routing = \"policy_skils\""),
               "did you mean 'policy_skills'?");
  expect_error(with("pool = \"sales\"", "pool = \"salse\""), "did you mean 'sales'?");
  expect_error(with("pools = [\"sales\"]", "pools = [\"support\"]"), "there is no [pool.support]");
  expect_error(with("[plugin.channel_chat]\n", ""), "the channel 'chat' has no plugin");
}

TEST(Config, RefusesSettingsKnownToBeDangerous) {
  expect_error(with("file:anna", "file:plain"), "not as an argon2id hash");
  expect_error(with("file:anna", "hunter2"), "holds the secret itself");
  const std::string twice = "[adapter.two]\nsettings = { listen = \"127.0.0.1:8080\" }\n";
  expect_error(kGood + twice, "'127.0.0.1:8080' is listened on twice");
  expect_error(std::string(kGood) + "[bus]\ncommand = \"tcp://192.0.2.1:7001\"\n",
               "is tcp without keys");
  expect_error(std::string(kGood) + "[bus]\ncommand = \"tcp://127.0.0.1:7001\"\n",
               "is tcp without keys");
  expect_error(with("[plugin.channel_chat]", "[plugin.channel_chat]\nfile = \"../evil.so\""),
               "leads out of plugins.folder");
}

TEST(Config, AllowsTcpOnLoopbackWhereSomebodySaysSo) {
  const ConfigOutcome outcome = parse(
      std::string(kGood) + "[bus]\ncommand = \"tcp://127.0.0.1:7001\"\ninsecure_loopback = true\n");
  EXPECT_TRUE(outcome) << all(outcome);
}

TEST(Config, NeverShowsASecretInAnError) {
  EXPECT_EQ(all(parse(with("file:anna", "file:plain"))).find("hunter2"), std::string::npos);
  EXPECT_EQ(all(parse(with("file:anna", "hunter2"))).find("hunter2"), std::string::npos);
}

TEST(Config, UnitesTheFilesOfAFolderAndNamesBothPlacesOfAConflict) {
  const ConfigOutcome outcome = parse_config(
      {{"a.toml", "[node]\nname = \"a\"\n"}, {"b.toml", "[node]\nname = \"b\"\n"}}, GivenSecrets());
  ASSERT_EQ(outcome.errors.size(), 1u) << all(outcome);
  EXPECT_EQ(to_text(outcome.errors[0]),
            "b.toml:2:1: error: 'name' is set twice; first at a.toml:2");
}

TEST(Config, BoundsDepthAndSize) {
  std::string deep = "[plugin.x]\nsettings = ";
  for (int i = 0; i < 40; ++i) deep += "{ a = ";
  deep += "1";
  for (int i = 0; i < 40; ++i) deep += " }";
  expect_error(deep, "nested too deeply");
  expect_error("#" + std::string(5 << 20, 'x'), "larger than 4 MiB");
}

TEST(Config, SecretsThatOthersMayReadAreRefused) {
  char name[] = "/tmp/convene-config-XXXXXX";
  const fs::path folder = ::mkdtemp(name);
  std::ofstream(folder / "key") << "secret\n";
  ::chmod((folder / "key").c_str(), 0644);
  const auto open_to_all = system_secrets().read("file:key", folder);
  ASSERT_FALSE(open_to_all);
  EXPECT_NE(open_to_all.error().text.find("may be read by others"), std::string::npos);
  ::chmod((folder / "key").c_str(), 0600);
  const auto good = system_secrets().read("file:key", folder);
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, "secret");
  EXPECT_FALSE(system_secrets().read("file:none", folder));
  EXPECT_FALSE(system_secrets().read("env:CONVENE_NOT_SET", folder));
  fs::remove_all(folder);
}

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Config, ReferenceAndSchemaInTheRepositoryAreThoseOfTheTable) {
  const fs::path folder = fs::path(CONVENE_SOURCE_DIR) / "config";
  EXPECT_EQ(slurp(folder / "reference.toml"), config::render_reference())
      << "run: convene config reference";
  EXPECT_EQ(slurp(folder / "schema" / "convene.schema.json"), config::render_json_schema())
      << "run: convene config schema";
}

// The reference gives every key its default, so it must come out as the same settings as a file
// that gives none.
TEST(Config, ReferenceTellsTheDefaultsThatAreUsed) {
  std::string text = config::render_reference();
  const auto set = [&text](const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
  };
  set("[pool.example]", "[pool.sales]");
  const std::string needed =
      "[plugin.service_yours]\n[plugin.policy_yours]\n[plugin.channel_chat]\n";
  const ConfigOutcome all_given = parse(text + needed);
  ASSERT_TRUE(all_given) << all(all_given);
  const ConfigOutcome none_given = parse(needed + R"([flow.example]
service = "service_yours"
routing = "policy_yours"
pool = "sales"
[pool.sales]
[agent.example]
name = "Anna Weber"
[adapter.example]
)");
  ASSERT_TRUE(none_given) << all(none_given);
  const Config& a = all_given.config;
  const Config& b = none_given.config;
  EXPECT_EQ(a.flows, b.flows);
  EXPECT_EQ(a.agents.at("example").settings, b.agents.at("example").settings);
  EXPECT_EQ(a.adapters.at("example").kind, b.adapters.at("example").kind);
  EXPECT_EQ(
      std::tie(a.name, a.data, a.store_url, a.command_endpoint, a.event_endpoint, a.plugin_folder),
      std::tie(b.name, b.data, b.store_url, b.command_endpoint, b.event_endpoint, b.plugin_folder));
  EXPECT_EQ(
      std::tie(a.limits.sessions, a.limits.searches, a.limits.legs_per_session, a.limits.page),
      std::tie(b.limits.sessions, b.limits.searches, b.limits.legs_per_session, b.limits.page));
  EXPECT_EQ(a.log.level, b.log.level);
  EXPECT_EQ(a.log.json, b.log.json);
}

TEST(Config, DemoIsGood) {
  const fs::path demo = fs::path(CONVENE_SOURCE_DIR) / "config" / "demo.toml";
  const ConfigOutcome outcome = parse_config({{"demo.toml", slurp(demo)}}, GivenSecrets());
  EXPECT_TRUE(outcome) << all(outcome);
}

}  // namespace
}  // namespace convene
