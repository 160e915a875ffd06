// tests/claims/bad_input_test.cpp - bad input to the real process: a clear error each, nothing lost, nothing down.
#include <signal.h>

#include <algorithm>

#include "sdk/bus/client.hpp"
#include "tests/claims/on_site.hpp"

namespace convene::test {
namespace {

class BadInput : public OnSite {
 protected:
  // After whatever a test did, a booking still works and nothing was restarted.
  void TearDown() override {
    Customer customer(site());
    EXPECT_EQ(customer.book("later").status, 201);
    EXPECT_EQ(site().log().find("adapter.died"), std::string::npos);
    EXPECT_TRUE(site().process().running());
    OnSite::TearDown();
  }
  Response post_text(const std::string& body, Headers more = {}) {
    HttpClient http(site().port());
    more.emplace_back("Content-Type", "application/json");
    more.emplace_back("Convene-Client", "1");
    return http.request("POST", "/api/v1/rendezvous", body, more);
  }
};

TEST_F(BadInput, MalformedJsonIsRefusedWithAReason) {
  for (const char* body :
       {"", "{", "[]", "null", "{\"flow\":}", "{\"flow\":1,\"context\":{}}", "\xff\xfe",
        R"({"flow":"later","context":[]})", R"({"flow":"later","context":"x"})"}) {
    const Response response = post_text(body);
    EXPECT_GE(response.status, 400) << body;
    EXPECT_LT(response.status, 500) << body;
    EXPECT_NE(response.code(), "") << body;
  }
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  EXPECT_GE(post_text("{\"flow\":\"later\",\"context\":{\"a\":" + deep + "}}").status, 400);
}

TEST_F(BadInput, OversizedBodiesAreRefused) {
  const std::string large(2 << 20, 'x');
  const Response response = post_text("{\"flow\":\"later\",\"context\":{\"a\":\"" + large + "\"}}");
  EXPECT_TRUE(response.status == 413 || response.status == 0) << response.status;
  const Response context =
      post_text("{\"flow\":\"later\",\"context\":{\"a\":\"" + std::string(9000, 'x') + "\"}}");
  EXPECT_GE(context.status, 400);
  EXPECT_EQ(context.code(), "context_too_large");
}

TEST_F(BadInput, AnUnknownFlowIsNamedAsSuch) {
  const Response response = post_text(R"({"flow":"nosuch","context":{}})");
  EXPECT_EQ(response.code(), "unknown_flow");
  EXPECT_GE(response.status, 400);
}

TEST_F(BadInput, WrongOriginsOpenNoSocketAndRedeemNothing) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later").status, 201);
  for (const std::string& origin :
       {std::string("null"), std::string("https://evil.example"), site().origin() + ".evil.example",
        std::string("http://localhost:1"), "http://LOCALHOST:" + std::to_string(site().port()),
        std::string()}) {
    WebSocket socket = WebSocket::open(site().port(), "/api/v1/leg", {{"Origin", origin}});
    EXPECT_EQ(socket.status(), 403) << origin;
    const Response redeemed =
        customer.http.request("POST", "/api/v1/rendezvous/return", "{}",
                              {{"Origin", origin.empty() ? "null" : origin},
                               {"Convene-Client", "1"},
                               {"Content-Type", "application/json"},
                               {"Authorization", "Rendezvous " + customer.id}});
    EXPECT_EQ(redeemed.status, 403) << origin;
  }
  EXPECT_TRUE(customer.come_back()) << "nothing was used up";
}

TEST_F(BadInput, BrokenRequestsAndFramesEndTheirConnectionOnly) {
  HttpClient http(site().port());
  for (const char* bytes :
       {"GET\r\n\r\n", "\x16\x03\x01\x02", "GET / HTTP/9.9\r\n\r\n",
        "POST /api/v1/rendezvous HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n"}) {
    const Response response = http.raw(bytes, Millis{3000});
    EXPECT_TRUE(response.status == 0 || (response.status >= 400 && response.status < 600))
        << response.status;
  }
  const auto opened = [&] {
    return WebSocket::open(site().port(), "/api/v1/leg", {{"Origin", site().origin()}});
  };
  const auto ends = [&](auto send) {
    WebSocket socket = opened();
    ASSERT_EQ(socket.status(), 101);
    send(socket);
    EXPECT_TRUE(socket.wait_closed());
  };
  ends([](WebSocket& s) { s.send_text(std::string(65 * 1024 + 1, 'x')); });
  ends([](WebSocket& s) { s.send_frame(0x1, "{}", true, false); });
  ends([](WebSocket& s) { s.send_frame(0xb, "reserved"); });
  const auto refused = [&](const std::string& text, const std::string& code) {
    WebSocket socket = opened();
    socket.send_text(text);
    const auto answer = socket.wait("refused");
    ASSERT_TRUE(answer) << text;
    EXPECT_EQ(text_at(*answer, "/code"), code);
  };
  refused("{not json", "malformed");
  refused(R"({"t":"connect","ticket":"none","channels":[],"protocol":1})", "ticket_invalid");
}

TEST_F(BadInput, AnAdapterOfAnotherNameIsRefusedWithAReason) {
  bus::ClientOptions options;
  options.endpoint = "ipc://" + (site().data() / "command.sock").string();
  options.name = "stranger";
  std::string code;
  bus::ClientHandlers handlers;
  handlers.refused = [&](const std::string& why, const std::string&) { code = why; };
  bus::Client client(std::move(options), std::move(handlers));
  EXPECT_TRUE(eventually([&] {
    client.wait(20);
    return !code.empty();
  }));
  EXPECT_NE(code, "");
}

using Console = OnSite;

TEST_F(Console, CallsAThingByOneNameInTablesThatAreAsWideAsTheyNeedToBe) {
  Desk anna(site(), "anna");
  ASSERT_TRUE(anna.open());
  const std::string status = site().convene({"status"}).out;
  const std::string plugins = site().convene({"plugins"}).out;
  for (const std::string& shown : {status, plugins}) {
    EXPECT_EQ(shown.find(" \n"), std::string::npos) << shown;
    for (const char* word : {"runs in", "calls", "overruns", "failures"})
      EXPECT_NE(shown.find(word), std::string::npos) << word << "\n" << shown;
  }
  EXPECT_NE(status.find("\n  anna"), std::string::npos) << status;
  EXPECT_EQ(status.find("console"), std::string::npos) << "who asks is no peer to look after";
  EXPECT_EQ(plugins.find(" 0 ns"), std::string::npos) << "a time that was never measured is none";
}

TEST(BadCommandLine, WhateverIsMistypedIsNamedWithTheNearestAndDoesNothing) {
  Site site;
  site.write_config();
  const std::vector<std::pair<std::vector<std::string>, std::string>> lines = {
      {{"servee"}, "unknown command 'servee'; did you mean 'serve'?"},
      {{"config", "chek"}, "unknown command 'chek' of convene config; did you mean 'check'?"},
      {{"status", "--jsn"}, "unknown option '--jsn' of convene status; did you mean '--json'?"},
      {{"config"}, "Try: convene config --help"},
      {{"plugin", "reload"}, "Try: convene plugin reload --help"},
      {{"version", "now"}, "'now' is one word too many"},
      {{"sim", "--sed", "1"}, "'--sed' is no option of this command"},
      {{"sim", "--seeds", "x"}, "--seeds wants a whole number"}};
  for (const auto& [words, said] : lines) {
    const Finished finished = site.convene(words);
    EXPECT_EQ(finished.code, 64) << words.front();
    EXPECT_NE(finished.err.find(said), std::string::npos) << finished.err;
    EXPECT_EQ(finished.out, "") << words.front();
  }
  const Finished silent = site.convene({"password"});
  EXPECT_EQ(silent.code, 1);
  EXPECT_NE(silent.err.find("no password came"), std::string::npos) << silent.err;
}

TEST(BadConfig, ATypoStopsTheStartWithItsPlaceAndTheNearestKey) {
  Site site;
  site.options.more =
      "[flow.extra]\nservice = \"service_rendezvous\"\nroutng = \"policy_skills\"\npool = "
      "\"sales\"\n";
  site.write_config();
  const Finished finished = site.convene({"serve", "convene.toml"});
  EXPECT_EQ(finished.code, 2);
  EXPECT_NE(finished.err.find("unknown key 'routng' in [flow.extra]; did you mean 'routing'?"),
            std::string::npos)
      << finished.err;
  EXPECT_NE(finished.err.find("convene.toml:"), std::string::npos);
  EXPECT_EQ(site.convene({"config", "check", "convene.toml"}).code, 2);
}

TEST(BadConfig, ASettingThatNoAdapterKnowsIsNamedWithItsPlaceBeforeAnythingStarts) {
  Site site;
  const auto said = [&](const std::string& web, const std::string& more) {
    site.options.web_settings = web;
    site.options.more = more;
    site.write_config();
    return site.convene({"config", "check", "convene.toml"});
  };
  const auto place = [&](const std::string& line) {
    const std::string text = test::read_text(site.config());
    const auto at = text.find("\n" + line);
    return "convene.toml:" +
           std::to_string(
               2 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) +
           ":1: error: ";
  };
  Finished finished = said("connection_max = 5", "");
  EXPECT_EQ(finished.code, 2);
  EXPECT_NE(
      finished.err.find(place("connection_max") +
                        "the adapter 'web' has wrong settings: \"connection_max\" is unknown; "
                        "did you mean \"connections_max\"?"),
      std::string::npos)
      << finished.err;
  EXPECT_EQ(site.convene({"serve", "convene.toml"}).code, 2);
  finished = said("threads = \"four\"", "");
  EXPECT_NE(finished.err.find(
                place("threads") +
                "the adapter 'web' has wrong settings: \"threads\" must be of type integer"),
            std::string::npos)
      << finished.err;

  finished = said("", "[plugin.policy_skills.settings]\nwiden_aftr = \"20s\"\n");
  EXPECT_NE(finished.err.find(place("widen_aftr") +
                              "the plugin 'policy_skills' has wrong settings: "
                              "\"widen_aftr\" is unknown; did you mean \"widen_after\"?"),
            std::string::npos)
      << finished.err;

  // Anybody's program may offer a schema, in a file beside it; without one its settings are its own business.
  const std::string phones =
      "[adapter.phones]\nkind = \"proxy\"\ncommand = [\"python3\", \"phones.py\"]\n"
      "[adapter.phones.settings]\nstats = \"agents.txt\"\n";
  EXPECT_EQ(said("", phones).code, 0);
  const auto schema = site.folder() / "phones.py.settings.json";
  write_text(
      schema,
      R"({"type":"object","additionalProperties":false,"properties":{"states":{"type":"string"}}})");
  finished = said("", phones);
  EXPECT_EQ(finished.code, 2);
  EXPECT_NE(finished.err.find(place("stats") +
                              "the adapter 'phones' has wrong settings: \"stats\" is unknown; "
                              "did you mean \"states\"?"),
            std::string::npos)
      << finished.err;
  for (const std::string& bad : {std::string("{\"type\":"), std::string(R"({"pattern":"x"})"),
                                 std::string((1 << 20) + 1, ' ')}) {
    write_text(schema, bad);
    finished = said("", phones);
    EXPECT_EQ(finished.code, 2);
    EXPECT_NE(finished.err.find("phones.py.settings.json is no schema"), std::string::npos)
        << finished.err;
  }
}

TEST(BadConfig, EverythingThatIsWrongIsNamedInOneRunInTheOrderOfTheFile) {
  Site site;
  site.options.web_settings =
      "connection_max = 5\nthreads = \"four\"\nframe_ancestors = [\"https://a.example\", \"*\"]";
  site.options.more =
      "[plugin.policy_skills.settings]\nwiden_aftr = \"20s\"\nmin_level = 99\n"
      "[flow.now.settings]\nno_shw = \"1m\"\noffer_stands = 1.5\n"
      "[agent.zoe]\nnme = \"Zoe\"\n"
      "[flow.extra]\nservice = \"service_rendezvous\"\nroutng = \"policy_skills\"\npool = "
      "\"sales\"\n";
  site.write_config();
  // Each with its remedy; every line begins with the place, and the places ascend.
  const std::vector<std::string> wanted = {
      "\"connection_max\" is unknown; did you mean \"connections_max\"?",
      "\"threads\" must be of type integer",
      "\"frame_ancestors.1\" must be an origin",
      "\"widen_aftr\" is unknown; did you mean \"widen_after\"?",
      "\"min_level\" must be at most",
      "\"no_shw\" is unknown; did you mean \"no_show\"?",
      "\"offer_stands\" must be a duration",
      "[agent.zoe] has no 'name'",
      "unknown key 'nme' in [agent.zoe]; did you mean 'name'?",
      "[flow.extra] has no 'routing'",
      "unknown key 'routng' in [flow.extra]; did you mean 'routing'?"};
  for (const char* command : {"check", "serve"}) {
    const bool check = command == std::string("check");
    const Finished finished = check ? site.convene({"config", "check", "convene.toml"})
                                    : site.convene({"serve", "convene.toml"});
    EXPECT_EQ(finished.code, 2);
    std::istringstream lines(finished.err);
    std::vector<std::string> said;
    int last = 0;
    for (std::string line; std::getline(lines, line);) {
      int at = 0;
      if (std::sscanf(line.c_str(), "convene.toml:%d:", &at) != 1) continue;
      EXPECT_GE(at, last) << finished.err;
      last = at;
      said.push_back(line);
    }
    ASSERT_EQ(said.size(), wanted.size()) << finished.err;
    for (std::size_t i = 0; i < wanted.size(); ++i)
      EXPECT_NE(said[i].find(wanted[i]), std::string::npos) << said[i];
    EXPECT_NE(finished.err.find("\n11 errors\n"), std::string::npos) << finished.err;
  }
}

TEST(BadConfig, ABadReloadChangesNothing) {
  Site site;
  ASSERT_TRUE(site.start()) << site.log();
  site.options.more = "[flow.extra]\nservice = \"service_rendezvous\"\n";
  site.write_config();
  const Finished reload = site.convene({"reload", "convene.toml"});
  EXPECT_EQ(reload.code, 2) << reload.err;
  site.process().signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return site.log().find("config.refused") != std::string::npos; }));
  Customer customer(site);
  EXPECT_EQ(customer.book("later").status, 201);
}

