// adapters/web/sign_outs_test.cpp - who has signed out stays signed out, through a restart too (E9).
#include "adapters/web/sign_outs.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace convene::web {
namespace {

struct SignOutsTest : testing::Test {
  SignOutsTest() {
    char name[] = "/tmp/convene-sign-outs-XXXXXX";
    folder = mkdtemp(name);
  }
  ~SignOutsTest() override { std::filesystem::remove_all(folder); }
  std::string folder;
};

TEST_F(SignOutsTest, VoidsWhatWasIssuedBeforeAndNothingElse) {
  SignOuts outs("", 0);
  outs.note("anna", 1000);
  EXPECT_TRUE(outs.void_since("anna", 1000));
  EXPECT_FALSE(outs.void_since("anna", 1001));
  EXPECT_FALSE(outs.void_since("ben", 500));
}

TEST_F(SignOutsTest, OutlivesARestart) {
  const std::string strange = "a \"b\"\n{}";
  {
    SignOuts outs(folder, 0);
    outs.note("anna", 1000);
    outs.note(strange, 1500);
    outs.note("anna", 2000);
  }
  struct stat status {};
  ASSERT_EQ(stat((folder + "/signed-out").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const SignOuts next(folder, 3000);
  EXPECT_TRUE(next.void_since("anna", 2000));
  EXPECT_FALSE(next.void_since("anna", 2001));
  EXPECT_TRUE(next.void_since(strange, 1500));
}

TEST_F(SignOutsTest, ForgetsWhatNoCookieCanBeOlderThan) {
  SignOuts(folder, 0).note("anna", 1000);
  SignOuts(folder, 1000 + kSignInMostMs + 1);
  EXPECT_EQ(std::filesystem::file_size(folder + "/signed-out"), 0u);
}

TEST_F(SignOutsTest, PassesOverWhatIsNoneOfItsLines) {
  SignOuts(folder, 0).note("anna", 1000);
  std::ofstream(folder + "/signed-out", std::ios::app)
      << "rubbish\n{}\n{\"agent\":7,\"at\":\"x\"}\n{\"agent\":\"ben\",\"at\":12";
  const SignOuts next(folder, 3000);
  EXPECT_TRUE(next.void_since("anna", 1000));
  EXPECT_FALSE(next.void_since("ben", 1));
}

TEST_F(SignOutsTest, WithoutAFileASignOutHoldsUntilTheEnd) {
  SignOuts outs(folder + "/signed-out/no/folder", 0);
  outs.note("anna", 1000);
  EXPECT_TRUE(outs.void_since("anna", 1000));
}

}  // namespace
}  // namespace convene::web
