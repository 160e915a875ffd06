// tests/isolation/life_test.cpp - how a plugin's process starts, speaks, fails, and is kept in.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "sdk/host/spawn.hpp"
#include "tests/isolation/isolation.hpp"

namespace convene::apart {
namespace {

/// Until it holds, with patience; real processes have their own pace.
template <class Condition>
bool soon(Condition&& holds, Millis patience = 20s) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

class Isolated : public ::testing::Test {
 protected:
  std::unique_ptr<LoadedPlugin> hostile(const IsolationOptions& options = patient()) {
    return must_load(diary.options(kHostileFolder), {.id = "hostile"}, options);
  }
  Diary diary;
};

TEST_F(Isolated, AnswersLikeAPluginOfThisProcess) {
  const auto plugin = hostile();
  ASSERT_TRUE(plugin);
  EXPECT_EQ(plugin->label(), "hostile 1.0.0");
  EXPECT_EQ(plugin->sha256().size(), 64u);
  const Said said = decide(*plugin, "{}");
  EXPECT_EQ(said.status, CONVENE_OK);
  EXPECT_EQ(said.action, CONVENE_ROUTING_ASSIGN);
  EXPECT_EQ(said.reason, "free longest");
  Effects effects;
  EXPECT_EQ(step(*plugin, "{}", "a", effects), CONVENE_OK);
  EXPECT_EQ(effects.lines, (std::vector<std::string>{"add_customer", "find_agent  ", "save a+"}));
  const IsolationStatus status = *plugin->isolation();
  EXPECT_EQ(status.host, HostState::up);
  EXPECT_GT(status.pid, 0);
  EXPECT_GT(status.memory_kib, 0u);
  EXPECT_EQ(status.restarts, 0u);
}

TEST_F(Isolated, EndsWithItsPlugin) {
  auto plugin = hostile();
  ASSERT_TRUE(plugin);
  const auto pid = static_cast<pid_t>(plugin->isolation()->pid);
  EXPECT_EQ(::kill(pid, 0), 0);
  plugin.reset();
  EXPECT_NE(::kill(pid, 0), 0);
}

/// Run by the test below in a process that is then killed.
TEST_F(Isolated, DISABLED_HoldsAPluginForEver) {
  const auto plugin = hostile();
  ASSERT_TRUE(plugin);
  std::printf("pid %lld\n", static_cast<long long>(plugin->isolation()->pid));
  std::fflush(stdout);
  ::pause();
}

TEST_F(Isolated, DoesNotOutliveACoreThatIsKilled) {
  int pipes[2];
  ASSERT_EQ(::pipe2(pipes, O_CLOEXEC), 0);
  pid_t core = 0;
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  const SpawnRequest request{
      {self, "--gtest_also_run_disabled_tests", "--gtest_filter=*HoldsAPluginForEver"},
      {"PATH=/usr/bin:/bin"},
      pipes[1]};
  ASSERT_EQ(spawn_process(request, core), 0);
  ::close(pipes[1]);
  std::string said;
  char byte = 0;
  while (said.find("pid ") == said.npos || said.back() != '\n') {
    ASSERT_EQ(::read(pipes[0], &byte, 1), 1) << said;
    said += byte;
  }
  ::close(pipes[0]);
  const auto host = static_cast<pid_t>(std::stoll(said.substr(said.rfind("pid ") + 4)));
  EXPECT_EQ(::kill(host, 0), 0);
  ::kill(core, SIGKILL);
  ::waitpid(core, nullptr, 0);
  // Gone, or dead and waiting for whoever adopted it.
  EXPECT_TRUE(soon([&] {
    std::ifstream stat("/proc/" + std::to_string(host) + "/stat");
    std::string text;
    return !std::getline(stat, text) || text.find(") Z ") != text.npos;
  }));
}

TEST_F(Isolated, RetriesAStepOnceAfterACrashAndItsEffectsTakePlaceOnce) {
  const auto plugin = hostile();
  ASSERT_TRUE(plugin);
  Effects effects;
  EXPECT_EQ(step(*plugin, doing("first_only"), "a", effects), CONVENE_OK) << plugin->last_failure();
  EXPECT_EQ(effects.lines, (std::vector<std::string>{"add_customer", "find_agent  ", "save a+"}));
  EXPECT_EQ(plugin->isolation()->retried, 1u);
  EXPECT_EQ(plugin->isolation()->restarts, 1u);
  EXPECT_EQ(plugin->counters().failures, 0u);
}

TEST_F(Isolated, FailsAStepThatKillsTwoProcessesAndLeavesNoEffect) {
  const auto plugin = hostile();
  ASSERT_TRUE(plugin);
  Effects effects;
  EXPECT_EQ(step(*plugin, doing("segfault"), "a", effects), CONVENE_E_FAILED);
  EXPECT_TRUE(effects.lines.empty());
  EXPECT_NE(plugin->last_failure().find("its process ended"), std::string::npos)
      << plugin->last_failure();
}

TEST_F(Isolated, AnswersNothingLaterThanItsDeadlineAndOpensItsBreakerThen) {
  IsolationOptions options = patient();
  options.deadline = 20ms, options.open_first = 1h, options.open_longest = 1h;
  options.hung_after = 1h;
  const auto plugin = hostile(options);
  ASSERT_TRUE(plugin);
  EXPECT_EQ(decide(*plugin, doing("sleep")).status, CONVENE_E_FAILED);
  EXPECT_NE(plugin->last_failure().find("deadline"), std::string::npos) << plugin->last_failure();
  EXPECT_EQ(plugin->isolation()->breaker, BreakerState::closed);
  EXPECT_EQ(decide(*plugin, "{}").status, CONVENE_E_FAILED) << "it is busy";
  EXPECT_EQ(decide(*plugin, "{}").status, CONVENE_E_FAILED);
  EXPECT_EQ(plugin->isolation()->breaker, BreakerState::open);
  const auto before = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(decide(*plugin, "{}").status, CONVENE_E_FAILED);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 10s) << "else it were 20 s";
  EXPECT_TRUE(diary.has("plugin.breaker_open"));
}

TEST_F(Isolated, ThrowsALateAnswerAwayAndGoesOn) {
  IsolationOptions options = patient();
  options.deadline = 20ms, options.hung_after = 10s, options.failures_max = 1000;
  const auto plugin = hostile(options);
  ASSERT_TRUE(plugin);
  EXPECT_EQ(decide(*plugin, doing("late")).status, CONVENE_E_FAILED);
  EXPECT_TRUE(soon([&] { return decide(*plugin, "{}").reason == "free longest"; }));
  EXPECT_EQ(plugin->isolation()->restarts, 0u);
}

TEST_F(Isolated, ClosesItsBreakerAgainWithTheProbeThatIsAnswered) {
  IsolationOptions options = patient();
  options.deadline = 20ms, options.hung_after = 20ms, options.open_first = 30ms;
  const auto plugin = hostile(options);
  ASSERT_TRUE(plugin);
  for (int i = 0; i < 3; ++i) decide(*plugin, doing("spin"));
  EXPECT_TRUE(soon([&] { return decide(*plugin, "{}").status == CONVENE_OK; }));
  EXPECT_EQ(plugin->isolation()->breaker, BreakerState::closed);
  EXPECT_GE(plugin->isolation()->restarts, 1u) << "what spins is killed";
}

TEST_F(Isolated, NoticesAProcessThatHangsThoughNobodyAsks) {
  IsolationOptions options = patient();
  options.ping_every = 20ms, options.pong_within = 100ms;
  const auto plugin = hostile(options);
  ASSERT_TRUE(plugin);
  const auto pid = static_cast<pid_t>(plugin->isolation()->pid);
  ASSERT_GT(pid, 0);
  ::kill(pid, SIGSTOP);
  EXPECT_TRUE(soon([&] { return plugin->isolation()->restarts > 0; }));
  EXPECT_EQ(plugin->isolation()->last_end, "did not answer a ping");
}

TEST_F(Isolated, GoesIntoQuarantineAfterThreeDeathsAMinute) {
  IsolationOptions options = patient();
  options.restart_longest = 1ms, options.failures_max = 1000;
  const auto plugin = hostile(options);
  ASSERT_TRUE(plugin);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(decide(*plugin, doing("exit")).status, CONVENE_E_FAILED);
  }
  EXPECT_TRUE(soon([&] { return plugin->isolation()->host == HostState::quarantined; }));
  EXPECT_EQ(decide(*plugin, "{}").status, CONVENE_E_FAILED);
  EXPECT_TRUE(diary.has("plugin.host_quarantined"));
}

