// core/engine/test/commit_test.cpp - commit, then release: nothing is said that the store does not hold.
#include "core/engine/coalesce.hpp"
#include "core/engine/test/fixture.hpp"

namespace convene::testing {

using Fault = MemoryStore::Fault;
using std::chrono::hours;
using std::chrono::seconds;

class Commit : public EngineTest {
 protected:
  void fail(std::string call, Fault how = Fault::refuse) {
    store.fault = [call, how](const char* c) { return call == c ? how : Fault::none; };
  }
  void heal() { store.fault = nullptr; }
  /// A customer whose gateway has said that the leg is connected, which waits for the next commit.
  output::Details connected_customer() {
    open();
    book(1);
    const output::Details details = come_back(1);
    connect(details, kWeb);
    return details;
  }
};

TEST_F(Commit, NothingIsSaidWhenTheStoreRefuses) {
  open();
  fail("commit");
  const output::Body body = ask(booking(1));
  EXPECT_EQ(code(body), "store_unavailable");
  EXPECT_EQ(std::get<output::Refused>(body).retry_after, Duration{100});
  EXPECT_EQ(last.size(), 1u) << "no event, no notice, no order";
  EXPECT_TRUE(store.rendezvous.empty());
  EXPECT_FALSE(loop->available());
  heal();
  pass(Duration{100});
  EXPECT_TRUE(loop->available());
  EXPECT_EQ(book(1), "");
}

TEST_F(Commit, LostAnswerOfTheStoreIsNotALostBookingAndNotAnAcknowledgedOne) {
  open();
  fail("commit", Fault::lose_answer);
  EXPECT_EQ(code(ask(booking(1))), "store_unavailable");
  heal();
  pass(Duration{100});
  EXPECT_TRUE(come_back(1).leg) << "what the store holds is what counts";
}

/// What the store restores of a leg, as if the core had been killed now.
LegState restored_state(MemoryStore& store, LegId id) {
  const auto restored = store.restore();
  for (const Leg& leg : restored->legs) {
    if (leg.id == id) return leg.state;
  }
  return LegState{};
}

TEST_F(Commit, WhatIsSaidAgainAfterARestartDoesNotWaitForTheDisk) {
  open();
  book(1);
  const output::Details details = come_back(1);
  const std::uint64_t commits = store.commits;
  connect(details, kWeb);
  EXPECT_EQ(store.commits, commits) << "neither for connecting nor for connected";
  EXPECT_TRUE(published("leg.connected")) << "and everybody knows";
  start();
  hello();
  EXPECT_NE(leg_state(details.leg), LegState::connected);
  connect(details, kWeb);
  EXPECT_EQ(leg_state(details.leg), LegState::connected) << "the gateway has said it again";
}

TEST_F(Commit, WhatIsSaidAgainIsWrittenASecondLater) {
  const output::Details details = connected_customer();
  const std::uint64_t commits = store.commits;
  EXPECT_EQ(loop->next_wake(), now + CommitLoop::kKeep);
  pass(CommitLoop::kKeep);
  EXPECT_EQ(store.commits, commits + 1);
  EXPECT_EQ(restored_state(store, details.leg), LegState::connected);
  EXPECT_GT(loop->next_wake(), now + CommitLoop::kKeep) << "once";
}

TEST_F(Commit, WhatIsSaidAgainIsWrittenWithTheNextCommit) {
  const output::Details details = connected_customer();
  const std::uint64_t commits = store.commits;
  book(2);
  EXPECT_EQ(store.commits, commits + 1);
  EXPECT_EQ(restored_state(store, details.leg), LegState::connected);
}

TEST_F(Commit, WhatIsSaidAgainDoesNotWaitInAnyNumber) {
  open();
  std::vector<output::Details> all;
  for (std::uint32_t i = 1; i <= CommitLoop::kKeptMost; ++i) {
    book(i);
    all.push_back(come_back(i));
  }
  const std::uint64_t commits = store.commits;
  for (const auto& details : all) {
    EXPECT_EQ(store.commits, commits);
    report(details.leg, LegState::connecting, details.ticket.epoch, kWeb);
  }
  EXPECT_EQ(store.commits, commits + 1);
}

TEST_F(Commit, WhatIsSaidAgainIsWrittenBeforeAStop) {
  const output::Details details = connected_customer();
  EXPECT_TRUE(loop->flush());
  EXPECT_EQ(restored_state(store, details.leg), LegState::connected);
}

TEST_F(Commit, WhatWaitsGoesWithTheEngineThatTookIt) {
  const output::Details details = connected_customer();
  fail("commit");
  ask(booking(2));
  heal();
  pass(Duration{100});
  EXPECT_NE(leg_state(details.leg), LegState::connected) << "restored from what the store holds";
  pass(seconds(2));
  expect_agreement();
}

TEST_F(Commit, WhatEndsWaitsForTheDisk) {
  const output::Details details = connected_customer();
  const std::uint64_t commits = store.commits;
  report(details.leg, LegState::left, details.ticket.epoch, kWeb);
  EXPECT_EQ(store.commits, commits + 1);
}

TEST_F(Commit, OffersAreReleasedFirstAndEventsForListenersLast) {
  open();
  ready("anna");
  book(1);
  come_back(1);
  ASSERT_EQ(all<output::OfferMade>().size(), 1u);
  EXPECT_TRUE(std::holds_alternative<output::OfferMade>(last.front())) << "somebody waits for the agent";
  const auto is_event = [](const Output& o) { return std::holds_alternative<output::Publish>(o); };
  const auto first_event = std::find_if(last.begin(), last.end(), is_event);
  EXPECT_GE(last.end() - first_event, 2);
  EXPECT_TRUE(std::all_of(first_event, last.end(), is_event));
}

TEST_F(Commit, AnAgentWhoAcceptsIsOrderedInBeforeAnybodyIsTold) {
  open();
  ready("anna");
  book(1);
  come_back(1);
  answer("anna", offers().back().offer.offer, true);
  const auto* order = std::get_if<output::LegOrder>(&last.front());
  ASSERT_NE(order, nullptr);
  EXPECT_EQ(order->endpoint, "anna");
}

TEST_F(Commit, ALegThatIsNewIsWrittenBeforeAnybodyHearsOfIt) {
  service.step = [](const auto& s, auto, const convene_service_event& e, const convene_service_effects& fx) {
    if (e.kind == CONVENE_EVENT_ARRIVED) return fx.find_agent(fx.self, {}, {});
    if (e.kind == CONVENE_EVENT_ACCEPTED) return fx.add_agent(fx.self, e.agent);
    const bool comes = e.kind == CONVENE_EVENT_LEG && e.leg_state == CONVENE_LEG_CONNECTING && s.leg_count == 1;
    return comes ? fx.add_customer(fx.self) : CONVENE_OK;
  };
  open();
  ready("anna");
  book(1);
  input::Return r = returning(1);
  r.request = RequestId{777};
  put(r);
  EXPECT_TRUE(all<output::Answer>().empty());
  answer("anna", offers().back().offer.offer, true);
  const output::Details agent = order_for("anna").details;
  report(agent.leg, LegState::connecting, agent.ticket.epoch, kDesk);
  ASSERT_EQ(all<output::Answer>().size(), 1u) << "let in by a report";
  EXPECT_EQ(store.restore()->legs.size(), 2u);
}

TEST_F(Commit, ADeskHearsThatItsAgentIsReadyBeforeItHearsOfAnOffer) {
  settings.agents["anna"].wrap_up = seconds(5);
  open();
  ready("anna");
  book(1);
  const output::Details details = come_back(1);
  connect(details, kWeb);
  take_newest();
  report(details.leg, LegState::left, details.ticket.epoch, kWeb);
  book(2);
  come_back(2);
  ASSERT_TRUE(all<output::OfferMade>().empty()) << "she is not ready yet";
  pass(seconds(5));
  std::vector<std::size_t> heard;
  for (const Output& o : last) {
    if (std::holds_alternative<output::AgentChanged>(o) || std::holds_alternative<output::OfferMade>(o))
      heard.push_back(o.index());
  }
  const std::vector<std::size_t> expected{Output(output::AgentChanged{}).index(), Output(output::OfferMade{}).index()};
  EXPECT_EQ(heard, expected);
}

TEST_F(Commit, AnOfferDoesNotOvertakeWhatADeskIsToldWhenItAttaches) {
  open();
  book(1);
  come_back(1);
  run({input::Attach{.request = RequestId{501}, .peer = kDesk, .agent = "anna"},
       input::AgentSays{.request = RequestId{502}, .peer = kDesk, .agent = "anna", .state = AgentState::ready}});
  const auto told = std::find_if(last.begin(), last.end(), [](const Output& o) {
    const auto* a = std::get_if<output::Answer>(&o);
    return a != nullptr && std::holds_alternative<output::Attached>(a->body);
  });
  const auto offered = std::find_if(last.begin(), last.end(), [](const Output& o) {
    return std::holds_alternative<output::OfferMade>(o);
  });
  ASSERT_NE(offered, last.end());
  EXPECT_LT(told, offered);
}

TEST_F(Commit, WholeBatchIsRefusedTogether) {
  open();
  fail("commit");
  std::vector<Input> batch;
  for (std::uint32_t i = 1; i <= 5; ++i) {
    input::Book b = booking(i);
    b.request = RequestId{1000 + i};
    batch.push_back(b);
  }
  run(batch);
  EXPECT_EQ(all<output::Answer>().size(), 5u);
}

TEST_F(Commit, RequestsFromEarlierBatchesAreAnsweredWhenTheEngineIsLost) {
  service.step = [](const auto&, auto, const auto&, const auto&) { return CONVENE_OK; };  // lets nobody in
  open();
  book(1);
  input::Return r = returning(1);
  r.request = RequestId{777};
  put(r);
  EXPECT_TRUE(all<output::Answer>().empty());
  fail("commit");
  ask(booking(2));
  bool answered = false;
  for (const auto& a : all<output::Answer>()) answered |= a.request == RequestId{777};
  EXPECT_TRUE(answered);
}

TEST_F(Commit, RestoringIsTriedWithBackOffAndEverybodyIsRefusedMeanwhile) {
  open();
  store.fault = [](const char*) { return Fault::refuse; };
  ask(booking(1));
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 9; ++i) {
    waits.push_back((loop->next_wake() - now).count());
    now = loop->next_wake();
    run({});
    EXPECT_EQ(code(ask(booking(2))), "store_unavailable");
  }
  EXPECT_EQ(waits, (std::vector<std::int64_t>{100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000}));
  heal();
  pass(seconds(5));
  EXPECT_EQ(book(1), "");
}

