// tests/replay/serve_test.cpp - a real node with people on it: its journal played again, its
// decisions explained.
#include <boost/json.hpp>
#include <fstream>

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

TEST_F(Serve, FindsTheLibrariesOfTheDayByTheirContentOrSaysWhichOneIsNeeded) {
  Desk anna(site(), "anna");
  ASSERT_TRUE(anna.open());
  conversation(anna);
  ASSERT_EQ(site().stop(), 0);
  const std::filesystem::path today = site().folder() / "today",
                              archive = site().folder() / "archive";
  std::filesystem::create_directories(today);
  std::filesystem::create_directories(archive);
  for (const auto& entry : std::filesystem::directory_iterator(CONVENE_PLUGIN_DIR)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".so" || name.starts_with("channel_")) continue;
    std::filesystem::copy_file(entry.path(), archive / ("of_november_" + name));
  }
  const auto play = [&](std::vector<std::string> folders) {
    std::vector<std::string> command = {"replay", journal()};
    for (std::string& folder : folders) command.insert(command.end(), {"--plugins", folder});
    return site().convene(command);
  };
  const Finished moved = play({today.string(), archive.string()});
  EXPECT_EQ(moved.code, 0) << moved.err << moved.out;
  EXPECT_NE(moved.out.find("the same: every change"), std::string::npos) << moved.out;
  EXPECT_NE(moved.out.find("of_november_service_talk_now.so: it has the recorded content"),
            std::string::npos)
      << moved.out;
  const Finished gone = play({today.string()});
  EXPECT_EQ(gone.code, 1);
  for (const char* word : {"The service service_", "no library of SHA-256 ", "--plugins"})
    EXPECT_NE(gone.err.find(word), std::string::npos) << gone.err;
  // Another build under the same name: played, and said.
  std::filesystem::copy_file(archive / "of_november_service_talk_now.so",
                             today / "service_talk_now.so");
  std::filesystem::remove(archive / "of_november_service_talk_now.so");
  std::ofstream(today / "service_talk_now.so", std::ios::app) << "newer";
  const Finished other = play({today.string(), archive.string()});
  EXPECT_EQ(other.code, 0) << other.err << other.out;
  EXPECT_NE(other.out.find("service_talk_now is another build than the recorded one"),
            std::string::npos)
      << other.out;
}

TEST_F(Serve, AReloadIsPlayedAgainAtItsPlace) {
  Desk anna(site(), "anna");
  ASSERT_TRUE(anna.open());
  const auto serve = [&](const char* product) {
    Customer customer(site());
    if (customer.book("later", {{"product", product}}).status != 201) return false;
    return customer.come_back() && anna.take();
  };
  ASSERT_TRUE(serve("loans")) << site().log();
  // From now on nobody's skills are looked at, so that she gets what she would not have got.
  std::string config = read_text(site().config());
  const std::string table = "[plugin.policy_skills]";
  ASSERT_NE(config.find(table), std::string::npos);
  config.replace(config.find(table), table.size(),
                 table + "\nsettings = { skills_from = [\"nothing\"] }");
  write_text(site().config(), config);
  const Finished reloaded = site().convene({"plugin", "reload", "policy_skills"});
  ASSERT_EQ(reloaded.code, 0) << reloaded.err;
  ASSERT_TRUE(serve("elephants")) << site().log();
  ASSERT_EQ(site().stop(), 0);
  const Finished done = site().convene({"replay", journal(), "--json"});
  ASSERT_EQ(done.code, 0) << done.err << done.out;
  const json::value said = json::parse(done.out);
  EXPECT_TRUE(said.at("same").as_bool()) << done.out;
  EXPECT_EQ(said.at("reloads").to_number<int>(), 1);
  EXPECT_GE(said.at("compared").to_number<int>(), 2);
  EXPECT_EQ(said.at("differing").to_number<int>(), 0) << done.out;
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
                             "score ", "left out", "ben", "not signed in", "chloe", "paused"}) {
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
    const json::value& anna_then = last.at("candidates").as_array().front();
    EXPECT_GE(anna_then.at("score").to_number<std::int64_t>(), 0) << "seconds free";
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
