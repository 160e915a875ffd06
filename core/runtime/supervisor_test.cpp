// core/runtime/supervisor_test.cpp - children are started, restarted with patience, and never left
// behind.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "core/runtime/supervisor.hpp"

namespace convene {
namespace {

using Millis = std::chrono::milliseconds;

bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 2000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(Millis{10});
  }
  return false;
}

ChildStatus only(const Supervisor& supervisor) {
  const auto all = supervisor.status();
  return all.size() == 1 ? all[0] : ChildStatus{};
}

TEST(BackOff, DoublesFromATenthOfASecondAndStartsAnewAfterHealth) {
  BackOff back_off;
  Millis now{1'000'000};
  back_off.started(now);
  EXPECT_EQ(back_off.died(now, 0), Millis{50});
  EXPECT_EQ(back_off.died(now += Millis{100}, 1000), Millis{100 + 1000 % 101});
  now += Millis{60'000};
  back_off.started(now);
  EXPECT_EQ(back_off.died(now + Millis{31'000}, 0), Millis{50}) << "30 s alive: from the beginning";
}

TEST(BackOff, NeverWaitsLongerThanTenSecondsOutsideQuarantine) {
  BackOff back_off;
  Millis now{0};
  for (int i = 0; i < 40; ++i, now += Millis{25'000}) {
    back_off.started(now);
    const Millis delay = back_off.died(now, 0xffffffff);
    if (!back_off.quarantined()) {
      EXPECT_LE(delay, Millis{10'000});
    }
  }
}

TEST(BackOff, QuarantinesAfterThreeDeathsAMinuteAndKeepsTrying) {
  BackOff back_off;
  Millis now{0};
  back_off.started(now);
  back_off.died(now, 0);
  back_off.died(now += Millis{1000}, 0);
  EXPECT_FALSE(back_off.quarantined());
  EXPECT_EQ(back_off.died(now += Millis{1000}, 0), Millis{30'000});
  EXPECT_TRUE(back_off.quarantined());
  back_off.started(now += Millis{30'000});
  EXPECT_EQ(back_off.died(now += Millis{10}, 0), Millis{30'000});
  back_off.started(now);
  back_off.died(now += Millis{30'000}, 0);
  EXPECT_FALSE(back_off.quarantined()) << "30 s alive end the quarantine";
}

TEST(Supervisor, TakesALineAtTheLevelThatItNames) {
  const auto said = [](std::string_view line) {
    const SaidLine one = said_line(line);
    return log::format(one.level, "x", {{"line", one.text}}, false);
  };
  EXPECT_EQ(said("level=warning odd_adapter: it is away"),
            "warning x line=\"odd_adapter: it is away\"");
  EXPECT_EQ(said("2030-01-31T09:30:00.123Z level=error id=web.settings"),
            "error x line=\"id=web.settings\"");
  EXPECT_EQ(said("level=debug "), "debug x line=\"\"");
  EXPECT_EQ(said("level=info fine"), "info x line=fine");
  for (const char* plain :
       {"Traceback (most recent call last):", "3 agents read", "level=fatal x",
        "a level=error within", "2030-01-31T09:30:00Z no level", "7", "level=error"})
    EXPECT_EQ(said(plain), log::format(log::Level::info, "x", {{"line", plain}}, false));
  EXPECT_EQ(said("level=error a\x1b[2Jb\rc"), R"(error x line=a\x1b[2Jb\x0dc)");
}

TEST(Supervisor, RestartsWhatWasKilled) {
  Supervisor supervisor({});
  supervisor.run({{"sleeper", {"sleep", "1000"}, {}}});
  ASSERT_TRUE(eventually([&] { return only(supervisor).state == ChildState::running; }));
  const auto first = static_cast<pid_t>(only(supervisor).pid);
  ::kill(first, SIGKILL);
  ASSERT_TRUE(eventually([&] {
    return only(supervisor).state == ChildState::running && only(supervisor).pid != first;
  }));
  EXPECT_EQ(only(supervisor).deaths, 1u);
  EXPECT_EQ(only(supervisor).last_exit, "signal 9");
}

TEST(Supervisor, KeepsFromAChildWhatIsNotForIt) {
  ::setenv("CONVENE_TEST_SECRET", "x", 1);
  const std::vector<std::string> tell = {"sh", "-c", "exit ${CONVENE_TEST_SECRET:+7}"};
  Supervisor supervisor({});
  supervisor.run({{"trusted", tell, {}}, {"other", tell, {}, {"CONVENE_TEST_SECRET"}}});
  ASSERT_TRUE(eventually([&] {
    const auto all = supervisor.status();
    return all.size() == 2 && all[0].deaths > 0 && all[1].deaths > 0;
  }));
  EXPECT_EQ(supervisor.status()[0].last_exit, "exit 7");
  EXPECT_EQ(supervisor.status()[1].last_exit, "exit 0") << "it has seen the secret";
  ::unsetenv("CONVENE_TEST_SECRET");
}

TEST(Supervisor, QuarantineIsVisible) {
  Supervisor supervisor({});
  supervisor.run({{"broken", {"sh", "-c", "exit 3"}, {}}});
  ASSERT_TRUE(eventually([&] { return only(supervisor).state == ChildState::quarantined; }));
  EXPECT_EQ(only(supervisor).deaths, 3u);
  EXPECT_EQ(only(supervisor).last_exit, "exit 3");
}

TEST(Supervisor, AProgramThatIsNotThereIsADeathToo) {
  Supervisor supervisor({});
  supervisor.run({{"missing", {"/no/such/program"}, {}}});
  ASSERT_TRUE(eventually([&] { return only(supervisor).deaths > 0; }));
  EXPECT_EQ(only(supervisor).last_exit, "start: No such file or directory");
}

TEST(Supervisor, StopsWhatIgnoresThePoliteRequest) {
  Supervisor supervisor({});
  supervisor.run({{"deaf", {"sh", "-c", "trap '' TERM; while :; do sleep 1; done"}, {}}});
  ASSERT_TRUE(eventually([&] { return only(supervisor).state == ChildState::running; }));
  const auto pid = static_cast<pid_t>(only(supervisor).pid);
  supervisor.stop(Millis{300});
  EXPECT_TRUE(supervisor.status().empty());
  EXPECT_NE(::kill(pid, 0), 0) << "it is still there";
}

TEST(Supervisor, ReplacesWhatHasChangedAndLeavesTheRest) {
  Supervisor supervisor({});
  const ChildSpec kept{"kept", {"sleep", "1000"}, {}};
  supervisor.run({kept, {"changed", {"sleep", "1000"}, {}}, {"dropped", {"sleep", "1000"}, {}}});
  const auto all_run = [&](std::size_t count) {
    const auto all = supervisor.status();
    return all.size() == count && std::all_of(all.begin(), all.end(), [](const auto& c) {
             return c.state == ChildState::running;
           });
  };
  ASSERT_TRUE(eventually([&] { return all_run(3); }));
  const auto before = supervisor.status();
  supervisor.run({kept, {"changed", {"sleep", "1001"}, {}}});
  ASSERT_TRUE(
      eventually([&] { return all_run(2) && supervisor.status()[1].pid != before[1].pid; }));
  EXPECT_EQ(supervisor.status()[0].pid, before[0].pid);
}

TEST(Supervisor, GoesBackToTheFormerProgramWhileItsSuccessorStillWaits) {
  Supervisor supervisor({});
  const ChildSpec slow{"slow", {"sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"}, {}};
  supervisor.run({slow});
  ASSERT_TRUE(eventually([&] { return only(supervisor).state == ChildState::running; }));
  const auto pid = only(supervisor).pid;
  supervisor.run({{"slow", {"/no/such/program"}, {}}, {"mark", {"sleep", "1000"}, {}}});
  ASSERT_TRUE(eventually([&] { return supervisor.status().size() == 2; })) << "the order is taken";
  supervisor.run({slow});  // what ignores SIGTERM has 3 s: it is still there
  ASSERT_TRUE(eventually([&] { return only(supervisor).pid != pid && only(supervisor).pid != 0; }))
      << only(supervisor).last_exit;
  EXPECT_EQ(only(supervisor).state, ChildState::running);
  EXPECT_EQ(only(supervisor).deaths, 0u) << "what is no longer wanted was started";
}

}  // namespace
}  // namespace convene