TEST_F(Commit, RestoredEngineKnowsPeersAndTheClock) {
  open();
  put(input::ClockStep{hours(1)});
  const std::uint64_t before = loop->generation();
  fail("commit");
  ask(booking(1));
  heal();
  pass(Duration{100});
  EXPECT_EQ(loop->generation(), before + 1);
  input::Book b = booking(2);
  b.due = now + std::chrono::minutes(30);
  EXPECT_EQ(code(ask(b)), "due_in_past") << "by the wall clock it is an hour later";
  book(3);
  EXPECT_TRUE(come_back(3).leg) << "the gateway is still connected";
}

TEST_F(Commit, LoadFailureIsNotAnUnknownIdentifier) {
  open();
  book(1);
  fail("load");
  EXPECT_EQ(code(ask(returning(1))), "store_unavailable") << "fail closed, and say that it may work later";
  heal();
  pass(Duration{100});
  EXPECT_TRUE(come_back(1).leg);
}

TEST_F(Commit, FailureToLoadWhatIsDueIsTriedAgain) {
  open();
  input::Book b = booking(1);
  b.due = now + seconds(10);
  ask(b);
  fail("load_due");
  pass(seconds(11));
  EXPECT_EQ(stored(1).state, RendezvousState::booked);
  heal();
  pass(seconds(5));
  EXPECT_EQ(stored(1).state, RendezvousState::due);
}

