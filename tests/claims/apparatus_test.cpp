// tests/claims/apparatus_test.cpp - claims 25 and 26: the means of claim 25 as parts of a deployment that can be told apart.
#include "tests/claims/on_site.hpp"

namespace convene::test {
namespace {

class Claim25 : public OnSite {};
class Claim26 : public OnSite {};

// README.md names the five means; here each one is seen at work in the processes that run.
TEST_F(Claim25, TheFiveMeansAreRunningParts) {
  const auto gateways = children(site().process().pid(), "convene-web");
  ASSERT_EQ(gateways.size(), 1u) << "the resource and the pass-back means: a process of their own";
  Customer customer(site());
  EXPECT_EQ(customer.http.get("/healthz").status, 200) << "the resource";
  ASSERT_EQ(customer.book("later").status, 201) << "the future-identifier means";
  EXPECT_NE(customer.page.find(customer.id), std::string::npos) << "the pass-back means";
  Desk anna(site(), "anna");
  ASSERT_TRUE(anna.open());
  ASSERT_TRUE(customer.come_back()) << "the session-activation means";
  ASSERT_TRUE(anna.take());
  ASSERT_TRUE(customer.connected());
  EXPECT_TRUE(they_talk(customer, anna)) << "the session means";
  const Finished status = site().convene({"status", "convene.toml", "--json"});
  ASSERT_EQ(status.code, 0) << status.err;
  const json::value value = json::parse(status.out);
  EXPECT_EQ(number_at(value, "/sessions/live"), 1);
  EXPECT_EQ(text_at(value, "/supervisor/adapters/0/state"), "running");
}

TEST_F(Claim26, ContextConcerningTheCustomerChoosesFromThePoolOnActivation) {
  Desk ben(site(), "ben"), chloe(site(), "chloe");
  ASSERT_TRUE(ben.open());
  ASSERT_TRUE(chloe.open());
  Customer customer(site());
  ASSERT_EQ(customer
                .book("later",
                      {{"customer", {{"segment", "gold"}}}, {"lang", "fr"}, {"product", "cards"}})
                .status,
            201);
  ASSERT_TRUE(customer.come_back());
  ASSERT_TRUE(chloe.take()) << "French and cards, though ben is idle for longer";
  EXPECT_EQ(ben.offer(kNothing), 0);
  EXPECT_EQ(text_at(chloe.last_offer, "/context/customer/segment"), "gold") << "kept verbatim";
}

}  // namespace
}  // namespace convene::test
