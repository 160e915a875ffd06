// sdk/host/vetting_test.cpp - hostile files and folders: none is loaded, each is named (promise H1).
#include "sdk/host/vetting.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/figure.hpp"

namespace convene {
namespace {

namespace fs = std::filesystem;

/// A folder with one good file, and beside it a file that nobody may reach.
class Vetting : public ::testing::Test {
 protected:
  void SetUp() override {
    char path[] = "/tmp/convene-vetting-XXXXXX";
    top_ = ::mkdtemp(path);
    folder_ = top_ + "/plugins";
    fs::create_directory(folder_);
    ::chmod(folder_.c_str(), 0755);
    put(folder_ + "/good.so");
    put(top_ + "/outside.so");
  }
  void TearDown() override { fs::remove_all(top_); }

  static void put(const std::string& path, mode_t mode = 0644) {
    std::ofstream(path) << "content";
    ::chmod(path.c_str(), mode);
  }
  std::string in(const std::string& name) const { return folder_ + "/" + name; }

  /// Counts a hostile case; it fails the test when it is let through or not explained.
  void hostile(const std::string& folder, const std::string& name) {
    ++tried_;
    const auto read = read_vetted(folder, name);
    EXPECT_FALSE(read) << folder << "/" << name;
    if (read) return;
    EXPECT_GT(read.error().text.size(), 20u);
    ++refused_;
  }

  std::string top_, folder_;
  int tried_ = 0, refused_ = 0;
};

TEST_F(Vetting, ReadsAFileThatOnlyItsOwnerMayWrite) {
  const auto read = read_vetted(folder_, "good.so");
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(read->bytes, "content");
  EXPECT_EQ(read->sha256,
            "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73");  // sha256sum
}

TEST_F(Vetting, KeepsWhatItReadWhenTheFileIsSwappedAfterwards) {
  const auto read = read_vetted(folder_, "good.so");
  std::ofstream(in("good.so")) << "swapped";
  ASSERT_TRUE(read);
  EXPECT_EQ(read->bytes, "content");
}

TEST_F(Vetting, RefusesEveryHostileCase) {
  put(top_ + "/x");
  for (const std::string name :
       {"", ".so", "..", "../outside.so", "/etc/hostname.so", "sub/good.so", "./good.so",
        "good.so/", "good", "good.so.1", "good.so\n", ".hidden.so", "go od.so", "good.SO",
        "..%2foutside.so", "..\\outside.so", "good\xE2\x80\xA4so", "$HOME.so"}) {
    hostile(folder_, name);
  }
  hostile(folder_, std::string("good.so\0.so", 11));
  hostile(folder_, std::string(200, 'a') + ".so");

  fs::create_symlink(top_ + "/outside.so", in("out.so"));
  fs::create_symlink("good.so", in("beside.so"));
  fs::create_symlink("nowhere.so", in("dangling.so"));
  fs::create_hard_link(top_ + "/outside.so", in("hard.so"));
  fs::create_directory(in("folder.so"));
  ::mkfifo(in("pipe.so").c_str(), 0644);
  put(in("group.so"), 0664);
  put(in("world.so"), 0646);
  put(in("large.so"));
  fs::resize_file(in("large.so"), (std::uintmax_t{256} << 20) + 1);
  for (const char* name : {"out.so", "beside.so", "dangling.so", "hard.so", "folder.so", "pipe.so",
                           "group.so", "world.so", "large.so", "absent.so"}) {
    hostile(folder_, name);
  }

  ::chmod(folder_.c_str(), 0775);
  hostile(folder_, "good.so");
  ::chmod(folder_.c_str(), 01777);
  hostile(folder_, "good.so");
  ::chmod(folder_.c_str(), 0755);
  hostile("", "good.so");
  hostile(top_ + "/nowhere", "good.so");
  hostile(in("good.so"), "good.so");

  ::setenv("LD_LIBRARY_PATH", top_.c_str(),
           1);  // the search path of the dynamic linker is not ours
  hostile(folder_, "outside.so");
  ::unsetenv("LD_LIBRARY_PATH");

  if (::geteuid() == 0) {  // only root can make what root must refuse
    put(in("foreign.so"));
    ASSERT_EQ(::chown(in("foreign.so").c_str(), 4711, 4711), 0);
    hostile(folder_, "foreign.so");
    if (::mknod(in("device.so").c_str(), S_IFCHR | 0644, makedev(1, 5)) == 0)
      hostile(folder_, "device.so");
    ASSERT_EQ(::chown(folder_.c_str(), 4711, 4711), 0);
    hostile(folder_, "good.so");
  }
  test::figure("H1", "hostile plugin files and folders loaded",
               std::to_string(tried_ - refused_) + " of " + std::to_string(tried_),
               "0 of at least 30");
  EXPECT_GE(tried_, 30);
  EXPECT_EQ(refused_, tried_);
}

TEST_F(Vetting, SaysWhatToDo) {
  put(in("group.so"), 0664);
  EXPECT_NE(read_vetted(folder_, "group.so").error().text.find("chmod go-w"), std::string::npos);
  fs::create_symlink("good.so", in("link.so"));
  EXPECT_NE(read_vetted(folder_, "link.so").error().text.find("put the file itself there"),
            std::string::npos);
}

}  // namespace
}  // namespace convene
