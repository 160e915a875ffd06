// tests/claims/booking_test.cpp - claims 1, 2, 5, 12: booked outside any session, returned later, joined with the right agent.
#include "tests/claims/on_site.hpp"
#include "tests/support/figure.hpp"

namespace convene::test {
namespace {

class Claim01 : public OnSite {};
class Claim02 : public OnSite {};
class Claim05 : public OnSite {};
class Claim12 : public OnSite {};

std::string flipped(std::string id) {
  id[7] = id[7] == 'A' ? 'B' : 'A';
  return id;
}

TEST_F(Claim01, AReturnedIdentifierJoinsCustomerAndAgentAlsoAfterAKill) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later", {{"product", "loans"}}).status, 201);
  ASSERT_GE(customer.id.size(), 22u);
  ASSERT_TRUE(site().restart()) << site().log();

  Desk anna(site(), "anna");
  ASSERT_TRUE(anna.open());
  Customer later(site());
  ASSERT_TRUE(later.come_back(customer.id)) << later.refusal;
  ASSERT_TRUE(anna.take()) << site().log();
  ASSERT_TRUE(later.connected());
  EXPECT_EQ(later.session(), anna.session());
  EXPECT_TRUE(they_talk(later, anna));
}

TEST_F(Claim01, RandomAlteredUsedAndCancelledIdentifiersGetOneUniformRefusal) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later").status, 201);
  Customer cancelled(site());
  ASSERT_EQ(cancelled.book("later").status, 201);
  const Headers with_id = {{"Authorization", "Rendezvous " + cancelled.id},
                           {"Origin", site().origin()},
                           {"Convene-Client", "1"}};
  ASSERT_LT(cancelled.http.request("DELETE", "/api/v1/rendezvous", "", with_id).status, 300);
  ASSERT_TRUE(customer.come_back());
  ASSERT_TRUE(customer.connected());

  std::vector<Response> refusals;
  for (const std::string& id :
       {std::string("AAAAAAAAAAAAAAAAAAAAAA"), flipped(customer.id), customer.id, cancelled.id,
        std::string("short"), std::string(500, 'A')}) {
    Customer other(site());
    refusals.push_back(other.http.post("/api/v1/rendezvous/return", json::object{},
                                       {{"Origin", site().origin()},
                                        {"Convene-Client", "1"},
                                        {"Authorization", "Rendezvous " + id}}));
  }
  for (const Response& refusal : refusals) {
    EXPECT_EQ(refusal.status, 404);
    EXPECT_EQ(refusal.body, refusals[0].body) << "one uniform refusal";
  }
  EXPECT_TRUE(customer.socket.open()) << "the customer who is joined is left alone";
}

TEST_F(Claim01, AnExpiredIdentifierCreatesNoJoin) {
  SiteOptions options;
  options.flows = R"(
[flow.short]
service = "service_rendezvous"
routing = "policy_skills"
pool = "sales"
expires = "1s"
)";
  Site own(options);
  ASSERT_TRUE(own.start()) << own.log();
  Customer customer(own);
  ASSERT_EQ(customer.book("short").status, 201);
  const auto look = [&] {
    return customer.http.get("/api/v1/rendezvous", {{"Authorization", "Rendezvous " + customer.id}})
        .status;
  };
  EXPECT_TRUE(eventually([&] { return look() == 404; }))
      << "after a second it is as if it had never been";
  EXPECT_FALSE(customer.come_back());
  EXPECT_EQ(customer.refusal, "unknown_identifier");
}

TEST_F(Claim01, TheIdentifierIsStoredOnlyHashedAndNeverLogged) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later", {{"name", "Marker Person"}, {"phone", "+15551234567"}}).status,
            201);
  ASSERT_TRUE(customer.come_back());
  for (const auto& entry : std::filesystem::recursive_directory_iterator(site().folder())) {
    if (!entry.is_regular_file()) continue;
    const std::string bytes = read_text(entry.path());
    for (const std::string& marker :
         {customer.id, std::string("Marker Person"), std::string("5551234567")}) {
      EXPECT_EQ(bytes.find(marker), std::string::npos) << marker << " in " << entry.path();
    }
  }
}

// The pool as it is at the return decides, not as it was at the booking.
TEST_F(Claim02, ContextChoosesTheOneFrenchLoansAgentOfThree) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later", {{"product", "loans"}, {"lang", "fr"}}).status, 201);
  Desk anna(site(), "anna"), ben(site(), "ben"), chloe(site(), "chloe");
  for (Desk* desk : {&chloe, &ben, &anna}) ASSERT_TRUE(desk->open());
  EXPECT_EQ(anna.offer(kNothing), 0) << "nobody is asked before the identifier returns";
  ASSERT_TRUE(customer.come_back());
  ASSERT_TRUE(anna.take())
      << "anna alone speaks French and knows loans, though the others are idle for longer";
  EXPECT_EQ(ben.offer(kNothing), 0);
  EXPECT_EQ(chloe.offer(Millis{0}), 0);
  ASSERT_TRUE(customer.connected());
  EXPECT_TRUE(they_talk(customer, anna));
  EXPECT_EQ(text_at(anna.last_offer, "/context/lang"), "fr")
      << "the context reaches the agent as it was booked";
}

TEST_F(Claim02, TheChoiceReflectsThePoolAtReturnTime) {
  Customer customer(site());
  ASSERT_EQ(customer.book("later", {{"lang", "en"}}).status, 201);
  // Ben spoke English at the booking; now Anna is the only one.
  site().options.agents = {{"anna", "Anna Weber", "{ en = 9 }"},
                           {"ben", "Ben Okafor", "{ loans = 3 }"}};
  site().write_config();
  const Finished reloaded = site().convene({"reload", "convene.toml"});
  ASSERT_EQ(reloaded.code, 0) << reloaded.err;
  Desk ben(site(), "ben"), anna(site(), "anna");
  ASSERT_TRUE(eventually([&] { return ben.open(); }));
  ASSERT_TRUE(anna.open());
  ASSERT_TRUE(customer.come_back());
  EXPECT_TRUE(anna.take());
  EXPECT_EQ(ben.offer(kNothing), 0);
}

TEST_F(Claim05, AThousandStoredDeferralsDisturbNobodyAndOneReturnMakesOneOffer) {
  Desk anna(site(), "anna");
  ASSERT_TRUE(anna.open());
  Customer customer(site());
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(customer.book("later").status, 201) << i;
  EXPECT_EQ(anna.offer(kNothing), 0);
  ASSERT_TRUE(customer.come_back());
  const std::int64_t offer = anna.offer();
  EXPECT_NE(offer, 0);
  EXPECT_EQ(anna.offer(kNothing), 0) << "exactly one";
  figure("Claim05", "offers after 1,000 deferrals and 1 return", "1", "1");
}

TEST_F(Claim12, AShopsVisitorMeetsARepresentativeOfTheGroup) {
  Customer shopper(site());
  ASSERT_EQ(shopper.book("later", {{"product", "cards"}, {"page", "/cards/gold"}}).status, 201);
  Desk chloe(site(), "chloe");
  ASSERT_TRUE(chloe.open());
  ASSERT_TRUE(shopper.come_back());
  ASSERT_TRUE(chloe.take());
  ASSERT_TRUE(shopper.connected());
  EXPECT_TRUE(they_talk(shopper, chloe));
}

}  // namespace
}  // namespace convene::test