TEST(BadConfig, AReloadNamesWhatOnlyAStartCanChange) {
  Site site;
  ASSERT_TRUE(site.start()) << site.log();
  const std::string before = read_text(site.config());
  const auto node = before.find("[node]\n");
  ASSERT_NE(node, before.npos) << before;
  write_text(site.config(), std::string(before).insert(node + 7, "idle_poll_us = 0\n"));
  const Finished reload = site.convene({"reload", "convene.toml"});
  EXPECT_NE(reload.code, 0) << reload.out;
  EXPECT_NE(site.log().find("node.idle_poll_us cannot change while the node runs"),
            std::string::npos)
      << reload.err << site.log();
}

TEST(BadConfig, APluginThatIsRefusedStopsOnlyTheFlowsThatNeedIt) {
  Site site;
  write_text(site.folder() / "junk.so", "this is no library");
  site.options.more = "[plugin.policy_broken]\nfile = \"policy_broken.so\"\n";
  site.write_config();
  ASSERT_TRUE(site.start()) << "nobody needs it: " << site.log();
  EXPECT_NE(site.log().find("plugin.refused plugin=policy_broken"), std::string::npos);
  EXPECT_EQ(site.stop(), 0);
  site.options.more +=
      "[flow.extra]\nservice = \"service_rendezvous\"\nrouting = \"policy_broken\"\npool = "
      "\"sales\"\n";
  site.write_config();
  const Finished finished = site.convene({"serve", "convene.toml"});
  EXPECT_EQ(finished.code, 2);
  EXPECT_NE(finished.err.find(
                "the flow 'extra' needs the plugin 'policy_broken' as routing, which was refused"),
            std::string::npos)
      << finished.err;
}

