// adapters/web/transcript_test.cpp - what was said outlives the gateway, sealed, and no longer than the session.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "adapters/web/transcript.hpp"
#include "tests/support/figure.hpp"

namespace convene::web {
namespace {

namespace fs = std::filesystem;

struct Folder {
  Folder() {
    char name[] = "/tmp/convene-transcript-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

const std::string kKey(43, 'A');  // 32 bytes as base64url.

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(Transcript, HoldsWhatWasSaidForWhoeverComesAfterAKill) {
  const Folder folder;
  {
    const auto before = Transcripts(folder.path, kKey).of(7);
    before->append("chat", 1, 11, "Bonjour");
    before->append("page", 1, 12, "https://shop.example/");
    before->append("chat", 2, 12, "Hello");
  }
  const auto lines = Transcripts(folder.path, kKey).of(7)->read();
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].tail, "Bonjour");
  EXPECT_EQ(lines[1].channel, "page");
  EXPECT_EQ(lines[2].number, 2u);
  EXPECT_EQ(lines[2].leg, 12u);
  EXPECT_TRUE(Transcripts(folder.path, kKey).of(8)->read().empty());
}

TEST(Transcript, IsForgottenWhenThatIsAskedForThoughNobodyHasTheSession) {
  const Folder folder;
  Transcripts(folder.path, kKey).of(7)->append("chat", 1, 11, "Bonjour");
  const Transcripts later(folder.path, kKey);
  later.of(8)->append("chat", 1, 12, "Hello");
  later.of(9)->append("chat", 1, 13, "Hola");
  later.forget(7);
  later.forget(9);
  later.forget(10);
  later.settle();
  EXPECT_FALSE(fs::exists(folder.path / "7"));
  EXPECT_FALSE(fs::exists(folder.path / "9")) << "also what had not reached its file";
  EXPECT_TRUE(fs::exists(folder.path / "8"));
}

TEST(Transcript, LeftBehindByASessionThatEndedElsewhereGoesAfterADay) {
  const Folder folder;
  const Transcripts transcripts(folder.path, kKey);
  for (const std::uint64_t session : {7, 8, 9})
    transcripts.of(session)->append("chat", 1, 11, "Bonjour");
  transcripts.settle();
  for (const char* name : {"7", "8"})
    fs::last_write_time(folder.path / name,
                        fs::file_time_type::clock::now() - std::chrono::hours(25));
  transcripts.sweep([](std::uint64_t session) { return session == 8; });
  EXPECT_FALSE(fs::exists(folder.path / "7"));
  EXPECT_TRUE(fs::exists(folder.path / "8"))
      << "it lives, and nobody has said anything since yesterday";
  EXPECT_TRUE(fs::exists(folder.path / "9"));
}

TEST(Transcript, TellsNothingWithoutTheKey) {
  const Folder folder;
  Transcripts(folder.path, kKey).of(7)->append("chat", 1, 11, "a secret of mine");
  EXPECT_EQ(bytes_of(folder.path / "7").find("secret"), std::string::npos);
  EXPECT_TRUE(Transcripts(folder.path, std::string(42, 'B') + "A").of(7)->read().empty());
}

TEST(Transcript, EndsWhereAnEntryWasCutOrAltered) {
  const Folder folder;
  const fs::path file = folder.path / "7";
  const Transcripts all(folder.path, kKey);
  for (std::uint64_t n = 1; n <= 3; ++n) all.of(7)->append("chat", n, 1, "line");
  all.settle();
  const std::string whole = bytes_of(file);
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    fs::resize_file(file, 0);
    std::ofstream(file, std::ios::binary) << whole.substr(0, cut);
    EXPECT_EQ(all.of(7)->read().size(), cut / (whole.size() / 3)) << cut;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string altered = whole;
    altered[at] = static_cast<char>(altered[at] ^ 0x10);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << altered;
    EXPECT_LT(all.of(7)->read().size(), 3u) << at;
  }
}

TEST(Transcript, IsRewrittenWithWhatIsKeptAndGoesWithTheSession) {
  const Folder folder;
  const Transcripts all(folder.path, kKey);
  const auto t = all.of(7);
  for (std::uint64_t n = 1; n <= 9; ++n) t->append("chat", n, 1, "line");
  const std::uint64_t before = t->bytes();
  t->rewrite({{"chat", 9, 1, "line"}});
  EXPECT_EQ(t->bytes(), before / 9);
  t->append("chat", 10, 1, "more");
  const auto lines = all.of(7)->read();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1].number, 10u);
  t->remove();
  all.settle();
  EXPECT_TRUE(fs::is_empty(folder.path));
}

TEST(Transcript, HoldsWhatWasAppendedBeforeTheProcessWasKilled) {
  const Folder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    const auto t = Transcripts(folder.path, kKey).of(7);
    for (std::uint64_t n = 1; n <= 500; ++n) t->append("chat", n, 1, std::string(n * 7, 'x'));
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  const Transcripts all(folder.path, kKey);
  const auto t = all.of(7);
  const auto lines = t->read();
  ASSERT_EQ(lines.size(), 500u);
  EXPECT_EQ(lines.back().tail.size(), 3500u);
  t->append("chat", 501, 1, "and on");
  EXPECT_EQ(all.of(7)->read().size(), 501u);
}

/// Whoever comes after each kill finds all that was appended, once, and goes on with it.
TEST(Transcript, LosesNothingAndDoublesNothingWhereverTheProcessIsKilled) {
  constexpr int kKills = 12;
  const Folder folder;
  std::uint64_t appended = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    int said[2];
    ASSERT_EQ(::pipe2(said, O_CLOEXEC), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const Transcripts all(folder.path, kKey);
      const auto t = all.of(7);
      const auto lines = t->read();
      for (std::uint64_t n = lines.empty() ? 1 : lines.back().number + 1;; ++n) {
        t->append("chat", n, 1, std::string(n % 1'000, 'x'));
        if (::write(said[1], &n, sizeof n) != sizeof n) ::_exit(1);
      }
    }
    ::close(said[1]);
    std::uint64_t n = 0;
    const std::uint64_t enough = appended + 1 + static_cast<std::uint64_t>(kill) * 150;
    while (appended < enough && ::read(said[0], &n, sizeof n) == sizeof n) appended = n;
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    while (::read(said[0], &n, sizeof n) == sizeof n) appended = n;
    ::close(said[0]);
    ASSERT_TRUE(WIFSIGNALED(status));
  }
  const Transcripts all(folder.path, kKey);
  const auto lines = all.of(7)->read();
  ASSERT_GE(lines.size(), appended);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    ASSERT_EQ(lines[i].number, i + 1);
    ASSERT_EQ(lines[i].tail.size(), (i + 1) % 1'000);
  }
  convene::test::figure("transcript",
                        "entries lost of " + std::to_string(appended) + ", in " +
                            std::to_string(kKills) + " kills of the process",
                        std::to_string(appended - std::min(appended, lines.size())), "0");
}

TEST(Transcript, GoesOnBehindTheLastWholeEntry) {
  const Folder folder;
  Transcripts(folder.path, kKey).of(7)->append("chat", 1, 11, "one");
  std::ofstream(folder.path / "7", std::ios::binary | std::ios::app) << std::string(99, 'y');
  Transcripts(folder.path, kKey).of(7)->append("chat", 2, 11, "two");
  EXPECT_EQ(Transcripts(folder.path, kKey).of(7)->read().size(), 2u);
}

TEST(Transcript, IsNotKeptWhereThereIsNoFolder) { EXPECT_EQ(Transcripts("", kKey).of(7), nullptr); }

}  // namespace
}  // namespace convene::web
