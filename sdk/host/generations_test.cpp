// sdk/host/generations_test.cpp - generations change under calls, and nobody is the worse for it.
#include "sdk/host/generations.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "convene/routing.hpp"
#include "convene/service.hpp"
#include "sdk/host/effect_tape.hpp"
#include "sdk/host/loader.hpp"
#include "tests/support/figure.hpp"

namespace convene {
namespace {

using sdk::Decision;
using sdk::RoutingRequest;

struct First {
  static constexpr std::string_view kVersion = "1.0.0";
  Decision decide(const RoutingRequest&) { return Decision::assign(0, "the first"); }
  void outcome(const convene_routing_outcome&) { ++outcomes; }
  static inline int outcomes = 0;
};
struct Second {
  static constexpr std::string_view kVersion = "2.0.0";
  Decision decide(const RoutingRequest&) { return Decision::assign(1, "the second"); }
};
/// As the first one, but for one session.
struct Careful {
  static constexpr std::string_view kVersion = "1.1.0";
  Decision decide(const RoutingRequest& r) {
    return r.session() == 7 ? Decision::wait("not seven") : Decision::assign(0, "the first");
  }
};
struct Failing {
  static constexpr std::string_view kVersion = "3.0.0";
  Decision decide(const RoutingRequest&) { throw sdk::Failure("has no idea"); }
};
struct NoPolicy {
  static constexpr std::string_view kVersion = "4.0.0";
  void step(const sdk::Session&, std::string_view, const sdk::Event&, sdk::Effects&) {}
};

/// Counts its steps in a state "VERSION:COUNT", and knows the versions from `Oldest` on.
template <unsigned Version, unsigned Oldest = Version>
struct Counting {
  static constexpr std::uint32_t kStateVersion = Version;
  static constexpr char kText[] = {'0' + Version, '.', '0', '.', '0', 0};
  static constexpr std::string_view kVersion = kText;
  void step(const sdk::Session&, std::string_view state, const sdk::Event&, sdk::Effects& effects) {
    const unsigned made_by = state.empty() ? Version : static_cast<unsigned>(state[0] - '0');
    if (made_by < Oldest || made_by > Version) throw sdk::Failure("does not know this state");
    const int count = state.empty() ? 0 : std::stoi(std::string(state.substr(2)));
    effects.notify(0, "counted");
    effects.save_state(std::string(1, static_cast<char>('0' + Version)) + ":" +
                       std::to_string(count + 1));
  }
};

template <class T>
constexpr sdk::Registration kRegistration = sdk::plugin<T>("switched", T::kVersion, "Of a test.");
template <class T>
constexpr convene_entry kEntry = {
    sizeof(convene_entry),
    CONVENE_ABI_MAJOR,
    CONVENE_ABI_MINOR,
    1,
    [](std::uint32_t) noexcept { return &kRegistration<T>.descriptor; },
    [](std::uint32_t, const convene_host* host, convene_text config) noexcept {
      return kRegistration<T>.create(host, config);
    }};

/// What the core holds of a session, and what became of its last step.
struct Held {
  std::string state;
  std::vector<std::string> notices;
};

class Slot : public ::testing::Test {
 protected:
  void SetUp() override {
    slot_.on_change = [this](const GenerationChange& change) {
      told_.push_back(std::string(name_of(change.kind)) + " #" + std::to_string(change.generation));
    };
    slot_.on_due = [this] { ++due_; };
  }

  template <class T>
  std::unique_ptr<LoadedPlugin> make() {
    auto plugin = loader_.adopt(kEntry<T>, {.id = "switched", .beside = true});
    EXPECT_TRUE(plugin) << plugin.error().text;
    return std::move(*plugin);
  }
  template <class T>
  Status exchange() {
    return slot_.exchange(make<T>(), {}, sessions());
  }
  EachSession sessions() {
    return [this](const auto& visit) {
      for (const auto& [id, held] : live_) visit({id, held.state});
    };
  }

