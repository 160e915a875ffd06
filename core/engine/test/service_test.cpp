// core/engine/test/service_test.cpp - what a service can ask for, what its failures cost, and what bounds it.
#include "core/engine/test/fixture.hpp"

namespace convene::testing {

using std::chrono::minutes;
using std::chrono::seconds;

class Service : public EngineTest {
 protected:
  /// Runs `on_request` inside the session of a connected customer.
  output::Details in_session() {
    service.step = [this](const convene_session& s, std::string_view st, const convene_service_event& e,
                          const convene_service_effects& fx) {
      if (e.kind == CONVENE_EVENT_REQUEST) return on_request(s, st, e, fx);
      return e.kind == CONVENE_EVENT_TIMER || e.kind == CONVENE_EVENT_LEG ? CONVENE_OK : meet(s, st, e, fx);
    };
    open();
    book(1);
    const output::Details d = come_back(1);
    connect(d, kWeb);
    return d;
  }
  void request(LegId leg) {
    input::LegRequest r;
    r.peer = kWeb;
    r.leg = leg;
    r.name = "go";
    put(r);
  }
  TestService::Step on_request;
};

TEST_F(Service, StateIsKeptByTheCoreAndComesBackAfterARestart) {
  std::string seen;
  on_request = [&seen](const auto&, std::string_view state, const auto&, const convene_service_effects& fx) {
    seen = state;
    return fx.save_state(fx.self, text(seen + "x"));
  };
  const output::Details d = in_session();
  request(d.leg);
  request(d.leg);
  EXPECT_EQ(seen, "x");
  start();
  hello();
  request(d.leg);
  EXPECT_EQ(seen, "xx");
}

TEST_F(Service, FailedStepLeavesNoTraceAndEndsTheSessionWithAReason) {
  on_request = [](const auto&, auto, const auto&, const convene_service_effects& fx) {
    fx.save_state(fx.self, text("never"));
    fx.open_channel(fx.self, text("voice"));
    return CONVENE_E_FAILED;
  };
  const output::Details d = in_session();
  request(d.leg);
  const Session& ended = store.ended_sessions.begin()->second;
  EXPECT_EQ(ended.cause, "service_failed");
  EXPECT_EQ(ended.end, End::escalated);
  EXPECT_EQ(ended.state, "");
  EXPECT_EQ(ended.channels, flow().channels);
}

TEST_F(Service, ChannelsOpenedLaterAreTellToLegsAlreadyJoined) {
  on_request = [](const auto&, auto, const auto&, const convene_service_effects& fx) {
    fx.open_channel(fx.self, text("voice"));
    return fx.close_channel(fx.self, text("page"));
  };
  const output::Details d = in_session();
  request(d.leg);
  const output::LegOrder o = order_for(d.leg);
  EXPECT_EQ(o.details.channels, (std::vector<std::string>{"chat", "voice"}));
  EXPECT_EQ(o.details.ticket.epoch, 1u) << "the connection stays";
  EXPECT_EQ(leg_state(d.leg), LegState::connected);
}

TEST_F(Service, EffectsAreBoundedAndBadOnesRefused) {
  std::vector<convene_status> got;
  on_request = [&got](const auto&, auto, const auto&, const convene_service_effects& fx) {
    got = {fx.end(fx.self, 0, text("x")),          fx.end(fx.self, 6, text("x")),
           fx.set_timer(fx.self, 8, 1),            fx.set_timer(fx.self, 0, -1),
           fx.notify(fx.self, 9, text("a"), {}),   fx.notify(fx.self, 0, {}, {}),
           fx.notify(fx.self, 0, text("a"), text("{")), fx.open_channel(fx.self, text("Chat!")),
           fx.add_agent(fx.self, {})};
    const std::string big(64 * 1024 + 1, 'x');
    got.push_back(fx.save_state(fx.self, text(big)));
    for (int i = 0; i < 65; ++i) got.push_back(fx.stop_search(fx.self));
    return CONVENE_OK;
  };
  const output::Details d = in_session();
  request(d.leg);
  for (int i = 0; i < 9; ++i) EXPECT_EQ(got[i], CONVENE_E_INVALID) << i;
  EXPECT_EQ(got[9], CONVENE_E_LIMIT);
  EXPECT_EQ(got[10 + 63], CONVENE_OK);
  EXPECT_EQ(got[10 + 64], CONVENE_E_LIMIT);
}

TEST_F(Service, TimersRingOnceCanBeMovedAndSurviveARestart) {
  std::int64_t at = 0;
  on_request = [&at](const auto&, auto, const auto&, const convene_service_effects& fx) {
    return fx.set_timer(fx.self, 5, at);
  };
  const output::Details d = in_session();
  at = to_ms(now + seconds(10));
  request(d.leg);
  at = to_ms(now + seconds(20));
  request(d.leg);
  pass(seconds(15));
  EXPECT_EQ(service.count(CONVENE_EVENT_TIMER), 0);
  start();
  hello();
  report(d.leg, LegState::connected, 1, kWeb);
  pass(seconds(5));
  EXPECT_EQ(service.count(CONVENE_EVENT_TIMER), 1);
  at = to_ms(now + seconds(5));
  request(d.leg);
  at = 0;
  request(d.leg);
  pass(minutes(1));
  EXPECT_EQ(service.count(CONVENE_EVENT_TIMER), 1) << "cleared";
  at = 1;  // long past: as soon as can be, but not within the same step
  request(d.leg);
  pass(seconds(1));
  EXPECT_EQ(service.count(CONVENE_EVENT_TIMER), 2);
}

TEST_F(Service, NoticesGoToTheRoleAsked) {
  on_request = [](const auto&, auto, const auto&, const convene_service_effects& fx) {
    fx.notify(fx.self, CONVENE_ROLE_AGENT, text("hidden"), {});
    return fx.notify(fx.self, CONVENE_ROLE_CUSTOMER, text("searching"), text("{\"n\":1}"));
  };
  const output::Details d = in_session();
  request(d.leg);
  const auto notices = all<output::Notice>();
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].leg, d.leg);
  EXPECT_EQ(notices[0].name, "searching");
  EXPECT_EQ(notices[0].detail, "{\"n\":1}");
}