TEST_F(Isolated, IsKeptFromEverythingBeyondItsProcess) {
  const auto plugin = hostile();
  ASSERT_TRUE(plugin);
  const Said said = decide(*plugin, doing("escape"));
  EXPECT_EQ(said.status, CONVENE_OK) << plugin->last_failure();
  EXPECT_EQ(said.reason.find("ALLOWED"), std::string::npos) << said.reason;
  int ways = 0;
  for (const char c : said.reason) ways += c == ';';
  EXPECT_EQ(ways, 15);
  EXPECT_FALSE(std::filesystem::exists("/tmp/convene-hostile"));
  test::figure("H4", "ways out of a plugin's process that are open",
               std::to_string(said.reason.find("ALLOWED") != std::string::npos) + " of " +
                   std::to_string(ways),
               "0");
}

TEST_F(Isolated, PassesOnWhatItSaysAndDropsWhatIsTooMuch) {
  const auto plugin = hostile();
  ASSERT_TRUE(plugin);
  decide(*plugin, doing("print"));
  EXPECT_TRUE(soon([&] { return diary.has("plugin.host_prints: again and again"); }));
  EXPECT_LT(diary.count("again and again"), 5'000u);
}

TEST_F(Isolated, RefusesWhatALoaderRefusesInTheSameWords) {
  const HostOptions options = diary.options(kHostileFolder);
  const auto refusal = [&](const PluginWish& wish, const IsolationOptions& how = patient()) {
    const auto loaded = load_isolated(options, wish, how);
    EXPECT_FALSE(loaded);
    return loaded ? std::string() : loaded.error().text;
  };
  EXPECT_NE(refusal({.id = "hostil"}).find("cannot be opened"), std::string::npos);
  const std::string unknown = refusal({.id = "hostil", .file = "hostile.so"});
  EXPECT_NE(unknown.find("did you mean \"hostile\"?"), std::string::npos) << unknown;
  const std::string settings = refusal({.id = "hostile", .config = R"({"x":1})"});
  EXPECT_NE(settings.find("has wrong settings: \"x\" is unknown; no key is taken here"),
            std::string::npos)
      << settings;
  EXPECT_NE(refusal({.id = "hostile", .sha256 = std::string(64, '0')}).find("SHA-256"),
            std::string::npos);
  IsolationOptions nowhere = patient();
  nowhere.program = "/nowhere/convene-host";
  EXPECT_NE(refusal({.id = "hostile"}, nowhere).find("install it"), std::string::npos);
  IsolationOptions ends = patient();
  ends.command = {"sh", "-c", "echo no such thing >&2; exit 3"};
  const std::string ended = refusal({.id = "hostile"}, ends);
  EXPECT_NE(ended.find("exit 3, \"no such thing\""), std::string::npos) << ended;
  IsolationOptions silent = patient();
  silent.command = {"sleep", "60"}, silent.start_within = 50ms;
  EXPECT_NE(refusal({.id = "hostile"}, silent).find("was not ready"), std::string::npos);
}

TEST_F(Isolated, RunsTheBytesThatWereVettedThoughTheFileIsGone) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(kHostileFolder) / "once";
  fs::create_directory(folder);
  fs::permissions(folder, fs::perms::owner_all);
  fs::copy_file(kHostileFolder + "/hostile.so", folder / "hostile.so",
                fs::copy_options::overwrite_existing);
  const auto plugin = must_load(diary.options(folder), {.id = "hostile"}, patient());
  ASSERT_TRUE(plugin);
  std::ofstream(folder / "hostile.so") << "something else";
  fs::remove_all(folder);
  EXPECT_EQ(decide(*plugin, doing("exit")).status, CONVENE_E_FAILED);
  EXPECT_TRUE(soon([&] { return decide(*plugin, "{}").status == CONVENE_OK; }));
}