  /// Whom the policy gives session `id` of two candidates, with the label that the decision log gets.
  std::string ask(std::uint64_t id) {
    convene_candidate candidates[2] = {};
    for (convene_candidate& c : candidates) c.size = sizeof c, c.capacity = 1;
    candidates[0].agent = sdk::text("anna");
    candidates[1].agent = sdk::text("ben");
    convene_routing_request request{};
    request.size = sizeof request;
    request.session = id;
    request.candidates = candidates;
    request.candidate_count = 2;
    request.candidate_stride = sizeof(convene_candidate);
    convene_routing_answer answer{};
    answer.size = sizeof answer;
    const auto policy = slot_.routing();
    const convene_status status = policy.table->decide(policy.self, &request, &answer);
    if (status != CONVENE_OK) return "fails";
    if (answer.action == CONVENE_ROUTING_WAIT) return "wait";
    return answer.index == 0 ? "anna" : "ben";
  }

  /// One step of session `id`, as the engine takes it: what a failed one asked for is dropped.
  convene_status step(std::uint64_t id, std::int32_t kind = CONVENE_EVENT_ARRIVED) {
    Held& held = live_[id];
    convene_session session{};
    session.size = sizeof session;
    session.id = id;
    convene_service_event event{};
    event.size = sizeof event;
    event.kind = kind;
    EffectTape tape;
    const convene_service_effects effects = tape.table();
    const auto service = slot_.service();
    const convene_status status =
        service.table->step(service.self, &session, sdk::text(held.state), &event, &effects);
    if (status != CONVENE_OK) return status;
    for (const auto& e : tape.effects()) {
      if (e.kind == EffectTape::Kind::save_state) held.state = e.first;
      if (e.kind == EffectTape::Kind::notify) held.notices.push_back(e.first);
    }
    return status;
  }
  convene_status create(std::uint64_t id) { return step(id, CONVENE_EVENT_CREATED); }

