// core/engine/test/booking_test.cpp - what can be asked about a rendezvous, and every way in which it is refused.
#include "core/engine/test/fixture.hpp"

namespace convene::testing {

using std::chrono::hours;
using std::chrono::minutes;

class Booking : public EngineTest {};

TEST_F(Booking, EveryBadWishIsRefusedWithItsCode) {
  flow().context_max = 64;
  open();
  struct Case {
    const char* code;
    std::function<void(input::Book&)> spoil;
  };
  const Case cases[] = {
      {"unknown_flow", [](auto& b) { b.flow = "nothing"; }},
      {"unknown_flow", [](auto& b) { b.flow.clear(); }},
      {"unknown_agent", [](auto& b) { b.agent = "nobody"; }},
      {"context_invalid", [](auto& b) { b.context = "[]"; }},
      {"context_invalid", [](auto& b) { b.context = "{\"a\":}"; }},
      {"context_invalid", [](auto& b) { b.context.clear(); }},
      {"context_too_large", [](auto& b) { b.context = "{\"a\":\"" + std::string(64, 'x') + "\"}"; }},
      {"due_in_past", [this](auto& b) { b.due = now; }},
      {"due_in_past", [](auto& b) { b.due = from_ms(-1); }},
      {"due_too_far", [](auto& b) { b.due = kNever; }},
      {"malformed", [](auto& b) { b.key = {}; }},
      {"no_session", [](auto& b) { b.continues = hash(404); }},
      {"no_session", [](auto& b) { b.continues_leg = LegId{404}; }},
  };
  for (const Case& c : cases) {
    input::Book b = booking(1);
    c.spoil(b);
    EXPECT_EQ(code(ask(b)), c.code);
  }
  EXPECT_TRUE(store.rendezvous.empty()) << "a refusal leaves nothing";
}

TEST_F(Booking, SameIdempotencyKeyIsTheSameBooking) {
  open();
  input::Book b = booking(1);
  b.idempotency = hash(900);
  const output::Body first = ask(b);
  b.key = hash(2);  // the runtime makes a fresh identifier for every request
  const output::Body second = ask(b);
  EXPECT_EQ(std::get<output::Booked>(first).key, std::get<output::Booked>(second).key);
  EXPECT_EQ(store.rendezvous.size(), 1u);
  b.context = "{\"other\":1}";
  EXPECT_EQ(code(ask(b)), "idempotency_conflict");
  pass(minutes(11));
  b.context = "{}";
  EXPECT_EQ(std::get<output::Booked>(ask(b)).key, hash(2)) << "after its time a key is free again";
}

TEST_F(Booking, PendingRendezvousAreNotInMemory) {
  open();
  for (std::uint32_t i = 1; i <= 100; ++i) ASSERT_EQ(book(i), "");
  EXPECT_EQ(store.rendezvous.size(), 100u);
  EXPECT_TRUE(snapshot().rendezvous.empty());
}

TEST_F(Booking, LookSaysWhatIsBookedAndChangesNothing) {
  open();
  input::Book b = booking(1);
  b.due = now + hours(2);
  b.agent = "ben";
  ask(b);
  const std::uint64_t commits = store.commits;
  input::Look look;
  look.peer = kWeb;
  look.key = hash(1);
  const output::Body body = ask(look);
  const auto& found = std::get<output::Found>(body);
  EXPECT_EQ(found.booking.agent, "Agent ben");
  EXPECT_EQ(found.booking.due, b.due);
  EXPECT_EQ(found.state, RendezvousState::booked);
  EXPECT_EQ(store.commits, commits);
}

TEST_F(Booking, AnotherTimeMovesDueAndExpiry) {
  open();
  book(1);
  input::Retime r;
  r.peer = kWeb;
  r.key = hash(1);
  r.due = now + hours(3);
  EXPECT_EQ(code(ask(r)), "");
  EXPECT_EQ(stored(1).due, r.due);
  EXPECT_EQ(stored(1).expires, *r.due + flow().grace);
  r.due = now;
  EXPECT_EQ(code(ask(r)), "due_in_past");
  r.due = kNever;
  EXPECT_EQ(code(ask(r)), "due_too_far");
  r.due.reset();
  EXPECT_EQ(code(ask(r)), "");
  EXPECT_FALSE(stored(1).due);
  come_back(1);
  EXPECT_EQ(code(ask(r)), "not_allowed") << "the conversation has begun";
}

TEST_F(Booking, CancelledExpiredEndedAndUnknownAreRefusedAlike) {
  open();
  book(1), book(2), book(3);
  input::Cancel c;
  c.peer = kWeb;
  c.key = hash(1);
  EXPECT_EQ(code(ask(c)), "");
  EXPECT_EQ(stored(1).end, End::cancelled);
  const output::Details d = come_back(3);
  report(d.leg, LegState::connected, 1, kWeb);
  report(d.leg, LegState::left, 1, kWeb);
  ASSERT_EQ(stored(3).state, RendezvousState::ended);
  pass(flow().expires + hours(1));
  EXPECT_EQ(stored(2).cause, "expired");

  std::vector<std::string> texts;
  for (const std::uint32_t key : {1u, 2u, 3u, 404u}) {
    const output::Body body = ask(returning(key));
    EXPECT_EQ(code(body), "unknown_identifier");
    texts.push_back(std::get<output::Refused>(body).text);
    input::Look look;
    look.peer = kWeb;
    look.key = hash(key);
    EXPECT_EQ(code(ask(look)), "unknown_identifier");
    c.key = hash(key);
    EXPECT_EQ(code(ask(c)), "unknown_identifier");
    input::Retime r;
    r.peer = kWeb;
    r.key = hash(key);
    EXPECT_EQ(code(ask(r)), "unknown_identifier");
  }
  EXPECT_EQ(std::count(texts.begin(), texts.end(), texts[0]), 4) << "one uniform answer";
  input::Return none = returning(1);
  none.key = {};
  EXPECT_EQ(code(ask(none)), "unknown_identifier");
}

TEST_F(Booking, ExpiredButNotSweptYetIsRefused) {
  open();
  input::Book b = booking(1);
  ask(b);
  now += flow().expires;  // nobody woke the engine
  EXPECT_FALSE(come_back(1).leg);
  EXPECT_EQ(stored(1).cause, "expired");
}

TEST_F(Booking, ComesDueAndExpiresWithoutAnybodyAsking) {
  open();
  input::Book b = booking(1);
  b.due = now + hours(1);
  ask(b);
  pass(hours(1) - Duration{1});
  EXPECT_EQ(stored(1).state, RendezvousState::booked);
  pass(Duration{1});
  EXPECT_EQ(stored(1).state, RendezvousState::due);
  EXPECT_EQ(snapshot().rendezvous.size(), 1u) << "what is due is in memory";
  EXPECT_TRUE(snapshot().sessions.empty()) << "this service does nothing at the time";
  pass(flow().grace);
  EXPECT_EQ(stored(1).state, RendezvousState::ended);
  EXPECT_EQ(stored(1).cause, "expired");
  EXPECT_TRUE(snapshot().rendezvous.empty());
}

TEST_F(Booking, AThousandDueAtOnceAllComeDue) {
  open();
  for (std::uint32_t i = 1; i <= 1000; ++i) {
    input::Book b = booking(i);
    b.due = now + hours(1);
    ask(b);
  }
  pass(hours(1));
  EXPECT_EQ(snapshot().rendezvous.size(), 1000u);
}

TEST_F(Booking, DueIsWallTimeAndFollowsTheClock) {
  open();
  input::Book b = booking(1);
  b.due = now + hours(2);
  ask(b);
  put(input::ClockStep{hours(1)});  // somebody set the clock forward
  pass(hours(1) - Duration{1});
  EXPECT_EQ(stored(1).state, RendezvousState::booked);
  pass(Duration{1});
  EXPECT_EQ(stored(1).state, RendezvousState::due);
}

TEST_F(Booking, AtTheTimeTheServiceIsAskedAndMayBegin) {
  service.step = [](const convene_session& s, std::string_view, const convene_service_event& e,
                    const convene_service_effects& fx) {
    if (e.kind == CONVENE_EVENT_DUE) return fx.find_agent(fx.self, {}, s.wanted_agent);
    return meet(s, {}, e, fx);
  };
  open();
  ready("anna");
  input::Book b = booking(1);
  b.due = now + hours(1);
  ask(b);
  pass(hours(1));
  EXPECT_EQ(service.count(CONVENE_EVENT_DUE), 1);
  ASSERT_EQ(offers().size(), 1u) << "claim 7's trigger: the agent is asked without the customer";
  expect_agreement();
  EXPECT_TRUE(come_back(1).leg);
  EXPECT_EQ(snapshot().sessions.size(), 1u) << "the customer joins the session that is there";
}

TEST_F(Booking, EagerSessionIsThereAtBookingAndGoesWithExpiry) {
  open();
  book(1, "eager");
  EXPECT_EQ(snapshot().sessions.size(), 1u);
  EXPECT_EQ(service.events, (std::vector<int>{CONVENE_EVENT_CREATED}));
  pass(flow("eager").expires);
  EXPECT_TRUE(snapshot().sessions.empty());
  EXPECT_EQ(stored(1).cause, "expired");
}

TEST_F(Booking, TooManySessionsAreRefusedWithATimeToTryAgain) {
  settings.limits.sessions = 2;
  open();
  book(1), book(2), book(3);
  EXPECT_TRUE(come_back(1).leg);
  EXPECT_TRUE(come_back(2).leg);
  const output::Body body = ask(returning(3));
  EXPECT_EQ(code(body), "busy");
  EXPECT_GT(std::get<output::Refused>(body).retry_after.count(), 0);
  EXPECT_EQ(stored(3).state, RendezvousState::booked) << "the identifier is not used up";
}

TEST_F(Booking, TooManySearchesAreRefusedWithATimeToTryAgain) {
  settings.limits.searches = 1;
  open();
  book(1), book(2);
  EXPECT_TRUE(come_back(1).leg);
  EXPECT_EQ(code(ask(returning(2))), "busy");
  input::Start start;
  start.peer = kWeb;
  start.flow = "later";
  EXPECT_EQ(code(ask(start)), "busy");
}

TEST_F(Booking, StartIsRefusedLikeBooking) {
  flow().context_max = 64;
  open();
  input::Start s;
  s.peer = kWeb;
  s.flow = "nothing";
  EXPECT_EQ(code(ask(s)), "unknown_flow");
  s.flow = "later";
  s.context = "7";
  EXPECT_EQ(code(ask(s)), "context_invalid");
  s.context = std::string(65, ' ');
  EXPECT_EQ(code(ask(s)), "context_too_large");
}

TEST_F(Booking, WithoutAnyGatewayComersAreToldToTryAgain) {
  start();
  book(1);
  EXPECT_EQ(code(ask(returning(1))), "busy");
  EXPECT_EQ(stored(1).state, RendezvousState::booked);
  hello();
  EXPECT_TRUE(come_back(1).leg);
}

}  // namespace convene::testing
