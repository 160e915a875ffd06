// core/engine/test/woken_proxy_test.cpp - found by the simulator: an order to join that arrives after everything is over.
#include "core/engine/test/fixture.hpp"

namespace convene::testing {

class WokenProxy : public EngineTest {};

TEST_F(WokenProxy, IsToldToLeaveWhenALateOrderMadeItJoinALegThatHasFailed) {
  service.step = [](const convene_session& s, std::string_view st, const convene_service_event& e,
                    const convene_service_effects& fx) {
    return e.kind == CONVENE_EVENT_LEG ? CONVENE_OK : meet(s, st, e, fx);
  };
  open();
  book(1);
  const output::Details d = come_back(1);
  report(d.leg, LegState::failed, 1, kWeb);
  // The proxy has acknowledged and forgotten it; the first order comes once more, and it begins anew with number 1.
  input::LegReport woken;
  woken.peer = kWeb;
  woken.leg = d.leg;
  woken.seq = 1;
  woken.ack = newest_order(d.leg);
  woken.epoch = 1;
  woken.state = LegState::connected;
  put(woken);
  const auto orders = all<output::LegOrder>();
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_FALSE(orders[0].join);
  EXPECT_GT(orders[0].seq, woken.ack) << "newer than all before, or the proxy would ignore it";
  EXPECT_EQ(leg_state(d.leg), LegState::failed);
  expect_agreement();
}

TEST_F(WokenProxy, IsToldAgainUntilItKnowsThatAnotherDeskHasTakenTheAgentOver) {
  settings.agents["anna"].capacity = 2;
  open();
  ready("anna");
  book(1);
  connect(come_back(1), kWeb);
  const output::Details d = take_newest();
  attach("anna", kWeb);  // another desk; what the old one is told now gets lost
  const auto told = [&] {
    std::vector<std::uint64_t> seqs;
    for (const auto& o : all<output::LegOrder>()) {
      if (o.peer == kDesk && o.leg == d.leg && !o.join && o.reason == "taken_over") seqs.push_back(o.seq);
    }
    return seqs;
  };
  const auto first = told();
  ASSERT_EQ(first.size(), 1u);
  pass(std::chrono::seconds(2));
  ASSERT_FALSE(told().empty()) << "it is repeated";
  input::LegReport knows;
  knows.peer = kDesk;
  knows.leg = d.leg;
  knows.ack = first[0];
  knows.state = LegState::left;
  put(knows);
  pass(std::chrono::seconds(30));
  EXPECT_TRUE(told().empty()) << "and no more once it knows";
  expect_agreement();
}

}  // namespace convene::testing