  Loader loader_{HostOptions{}};
  PluginSlot slot_{"switched"};
  std::map<std::uint64_t, Held> live_;
  std::vector<std::string> told_;
  int due_ = 0;
};

TEST_F(Slot, KeepsItsTablesWhileGenerationsChange) {
  ASSERT_TRUE(exchange<First>());
  const auto before = slot_.routing();
  EXPECT_EQ(ask(1), "anna");
  EXPECT_EQ(slot_.note().label, "switched 1.0.0 #1");
  ASSERT_TRUE(exchange<Second>());
  EXPECT_EQ(slot_.routing().table, before.table);
  EXPECT_EQ(slot_.routing().self, before.self);
  EXPECT_EQ(ask(1), "ben");
  EXPECT_EQ(slot_.note().label, "switched 2.0.0 #2");
  EXPECT_EQ(told_, (std::vector<std::string>{"loaded #1", "current #2"}));
}

TEST_F(Slot, GoesBackAndForthBetweenTwoGenerations) {
  ASSERT_TRUE(exchange<First>());
  EXPECT_FALSE(slot_.back(sessions()));
  ASSERT_TRUE(exchange<Second>());
  ASSERT_TRUE(slot_.back(sessions()));
  EXPECT_EQ(ask(1), "anna");
  ASSERT_TRUE(slot_.back(sessions()));
  EXPECT_EQ(ask(1), "ben");
  EXPECT_TRUE(slot_.take_retired().empty());
  ASSERT_TRUE(exchange<Careful>());  // only one generation back: the first is retired
  EXPECT_EQ(slot_.take_retired().size(), 1u);
  EXPECT_EQ(told_.back(), "retired #1");
}

TEST_F(Slot, RefusesAGenerationThatOffersLessThanTheRunningOne) {
  ASSERT_TRUE(exchange<First>());
  const Status refused = exchange<NoPolicy>();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text.find("does not offer convene.routing/1"), std::string::npos);
  EXPECT_EQ(ask(1), "anna");
  EXPECT_EQ(slot_.generation(), 1u);
}

TEST_F(Slot, AShadowAnswersNobodyAndShowsWhereItDiffers) {
  ASSERT_TRUE(exchange<First>());
  ASSERT_TRUE(slot_.try_out(make<Careful>(), {}, {.shadow = 100}));
  for (std::uint64_t id = 1; id <= 120; ++id) EXPECT_EQ(ask(id), "anna");
  EXPECT_EQ(slot_.shadow()->asked(), 100u);
  EXPECT_EQ(slot_.shadow()->differing(), 1u);
  ASSERT_EQ(slot_.shadow()->differences().size(), 1u);
  const Difference& one = slot_.shadow()->differences()[0];
  EXPECT_EQ(one.session, 7u);
  EXPECT_EQ(one.current, "assign anna: the first");
  EXPECT_EQ(one.candidate, "wait: not seven");
  EXPECT_EQ(due_, 1);
  slot_.settle(sessions());
  EXPECT_EQ(slot_.generation(), 1u);  // a person looks first
  ASSERT_TRUE(slot_.promote(sessions()));
  EXPECT_EQ(ask(7), "wait");
}

TEST_F(Slot, AShadowThatPassesIsPromotedWhereThatWasAsked) {
  ASSERT_TRUE(exchange<First>());
  ASSERT_TRUE(slot_.try_out(make<Second>(), {}, {.shadow = 10, .promote = true}));
  for (std::uint64_t id = 1; id <= 10; ++id) EXPECT_EQ(ask(id), "anna");
  slot_.settle(sessions());
  EXPECT_EQ(ask(11), "ben");
  EXPECT_EQ(told_, (std::vector<std::string>{"loaded #1", "shadow #2", "current #2"}));
}

TEST_F(Slot, AShadowThatFailsIsRefusedAndTheOldOneNeverNotices) {
  ASSERT_TRUE(exchange<First>());
  ASSERT_TRUE(slot_.try_out(make<Failing>(), {}, {.shadow = 10, .promote = true}));
  for (std::uint64_t id = 1; id <= 20; ++id) EXPECT_EQ(ask(id), "anna");
  EXPECT_EQ(due_, 1);
  slot_.settle(sessions());
  EXPECT_FALSE(slot_.is_tried());
  ASSERT_EQ(slot_.refusals().size(), 1u);
  EXPECT_NE(slot_.refusals()[0].why.find("has no idea"), std::string::npos);
  EXPECT_EQ(told_.back(), "retired #2");
  EXPECT_EQ(slot_.take_retired().size(), 1u);
}

TEST_F(Slot, AGenerationIsAskedThePastBeforeAnybodyIsRoutedByIt) {
  slot_.remember();
  ASSERT_TRUE(exchange<First>());
  for (std::uint64_t id = 1; id <= 30; ++id) EXPECT_EQ(ask(id), "anna");
  EXPECT_EQ(slot_.past(1'000).size(), 30u);
  EXPECT_TRUE(rehearse(*make<Second>(), slot_.past(0), true)->differences().empty());
  auto careful = make<Careful>();
  auto seen = rehearse(*careful, slot_.past(100), true);
  ASSERT_TRUE(seen) << seen.error().text;
  EXPECT_EQ(seen->asked(), 30u);
  EXPECT_EQ(seen->recorded(), 30u);
  ASSERT_EQ(seen->differing(), 1u);
  EXPECT_EQ(seen->differences()[0].session, 7u);
  EXPECT_EQ(seen->differences()[0].current, "assign anna: the first");
  EXPECT_EQ(seen->differences()[0].candidate, "wait: not seven");
  // There were fewer than were asked for: the rest is asked as it comes.
  ASSERT_TRUE(slot_.try_out(std::move(careful), {}, {.shadow = 32}, *seen));
  EXPECT_EQ(due_, 0);
  for (std::uint64_t id = 7; id <= 10; ++id) EXPECT_EQ(ask(id), "anna");
  EXPECT_EQ(slot_.shadow()->asked(), 32u);
  EXPECT_EQ(slot_.shadow()->recorded(), 30u);
  EXPECT_EQ(slot_.shadow()->differing(), 2u);
  EXPECT_EQ(due_, 1);
}

TEST_F(Slot, NothingOfAnErasedSessionIsRemembered) {
  slot_.remember();
  ASSERT_TRUE(exchange<First>());
  for (std::uint64_t id = 1; id <= 10; ++id) ask(id);
  ask(7);
  auto careful = make<Careful>();
  auto seen = rehearse(*careful, slot_.past(100), true);
  ASSERT_TRUE(seen && seen->differences().size() == 2);
  ASSERT_TRUE(slot_.try_out(std::move(careful), {}, {.shadow = 32}, *seen));
  slot_.forget({7, 99});
  EXPECT_EQ(slot_.past(100).size(), 9u);
  for (const auto& event : slot_.past(100)) EXPECT_NE(event->session(), 7u);
  EXPECT_TRUE(slot_.shadow()->differences().empty());
  EXPECT_EQ(slot_.shadow()->differing(), 2u) << "the count says nothing of anybody";
}

TEST_F(Slot, AShadowThatThePastSufficesForIsOverAtTheNextQuietPoint) {
  slot_.remember();
  ASSERT_TRUE(exchange<First>());
  for (std::uint64_t id = 1; id <= 10; ++id) ask(id);
  auto second = make<Second>();
  auto seen = rehearse(*second, slot_.past(5), true);
  ASSERT_TRUE(slot_.try_out(std::move(second), {}, {.shadow = 5, .promote = true}, *seen));
  EXPECT_EQ(due_, 1);
  EXPECT_EQ(ask(11), "anna");
  slot_.settle(sessions());
  EXPECT_EQ(ask(12), "ben");
  EXPECT_EQ(slot_.past(100).size(), 1u) << "what others answered is nobody's past";
}

TEST_F(Slot, AGenerationThatFailsInThePastIsRefusedWithTheReason) {
  slot_.remember();
  ASSERT_TRUE(exchange<First>());
  ask(1);
  const auto failing = make<Failing>();
  const auto seen = rehearse(*failing, slot_.past(10), true);
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code, "plugin.shadow");
  EXPECT_NE(seen.error().text.find("has no idea"), std::string::npos) << seen.error().text;
}

TEST_F(Slot, ThePastIsBounded) {
  slot_.remember();
  ASSERT_TRUE(exchange<First>());
  for (std::uint64_t id = 1; id <= Past::kEventsMax + 50; ++id) ask(id);
  EXPECT_EQ(slot_.past(1u << 20).size(), Past::kEventsMax);
  live_[1].state.clear();
  Past heavy;
  const std::string state(100'000, 's');
  const convene_session session{};
  const convene_service_event event{};
  for (int i = 0; i < 100; ++i)
    heavy.keep(session, sdk::text(state), event, CONVENE_OK, std::make_unique<EffectTape>());
  EXPECT_LT(heavy.last(1'000).size(), 45u);
  EXPECT_GT(heavy.last(1'000).size(), 30u);
}

TEST_F(Slot, StepsOfThePastAreTakenAgainAndComparedByWhatTheyAskFor) {
  slot_.remember();
  ASSERT_TRUE((exchange<Counting<1>>()));
  for (std::uint64_t id = 1; id <= 5; ++id) {
    ASSERT_EQ(create(id), CONVENE_OK);
    ASSERT_EQ(step(id), CONVENE_OK);
  }
  const auto same = make<Counting<1>>();
  auto seen = rehearse(*same, slot_.past(100), true);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->asked(), 10u);
  EXPECT_EQ(seen->differing(), 0u);
  const auto other = make<Counting<2>>();  // does not know the five states that were there
  seen = rehearse(*other, slot_.past(100), false);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->unknown_states(), 5u);
  EXPECT_EQ(seen->differing(), 0u);
  EXPECT_EQ(live_[1].notices.size(), 2u) << "nothing of it takes place";
  EXPECT_FALSE(rehearse(*other, slot_.past(100), true)) << "who says it knows them has to";
}

TEST_F(Slot, ACanaryThatFailsIsReplacedWithinTheVeryCall) {
  ASSERT_TRUE(exchange<First>());
  ASSERT_TRUE(slot_.try_out(make<Failing>(), {}, {.canary = 5'000}));
  for (std::uint64_t id = 1; id <= 200; ++id) EXPECT_EQ(ask(id), "anna") << id;
  slot_.settle(sessions());
  EXPECT_EQ(slot_.refusals().size(), 1u);
  EXPECT_FALSE(slot_.is_tried());
}

TEST_F(Slot, ACanaryKeepsItsSessionsFromQuestionToQuestion) {
  ASSERT_TRUE(exchange<First>());
  ASSERT_TRUE(slot_.try_out(make<Second>(), {}, {.canary = 2'000}));
  int canaries = 0;
  for (std::uint64_t id = 1; id <= 1'000; ++id) {
    const std::string first = ask(id);
    EXPECT_EQ(ask(id), first);
    canaries += first == "ben";
  }
  EXPECT_NEAR(canaries, 200, 40);
  ASSERT_TRUE(slot_.back(sessions()));
  for (std::uint64_t id = 1; id <= 100; ++id) EXPECT_EQ(ask(id), "anna");
}

TEST(Canary, GetsItsShareWithinOnePercent) {
  double worst = 0;
  for (std::uint64_t generation = 2; generation < 10; ++generation) {
    for (const std::uint32_t share : {100u, 500u, 1'000u, 2'500u, 5'000u, 9'900u}) {
      int canaries = 0;
      for (std::uint64_t id = 1; id <= 100'000; ++id) canaries += in_canary(id, generation, share);
      worst = std::max(worst, std::abs(canaries / 1'000.0 - share / 100.0));
    }
  }
  test::figure("Issue3", "canary share, largest distance from what was asked over 100,000 sessions",
               std::to_string(worst) + " percentage points", "1");
  EXPECT_LT(worst, 1);
  EXPECT_FALSE(in_canary(1, 2, 0));
  EXPECT_TRUE(in_canary(1, 2, 10'000));
}

TEST(Canary, ChoosesOtherSessionsForAnotherGeneration) {
  int both = 0;
  for (std::uint64_t id = 1; id <= 100'000; ++id) {
    both += in_canary(id, 2, 1'000) && in_canary(id, 3, 1'000);
  }
  EXPECT_NEAR(both, 1'000, 200);  // as many as chance gives
}

TEST_F(Slot, AServiceOfTheSameStateVersionTakesLiveSessionsOver) {
  ASSERT_TRUE((exchange<Counting<1>>()));
  ASSERT_EQ(create(1), CONVENE_OK);
  ASSERT_EQ(step(1), CONVENE_OK);
  ASSERT_TRUE((exchange<Counting<1, 0>>()));
  ASSERT_EQ(step(1), CONVENE_OK);
  EXPECT_EQ(live_[1].state, "1:3");
  EXPECT_FALSE(slot_.holds_sessions());
}

TEST_F(Slot, ASessionStaysWithTheGenerationThatMadeItsState) {
  ASSERT_TRUE((exchange<Counting<1>>()));
  ASSERT_EQ(create(1), CONVENE_OK);
  ASSERT_TRUE((exchange<Counting<2>>()));
  ASSERT_EQ(create(2), CONVENE_OK);
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(step(1), CONVENE_OK);
    ASSERT_EQ(step(2), CONVENE_OK);
  }
  EXPECT_EQ(live_[1].state, "1:4");
  EXPECT_EQ(live_[2].state, "2:4");
  EXPECT_EQ(live_[1].notices.size(), 4u);  // the step that the new one could not take left no trace
  // Asked once whether it knows the state, and never again.
  EXPECT_EQ(slot_.current()->counters().failures, 1u);
  EXPECT_EQ(slot_.view().back().sessions, 1u);
}

TEST_F(Slot, ANewerGenerationThatKnowsOldStatesMovesSessionsStepByStep) {
  ASSERT_TRUE((exchange<Counting<1>>()));
  for (std::uint64_t id = 1; id <= 3; ++id) ASSERT_EQ(create(id), CONVENE_OK);
  ASSERT_TRUE((exchange<Counting<2, 1>>()));
  ASSERT_EQ(step(1), CONVENE_OK);
  EXPECT_EQ(live_[1].state, "2:2");
  EXPECT_EQ(live_[1].notices.size(), 2u);
  EXPECT_EQ(slot_.moved(), 1u);
  // Back: what the newer one has written stays its own, what it has not touched is the old one's.
  ASSERT_TRUE(slot_.back(sessions()));
  ASSERT_EQ(step(1), CONVENE_OK);
  ASSERT_EQ(step(2), CONVENE_OK);
  EXPECT_EQ(live_[1].state, "2:3");
  EXPECT_EQ(live_[2].state, "1:2");
}

TEST_F(Slot, AnOldGenerationIsRetiredWhenItsLastSessionEnds) {
  ASSERT_TRUE((exchange<Counting<1>>()));
  ASSERT_EQ(create(1), CONVENE_OK);
  ASSERT_TRUE((exchange<Counting<2>>()));
  ASSERT_TRUE((exchange<Counting<3>>()));
  EXPECT_EQ(step(1), CONVENE_OK);  // by the first, two generations back
  EXPECT_EQ(live_[1].state, "1:2");
  EXPECT_TRUE(slot_.take_retired().empty());
  slot_.release(sessions());
  EXPECT_TRUE(slot_.take_retired().empty());
  live_.erase(1);
  slot_.release(sessions());
  EXPECT_EQ(slot_.take_retired().size(), 1u);
  EXPECT_FALSE(slot_.holds_sessions());
}

TEST_F(Slot, ACanaryOfAnotherStateVersionOnlyGetsNewSessions) {
  ASSERT_TRUE((exchange<Counting<1>>()));
  for (std::uint64_t id = 1; id <= 100; ++id) ASSERT_EQ(create(id), CONVENE_OK);
  ASSERT_TRUE(slot_.try_out(make<Counting<2>>(), {}, {.canary = 5'000}));
  for (std::uint64_t id = 1; id <= 100; ++id) ASSERT_EQ(step(id), CONVENE_OK);
  EXPECT_EQ(live_[1].state, "1:2");
  int canaries = 0;
  for (std::uint64_t id = 101; id <= 300; ++id) {
    ASSERT_EQ(create(id), CONVENE_OK);
    ASSERT_EQ(step(id), CONVENE_OK);
    canaries += live_[id].state == "2:2";
  }
  EXPECT_NEAR(canaries, 100, 30);
  // The canary is taken back; its sessions go on with it to their end.
  ASSERT_TRUE(slot_.back(sessions()));
  for (std::uint64_t id = 101; id <= 300; ++id) ASSERT_EQ(step(id), CONVENE_OK);
  EXPECT_TRUE(slot_.take_retired().empty());
  live_.clear();
  slot_.release(sessions());
  EXPECT_EQ(slot_.take_retired().size(), 1u);
}

TEST_F(Slot, AStepIsComparedByWhatItAsksFor) {
  ASSERT_TRUE((exchange<Counting<1>>()));
  ASSERT_EQ(create(1), CONVENE_OK);
  ASSERT_TRUE(slot_.try_out(make<Counting<2>>(), {}, {.shadow = 2}));
  ASSERT_EQ(create(2), CONVENE_OK);  // other state versions: states are not compared
  ASSERT_EQ(step(1), CONVENE_OK);    // and the old one's state is unknown to the new one
  EXPECT_EQ(slot_.shadow()->asked(), 2u);
  EXPECT_EQ(slot_.shadow()->differing(), 0u);
  EXPECT_EQ(slot_.shadow()->unknown_states(), 1u);
  EXPECT_EQ(live_[1].state, "1:2");
  EXPECT_EQ(live_[2].notices.size(), 1u);
}

TEST_F(Slot, AnswersThatNobodyIsThereBeforeTheFirstGeneration) {
  EXPECT_EQ(ask(1), "fails");
  EXPECT_EQ(step(1), CONVENE_E_UNSUPPORTED);
  EXPECT_FALSE(slot_.try_out(make<First>(), {}, {.shadow = 1}));
  EXPECT_FALSE(slot_.promote(sessions()));
}

TEST_F(Slot, OutcomesGoToWhoeverDecides) {
  First::outcomes = 0;
  ASSERT_TRUE(exchange<First>());
  ASSERT_TRUE(slot_.try_out(make<Second>(), {}, {.canary = 10'000}));
  const auto policy = slot_.routing();
  convene_routing_outcome outcome{};
  outcome.size = sizeof outcome;
  outcome.session = 1;
  policy.table->outcome(policy.self, &outcome);
  EXPECT_EQ(First::outcomes, 0);
  ASSERT_TRUE(slot_.back(sessions()));
  policy.table->outcome(policy.self, &outcome);
  EXPECT_EQ(First::outcomes, 1);
}

}  // namespace
}  // namespace convene
