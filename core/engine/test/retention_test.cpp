// core/engine/test/retention_test.cpp - what has ended is erased by its age and on request, and nothing else ever is.
#include "core/engine/test/fixture.hpp"
#include "tests/support/figure.hpp"

namespace convene::testing {

using std::chrono::hours;

class Retention : public EngineTest {
 protected:
  /// Books, comes back, meets, leaves: one rendezvous and one session that have ended.
  SessionId whole_story(std::uint32_t key) {
    EXPECT_EQ(book(key), "");
    const output::Details customer = come_back(key);
    connect(customer, kWeb);
    take_newest();
    report(customer.leg, LegState::left, customer.ticket.epoch, kWeb);
    pass(Duration{1});
    return customer.session;
  }
  void cancel(std::uint32_t key) { ask(input::Cancel{{}, kWeb, hash(key)}); }
  /// As the runtime asks: with what the store knows of it.
  std::string forget(std::uint32_t key) {
    input::Forget f;
    f.peer = kWeb;
    f.key = hash(key);
    f.sessions = *store.sessions_of(f.key);
    return code(ask(f));
  }
  std::size_t kept() const { return store.rendezvous.size() + store.ended_sessions.size(); }
  static constexpr Duration kKeep = hours(24 * 30);
};

TEST_F(Retention, ErasesWhatHasEndedBeforeItIsOlderThanIsKept) {
  open();
  ready("anna");
  const SessionId session = whole_story(1);
  book(2);
  flow().expires = hours(24 * 365);
  loop->reconfigure(settings);
  book(3);
  EXPECT_EQ(kept(), 4u);
  EXPECT_EQ(store.decisions(session)->size(), 1u);
  const Time ended = *stored(1).ended_at;
  pass(ended + kKeep - hours(1) - now - Duration{1});
  EXPECT_TRUE(store.rendezvous.count(hash(1))) << "it is kept for so long";
  pass(hours(1) + Duration{1});
  EXPECT_FALSE(store.rendezvous.count(hash(1)));
  EXPECT_FALSE(store.ended_sessions.count(session));
  EXPECT_TRUE(store.decisions(session)->empty());
  EXPECT_GE(store.scrubs, 1u) << "and from the files";
  pass(hours(24 * 40));
  EXPECT_FALSE(store.rendezvous.count(hash(2))) << "expired after thirty days, kept for thirty more";
  EXPECT_TRUE(store.rendezvous.count(hash(3))) << "what has not ended is never too old";
}

TEST_F(Retention, ErasesABacklogInSmallBatchesBetweenWhichBookingsGoOn) {
  constexpr std::uint32_t kBacklog = 2'000;
  open();
  for (std::uint32_t key = 1; key <= kBacklog; ++key) {
    book(key);
    cancel(key);
  }
  loop.reset();  // for two months nothing runs
  now += hours(24 * 60);
  start();
  hello();
  std::size_t most = 0, batches = 0, booked = 0;
  std::size_t before = store.rendezvous.size();
  const Time began = now;
  while (store.rendezvous.count(hash(kBacklog)) != 0) {
    ASSERT_LT(++batches, 100u);
    now = std::max(now, loop->next_wake());
    run({});
    most = std::max(most, before - store.rendezvous.size());
    EXPECT_EQ(book(10'000 + static_cast<std::uint32_t>(++booked)), "");
    before = store.rendezvous.size();
  }
  EXPECT_LE(most, 64u);
  EXPECT_EQ(store.rendezvous.size(), booked);
  EXPECT_EQ(store.scrubs, 1u) << "cleaned up once, when all of it is gone";
  test::figure("I3", "most rows of a kind erased in one batch, of a backlog of 2,000", std::to_string(most), "at most 64");
  test::figure("I3", "time of that backlog", std::to_string((now - began).count()) + " ms", "bookings go on between");
}

TEST_F(Retention, AShorterTimeCountsForWhatHasEndedAlready) {
  open();
  book(1);
  cancel(1);
  pass(hours(24 * 8));
  EXPECT_EQ(kept(), 1u);
  settings.keep = hours(24 * 7);
  loop->reconfigure(settings);
  pass(Duration{1});
  EXPECT_EQ(kept(), 0u);
}

TEST_F(Retention, AsksTheStoreOnceAnHourAtMost) {
  open();
  int asked = 0;
  store.fault = [&](const char* call) {
    asked += std::string_view(call) == "load_ended";
    return MemoryStore::Fault::none;
  };
  for (std::uint32_t key = 1; key <= 100; ++key) {
    book(key);
    cancel(key);
    pass(std::chrono::minutes(6));  // ten hours of them
  }
  EXPECT_EQ(asked, 0) << "nothing is old enough, and the engine knows";
  pass(kKeep + hours(1));
  EXPECT_LE(asked, 12);
  EXPECT_GE(asked, 9);
  EXPECT_EQ(kept(), 0u);
  store.fault = {};  // It counts in this test's own variable.
}

TEST_F(Retention, ASweepThatTheStoreRefusesIsTakenUpAgain) {
  open();
  book(1);
  cancel(1);
  store.fault = [](const char* call) {
    return std::string_view(call) == "load_ended" ? MemoryStore::Fault::refuse : MemoryStore::Fault::none;
  };
  pass(kKeep);
  EXPECT_EQ(kept(), 1u);
  store.fault = nullptr;
  pass(CommitLoop::kLastRetry * 2);
  EXPECT_EQ(kept(), 0u);
}

TEST_F(Retention, FilesThatCannotBeCleanedNowAreCleanedLater) {
  open();
  book(1);
  store.fault = [](const char* call) {
    return std::string_view(call) == "scrub" ? MemoryStore::Fault::refuse : MemoryStore::Fault::none;
  };
  EXPECT_EQ(forget(1), "");
  EXPECT_EQ(store.scrubs, 0u);
  store.fault = nullptr;
  pass(std::chrono::seconds(60));
  EXPECT_EQ(store.scrubs, 1u) << "within the minute that is promised";
}

TEST_F(Retention, OnRequestAPendingRendezvousIsErasedAndOpensNothing) {
  open();
  book(1);
  book(2);
  EXPECT_EQ(forget(1), "");
  EXPECT_EQ(store.scrubs, 1u);
  EXPECT_FALSE(store.rendezvous.count(hash(1)));
  EXPECT_TRUE(store.rendezvous.count(hash(2)));
  EXPECT_EQ(code(ask(returning(1))), "unknown_identifier");
  EXPECT_EQ(forget(1), "unknown_identifier") << "nothing is known of it any more";
}

TEST_F(Retention, OnRequestAConversationEndsAndIsErasedWithItsRendezvous) {
  open();
  ready("anna");
  book(1);
  const output::Details customer = come_back(1);
  connect(customer, kWeb);
  take_newest();
  EXPECT_EQ(forget(1), "");
  EXPECT_TRUE(snapshot().sessions.empty());
  EXPECT_EQ(kept(), 0u);
  EXPECT_TRUE(store.decisions(customer.session)->empty());
  EXPECT_FALSE(order_for(customer.leg).join) << "who is in it is told to leave";
  std::vector<PeerId> told;
  for (const auto& notice : all<output::Notice>(said)) {
    if (notice.name == "erased" && notice.session == customer.session) told.push_back(notice.peer);
  }
  EXPECT_EQ(told, (std::vector{kDesk, kWeb})) << "every gateway";
  ASSERT_EQ(loop->erased().size(), 1u) << "and whoever runs the loop";
  EXPECT_EQ(loop->erased()[0], customer.session);
  report(customer.leg, LegState::left, customer.ticket.epoch, kWeb);
  EXPECT_TRUE(loop->erased().empty()) << "once";
  pass(std::chrono::minutes(2));
  EXPECT_EQ(kept(), 0u) << "nothing of it comes back";
}

TEST_F(Retention, OnRequestWhatHasEndedIsErasedWithAllSessionsOfItsRendezvous) {
  open();
  book(1);
  for (int i = 0; i < 2; ++i) {  // twice the browser does not get through: booked again under the same identifier
    come_back(1);
    pass(std::chrono::minutes(2));
  }
  ASSERT_EQ(store.sessions_of(hash(1))->size(), 2u);
  ASSERT_EQ(stored(1).state, RendezvousState::booked);
  EXPECT_EQ(forget(1), "");
  EXPECT_EQ(kept(), 0u);
}

TEST_F(Retention, OnRequestASessionThatWasAskedForNowIsErased) {
  open();
  ready("anna");
  const output::Details customer = talk_now();
  ASSERT_TRUE(customer.leg);
  input::Forget f;
  f.peer = kWeb;
  f.sessions = {customer.session};
  EXPECT_EQ(code(ask(f)), "");
  EXPECT_TRUE(snapshot().sessions.empty());
  EXPECT_EQ(kept(), 0u);
  f.sessions.clear();
  EXPECT_EQ(code(ask(f)), "unknown_identifier");
}

TEST_F(Retention, WhatIsErasedInABatchDoesNotComeBackInTheSame) {
  open();
  book(1);
  input::Forget f;
  f.request = RequestId{++request};
  f.peer = kWeb;
  f.key = hash(1);
  input::Return r = returning(1);
  r.request = RequestId{++request};
  run({Input{f}, Input{r}});
  EXPECT_EQ(kept(), 0u);
  EXPECT_TRUE(snapshot().sessions.empty());
  EXPECT_EQ(code(all<output::Answer>().back().body), "unknown_identifier");
}

TEST_F(Retention, ABookingThatWasErasedIsNotAnsweredFromMemory) {
  open();
  input::Book b = booking(1);
  b.idempotency = hash(500);
  EXPECT_EQ(code(ask(b)), "");
  EXPECT_EQ(forget(1), "");
  b.key = hash(2);
  EXPECT_EQ(code(ask(b)), "");
  EXPECT_TRUE(store.rendezvous.count(hash(2))) << "it is a booking of its own";
}

}  // namespace convene::testing
