// sdk/host/signing_test.cpp - a signature that is not exactly right is no signature (promise H1).
#include "sdk/host/signing.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sdk/host/vetting.hpp"
#include "tests/support/figure.hpp"

namespace convene {
namespace {

namespace fs = std::filesystem;

/// A folder with signed.so, other.so and unsigned.so; `ours` is trusted, `theirs` is not.
class Signing : public ::testing::Test {
 protected:
  void SetUp() override {
    char path[] = "/tmp/convene-signing-XXXXXX";
    folder_ = ::mkdtemp(path);
    ::chmod(folder_.c_str(), 0755);
    ours_ = *make_signing_keys();
    theirs_ = *make_signing_keys();
    for (const char* name : {"signed.so", "other.so", "unsigned.so"}) put(name, name);
    put("signed.so.sig", signature("signed.so", ours_));
    put("other.so.sig", signature("other.so", ours_));
    policy_.trusted = {ours_.public_key};
    policy_.required = true;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void put(const std::string& name, const std::string& content, mode_t mode = 0644) {
    fs::remove(folder_ + "/" + name);
    std::ofstream(folder_ + "/" + name) << content;
    ::chmod((folder_ + "/" + name).c_str(), mode);
  }
  std::string signature(const std::string& file, const SigningKeys& keys) {
    return *sign(read_vetted(folder_, file)->sha256, keys.secret_key);
  }
  std::string text(const std::string& file) {
    std::ifstream in(folder_ + "/" + file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// signed.so with another .sig file: refused, with a reason.
  void hostile(const std::string& what, const std::string& sig, const char* says) {
    put("signed.so.sig", sig);
    refused(what, "signed.so", says);
  }
  void refused(const std::string& what, const std::string& file, const char* says) {
    ++tried_;
    const auto read = read_vetted(folder_, file, policy_);
    EXPECT_FALSE(read) << what;
    if (read) return;
    EXPECT_NE(read.error().text.find(says), std::string::npos) << what << ": " << read.error().text;
    EXPECT_NE(read.error().text.find(file), std::string::npos) << what;
    ++refused_;
  }

  std::string folder_;
  SigningKeys ours_, theirs_;
  SignaturePolicy policy_;
  int tried_ = 0, refused_ = 0;
};

TEST_F(Signing, TakesWhatSomebodyTrustedHasSigned) {
  const auto read = read_vetted(folder_, "signed.so", policy_);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(read->bytes, "signed.so");
}

TEST_F(Signing, AsksForNothingUnlessSomebodyIsTrustedOrItIsRequired) {
  EXPECT_TRUE(read_vetted(folder_, "unsigned.so"));
  policy_.required = false;
  EXPECT_TRUE(read_vetted(folder_, "unsigned.so", policy_));
  put("signed.so.sig", signature("signed.so", theirs_));
  EXPECT_FALSE(read_vetted(folder_, "signed.so", policy_));  // one that is there must be good
}

TEST_F(Signing, RefusesEveryForgery) {
  const std::string good = text("signed.so.sig");
  refused("no signature", "unsigned.so", "is not signed");
  hostile("a key that nobody trusts", signature("signed.so", theirs_), "is not trusted");
  hostile("of another file", text("other.so.sig"), "another file");
  hostile("empty", "", "cannot be read");
  hostile("garbage", std::string(300, '\xff'), "cannot be read");
  hostile("another version", "convene-signature 2" + good.substr(19), "cannot be read");
  hostile("something behind it", good + "more\n", "cannot be read");
  hostile("cut off", good.substr(0, good.size() - 10), "cannot be read");
  hostile("too large", good + std::string(5000, '\n'), "is larger");
  // Every signature is of one file and one key: what is changed anywhere is refused.
  std::string theirs = signature("signed.so", theirs_);
  const auto line = [](const std::string& sig, const char* word) {
    const std::size_t at = sig.find(word);
    return sig.substr(at, sig.find('\n', at) - at);
  };
  std::string forged = theirs;
  forged.replace(forged.find("key "), line(theirs, "key ").size(), line(good, "key "));
  hostile("their signature under our name", forged, "forged");
  for (std::size_t i = good.find("signature ", 20) + 10; i + 1 < good.size(); i += 7) {
    std::string flipped = good;
    flipped[i] = flipped[i] == 'A' ? 'B' : 'A';
    if (flipped != good) hostile("a flipped character", flipped, "signed.so");
  }
  std::string claims = text("other.so.sig");
  claims.replace(claims.find("sha256 "), line(good, "sha256 ").size(), line(good, "sha256 "));
  hostile("another file's signature with this hash", claims, "forged");

  put("signed.so.sig", good);
  put("signed.so", "altered.so");
  refused("the file was altered", "signed.so", "another file");
  put("signed.so", "signed.so");
  put("signed.so.sig", good, 0666);
  refused("anybody may write the signature", "signed.so", "chmod go-w");
  fs::remove(folder_ + "/signed.so.sig");
  fs::create_symlink("other.so.sig", folder_ + "/signed.so.sig");
  refused("the signature is a link", "signed.so", "symbolic link");
  put("signed.so.sig", good);
  EXPECT_TRUE(read_vetted(folder_, "signed.so", policy_));
  policy_.trusted.clear();
  refused("nobody is trusted", "signed.so", "is not trusted");
  test::figure("H1", "hostile signatures accepted",
               std::to_string(tried_ - refused_) + " of " + std::to_string(tried_), "0");
  EXPECT_EQ(refused_, tried_);
}

TEST_F(Signing, KnowsAKeyWhenItSeesOne) {
  EXPECT_TRUE(is_public_key(ours_.public_key));
  EXPECT_FALSE(is_public_key(ours_.secret_key));
  EXPECT_FALSE(is_public_key("ed25519:"));
  EXPECT_FALSE(is_public_key(ours_.public_key + "A"));
  EXPECT_FALSE(is_public_key("ed25519:" + std::string(43, 'A')));  // a point of small order
  EXPECT_FALSE(sign(std::string(64, 'a'), ours_.public_key));
  EXPECT_FALSE(sign(std::string(64, 'a'), ""));
}

}  // namespace
}  // namespace convene
