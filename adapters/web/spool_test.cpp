// adapters/web/spool_test.cpp - the ring between conversations and the disk: order, bounds, and what a kill leaves.
#include "adapters/web/spool.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <memory>
#include <thread>
#include <vector>

namespace convene::web {
namespace {

namespace fs = std::filesystem;

struct SpoolTest : ::testing::Test {
  SpoolTest() {
    char name[] = "/tmp/convene-spool-XXXXXX";
    folder = ::mkdtemp(name);
    shared = "/convene-test-" + folder.filename().string();
  }
  ~SpoolTest() override {
    fs::remove_all(folder);
    ::shm_unlink(shared.c_str());
  }
  std::string file(std::uint64_t session) const {
    std::ifstream in(folder / std::to_string(session), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  bool is_shared() const { return fs::exists("/dev/shm" + shared); }

  fs::path folder;
  std::string shared;
};

TEST_F(SpoolTest, TakesEveryByteToItsSessionsFileInOrderHoweverOftenTheRingIsFull) {
  constexpr int kSessions = 4, kEntries = 6'000;
  std::vector<std::string> said(kSessions);
  {
    Spool spool(folder, shared);
    std::vector<std::thread> threads;
    for (int s = 0; s < kSessions; ++s)
      threads.emplace_back([&, s] {
        for (int i = 0; i < kEntries; ++i) {
          const std::string entry = std::to_string(i) + std::string((i * 37 + s) % 700, '.');
          said[s] += entry;
          spool.append(s + 1, entry);
        }
      });
    for (auto& thread : threads) thread.join();
    spool.settle();
    for (int s = 0; s < kSessions; ++s) EXPECT_TRUE(file(s + 1) == said[s]) << s;
  }
  EXPECT_FALSE(is_shared()) << "nothing is left when it is closed";
}

TEST_F(SpoolTest, ShowsOneSessionWithoutWaitingForItsThread) {
  Spool spool(folder, shared);
  spool.append(7, "one");
  spool.append(7, "two");
  spool.settle(7);
  EXPECT_EQ(file(7), "onetwo");
  spool.remove(7);
  spool.settle(7);
  EXPECT_FALSE(fs::exists(folder / "7"));
}

TEST_F(SpoolTest, LosesNothingThatIsSaidAfterItWasClosed) {
  Spool spool(folder, shared);
  spool.append(7, "before");
  spool.close();
  EXPECT_FALSE(is_shared());
  EXPECT_EQ(file(7), "before");
  spool.append(7, ", after");
  EXPECT_EQ(file(7), "before, after");
}

TEST_F(SpoolTest, FreesTheMemoryOfAKilledProcessWhoseFolderIsGone) {
  const pid_t child = ::fork();
  if (child == 0) {
    Spool left(folder, shared);
    ::kill(::getpid(), SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  ASSERT_TRUE(is_shared());
  { const Spool other(folder, shared + "-2"); }
  EXPECT_TRUE(is_shared()) << "it waits for the next process of its folder";
  fs::remove_all(folder);
  { const Spool other("/tmp", shared + "-2"); }
  EXPECT_FALSE(is_shared());
}

TEST_F(SpoolTest, WritesByItselfWhereAnotherHasTheMemory) {
  const Spool first(folder, shared);
  Spool second(folder, shared);
  second.append(7, "at once");
  EXPECT_EQ(file(7), "at once");
}

TEST_F(SpoolTest, GivesUpASessionWhoseFileCannotBeWrittenAndKeepsTheOthers) {
  Spool spool(folder, shared);
  fs::create_directory(folder / "7");
  spool.append(7, "nowhere");
  spool.append(8, "here");
  spool.settle();
  fs::remove(folder / "7");
  spool.append(7, "too late");
  spool.append(8, " and there");
  spool.settle();
  EXPECT_FALSE(fs::exists(folder / "7")) << "an entry missing in the middle would be a lie";
  EXPECT_EQ(file(8), "here and there");
}

TEST_F(SpoolTest, DoesNotTrustWhatItFindsInMemory) {
  for (const char byte : {'\x01', '\x7f', '\xff'}) {
    const int fd = ::shm_open(shared.c_str(), O_RDWR | O_CREAT, 0600);
    const std::string bad((4u << 20) + 512, byte);
    ASSERT_EQ(::write(fd, bad.data(), bad.size()), static_cast<ssize_t>(bad.size()));
    const std::uint64_t magic = 0x32'6c'6f'6f'70'73'76'63, span[] = {0, 1u << 20}, none = 0;
    ASSERT_EQ(::pwrite(fd, &magic, 8, 0), 8);
    ASSERT_EQ(::pwrite(fd, span, 16, 8), 16);
    ASSERT_EQ(::pwrite(fd, &none, 8, 24), 8);
    ::close(fd);
    Spool spool(folder, shared);
    spool.append(7, "x");
    spool.settle();
  }
  EXPECT_EQ(file(7), "xxx");
}

}  // namespace
}  // namespace convene::web
