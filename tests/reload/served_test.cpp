// tests/reload/served_test.cpp - a real node whose plugins are exchanged while people talk.
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <cstdlib>
#include <set>
#include <thread>

#include "sdk/bus/client.hpp"
#include "tests/reload/copies.hpp"
#include "tests/support/figure.hpp"
#include "tests/support/harness.hpp"

namespace convene::test {
namespace {

int from_environment(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text ? std::atoi(text) : otherwise;
}

/// A site whose plugin folder is its own, and a console of its node.
class Served : public ::testing::Test {
 protected:
  void SetUp() override {
    copies_.put_all();
    site_.options.plugin_folder = copies_.folder();
    site_.write_config();
    ASSERT_TRUE(site_.start()) << site_.log();
  }

  /// A console's question; empty `code`: it was answered.
  struct Said {
    std::string code, text;
    json::value body;
  };
  Said ask(const std::string& request, const json::object& body) {
    bus::ClientOptions options;
    options.endpoint = "ipc://" + (site_.data() / "command.sock").string();
    options.name = "cli";
    options.kind = "console";
    std::optional<bus::Reply> reply;
    bus::Client client(std::move(options), {});
    client.request(
        request, json::serialize(body), [&](bus::Reply answer) { reply = std::move(answer); },
        30'000);
    while (!reply) client.wait(100);
    if (!reply->ok) return {reply->code, reply->text, {}};
    return {"", "", reply->body};
  }
  Said reload(json::object more = {}) {
    more["plugin"] = "policy_skills";
    return ask("plugin_reload", more);
  }
  json::value policy() {
    const Said said = ask("plugins", {});
    for (const json::value& plugin : said.body.at("plugins").as_array()) {
      if (text_at(plugin, "/id") == "policy_skills") return plugin;
    }
    return {};
  }
  std::int64_t generation() { return number_at(policy(), "/generations/0/generation"); }
  /// One customer is served. Empty when all went well, else what did not.
  std::string serve(Desk& desk) {
    Customer customer(site_);
    const auto leave = [&](std::string failed) {
      customer.socket.send({{"t", "leave"}, {"leg", customer.leg()}});
      // A gateway tells a desk that speaks faster than any person to slow down (promise F6).
      std::this_thread::sleep_for(std::chrono::milliseconds(60));
      return failed;
    };
    if (const auto status = customer.book("later").status; status != 201)
      return leave("the booking got " + std::to_string(status));
    if (!customer.come_back()) return leave("the customer could not come back");
    const std::int64_t offer = desk.offer();
    if (offer == 0) return leave("the desk got no offer");
    if (!desk.answer(offer, true)) return leave("the offer could not be accepted");
    if (!desk.join()) return leave("the desk could not join");
    if (!customer.connected()) return leave("the customer's leg is not connected");
    if (!customer.say("hello")) return leave("the customer could not speak");
    if (!desk.hears("hello")) return leave("the desk did not hear");
    return leave("");
  }

  Copies copies_;
  Site site_;
};

TEST_F(Served, ReloadsAndGoesBackFromTheCommandLine) {
  const Finished first = site_.convene({"plugin", "reload", "policy_skills"});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_NE(first.out.find("generation #2"), std::string::npos) << first.out;
  const Finished listed = site_.convene({"plugins"});
  EXPECT_NE(listed.out.find("policy_skills"), std::string::npos) << listed.out;
  EXPECT_NE(listed.out.find("previous"), std::string::npos) << listed.out;
  const Finished back = site_.convene({"plugin", "back", "policy_skills"});
  EXPECT_EQ(back.code, 0) << back.err;
  EXPECT_EQ(generation(), 1);
  EXPECT_EQ(site_.convene({"plugin", "reload", "no_such_plugin"}).code, 4);
  EXPECT_EQ(site_.convene({"plugin", "reload", "policy_skills", "--canary", "200%"}).code, 64);
  EXPECT_NE(site_.log().find("plugin.reloaded"), std::string::npos) << site_.log();
  EXPECT_NE(site_.log().find("plugin.back"), std::string::npos);
}

TEST_F(Served, EveryBadGenerationIsRefusedWithAReasonAndTheOldOneStays) {
  struct Case {
    const char* what;
    std::string library;
    const char* says;
  };
  const Case cases[] = {{"truncated", "", "is cut off"},
                        {"tomorrow", candidate("tomorrow"), "was built for version"},
                        {"useless", candidate("useless"), "does not offer"}};
  for (const Case& c : cases) {
    if (c.library.empty()) {
      copies_.put_truncated(built("policy_skills"), "next.so");
    } else {
      copies_.put(c.library, "next.so");
    }
    const Said said = reload({{"file", "next.so"}});
    EXPECT_NE(said.code, "") << c.what;
    EXPECT_NE(said.text.find(c.says), std::string::npos) << said.text;
    EXPECT_EQ(generation(), 1) << c.what;
    std::printf("refused: %s\n", said.text.c_str());
  }
  for (const char* file : {"../policy_skills.so", "/etc/passwd", "absent.so", "", "bundled.list"}) {
    if (*file == '\0') continue;
    EXPECT_NE(reload({{"file", file}}).code, "") << file;
  }
  EXPECT_EQ(reload({{"shadow", -1}}).code, "malformed");
  EXPECT_EQ(reload({{"surprise", 1}}).code, "malformed");
  // Settings that the plugin's schema does not know: the configuration is read anew.
  const std::string good = read_text(site_.config());
  std::string bad = good;
  bad.replace(bad.find("[plugin.policy_skills]"), 22,
              "[plugin.policy_skills]\nsettings = { widen_aftr = \"20s\" }");
  write_text(site_.config(), bad);
  const Said wrong = reload();
  EXPECT_NE(wrong.text.find("widen_aftr"), std::string::npos) << wrong.text;
  write_text(site_.config(), "[plugin\n");
  EXPECT_EQ(reload().code, "bad_config");
  write_text(site_.config(), good);
  EXPECT_EQ(generation(), 1);
  EXPECT_GE(policy().at("refusals").as_array().size(), 5u);
  // What runs is a copy: whatever is written into the file disturbs it no more.
  write_text(copies_.folder() + "/policy_skills.so", "no library any more");
  Desk anna(site_, "anna");
  ASSERT_TRUE(anna.open());
  EXPECT_EQ(serve(anna), "") << site_.log();
}

TEST_F(Served, AShadowShowsWhatItWouldDecideAndAFailingOneGoes) {
  copies_.put(candidate("last_first"), "next.so");
  ASSERT_EQ(reload({{"file", "next.so"}, {"shadow", 1}}).code, "");
  EXPECT_EQ(text_at(policy(), "/generations/1/role"), "shadow");
  Desk anna(site_, "anna"), ben(site_, "ben");
  ASSERT_TRUE(anna.open());
  ASSERT_EQ(serve(anna), "");
  ASSERT_TRUE(eventually([&] { return number_at(policy(), "/trial/asked") >= 1; }));
  ASSERT_EQ(reload({{"promote", true}}).code, "");
  EXPECT_EQ(text_at(policy(), "/generations/0/version"), "9.0.0");
  EXPECT_EQ(serve(anna), "");
  // One that fails while it is tried is taken away, and nobody notices.
  copies_.put(candidate("failing"), "next.so");
  ASSERT_EQ(reload({{"file", "next.so"}, {"canary", 10'000}}).code, "");
  for (int i = 0; i < 6; ++i) EXPECT_EQ(serve(anna), "") << i;  // it fails at the fourth question
  EXPECT_TRUE(eventually([&] { return !policy().as_object().contains("trial"); }));
  EXPECT_NE(json::serialize(policy().at("refusals")).find("forgotten how"), std::string::npos);
}

TEST_F(Served, AShadowIsAskedWhatWasAskedBeforeAndSaysAtOnceWhereItDiffers) {
  Desk anna(site_, "anna"), ben(site_, "ben");
  ASSERT_TRUE(anna.open());
  ASSERT_TRUE(ben.open());
  const auto serve_anybody = [&] {
    Customer customer(site_);
    if (customer.book("later").status != 201 || !customer.come_back()) return false;
    return eventually([&] { return anna.take(Millis(300)) || ben.take(Millis(300)); });
  };
  ASSERT_TRUE(serve_anybody()) << site_.log();
  copies_.put(candidate("last_first"), "next.so");
  const Said said = reload({{"file", "next.so"}, {"shadow", 1}});
  ASSERT_EQ(said.code, "") << said.text;
  EXPECT_EQ(text_at(said.body, "/role"), "shadow");
  EXPECT_EQ(number_at(said.body, "/trial/asked"), 1) << json::serialize(said.body);
  EXPECT_EQ(number_at(said.body, "/trial/recorded"), 1);
  EXPECT_EQ(number_at(said.body, "/trial/differing"), 1) << json::serialize(said.body);
  const json::value& one = said.body.at("trial").at("differences").as_array().at(0);
  EXPECT_NE(text_at(one, "/current"), text_at(one, "/candidate"));
  const Finished shown = site_.convene({"plugins"});
  EXPECT_NE(shown.out.find("1 of 1 questions asked, 1 of them recorded"), std::string::npos)
      << shown.out;
  const Finished promoted = site_.convene(
      {"plugin", "reload", "policy_skills", "--file", "next.so", "--shadow", "1", "--promote"});
  EXPECT_EQ(promoted.code, 0) << promoted.err;
  EXPECT_NE(promoted.out.find("1 answered otherwise"), std::string::npos) << promoted.out;
  EXPECT_NE(promoted.out.find("serves everybody now"), std::string::npos) << promoted.out;
}

TEST_F(Served, AnErasedConversationIsInNoQuestionAndNoDifferenceOfATrial) {
  Desk anna(site_, "anna"), ben(site_, "ben");
  ASSERT_TRUE(anna.open());
  ASSERT_TRUE(ben.open());
  Customer erased(site_), stays(site_);
  for (Customer* customer : {&erased, &stays}) {
    ASSERT_EQ(customer->book("later").status, 201);
    ASSERT_TRUE(customer->come_back());
    ASSERT_TRUE(eventually([&] { return anna.take(Millis(300)) || ben.take(Millis(300)); }));
  }
  copies_.put(candidate("last_first"), "next.so");
  const auto try_out = [&] { return reload({{"file", "next.so"}, {"shadow", 9}}).body; };
  const auto differences = [&] {
    std::set<std::int64_t> sessions;
    const json::value now = policy();
    for (const json::value& one : now.at("trial").at("differences").as_array())
      sessions.insert(number_at(one, "/session"));
    return sessions;
  };
  EXPECT_EQ(number_at(try_out(), "/trial/recorded"), 2);
  EXPECT_TRUE(differences().contains(erased.session()));
  ASSERT_EQ(ask("erase", {{"session", erased.session()}}).code, "");
  EXPECT_FALSE(differences().contains(erased.session()));
  EXPECT_EQ(number_at(try_out(), "/trial/recorded"), 1) << "it is in no question any more";
}

TEST_F(Served, AnUnchangedPluginKeepsItsInstanceWhenTheConfigurationIsReloaded) {
  ASSERT_EQ(site_.convene({"reload"}).code, 0);
  EXPECT_EQ(generation(), 1);
  copies_.put(built("policy_skills"), "policy_skills.so", true);
  ASSERT_EQ(site_.convene({"reload"}).code, 0);
  EXPECT_TRUE(eventually([&] { return generation() == 2; }));
}

TEST_F(Served, AskedForSignaturesItLoadsNothingUnsigned) {
  const std::string key = (site_.folder() / "release.key").string();
  const Finished made = site_.convene({"keys", "new", "--signing", "--secret", key});
  ASSERT_EQ(made.code, 0) << made.err;
  const std::string public_key = made.out.substr(0, made.out.find('\n'));
  ASSERT_EQ(site_.convene({"plugin", "trust", public_key}).code, 0);
  EXPECT_EQ(site_.convene({"plugin", "trust", "ed25519:nonsense"}).code, 1);
  std::string required = read_text(site_.config());
  required.replace(required.find("[plugins]"), 9, "[plugins]\nsigned = \"required\"");
  write_text(site_.config(), required);
  EXPECT_NE(reload().text.find("is not signed"), std::string::npos);
  const std::string library = copies_.folder() + "/policy_skills.so";
  ASSERT_EQ(site_.convene({"plugin", "sign", library, "--key", key}).code, 0);
  EXPECT_EQ(reload().code, "");
  copies_.put(built("policy_skills"), "policy_skills.so", true);
  EXPECT_NE(reload().text.find("changed after it was signed"), std::string::npos);
  EXPECT_EQ(generation(), 2);
}

TEST_F(Served, ReloadsUnderRealSessionsLoseNoneAndServeNobodyTwice) {
  const int sessions = from_environment("CONVENE_RELOAD_SESSIONS", 500);
  const int reloads = from_environment("CONVENE_RELOADS", 200);
  Desk anna(site_, "anna");
  ASSERT_TRUE(anna.open());
  std::atomic<int> begun{0}, done{0}, refused{0}, late{0};
  std::thread reloader([&] {
    for (int i = 0; i < reloads; ++i) {
      while (begun * reloads < i * sessions) pause_briefly();  // spread over all of them
      Said said;
      const auto start = std::chrono::steady_clock::now();
      if (i % 5 == 3) {
        copies_.put_truncated(built("policy_skills"), "next.so");
        said = reload({{"file", "next.so"}});
      } else if (i % 5 == 4) {
        copies_.put(candidate("failing"), "next.so", true);
        said = reload({{"file", "next.so"}, {"canary", 5'000}});
      } else if (i % 7 == 6) {
        said = ask("plugin_back", {{"plugin", i % 2 ? "policy_skills" : "service_rendezvous"}});
      } else {
        const std::string id = i % 2 ? "policy_skills" : "service_rendezvous";
        copies_.put(built(id), id + ".so", true);
        said = ask("plugin_reload", {{"plugin", id}});
      }
      const auto took = std::chrono::steady_clock::now() - start;
      late += took > std::chrono::seconds(20);
      refused += !said.code.empty();
      ++done;
      pause_briefly();
    }
  });
  int served = 0;
  for (int i = 0; i < sessions; ++i) {
    ++begun;
    const std::string failed = serve(anna);
    EXPECT_EQ(failed, "") << "session " << i << " after " << done << " reloads\n"
                          << (failed.empty() ? "" : site_.convene({"status", "--json"}).out);
    served += failed.empty();
  }
  reloader.join();
  const Finished status = site_.convene({"status", "--json"});
  figure("Issue3",
         std::to_string(done) + " reloads (" + std::to_string(refused) + " refused) during " +
             std::to_string(sessions) + " real sessions: sessions lost",
         std::to_string(sessions - served), "0");
  EXPECT_EQ(served, sessions) << site_.log();
  EXPECT_EQ(late, 0);
  EXPECT_TRUE(eventually([&] {
    boost::system::error_code failed;
    const json::value now = json::parse(site_.convene({"status", "--json"}).out, failed);
    return number_at(now, "/rendezvous/ended") == sessions && number_at(now, "/sessions/live") == 0;
  })) << status.out;
}

}  // namespace
}  // namespace convene::test