TEST_F(Isolated, RunsAPolicyThatIsAProgramInAnotherLanguage) {
  IsolationOptions options = patient();
  options.command = {"python3", std::string(CONVENE_SOURCE_DIR) + "/tests/isolation/policy.py",
                     std::string(CONVENE_SOURCE_DIR) + "/sdk/bus/schema"};
  const auto plugin = must_load(diary.options(""),
                                {.id = "policy_in_python", .config = R"({"word":"gut"})"}, options);
  ASSERT_TRUE(plugin);
  const Said said = decide(*plugin, R"({"name":"Zoë"})");
  EXPECT_EQ(said.status, CONVENE_OK) << plugin->last_failure();
  EXPECT_EQ(said.reason, "gut: 1 candidate");
  Effects effects;
  EXPECT_EQ(step(*plugin, "{}", "\xff\x01", effects), CONVENE_OK) << plugin->last_failure();
  EXPECT_EQ(effects.lines,
            (std::vector<std::string>{"add_customer", "notify 1 hello {}", "save \xff\x01"}));
  EXPECT_EQ(step(*plugin, R"({"fail":true})", "", effects), CONVENE_E_STATE);
  EXPECT_EQ(plugin->last_failure(), "as you wish");
  EXPECT_TRUE(diary.has("policy_in_python.ready: checked against schemas")) << "python3-jsonschema";
}

}  // namespace
}  // namespace convene::apart
