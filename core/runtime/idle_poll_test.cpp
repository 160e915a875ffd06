// core/runtime/idle_poll_test.cpp - it polls where it was asked to, as the last of all, and not for long.
#include "core/runtime/idle_poll.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/types.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace convene {
namespace {

using namespace std::chrono_literals;

/// The first lines of a file below each of this process's threads that poll, and their numbers.
std::vector<std::pair<pid_t, std::string>> of_threads(const char* file) {
  std::vector<std::pair<pid_t, std::string>> found;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name, line;
    std::getline(std::ifstream(task.path() / "comm"), name);
    std::getline(std::ifstream(task.path() / file), line);
    if (name == "idle-poll") found.emplace_back(std::stoi(task.path().filename()), line);
  }
  return found;
}

bool all_sleep() {
  const auto lines = of_threads("stat");
  return !lines.empty() && std::all_of(lines.begin(), lines.end(), [](const auto& line) {
    return line.second.find("(idle-poll) S ") != std::string::npos;
  });
}

void until(bool (*holds)()) {
  while (!holds()) std::this_thread::yield();
}

/// A thread that was joined may be seen a moment longer.
class IdlePollTest : public ::testing::Test {
 protected:
  void SetUp() override {
    until([] { return of_threads("comm").empty(); });
  }
};

TEST_F(IdlePollTest, RunsAsTheLastOfAllWhereItWasAsked) {
  IdlePoll poll(1h);
  poll.prolong();
  until([] {
    const auto threads = of_threads("comm");
    return !threads.empty() && ::sched_getscheduler(threads[0].first) == SCHED_IDLE;
  });
  EXPECT_FALSE(all_sleep());
  for (const auto& [thread, name] : of_threads("comm")) {
    cpu_set_t where;
    ASSERT_EQ(::sched_getaffinity(thread, sizeof where, &where), 0);
    EXPECT_EQ(CPU_COUNT(&where), 1);
  }
}

TEST_F(IdlePollTest, SleepsWhenItsTimeIsOverAndIsThereAgain) {
  IdlePoll poll(1us);
  for (int i = 0; i < 10; ++i) {
    poll.prolong();
    until(all_sleep);
  }
  EXPECT_LE(of_threads("comm").size(), std::thread::hardware_concurrency());
}

TEST_F(IdlePollTest, IsNotThereWhenTurnedOff) {
  IdlePoll poll(0us);
  poll.prolong();
  EXPECT_TRUE(of_threads("comm").empty());
}

}  // namespace
}  // namespace convene