TEST(BadConfig, ASecondInstanceOnTheSameDataIsRefused) {
  Site site;
  ASSERT_TRUE(site.start()) << site.log();
  const Finished second = site.convene({"serve", "convene.toml"});
  EXPECT_EQ(second.code, 4);
  EXPECT_NE(second.err.find("another node runs here"), std::string::npos);
}

TEST(BadStore, AFileThatIsNoDatabaseIsRefusedAndLeftAsItIs) {
  Site site;
  const std::string letter = "Dear customer, this is a letter and no database at all.\n";
  write_text(site.data() / "convene.db", letter);
  const Finished finished = site.convene({"serve", "convene.toml"});
  EXPECT_EQ(finished.code, 1);
  EXPECT_NE(finished.err.find("convene.db"), std::string::npos) << finished.err;
  EXPECT_EQ(read_text(site.data() / "convene.db"), letter);
}

TEST(CommandLine, EveryCommandExplainsItselfAndTyposGetTheNearestName) {
  for (const char* command :
       {"serve", "status", "reload", "config", "password", "keys", "version"}) {
    const Finished help = run({CONVENE_BIN_DIR "/convene", command, "--help"});
    EXPECT_EQ(help.code, 0) << command;
    EXPECT_NE(help.out.find("Example"), std::string::npos) << command;
  }
  const Finished typo = run({CONVENE_BIN_DIR "/convene", "statsu"});
  EXPECT_EQ(typo.code, 64);
  EXPECT_NE(typo.err.find("did you mean 'status'?"), std::string::npos) << typo.err;
}

TEST(CommandLine, PasswordsAreHashedAndWeakOnesRefused) {
  const Finished good = run({CONVENE_BIN_DIR "/convene", "password"}, "a long enough phrase\n");
  EXPECT_EQ(good.code, 0);
  EXPECT_TRUE(good.out.starts_with("$argon2id$")) << good.out;
  for (const char* weak : {"\n", "short\n", "password\n", "changeme\n"}) {
    EXPECT_EQ(run({CONVENE_BIN_DIR "/convene", "password"}, weak).code, 1) << weak;
  }
}

TEST(CommandLine, KeysAreMadeAndNeverOverwritten) {
  TempFolder folder;
  const std::string file = folder.path() / "bus.key";
  const Finished made = run({CONVENE_BIN_DIR "/convene", "keys", "new", "--secret", file});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(read_text(file).size(), 41u);
  EXPECT_EQ(made.out.find(read_text(file).substr(0, 40)), std::string::npos)
      << "the secret is not shown";
  EXPECT_EQ(run({CONVENE_BIN_DIR "/convene", "keys", "new", "--secret", file}).code, 1);
}

}  // namespace
}  // namespace convene::test
