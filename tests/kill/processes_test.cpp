// tests/kill/processes_test.cpp - processes that are killed, and processes that are asked to end.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "tests/support/figure.hpp"
#include "tests/support/harness.hpp"

namespace convene::test {
namespace {

json::value status_of(Site& site) {
  boost::system::error_code failed;
  json::value value = json::parse(site.convene({"status", "convene.toml", "--json"}).out, failed);
  return failed ? json::value() : value;
}

pid_t gateway_of(Site& site) {
  const auto found = children(site.process().pid(), "convene-web");
  return found.empty() ? 0 : found[0];
}

struct Conversation {
  explicit Conversation(const Site& site) : customer(site), anna(site, "anna") {
    ready = anna.open() && customer.book("later").status == 201 && customer.come_back() &&
            anna.take() && customer.connected();
  }
  bool passes(const std::string& text) { return customer.say(text) && anna.hears(text); }
  Customer customer;
  Desk anna;
  bool ready = false;
};

TEST(Kill, AnAdapterThatIsKilledComesBackAndServes) {
  Site site;
  ASSERT_TRUE(site.start()) << site.log();
  const pid_t first = gateway_of(site);
  ASSERT_NE(first, 0);
  ::kill(first, SIGKILL);
  EXPECT_TRUE(eventually([&] { return gateway_of(site) != 0 && gateway_of(site) != first; }));
  EXPECT_TRUE(eventually([&] { return HttpClient(site.port()).get("/readyz").status == 200; }));
  Customer customer(site);
  EXPECT_EQ(customer.book("later").status, 201);
  EXPECT_EQ(number_at(status_of(site), "/supervisor/adapters/0/deaths"), 1);
}

TEST(Kill, AnAdapterThatKeepsDyingIsQuarantinedInSightAndStopsNobodyElse) {
  SiteOptions options;
  options.more = "\n[adapter.broken]\ncommand = [\"false\"]\n";
  Site site(options);
  ASSERT_TRUE(site.start()) << site.log();
  EXPECT_TRUE(eventually([&] {
    return json::serialize(status_of(site)).find(R"("state":"quarantined")") != std::string::npos;
  }));
  Customer customer(site);
  EXPECT_EQ(customer.book("later").status, 201);
}

TEST(Kill, NobodyLeavesACoreDumpOfWhatWasSaid) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_CORE, &before), 0);
  const rlimit allowed{before.rlim_max, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_CORE, &allowed), 0);
  Site site;
  ASSERT_TRUE(site.start()) << site.log();
  for (const pid_t pid : {site.process().pid(), gateway_of(site)}) {
    rlimit dumped{1, 1};
    ASSERT_EQ(::prlimit(pid, RLIMIT_CORE, nullptr, &dumped), 0);
    EXPECT_EQ(dumped.rlim_cur, 0u);
  }
  ::setrlimit(RLIMIT_CORE, &before);
}

TEST(Kill, AdaptersEndWithTheCoreThatStartedThem) {
  Site site;
  ASSERT_TRUE(site.start()) << site.log();
  const pid_t gateway = gateway_of(site);
  ASSERT_NE(gateway, 0);
  site.kill();
  EXPECT_TRUE(eventually([&] { return ::kill(gateway, 0) != 0; }));
}

TEST(Kill, AConversationGoesOnWhenTheCoreIsKilledUnderneath) {
  SiteOptions options;
  options.own_gateway = true;
  Site site(options);
  ASSERT_TRUE(site.start()) << site.log();
  Conversation talk(site);
  ASSERT_TRUE(talk.ready) << site.log();
  ASSERT_TRUE(talk.passes("before"));
  site.kill();
  EXPECT_TRUE(talk.passes("while it is dead")) << "media do not pass the core";
  ASSERT_TRUE(site.start()) << site.log();
  EXPECT_TRUE(eventually([&] { return number_at(status_of(site), "/legs/connected") == 2; }))
      << json::serialize(status_of(site));
  EXPECT_EQ(number_at(status_of(site), "/sessions/live"), 1) << "the same session";
  EXPECT_TRUE(talk.passes("after"));
  const std::int64_t session = talk.customer.session();
  ASSERT_TRUE(talk.customer.resume()) << talk.customer.refusal;
  EXPECT_EQ(talk.customer.session(), session);
  EXPECT_TRUE(talk.customer.hears("before")) << "the transcript is there";
}

TEST(Kill, BrowsersFindTheirSessionAgainWhenTheGatewayIsKilled) {
  Site site;
  ASSERT_TRUE(site.start()) << site.log();
  Conversation talk(site);
  ASSERT_TRUE(talk.ready) << site.log();
  const std::int64_t session = talk.customer.session();
  const pid_t gateway = gateway_of(site);
  ASSERT_NE(gateway, 0) << "and a signal to 0 would go to this test itself";
  ::kill(gateway, SIGKILL);
  EXPECT_TRUE(eventually([&] { return talk.customer.resume(); })) << talk.customer.refusal;
  EXPECT_EQ(talk.customer.session(), session);
  ASSERT_TRUE(eventually([&] { return talk.anna.reload(); }));
  ASSERT_NE(find_at(talk.anna.attached, "/sessions/0"), nullptr)
      << json::serialize(talk.anna.attached);
  talk.anna.invitation = talk.anna.attached.at_pointer("/sessions/0");
  ASSERT_TRUE(talk.anna.join());
  EXPECT_TRUE(talk.passes("after the gateway's death"));
}

TEST(Stop, SigtermEndsEverythingWithinFiveSecondsWithALiveConversation) {
  Site site;
  ASSERT_TRUE(site.start()) << site.log();
  Conversation talk(site);
  ASSERT_TRUE(talk.ready) << site.log();
  const pid_t gateway = gateway_of(site);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(site.stop(), 0);
  const auto took = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - begin);
  EXPECT_LT(took, Millis{5000});
  EXPECT_NE(::kill(gateway, 0), 0) << "the gateway is still there";
  figure("Stop", "SIGTERM to the end of all processes", std::to_string(took.count()) + " ms",
         "at most 5,000 ms");
  ASSERT_TRUE(site.start()) << site.log();
  EXPECT_TRUE(eventually([&] { return talk.customer.resume(); })) << "the session has waited";
}

}  // namespace
}  // namespace convene::test
