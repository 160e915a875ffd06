// tests/replay/serve_test.cpp - a real node with people on it: its journal played again, its
// decisions explained.
#include <boost/json.hpp>

#include "tests/claims/on_site.hpp"
#include "tests/support/figure.hpp"

namespace convene::test {
namespace {

class Serve : public OnSite {
 protected:
  /// One conversation, and its session's number.
  std::int64_t conversation(Desk& desk) {
    Customer customer(site());
    EXPECT_TRUE(customer.talk_now("now", {{"product", "loans"}})) << customer.refusal;
    EXPECT_TRUE(desk.take()) << site().log();
    EXPECT_TRUE(customer.connected());
    EXPECT_TRUE(they_talk(customer, desk));
    return customer.session();
  }
  std::string journal() const {
    return (const_cast<Serve*>(this)->site().data() / "journal").string();
  }
  Finished explain(std::int64_t session, bool as_json = false) {
    std::vector<std::string> command = {"explain", std::to_string(session),
                                        site().config().string()};
    if (as_json) command.push_back("--json");
    return site().convene(command);
  }
};

TEST_F(Serve, ADayOfARealNodeIsPlayedAgainAsItWas) {
  Desk anna(site(), "anna");
  ASSERT_TRUE(anna.open());
  conversation(anna);
  Customer later(site());
  ASSERT_EQ(later.book("later", {{"product", "cards"}}).status, 201);

  Finished running = site().convene({"replay", journal(), "--json"});
  EXPECT_EQ(running.code, 0) << running.err << running.out << "\nwhile the node writes on";

  ASSERT_EQ(site().stop(), 0);
  const Finished done = site().convene({"replay", journal(), "--json"});
  ASSERT_EQ(done.code, 0) << done.err << done.out;
  const json::value said = json::parse(done.out);
  EXPECT_TRUE(said.at("same").as_bool()) << done.out;
  EXPECT_EQ(said.at("batches_unlike").to_number<int>(), 0);
  EXPECT_GT(said.at("inputs").to_number<int>(), 10);
  EXPECT_GT(said.at("compared").to_number<int>(), 0);
  EXPECT_EQ(said.at("differing").to_number<int>(), 0);
  const Finished text = site().convene({"replay", journal()});
  EXPECT_EQ(text.code, 0);
  EXPECT_NE(text.out.find("the same: every change, message and decision is what it was"),
            std::string::npos)
      << text.out;
}

TEST_F(Serve, AKilledNodesJournalIsReadUpToItsLastBatch) {
  Desk anna(site(), "anna");
  ASSERT_TRUE(anna.open());
  conversation(anna);
  site().kill();
  const Finished done = site().convene({"replay", journal(), "--json"});
  ASSERT_EQ(done.code, 0) << done.err << done.out;
  EXPECT_TRUE(json::parse(done.out).at("same").as_bool());
}

TEST_F(Serve, AnotherPolicyIsAskedAboutTheRealDay) {
  Desk anna(site(), "anna"), ben(site(), "ben");
  ASSERT_TRUE(ben.open());
  ASSERT_TRUE(anna.open());
  Customer customer(site());
  ASSERT_EQ(customer.book("later", {{"language", "fr"}}).status, 201);
  ASSERT_TRUE(customer.come_back()) << customer.refusal;
  ASSERT_TRUE(eventually([&] { return anna.take(Millis(500)) || ben.take(Millis(500)); }));
  ASSERT_EQ(site().stop(), 0);
  const std::string page = (site().folder() / "page.html").string();
  const Finished tried =
      site().convene({"replay", journal(), "--with-plugin",
                      std::string(CONVENE_PLUGIN_DIR) + "/policy_longest_idle.so", "--in-place-of",
                      "policy_skills", "--html", page});
  ASSERT_EQ(tried.code, 0) << tried.err << tried.out;
  EXPECT_NE(tried.out.find("policy_longest_idle"), std::string::npos) << tried.out;
  EXPECT_NE(tried.out.find("decisions differ"), std::string::npos) << tried.out;
  EXPECT_NE(tried.out.find("as it was"), std::string::npos) << tried.out;
  const std::string html = read_text(page);
  EXPECT_NE(html.find("<svg"), std::string::npos);
  EXPECT_NE(html.find("Decisions that differ"), std::string::npos);
}

TEST_F(Serve, SaysWhatIsWrongWithAJournal) {
  ASSERT_EQ(site().stop(), 0);
  const Finished none = site().convene({"replay", "nowhere"});
  EXPECT_EQ(none.code, 1);
  EXPECT_NE(none.err.find("There is no journal nowhere"), std::string::npos) << none.err;
  const Finished keyless = site().convene({"replay", journal(), "--key", "missing.key"});
  EXPECT_EQ(keyless.code, 1);
  EXPECT_NE(keyless.err.find("missing.key"), std::string::npos) << keyless.err;
  const Finished plugin = site().convene({"replay", journal(), "--with-plugin", "not_there.so"});
  EXPECT_EQ(plugin.code, 1);
  EXPECT_NE(plugin.err.find("not_there.so"), std::string::npos) << plugin.err;
}

TEST_F(Serve, ExplainsWhoWasChosenAndWhoWasNotRunningAndStopped) {
  Desk anna(site(), "anna"), chloe(site(), "chloe");
  ASSERT_TRUE(anna.open());
  ASSERT_TRUE(chloe.open(false));
  ASSERT_TRUE(chloe.set_state("paused"));
  const std::int64_t session = conversation(anna);

  for (const bool running : {true, false}) {
    if (!running) {
      ASSERT_EQ(site().stop(), 0);
    }
    const Finished text = explain(session);
    ASSERT_EQ(text.code, 0) << text.err;
    for (const char* word : {"assign anna", "because", "policy_", "configuration", "candidates",
                             "left out", "ben", "not signed in", "chloe", "paused"}) {
      EXPECT_NE(text.out.find(word), std::string::npos) << word << " in\n" << text.out;
    }
    const Finished as_json = explain(session, true);
    ASSERT_EQ(as_json.code, 0) << as_json.err;
    const json::value said = json::parse(as_json.out);
    const json::value& last = said.at("decisions").as_array().back();
    EXPECT_EQ(last.at("outcome").as_string(), "assign");
    EXPECT_EQ(last.at("agent").as_string(), "anna");
    EXPECT_GT(last.at("took_ns").to_number<std::int64_t>(), 0);
    EXPECT_EQ(last.at("config").as_string().size(), 12u);
    EXPECT_EQ(last.at("excluded").as_array().size(), 2u);
  }
  const Finished unknown = explain(999'999);
  EXPECT_EQ(unknown.code, 1);
  EXPECT_NE(unknown.err.find("nothing was decided"), std::string::npos) << unknown.err;
}

TEST_F(Serve, WritesNoJournalWhereNoneIsWanted) {
  SiteOptions options;
  options.more = "[journal]\nenabled = false\n";
  Site quiet(options);
  ASSERT_TRUE(quiet.start()) << quiet.log();
  EXPECT_FALSE(std::filesystem::exists(quiet.data() / "journal"));
}

}  // namespace
}  // namespace convene::test
