// tests/isolation/adapter_test.cpp - adapters that are libraries, in convene-host, before a core that looks closely.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "core/check/bus_partner.hpp"
#include "tests/support/figure.hpp"
#include "tests/support/site.hpp"

namespace convene::apart {
namespace {

using bus::Kind;
using check::BusPartner;
using check::Heard;

const std::string kLibraries = std::string(CONVENE_BUILD_DIR) + "/isolation/";

class AdapterHost : public ::testing::Test {
 protected:
  AdapterHost() {
    std::ofstream(agents_) << "anna ready\nben paused\n";
    std::ofstream(agents_ + ".secret") << "nobody's business\n";
  }

  std::vector<std::string> host(const std::string& library, const std::string& kind) const {
    return {std::string(CONVENE_BIN_DIR) + "/convene-host",
            "--adapter",
            kLibraries + library + ".so",
            "--kind",
            kind,
            "--work",
            (folder_.path() / "own").string(),
            "--read",
            agents_};
  }
  /// The reply's body, or its code.
  static std::string answer(BusPartner& core, const std::string& name,
                            const std::string& body = "{}", std::int64_t deadline_ms = 10'000) {
    const std::uint64_t id = core.request(name, body, "", 0, deadline_ms);
    const std::size_t from = 0;
    const Heard* reply = core.wait_for(Kind::reply, from, deadline_ms + 10'000,
                                       [&](const Heard& h) { return h.correlation == id; });
    if (!reply) return "no answer";
    if (!reply->body.boolean("ok")) return std::string(reply->body.text("code"));
    return json::write(*reply->body.at("body"));
  }
  static std::size_t asked(const BusPartner& core, std::string_view text, std::size_t from = 0) {
    std::size_t n = 0;
    for (std::size_t i = from; i < core.heard().size(); ++i)
      n += core.heard()[i].kind == Kind::request &&
           core.heard()[i].text.find(text) != std::string::npos;
    return n;
  }

