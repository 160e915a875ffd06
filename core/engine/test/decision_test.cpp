// core/engine/test/decision_test.cpp - what is kept of a decision: who was not asked for and why, by whom, under which settings.
#include "core/engine/test/fixture.hpp"

namespace convene::testing {
namespace {

class Explained : public ::testing::Test {
 protected:
  Decision last(std::uint64_t session = 1) {
    auto kept = *w.store.decisions(SessionId{session});
    return kept.empty() ? Decision{} : kept.back();
  }
  World w;
};

TEST_F(Explained, NamesEverybodyOfThePoolWhoWasNoCandidateAndWhy) {
  w.settings.agents["dora"] = World::agent("dora");
  w.settings.agents["emil"] = World::agent("emil");
  w.settings.agents["emil"].pools = {"support"};
  w.open();
  w.ready("anna");
  w.ready("ben");
  w.says("ben", AgentState::paused);
  w.ready("dora", World::kSwitch);  // a peer that is not there any more
  w.put(input::PeerDown{World::kSwitch});
  w.book(1);
  w.come_back(1);
  const Decision d = last();
  EXPECT_EQ(d.outcome, "assign");
  EXPECT_EQ(d.pool, "sales");
  EXPECT_NE(d.excluded.find(R"({"agent":"ben","why":"paused"})"), std::string::npos) << d.excluded;
  EXPECT_NE(d.excluded.find(R"({"agent":"chloe","why":"signed_out"})"), std::string::npos) << d.excluded;
  EXPECT_EQ(d.excluded.find("anna"), std::string::npos) << "a candidate is not left out";
  EXPECT_EQ(d.excluded.find("emil"), std::string::npos) << "nor is somebody of another pool";
  EXPECT_EQ(d.excluded_more, 0u);
}

TEST_F(Explained, TellsWhoIsBusyWithAnOfferAndWhoRestsFromThisSession) {
  w.open();
  w.ready("anna");
  w.book(1);
  w.come_back(1);
  ASSERT_EQ(w.offers().size(), 1u);
  w.book(2);
  w.come_back(2);  // anna is being offered the first one
  EXPECT_NE(last(2).excluded.find(R"({"agent":"anna","why":"offered"})"), std::string::npos) << last(2).excluded;
  w.answer("anna", w.offers()[0].offer.offer, false);
  const auto kept = *w.store.decisions(SessionId{1});
  bool rests = false;
  for (const Decision& d : kept) rests = rests || d.excluded.find(R"("why":"rests")") != std::string::npos;
  EXPECT_TRUE(rests);
}

TEST_F(Explained, SaysHowManyAreNotNamedInALargePool) {
  for (int i = 0; i < 100; ++i) {
    const std::string id = "x" + std::to_string(i);
    w.settings.agents[id] = World::agent(id);
  }
  w.open();
  w.ready("anna");
  w.book(1);
  w.come_back(1);
  EXPECT_EQ(last().excluded_more, 103u - 1u - 32u);
}

TEST_F(Explained, KeepsTheConfigurationAndWhatTheHostMeasured) {
  RoutingNote note{"test 1.0.0 #2", 850};
  w.settings.config_hash = "abcdef012345";
  w.settings.routing["test_policy"].note = &note;
  w.open();
  w.ready("anna");
  w.book(1);
  w.come_back(1);
  EXPECT_EQ(last().config, "abcdef012345");
  EXPECT_EQ(last().policy, "test 1.0.0 #2") << "the generation that answered";
  EXPECT_EQ(last().took_ns, 850);
}

}  // namespace
}  // namespace convene::testing
