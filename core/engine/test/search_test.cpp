// core/engine/test/search_test.cpp - who gets whom: order, fairness, pages, overflow, fallbacks, and the end of waiting.
#include "core/engine/test/fixture.hpp"

namespace convene::testing {

using std::chrono::seconds;

class Router : public EngineTest {
 protected:
  std::vector<std::string> offered() const {
    std::vector<std::string> out;
    for (const auto& o : offers()) out.push_back(o.agent);
    return out;
  }
  void customers(std::uint32_t from, std::uint32_t to) {
    for (std::uint32_t i = from; i <= to; ++i) {
      book(i);
      connect(come_back(i), kWeb);
      pass(Duration{1});
    }
  }
  std::vector<Decision> decisions(std::uint64_t session = 1) { return *store.decisions(SessionId{session}); }
};

TEST_F(Router, GivesLongestIdleAgentFirst) {
  open();
  ready("chloe"), ready("anna"), ready("ben");
  customers(1, 3);
  EXPECT_EQ(offered(), (std::vector<std::string>{"chloe", "anna", "ben"}));
}

TEST_F(Router, CountsEveryAgentOfAPoolOnceAfterARestartToo) {
  const auto sales = [this] {
    for (const PoolLoad& load : loop->engine().pools())
      if (load.pool == "sales") return std::vector<std::uint64_t>{load.agents, load.free, load.waiting};
    return std::vector<std::uint64_t>{};
  };
  open();
  EXPECT_EQ(sales(), (std::vector<std::uint64_t>{0, 0, 0}));
  ready("anna"), ready("ben");
  EXPECT_EQ(sales(), (std::vector<std::uint64_t>{2, 2, 0}));
  open();
  EXPECT_EQ(sales()[0], 2u) << "they are still signed in, and their desks have to say so again";
  EXPECT_EQ(sales()[1], 0u);
}

TEST_F(Router, GivesTheOldestSearchFirst) {
  open();
  customers(1, 3);
  ready("anna");
  ASSERT_EQ(offers().size(), 1u);
  EXPECT_EQ(offers()[0].offer.session, SessionId{1});
}

TEST_F(Router, ASearchThatWaitsDoesNotHoldUpTheNext) {
  policy.decide = [](const convene_routing_request& q, convene_routing_answer& a) {
    if (q.session == 1) return a.action = CONVENE_ROUTING_WAIT, CONVENE_OK;
    return first_candidate(q, a);
  };
  open();
  customers(1, 2);
  ready("anna");
  ASSERT_EQ(offers().size(), 1u);
  EXPECT_EQ(offers()[0].offer.session, SessionId{2});
}

TEST_F(Router, IsEventDrivenAndAsksNobodyTwiceForNothing) {
  open();
  customers(1, 100);
  EXPECT_EQ(policy.asked, 100) << "each once, to allow overflow";
  pass(seconds(60));
  EXPECT_EQ(policy.asked, 100);
  ready("anna");
  EXPECT_EQ(policy.asked, 101) << "one agent, one question";
}

TEST_F(Router, AsksAgainWhenThePolicySaidSo) {
  const Time later = now + seconds(42);
  policy.decide = [later](const convene_routing_request& q, convene_routing_answer& a) {
    if (q.now_ms < to_ms(later)) {
      a.action = CONVENE_ROUTING_WAIT;
      a.until_ms = to_ms(later);
      return CONVENE_OK;
    }
    return first_candidate(q, a);
  };
  open();
  ready("anna");
  customers(1, 1);
  pass(seconds(40));
  EXPECT_TRUE(offers().empty());
  pass(seconds(3));
  EXPECT_EQ(offers().size(), 1u);
}

TEST_F(Router, ShowsCandidatesPageByPage) {
  settings.limits.page = 2;
  std::vector<std::string> shown;
  policy.decide = [&](const convene_routing_request& q, convene_routing_answer& a) {
    for (std::size_t i = 0; i < q.candidate_count; ++i) {
      shown.emplace_back(text(q.candidates[i].agent));
      if (shown.back() == "ben") return a.action = CONVENE_ROUTING_ASSIGN, a.index = i, CONVENE_OK;
    }
    return a.action = CONVENE_ROUTING_MORE, CONVENE_OK;
  };
  open();
  ready("chloe"), ready("anna"), ready("ben");
  customers(1, 1);
  EXPECT_EQ(shown, (std::vector<std::string>{"chloe", "anna", "ben"}));
  EXPECT_EQ(offered(), (std::vector<std::string>{"ben"}));
  says("ben", AgentState::paused);
  EXPECT_EQ(decisions().back().outcome, "wait") << "MORE on the last page is to wait";
}

TEST_F(Router, OverflowsIntoAnotherPool) {
  settings.agents["ben"].pools = {"backup"};
  policy.decide = [](const convene_routing_request& q, convene_routing_answer& a) {
    if (q.candidate_count > 0 || text(q.pool) == "backup") return first_candidate(q, a);
    a.action = CONVENE_ROUTING_OVERFLOW;
    return a.pool->write(a.pool->self, text("backup"));
  };
  open();
  ready("ben");
  customers(1, 1);
  EXPECT_EQ(offered(), (std::vector<std::string>{"ben"}));
  EXPECT_EQ(decisions()[0].outcome, "overflow");
}

TEST_F(Router, OverflowInACircleEndsInWaiting) {
  settings.agents["ben"].pools = {"backup"};
  policy.decide = [](const convene_routing_request& q, convene_routing_answer& a) {
    a.action = CONVENE_ROUTING_OVERFLOW;
    return a.pool->write(a.pool->self, text(text(q.pool) == "backup" ? "sales" : "backup"));
  };
  open();
  customers(1, 1);
  EXPECT_LE(policy.asked, 10);
  EXPECT_TRUE(offers().empty());
}

TEST_F(Router, EveryFailureOfAPolicyIsCoveredByTheFallback) {
  using Decide = decltype(policy.decide);
  const Decide bad[] = {
      [](const auto&, auto&) { return CONVENE_E_FAILED; },
      [](const auto&, auto&) { return CONVENE_E_PARKED; },
      [](const auto&, auto& a) { return a.action = 77, CONVENE_OK; },
      [](const auto&, auto&) { return CONVENE_OK; },
      [](const auto& q, auto& a) { return a.action = CONVENE_ROUTING_ASSIGN, a.index = q.candidate_count, CONVENE_OK; },
      [](const auto&, auto& a) {
        a.action = CONVENE_ROUTING_OVERFLOW;
        return a.pool->write(a.pool->self, text("no_such_pool"));
      },
      [](const auto&, auto& a) {
        a.action = CONVENE_ROUTING_OVERFLOW;
        return a.pool->write(a.pool->self, text(std::string(65, 'x')));
      },
  };
  open();
  ready("anna");
  std::uint32_t key = 0;
  for (const Decide& decide : bad) {
    policy.decide = decide;
    book(++key);
    const output::Details d = come_back(key);
    ASSERT_EQ(offers().size(), key);
    const auto kept = decisions(d.session.value);
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_EQ(kept[0].outcome, "failed");
    EXPECT_EQ(kept[1].policy, "fallback 1.0.0");
    EXPECT_EQ(kept[1].outcome, "assign");
    report(d.leg, LegState::failed, 1, kWeb);
  }
  fallback.decide = bad[0];
  customers(100, 100);
  EXPECT_EQ(offers().size(), std::size(bad) + 1) << "and the last resort cannot fail";
  EXPECT_EQ(decisions(offers().back().offer.session.value).back().policy, "built-in longest idle");
}

TEST_F(Router, DecisionsHoldTheScoresOfThePolicyThatDecided) {
  policy.decide = [](const convene_routing_request& q, convene_routing_answer& a) {
    EXPECT_EQ(a.scores->give(a.scores->self, q.candidate_count, 1), CONVENE_E_INVALID);
    if (q.candidate_count > 1) a.scores->give(a.scores->self, 1, -7);
    if (q.attempt > 0) return CONVENE_E_FAILED;
    return first_candidate(q, a);
  };
  open();
  ready("anna"), ready("ben");
  customers(1, 1);
  const std::string seen = decisions().back().candidates;
  EXPECT_TRUE(seen.ends_with(R"("capacity":1,"score":-7}])")) << seen;
  EXPECT_EQ(seen.find("score"), seen.rfind("score")) << "who was given none has none: " << seen;
  says("anna", AgentState::paused);
  for (const Decision& d : decisions()) {
    if (d.outcome != "failed") continue;
    EXPECT_EQ(d.candidates.find("score"), std::string::npos);
  }
}

TEST_F(Router, DecisionsSayWhyAndAreBounded) {
  policy.decide = [n = 0](const convene_routing_request& q, convene_routing_answer& a) mutable {
    const std::string reason = "reason " + std::to_string(++n);
    a.reason->write(a.reason->self, text(reason));
    a.action = CONVENE_ROUTING_WAIT;
    a.until_ms = q.now_ms + 1000;
    return CONVENE_OK;
  };
  open();
  ready("anna");
  customers(1, 1);
  pass(seconds(300));
  EXPECT_EQ(decisions().size(), 100u);
  EXPECT_EQ(decisions()[0].reason, "reason 1");
  EXPECT_EQ(decisions()[0].candidates, R"([{"agent":"anna","idle_ms":1,"sessions":0,"capacity":1}])");
}

TEST_F(Router, WaitingIsNotToldTwice) {
  open();
  customers(1, 1);
  for (int i = 0; i < 10; ++i) {
    ready("anna");
    answer("anna", offers().back().offer.offer, false);
    pass(seconds(11));
  }
  std::size_t waits = 0;
  for (const Decision& d : decisions()) waits += d.outcome == "wait" ? 1 : 0;
  EXPECT_LE(waits, 2u);
}

TEST_F(Router, SearchThatTakesTooLongEndsAsNoAgent) {
  open();
  customers(1, 1);
  pass(flow().wait_max);
  EXPECT_EQ(service.count(CONVENE_EVENT_NO_AGENT), 1);
  EXPECT_EQ(stored(1).end, End::escalated);
  EXPECT_EQ(stored(1).cause, "no_agent");
}

TEST_F(Router, PoolWithoutAgentsIsNoAgentAtOnce) {
  flow().pool = "empty";
  open();
  customers(1, 1);
  EXPECT_EQ(service.count(CONVENE_EVENT_NO_AGENT), 1);
}

TEST_F(Router, RemovedWantedAgentIsNoAgentAtOnce) {
  open();
  input::Book b = booking(1);
  b.agent = "ben";
  ask(b);
  settings.agents.erase("ben");
  loop->reconfigure(settings);
  come_back(1);
  EXPECT_EQ(service.count(CONVENE_EVENT_NO_AGENT), 1);
}

TEST_F(Router, AgentRemovedWhileSomebodyWaitsForHimIsNoAgent) {
  open();
  input::Book b = booking(1);
  b.agent = "ben";
  ask(b);
  come_back(1);
  settings.agents.erase("ben");
  loop->reconfigure(settings);
  pass(Duration{1});
  EXPECT_EQ(service.count(CONVENE_EVENT_NO_AGENT), 1);
}

TEST_F(Router, NewAgentOfANewConfigurationIsOfferedWhatWaits) {
  open();
  customers(1, 1);
  settings.agents["dora"] = agent("dora");
  loop->reconfigure(settings);
  ready("dora");
  EXPECT_EQ(offered(), (std::vector<std::string>{"dora"}));
}

TEST_F(Router, StopSearchWithdrawsAndForgets) {
  service.step = [](const convene_session& s, std::string_view st, const convene_service_event& e,
                    const convene_service_effects& fx) {
    return e.kind == CONVENE_EVENT_REQUEST ? fx.stop_search(fx.self) : meet(s, st, e, fx);
  };
  open();
  ready("anna");
  book(1);
  const output::Details d = come_back(1);
  input::LegRequest r;
  r.peer = kWeb;
  r.leg = d.leg;
  r.name = "stop";
  put(r);
  EXPECT_EQ(all<output::OfferEnded>().size(), 1u);
  EXPECT_TRUE(snapshot().sessions[0].pool.empty());
  pass(flow().wait_max);
  EXPECT_EQ(service.count(CONVENE_EVENT_NO_AGENT), 0);
}

}  // namespace convene::testing