  test::TempFolder folder_;
  const std::string agents_ = (folder_.path() / "agents.txt").string();
};

TEST_F(AdapterHost, AnswersEachRequestOnceAndInTime) {
  BusPartner core(R"({"settings":{"mood":"odd"}})");
  core.bind();
  core.start(host("odd_adapter", "records"));
  ASSERT_TRUE(core.greet()) << core.output();
  EXPECT_EQ(core.kind(), "records");
  EXPECT_EQ(answer(core, "echo", R"({"a":[1,"\u00e9"]})"), "{\"a\":[1,\"\u00e9\"]}");
  EXPECT_EQ(answer(core, "settings"), R"({"mood":"odd"})");
  EXPECT_EQ(answer(core, "later"), "{}");
  EXPECT_EQ(answer(core, "twice"), R"({"first":true})");
  EXPECT_EQ(answer(core, "fail"), "failed");
  EXPECT_EQ(answer(core, "no_such_request"), "unknown_request");
  EXPECT_EQ(answer(core, "never", "{}", 200), "deadline");
  EXPECT_EQ(answer(core, "late", "{}", 200), "deadline");
  core.until([] { return false; }, 400);  // the late answer is given, and refused
  EXPECT_EQ(answer(core, "what_was_taken"), R"({"late":false,"twice":false})");
  core.send(Kind::notice, 0, R"({"name":"roster","body":{}})");
  EXPECT_EQ(answer(core, "notices"), R"({"names":["roster"]})");
  std::map<std::uint64_t, int> replies;
  for (const Heard& h : core.heard()) {
    EXPECT_EQ(h.fault, "");
    if (h.kind == Kind::reply) {
      EXPECT_EQ(++replies[h.correlation], 1);
    }
  }
  EXPECT_EQ(replies.size(), 10u);
  core.signal(SIGTERM);
  EXPECT_EQ(core.exit_within(5'000), 0);
  EXPECT_NE(core.output().find("the foreign system is away"), std::string::npos) << core.output();
}

TEST_F(AdapterHost, KeepsItsHeartbeatWhileACallWaitsForTheForeignSystem) {
  BusPartner core(R"({"settings":{}})");
  core.bind();
  core.start(host("odd_adapter", "records"));
  ASSERT_TRUE(core.greet()) << core.output();
  const std::uint64_t slow = core.request("slow", "{}", "", 0, 10'000);
  EXPECT_TRUE(core.is_well(1'000));
  EXPECT_TRUE(
      core.wait_for(Kind::reply, 0, 10'000, [&](const Heard& h) { return h.correlation == slow; }));
  core.request("hang");
  core.until([] { return false; }, 100);
  EXPECT_TRUE(core.is_well());
  core.signal(SIGTERM);
  EXPECT_TRUE(core.exit_within(5'000)) << "a call that hangs is left behind";
  core.until([] { return false; }, 100);
  EXPECT_GE(core.count(Kind::goodbye), 1u);
}

TEST_F(AdapterHost, TakesNewSettingsAndKeepsTheOldWhereTheyDoNotFit) {
  BusPartner core(R"({"settings":{"mood":"calm"}})");
  core.bind();
  core.start(host("odd_adapter", "records"));
  ASSERT_TRUE(core.greet()) << core.output();
  const auto tell = [&](const std::string& settings) {
    core.send(Kind::welcome, 0,
              R"({"instance":"first","version":1,"heartbeat_ms":200,"limits":{"body_max":1048576,)"
              R"("requests_max":1000},"config":{"settings":)" +
                  settings + "}}");
  };
  tell(R"({"mood":"merry"})");
  EXPECT_EQ(answer(core, "settings"), R"({"mood":"merry"})");
  tell(R"({"moood":"typing"})");
  EXPECT_EQ(answer(core, "settings"), R"({"mood":"merry"})");
  EXPECT_NE(core.output().find("moood"), std::string::npos) << core.output();
}

TEST_F(AdapterHost, ReachesTheNetworkAndItsOwnFolderAndNothingElse) {
  if (::syscall(SYS_landlock_create_ruleset, nullptr, 0, 1) < 1)
    GTEST_SKIP() << "this kernel has no Landlock, which keeps files";
  BusPartner core(R"({"settings":{"read":")" + agents_ + "\"}}");
  core.bind();
  core.start(host("odd_adapter", "records"));
  ASSERT_TRUE(core.greet()) << core.output();
  EXPECT_EQ(answer(core, "escape"),
            R"({"chmod":false,"exec":false,"fork":false,"internet":true,"kill":false,)"
            R"("read_elsewhere":false,"read_given":true,"write_elsewhere":false,)"
            R"("write_given":false,"write_own":true})");
  test::figure("H3", "ways out of an adapter's process that are open", "0 of 7", "0");
}

TEST_F(AdapterHost, EndsWhenItsLibraryCannotBeWhatIsAsked) {
  const auto last_words = [&](std::vector<std::string> command) {
    BusPartner core(R"({"settings":{"unknown":1}})");
    core.bind();
    core.start(command);
    core.until([&] { return !core.runs(); }, 10'000);
    EXPECT_EQ(core.exit_within(0), 1);
    return core.output();
  };
  EXPECT_NE(last_words(host("odd_adapter", "records")).find("\"unknown\""), std::string::npos);
  EXPECT_NE(last_words(host("hostile", "records")).find("hostile"), std::string::npos)
      << "a policy is no adapter";
  auto pinned = host("odd_adapter", "records");
  pinned.insert(pinned.end(), {"--sha256", std::string(64, '0')});
  EXPECT_NE(last_words(pinned).find("odd_adapter.so"), std::string::npos);
}

TEST_F(AdapterHost, SpeaksForItsAgentsToEveryCore) {
  BusPartner core(R"({"settings":{"states":")" + agents_ + "\"}}");
  core.bind();
  core.start(host("adapter_template", "proxy"));
  ASSERT_TRUE(core.greet()) << core.output();
  const auto knows_all = [&](std::size_t from) {
    return core.until(
        [&] {
          return asked(core, R"({"agent":"anna","state":"ready"})", from) == 1 &&
                 asked(core, R"({"agent":"ben","state":"paused"})", from) == 1 &&
                 asked(core, R"("attach")", from) == 2;
        },
        10'000);
  };
  EXPECT_TRUE(knows_all(0)) << core.output();
  core.send(Kind::notice, 0,
            R"({"name":"offer","body":{"agent":"anna","offer":5,"session":7,"flow":"now",)"
            R"("context":{},"deadline_ms":30000,"waiting_since_ms":1,"now_ms":1}})");
  EXPECT_TRUE(core.wait_for(Kind::request, 0, 5'000, [](const Heard& h) {
    return h.text.find(R"({"agent":"anna","offer":5,"accepts":true})") != std::string::npos;
  }));
  core.send(Kind::leg, 0,
            R"({"leg":31,"seq":1,"ack":0,"join":true,"endpoint":"anna","details":{"session":7,)"
            R"("leg":31,"role":2,"gateway":"web","epoch":4,"ticket":"t","expires_ms":9,)"
            R"("channels":["chat"],"flow":"now","protocol":1}})");
  const auto connected = [](const Heard& h) {
    return h.text.find(R"("ack":1,"epoch":4,"state":"connected","channels":["chat"])") !=
           std::string::npos;
  };
  EXPECT_TRUE(core.wait_for(Kind::leg, 0, 5'000, connected));
  core.unbind();  // the core is restarted
  core.instance = "second";
  const std::size_t from = core.heard().size();
  core.bind();
  EXPECT_TRUE(knows_all(from)) << core.output();
  EXPECT_TRUE(core.wait_for(Kind::leg, from, 10'000, connected));
  for (const Heard& h : core.heard()) EXPECT_EQ(h.fault, "");
}

}  // namespace
}  // namespace convene::apart