TEST_F(Service, OneThatTurnsInCirclesIsStopped) {
  on_request = [](const auto&, auto, const auto&, const convene_service_effects& fx) {
    return fx.find_agent(fx.self, text("nowhere"), {});
  };
  in_session();
  auto inner = service.step;
  service.step = [inner](const convene_session& s, std::string_view st, const convene_service_event& e,
                         const convene_service_effects& fx) {
    if (e.kind == CONVENE_EVENT_NO_AGENT) return fx.find_agent(fx.self, text("nowhere"), {});
    return inner(s, st, e, fx);
  };
  request(LegId{1});
  EXPECT_EQ(stored(1).cause, "service_loop");
}

TEST_F(Service, AgentsAreAddedOnlyAfterTheyAccepted) {
  on_request = [](const auto&, auto, const auto&, const convene_service_effects& fx) {
    return fx.add_agent(fx.self, text("anna"));
  };
  const output::Details d = in_session();
  attach("anna");
  auto inner = service.step;
  service.step = [inner](const convene_session& s, std::string_view st, const convene_service_event& e,
                         const convene_service_effects& fx) {
    return e.kind == CONVENE_EVENT_NO_AGENT ? CONVENE_OK : inner(s, st, e, fx);
  };
  request(d.leg);
  EXPECT_EQ(snapshot().legs.size(), 1u);
  EXPECT_EQ(service.count(CONVENE_EVENT_NO_AGENT), 1) << "and the service hears of it";
}

TEST_F(Service, EndedSessionsTakeNothingMore) {
  on_request = [](const auto&, auto, const auto&, const convene_service_effects& fx) {
    fx.end(fx.self, CONVENE_END_DECLINED, text("closed"));
    fx.end(fx.self, CONVENE_END_COMPLETED, text("again"));
    return fx.open_channel(fx.self, text("voice"));
  };
  const output::Details d = in_session();
  request(d.leg);
  EXPECT_EQ(stored(1).end, End::declined);
  EXPECT_EQ(stored(1).cause, "closed");
}

TEST_F(Service, ForgottenSessionsEndByThemselves) {
  on_request = [](const auto&, auto, const convene_service_event& e, const convene_service_effects& fx) {
    fx.stop_search(fx.self);
    return fx.remove(fx.self, e.leg, text("shown_out"));
  };
  const output::Details d = in_session();
  request(d.leg);
  EXPECT_EQ(leg_state(d.leg), LegState::left);
  pass(minutes(5));
  EXPECT_TRUE(snapshot().sessions.empty());
  EXPECT_EQ(stored(1).state, RendezvousState::booked) << "nobody was met: the bookmark works again";
}

TEST_F(Service, OneThatIsGoneAfterARestartEndsItsSessionsWithAReason) {
  on_request = [](const auto&, auto, const auto&, const auto&) { return CONVENE_OK; };
  in_session();
  settings.flows.erase("later");
  start();
  pass(Duration{1});
  EXPECT_TRUE(snapshot().sessions.empty());
  EXPECT_EQ(stored(1).cause, "service_failed");
}

TEST_F(Service, LegsOfASessionAreBounded) {
  settings.limits.legs_per_session = 3;
  on_request = [](const convene_session&, auto, const auto&, const auto&) { return CONVENE_OK; };
  in_session();
  for (int i = 0; i < 2; ++i) {
    const Snapshot s = snapshot();
    const Leg& newest = s.legs.back();
    report(newest.id, LegState::left, 1, kWeb);
    EXPECT_TRUE(come_back(1).leg);
  }
  report(snapshot().legs.back().id, LegState::left, 1, kWeb);
  EXPECT_EQ(code(ask(returning(1))), "busy");
}

}  // namespace convene::testing
