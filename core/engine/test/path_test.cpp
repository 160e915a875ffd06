// core/engine/test/path_test.cpp - the whole path: booked, returned, joined, offered, accepted, connected, ended.
#include "core/engine/test/fixture.hpp"

namespace convene::testing {

class Path : public EngineTest {};

TEST_F(Path, BookedReturnedOfferedAcceptedConnectedAndCompleted) {
  open();
  ready("anna");
  ASSERT_EQ(book(1), "");
  EXPECT_EQ(stored(1).state, RendezvousState::booked);

  const output::Details customer = come_back(1);
  ASSERT_TRUE(customer.leg);
  EXPECT_EQ(customer.gateway, "web");
  EXPECT_EQ(customer.channels, (std::vector<std::string>{"chat", "page"}));
  EXPECT_EQ(stored(1).state, RendezvousState::joining);
  const output::LegOrder order = order_for(customer.leg);
  EXPECT_TRUE(order.join);
  EXPECT_EQ(order.details.ticket.epoch, customer.ticket.epoch);

  ASSERT_EQ(offers().size(), 1u);
  EXPECT_EQ(offers()[0].agent, "anna");
  connect(customer, kWeb);
  const output::Details agent = take_newest();
  EXPECT_EQ(agent.gateway, "web");
  EXPECT_EQ(leg_state(customer.leg), LegState::connected);
  EXPECT_EQ(leg_state(agent.leg), LegState::connected);
  EXPECT_EQ(stored(1).state, RendezvousState::live);
  expect_agreement();

  report(customer.leg, LegState::left, customer.ticket.epoch, kWeb);
  EXPECT_EQ(stored(1).state, RendezvousState::ended);
  EXPECT_EQ(stored(1).end, End::completed);
  EXPECT_FALSE(order_for(agent.leg).join);
  EXPECT_TRUE(snapshot().sessions.empty());
  EXPECT_TRUE(published("session.ended"));
}

TEST_F(Path, TalkNowNeedsNoIdentifier) {
  open();
  ready("anna");
  const output::Details customer = talk_now();
  ASSERT_TRUE(customer.leg);
  connect(customer, kWeb);
  take_newest();
  EXPECT_EQ(snapshot().legs.size(), 2u);
}

}  // namespace convene::testing
