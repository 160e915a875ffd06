// tests/isolation/served_test.cpp - a real node with people on it, whose plugins and adapters lose their processes.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/figure.hpp"
#include "tests/support/harness.hpp"

namespace convene::test {
namespace {

using std::chrono::steady_clock;

json::value parsed(const std::string& text) {
  boost::system::error_code failed;
  json::value value = json::parse(text, failed);
  return failed ? json::value() : value;
}

class ServedApart : public ::testing::Test {
 protected:
  void replace(const std::string& what, const std::string& by) {
    std::string config = read_text(site_.config());
    ASSERT_NE(config.find(what), std::string::npos) << config;
    config.replace(config.find(what), what.size(), by);
    write_text(site_.config(), config);
  }
  json::value process_of(const std::string& plugin) {
    const json::value said = parsed(site_.convene({"plugins", "--json"}).out);
    boost::system::error_code failed;
    const json::value* plugins = said.find_pointer("/plugins", failed);
    if (!plugins) return {};
    for (const json::value& one : plugins->as_array()) {
      const json::value* process = one.find_pointer("/generations/0/process", failed);
      if (text_at(one, "/id") == plugin && process) return *process;
    }
    return {};
  }
  /// Who decided last about a session: "policy_skills 1.0.0".
  std::string decided_by(std::int64_t session) {
    return site_.convene({"explain", std::to_string(session), site_.config().string()}).out;
  }
  Site site_;
};

TEST_F(ServedApart, AKilledPolicyCostsNoSessionTheFallbackDecidesAndItIsBack) {
  site_.options.agents[0].capacity = 20;
  site_.write_config();
  replace("[plugin.policy_skills]", "[plugin.policy_skills]\nisolation = \"process\"\n");
  ASSERT_TRUE(site_.start()) << site_.log();
  Desk anna(site_, "anna");
  ASSERT_TRUE(anna.open());
  const auto meet = [&](Customer& customer) {
    ASSERT_EQ(customer.book("later", {{"product", "loans"}}).status, 201);
    ASSERT_TRUE(customer.come_back()) << customer.refusal;
    ASSERT_TRUE(anna.take()) << site_.log();
    ASSERT_TRUE(customer.connected());
  };
  Customer before(site_);
  meet(before);
  EXPECT_NE(decided_by(before.session()).find("policy_skills"), std::string::npos);

  const auto pid = static_cast<pid_t>(number_at(process_of("policy_skills"), "/pid"));
  ASSERT_GT(pid, 0);
  ASSERT_EQ(::kill(pid, SIGSTOP), 0);  // it hangs: whoever asks it waits for its deadline in vain
  Customer during(site_);
  meet(during);
  EXPECT_NE(decided_by(during.session()).find("policy_fallback"), std::string::npos)
      << decided_by(during.session());
  ASSERT_TRUE(eventually([&] {
    const json::value process = process_of("policy_skills");
    return text_at(process, "/state") == "up" && number_at(process, "/restarts") >= 1;
  })) << site_.log();
  EXPECT_NE(number_at(process_of("policy_skills"), "/pid"), pid);

  for (int i = 0; i < 2; ++i) {  // and now it dies at once
    const std::int64_t restarts = number_at(process_of("policy_skills"), "/restarts");
    const auto now = static_cast<pid_t>(number_at(process_of("policy_skills"), "/pid"));
    ASSERT_GT(now, 0);
    ASSERT_EQ(::kill(now, SIGKILL), 0);
    ASSERT_TRUE(
        eventually([&] { return number_at(process_of("policy_skills"), "/restarts") > restarts; }));
    if (i == 0) {
      ASSERT_TRUE(eventually([&] {
        return text_at(process_of("policy_skills"), "/state") == "up";
      })) << site_.log();
    }
  }
  Customer after(site_);
  meet(after);
  for (Customer* customer : {&before, &during, &after}) {
    EXPECT_TRUE(customer->say("still here"));
    EXPECT_TRUE(anna.hears("still here")) << site_.log();
  }
  const std::string shown = site_.convene({"plugins"}).out;
  EXPECT_NE(shown.find("restart"), std::string::npos) << shown;
  figure("H4", "sessions of a real node lost by a hang and two kills of its isolated policy",
         "0 of 3", "0");
}

TEST_F(ServedApart, AnAdapterThatIsALibrarySpeaksForItsAgentsAlsoAfterItsDeath) {
  TempFolder plugins;
  std::filesystem::permissions(plugins.path(), std::filesystem::perms(0755));
  const auto put = [&](const std::filesystem::path& library) {
    const auto to = plugins.path() / library.filename();
    std::filesystem::copy_file(library, to);
    std::filesystem::permissions(to, std::filesystem::perms(0644));
  };
  for (const auto& entry : std::filesystem::directory_iterator(CONVENE_PLUGIN_DIR)) {
    if (entry.path().extension() == ".so") put(entry.path());
  }
  std::filesystem::copy_file(CONVENE_PLUGIN_DIR "/bundled.list", plugins.path() / "bundled.list");
  put(CONVENE_BUILD_DIR "/isolation/adapter_template.so");
  const auto agents = site_.folder() / "agents.txt";
  write_text(agents, "anna ready\nben paused\n");
  site_.options.plugin_folder = plugins.path().string();
  site_.options.more =
      "[adapter.phones]\nkind = \"proxy\"\nplugin = \"adapter_template\"\nreads = [\"" +
      agents.string() + "\"]\nsettings = { states = \"" + agents.string() + "\" }\n";
  site_.write_config();
  ASSERT_TRUE(site_.start()) << site_.log();
  const auto agent_is = [&](const std::string& agent, const std::string& state) {
    return eventually([&] {
      const json::value status = parsed(site_.convene({"status", "--json"}).out);
      boost::system::error_code failed;
      const json::value* all = status.find_pointer("/agents", failed);
      if (!all || !all->is_array()) return false;
      for (const json::value& one : all->as_array()) {
        if (text_at(one, "/id") == agent || text_at(one, "/agent") == agent)
          return text_at(one, "/state") == state;
      }
      return false;
    });
  };
  EXPECT_TRUE(agent_is("anna", "ready")) << site_.convene({"status", "--json"}).out << site_.log();
  EXPECT_TRUE(agent_is("ben", "paused"));
  Customer first(site_);  // nobody sits at a desk: the adapter takes the offer and connects the leg
  ASSERT_TRUE(first.talk_now("now", {{"product", "loans"}})) << first.refusal;
  EXPECT_TRUE(first.connected()) << site_.log();
  EXPECT_NE(decided_by(first.session()).find("anna"), std::string::npos);

  const auto process = [&]() -> json::value {
    const json::value status = parsed(site_.convene({"status", "--json"}).out);
    boost::system::error_code failed;
    const json::value* all = status.find_pointer("/supervisor/adapters", failed);
    if (!all || !all->is_array()) return {};
    for (const json::value& one : all->as_array()) {
      if (text_at(one, "/name") == "phones") return one;
    }
    return {};
  };
  const auto pid = static_cast<pid_t>(number_at(process(), "/pid"));
  ASSERT_GT(pid, 0) << site_.convene({"status", "--json"}).out;
  const auto killed_at = steady_clock::now();
  ASSERT_EQ(::kill(pid, SIGKILL), 0);
  ASSERT_TRUE(eventually([&] {
    const std::int64_t now = number_at(process(), "/pid");
    return now > 0 && now != pid;
  })) << site_.log();
  write_text(agents, "anna ready\nben ready\n");
  EXPECT_TRUE(agent_is("ben", "ready")) << site_.log();
  const auto took = std::chrono::duration_cast<Millis>(steady_clock::now() - killed_at);
  Customer second(site_);
  ASSERT_TRUE(second.talk_now("now", {{"product", "loans"}})) << second.refusal;
  EXPECT_TRUE(second.connected()) << site_.log();
  figure("Issue3", "a killed adapter library speaks for its agents again after",
         std::to_string(took.count()) + " ms", "5000 ms");

  // A setting that its library does not know is refused with its place, and changes nothing.
  const std::string good = read_text(site_.config());
  replace("{ states =", "{ stats =");
  const Finished refused = site_.convene({"config", "check", "convene.toml"});
  EXPECT_EQ(refused.code, 2) << refused.err;
  EXPECT_NE(
      refused.err.find("error: the adapter 'phones' has wrong settings: \"stats\" is unknown; "
                       "did you mean \"states\"?"),
      std::string::npos)
      << refused.err;
  EXPECT_EQ(site_.convene({"reload", "convene.toml"}).code, 4);
  EXPECT_NE(site_.log().find("config.refused"), std::string::npos) << site_.log();
  write_text(site_.config(), good);

  // Another build of the library runs once the configuration has been read again.
  const std::int64_t of_old = number_at(process(), "/pid");
  std::ofstream(plugins.path() / "adapter_template.so", std::ios::app) << "newer";
  const Finished reloaded = site_.convene({"reload"});
  EXPECT_EQ(reloaded.code, 0) << reloaded.err;
  EXPECT_TRUE(eventually([&] {
    const std::int64_t of_new = number_at(process(), "/pid");
    return of_new > 0 && of_new != of_old;
  })) << site_.log();
  Customer third(site_);
  ASSERT_TRUE(third.talk_now("now", {{"product", "loans"}})) << third.refusal;
  EXPECT_TRUE(third.connected()) << site_.log();

  const auto began = steady_clock::now();
  EXPECT_EQ(site_.stop(), 0);
  EXPECT_LT(steady_clock::now() - began, std::chrono::seconds(5));
}

TEST_F(ServedApart, AnAdapterWhoseLibraryIsRefusedIsAnErrorThatNamesBoth) {
  site_.options.more = "[adapter.phones]\nkind = \"proxy\"\nplugin = \"adapter_of_nobody\"\n";
  site_.write_config();
  const Finished said = site_.convene({"serve", site_.config().string()});
  EXPECT_EQ(said.code, 2) << said.err;
  EXPECT_NE(said.err.find("'phones'"), std::string::npos) << said.err;
  EXPECT_NE(said.err.find("adapter_of_nobody.so"), std::string::npos) << said.err;
  for (const auto& [bad, says] :
       {std::pair("kind = \"gateway\"\nplugin = \"a\"\n", "no gateway"),
        std::pair("kind = \"proxy\"\nplugin = \"../a\"\n", "no plugin's id"),
        std::pair("kind = \"proxy\"\nplugin = \"a\"\ncommand = [\"b\"]\n",
                  "either a command or a library"),
        std::pair("kind = \"proxy\"\nreads = [\"/\"]\n", "there is none")}) {
    site_.options.more = std::string("[adapter.phones]\n") + bad;
    site_.write_config();
    const Finished checked = site_.convene({"config", "check", site_.config().string()});
    EXPECT_EQ(checked.code, 2) << bad;
    EXPECT_NE((checked.out + checked.err).find(says), std::string::npos) << checked.err;
  }
}

TEST_F(ServedApart, ACommandReadsNothingOfOursAndReachesNoBusOfOurs) {
  if (::syscall(SYS_landlock_create_ruleset, nullptr, 0, 1) < 1)
    GTEST_SKIP() << "this kernel has no Landlock, which keeps files";
  namespace fs = std::filesystem;
  const std::string source = CONVENE_SOURCE_DIR;
  // Beside our data and our configuration, where it lies worst.
  const fs::path program = site_.folder() / "ways_out.py";
  fs::copy_file(source + "/tests/isolation/ways_out.py", program);
  write_text(site_.folder() / "beside.txt", "its own");
  const std::string command_bus = "ipc://" + (site_.data() / "command.sock").string();
  const std::string event_bus = "ipc://" + (site_.data() / "events.sock").string();
  std::string hidden = "\"" + site_.config().string() + "\"";
  for (const char* name : {"convene.db", "convene.db.key", "master.key"})
    hidden += ", \"" + (site_.data() / name).string() + "\"";
  site_.options.more =
      "\n[plugin.ways_out]\ncommand = [\"python3\", \"" + program.string() + "\", \"" + source +
      "/sdk/python\"]\n[plugin.ways_out.settings]\nhidden = [" + hidden + "]\ncommand_bus = \"" +
      command_bus + "\"\nevent_bus = \"" + event_bus + "\"\n";
  site_.write_config();
  ASSERT_TRUE(site_.start()) << site_.log();
  // An interpreter that starts on a busy machine may come too late: a node waits for it 5 s.
  for (int i = 0; i < 5 && site_.log().find("plugin.refused") != std::string::npos &&
                  site_.log().find("plugin.loaded plugin=ways_out") == std::string::npos;
       ++i)
    ASSERT_TRUE(site_.restart()) << site_.log();
  ASSERT_TRUE(eventually([&] { return site_.log().find("WAYS {") != std::string::npos; }))
      << site_.log();
  std::string said = site_.log().substr(site_.log().find("WAYS {") + 5);
  said = said.substr(0, said.find('}') + 1);
  said.erase(std::remove(said.begin(), said.end(), '\\'), said.end());
  const json::value ways = parsed(said);
  ASSERT_TRUE(ways.is_object()) << said;
  EXPECT_EQ(number_at(ways, "/tried"), 18) << said;
  EXPECT_TRUE(ways.at("open").as_array().empty()) << said;
  EXPECT_TRUE(ways.at("lacking").as_array().empty()) << said;
  for (const char* name : {"convene.db", "convene.db.key", "master.key"})
    EXPECT_TRUE(fs::exists(site_.data() / name)) << name;
  // The same program, started by the node's user, is let in: what keeps it out is that it is a plugin.
  ASSERT_EQ(std::system(("PATH=/usr/local/bin:/usr/bin:/bin python3 '" + program.string() +
                         "' --knock " + command_bus)
                            .c_str()),
            0);
  figure("H4", "ways out of a plugin that is a command that are open",
         std::to_string(ways.at("open").as_array().size()) + " of " +
             std::to_string(number_at(ways, "/tried")),
         "0");
}

}  // namespace
}  // namespace convene::test