TEST_F(Commit, BatchSeesItsOwnChanges) {
  open();
  input::Book b = booking(1);
  b.request = RequestId{1};
  b.due = now + hours(1);
  input::Retime t;
  t.request = RequestId{2};
  t.peer = kWeb;
  t.key = hash(1);
  t.due = now + hours(2);
  input::Cancel c;
  c.request = RequestId{3};
  c.peer = kWeb;
  c.key = hash(1);
  input::Return r = returning(1);
  r.request = RequestId{4};
  run({b, t, c, r});
  const auto answers = all<output::Answer>();
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(std::get<output::Booked>(answers[1].body).due, t.due);
  EXPECT_TRUE(std::holds_alternative<output::Accepted>(answers[2].body));
  EXPECT_EQ(code(answers[3].body), "unknown_identifier");
  EXPECT_EQ(stored(1).end, End::cancelled);
}

TEST_F(Commit, GroupOfBookingsIsOneTransaction) {
  open();
  const std::uint64_t before = store.commits;
  std::vector<Input> batch;
  for (std::uint32_t i = 1; i <= 256; ++i) {
    input::Book b = booking(i);
    b.request = RequestId{1000 + i};
    batch.push_back(b);
  }
  run(batch);
  EXPECT_EQ(store.commits, before + 1);
  EXPECT_EQ(all<output::Answer>().size(), 256u);
}

TEST_F(Commit, RecordsAreWrittenOnceInTheirLastState) {
  Coalescer c;
  Agent a;
  a.id = "anna";
  for (const AgentState s : {AgentState::ready, AgentState::paused, AgentState::wrap_up}) {
    a.state = s;
    c.add(Record(a));
  }
  Rendezvous r;
  r.key = hash(1);
  c.add(Record(r));
  ASSERT_EQ(c.changes().size(), 2u);
  EXPECT_EQ(std::get<Agent>(std::get<Record>(c.changes()[0])).state, AgentState::wrap_up);
  EXPECT_NE(c.find(hash(1)), nullptr);
  c.add(Erase{hash(1)});
  EXPECT_EQ(c.find(hash(1)), nullptr);
  c.add(Record(r));
  EXPECT_EQ(c.changes().size(), 4u) << "what is saved after a removal is a new save";
}

TEST_F(Commit, TwinEnginesSayTheSameToTheByte) {
  const auto history = [] {
    World w;
    w.start();
    w.hello();
    w.ready("anna");
    w.ready("ben");
    for (std::uint32_t i = 1; i < 20; ++i) {
      w.book(i, i % 2 ? "later" : "eager");
      const output::Details d = w.come_back(i);
      if (d.leg) w.connect(d, World::kWeb);
      w.pass(seconds(i));
    }
    std::string all;
    for (const Output& o : w.said) {
      if (const auto* p = std::get_if<output::Publish>(&o)) all += p->topic + p->body;
      if (const auto* n = std::get_if<output::Notice>(&o)) all += n->name + n->detail;
      if (const auto* l = std::get_if<output::LegOrder>(&o)) all += std::to_string(l->seq * 1000 + l->leg.value);
    }
    return all;
  };
  EXPECT_EQ(history(), history());
}

}  // namespace convene::testing
