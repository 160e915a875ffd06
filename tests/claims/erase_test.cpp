// tests/claims/erase_test.cpp - promise I1: what an operator has erased is in no file of a running installation, a minute later.
#include <sodium.h>

#include <cctype>

#include <set>
#include <unordered_set>

#include "sdk/bus/client.hpp"
#include "tests/claims/on_site.hpp"
#include "tests/support/figure.hpp"

namespace convene::test {
namespace {

constexpr int kMarkers = 1'000;
constexpr std::size_t kNeedle = 16;  ///< Bytes that chance does not bring about.

/// As the store knows the identifier: the beginning of its SHA-256.
std::string key_of(const std::string& identifier) {
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(identifier.data()),
                     identifier.size());
  return {reinterpret_cast<const char*>(hash), kNeedle};
}

/// One peer of the command bus that asks many things at once.
class Peer {
 public:
  Peer(const Site& site, const char* name, const char* kind)
      : client_(options(site, name, kind), {}) {}
  void ask(const char* request, const json::object& body, bus::ReplyHandler done) {
    ++waiting_;
    client_.request(
        request, json::serialize(body),
        [this, done = std::move(done)](bus::Reply reply) {
          --waiting_;
          done(std::move(reply));
        },
        60'000);
    while (waiting_ > 256) client_.wait(10);
  }
  void finish() {
    while (waiting_ > 0) client_.wait(100);
  }

 private:
  static bus::ClientOptions options(const Site& site, const char* name, const char* kind) {
    bus::ClientOptions out;
    out.endpoint = "ipc://" + (site.data() / "command.sock").string();
    out.name = name;
    out.kind = kind;
    return out;
  }
  int waiting_ = 0;
  bus::Client client_;
};

/// How many of the needles stand in any file of the installation; names and numbers are looked for as they are.
std::size_t found(const Site& site, const std::unordered_set<std::string>& needles) {
  std::vector<bool> begins(1u << 16);  // two bytes decide nearly always
  const auto first = [](const char* at) {
    return static_cast<unsigned char>(at[0]) * 256u + static_cast<unsigned char>(at[1]);
  };
  for (const std::string& needle : needles) begins[first(needle.data())] = true;
  std::set<std::string> seen;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(site.folder())) {
    if (!entry.is_regular_file()) continue;
    const std::string all = read_text(entry.path());
    for (const char* marker : {"Marker Person", "+49 30 555"})
      if (all.find(marker) != std::string::npos) seen.insert(entry.path().string());
    for (std::size_t at = 0; at + kNeedle <= all.size(); ++at) {
      if (!begins[first(&all[at])]) continue;
      if (std::string window(all, at, kNeedle); needles.contains(window)) seen.insert(window);
    }
  }
  return seen.size();
}

json::object marked(int n) {
  return {{"name", "Marker Person " + std::to_string(n)},
          {"phone", "+49 30 555" + std::to_string(10'000 + n)}};
}

std::size_t transcripts(const Site& site) {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(site.data() / "transcripts"))
    count += entry.is_regular_file() && std::isdigit(entry.path().filename().string()[0]) != 0;
  return count;
}

TEST(PromiseI1, WhatAnOperatorErasesIsInNoFileAMinuteLater) {
  SiteOptions options;
  options.more = "\n[adapter.booker]\nkind = \"gateway\"\n";
  Site site(options);
  ASSERT_TRUE(site.start()) << site.log();
  std::vector<std::string> identifiers;
  {
    Peer booker(site, "booker", "gateway");
    for (int n = 0; n < kMarkers; ++n) {
      booker.ask("book", {{"flow", "later"}, {"context", marked(n)}}, [&](bus::Reply reply) {
        if (reply.ok) identifiers.emplace_back(reply.body.at("id").as_string());
      });
    }
    booker.finish();
  }
  ASSERT_EQ(identifiers.size(), std::size_t{kMarkers});
  // Two of them are talking, and one has talked: what they said is marked as well.
  std::vector<std::unique_ptr<Customer>> people;
  Desk anna(site, "anna");
  ASSERT_TRUE(anna.open());
  for (std::size_t i = 0; i < 3; ++i) {
    people.push_back(std::make_unique<Customer>(site));
    ASSERT_TRUE(people[i]->come_back(identifiers[i])) << people[i]->refusal;
    ASSERT_TRUE(anna.take()) << site.log();
    ASSERT_TRUE(people[i]->connected());
    ASSERT_TRUE(people[i]->say("I am Marker Person, +49 30 5550815"));
    ASSERT_TRUE(anna.hears("I am Marker Person, +49 30 5550815"));
    if (i > 0) continue;
    people[i]->socket.send({{"t", "leave"}, {"leg", people[i]->leg()}});
    ASSERT_TRUE(people[i]->socket.wait("left"));
  }
  Customer stays(site);
  ASSERT_EQ(stays.book("later", {{"product", "loans"}}).status, 201);
  std::unordered_set<std::string> keys;
  for (const std::string& id : identifiers) keys.insert(key_of(id));
  const std::size_t before = found(site, keys);
  ASSERT_GE(before, std::size_t{kMarkers}) << "what is looked for must be there before";
  ASSERT_TRUE(eventually([&] { return transcripts(site) >= 2; })) << "what is said is in files";

  const auto began = std::chrono::steady_clock::now();
  // By the number of the session, by the identifier, by the link; the others by a program, all at once.
  const std::string session = std::to_string(people[0]->session());
  const Finished by_number = site.convene({"erase", session, site.config().string()});
  EXPECT_EQ(by_number.code, 0) << by_number.err;
  const Finished by_line =
      site.convene({"erase", "-", site.config().string()},
                   identifiers[1] + "\n" + site.origin() + "/r/?s=" + identifiers[2] + "\n");
  EXPECT_EQ(by_line.code, 0) << by_line.err;
  EXPECT_EQ(by_line.out, "erased: 2 of 2\n");
  int erased = 0;
  {
    Peer console(site, "cli", "console");
    for (std::size_t i = 3; i < identifiers.size(); ++i)
      console.ask("erase", {{"id", identifiers[i]}}, [&](bus::Reply reply) { erased += reply.ok; });
    console.finish();
  }
  EXPECT_EQ(erased, kMarkers - 3);
  EXPECT_TRUE(people[1]->socket.wait("left")) << "a conversation that goes on ends";
  std::size_t left = 0;
  EXPECT_TRUE(eventually([&] { return (left = found(site, keys)) == 0; }, Millis{60'000}));
  EXPECT_TRUE(eventually([&] { return transcripts(site) == 0; }));
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();

  EXPECT_FALSE(Customer(site).come_back(identifiers[7]));
  EXPECT_EQ(site.convene({"explain", session, site.config().string()}).code, 1)
      << "nothing is known of it";
  EXPECT_EQ(site.convene({"erase", session, site.config().string()}).code, 1)
      << "nor is it any more to be erased";
  EXPECT_EQ(found(site, {key_of(stays.id)}), 1u) << "nobody else's is gone";
  EXPECT_EQ(site.log().find("Marker"), std::string::npos);
  char text[16];
  std::snprintf(text, sizeof text, "%.1f s", seconds);
  figure(
      "I1",
      "bookings and conversations with names and numbers left in any file after erasure (before: " +
          std::to_string(before) + ")",
      std::to_string(left), "0 of 1000");
  figure("I1", "time until a running installation is rid of them", text, "60 s");
}

/// Two bookings at a node that does not run any more.
class PromiseI1AtRest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(site.start()) << site.log();
    ASSERT_EQ(customer.book("later", marked(1)).status, 201);
    ASSERT_EQ(stays.book("later", marked(2)).status, 201);
    ASSERT_EQ(site.stop(), 0);
  }
  Site site;
  Customer customer{site}, stays{site};
};

TEST_F(PromiseI1AtRest, WhoComesBackWithABackupIsErasedAgain) {
  const auto database = site.data() / "convene.db";
  const std::string backup = read_text(database);
  ASSERT_TRUE(site.start()) << site.log();
  const std::string list = site.origin() + "/r/?s=" + customer.id + "\n";
  const auto erase = [&] { return site.convene({"erase", "-", site.config().string()}, list).out; };
  EXPECT_EQ(erase(), "erased: 1 of 1\n");
  ASSERT_EQ(site.stop(), 0);
  write_text(database, backup);
  EXPECT_EQ(found(site, {key_of(customer.id), key_of(stays.id)}), 2u) << "a backup knows nothing";
  EXPECT_EQ(erase(), "erased: 1 of 1\n");
  EXPECT_EQ(found(site, {key_of(customer.id)}), 0u);
  EXPECT_EQ(found(site, {key_of(stays.id)}), 1u);
}

TEST_F(PromiseI1AtRest, ANodeThatDoesNotRunIsRidOfAConversationAsWell) {
  ASSERT_EQ(found(site, {key_of(customer.id), key_of(stays.id)}), 2u);
  const Finished erased = site.convene({"erase", "-", site.config().string()},
                                       customer.id + "\nnobodysidentifier00000\n");
  EXPECT_EQ(erased.code, 1);
  EXPECT_EQ(erased.out, "erased: 1 of 2\n");
  EXPECT_EQ(erased.err, "convene: line 2: nothing is kept of it\n");
  EXPECT_EQ(found(site, {key_of(customer.id)}), 0u);
  EXPECT_EQ(found(site, {key_of(stays.id)}), 1u);
  EXPECT_EQ(site.convene({"erase", customer.id, site.config().string()}).code, 64)
      << "on the command line others would see it";
}

}  // namespace
}  // namespace convene::test
