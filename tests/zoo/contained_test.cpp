// tests/zoo/contained_test.cpp - plugins that load and then misbehave: contained, counted, parked (promise H3).
#include <chrono>
#include <vector>

#include "tests/support/figure.hpp"
#include "tests/zoo/zoo.hpp"

namespace convene::zoo {
namespace {

/// Effects that count what reaches the engine.
struct Effects {
  int taken = 0;
  convene_service_effects table{};
  Effects() {
    table.self = this;
    table.add_customer = [](void* s) noexcept { return take(s); };
    table.stop_search = [](void* s) noexcept { return take(s); };
    table.set_timer = [](void* s, std::uint32_t, std::int64_t) noexcept { return take(s); };
    table.notify = [](void* s, std::int32_t, convene_text, convene_text) noexcept {
      return take(s);
    };
    table.save_state = [](void* s, convene_text) noexcept { return take(s); };
  }
  static convene_status take(void* self) noexcept {
    return ++static_cast<Effects*>(self)->taken, CONVENE_OK;
  }
};

convene_status step(const LoadedPlugin& plugin, Effects& effects) {
  const auto service = plugin.extension<convene_service>();
  convene_session session{};
  session.size = sizeof session;
  convene_service_event event{};
  event.size = sizeof event, event.kind = CONVENE_EVENT_ARRIVED;
  return service.table->step(service.self, &session, {}, &event, &effects.table);
}

convene_status frame(const LoadedPlugin& plugin) {
  const auto channel = plugin.extension<convene_channel>();
  convene_channel_input input{};
  input.size = sizeof input, input.kind = CONVENE_CHANNEL_FRAME;
  const convene_channel_effects effects{};
  return channel.table->frame(channel.self, &input, &effects);
}

struct Contained {
  const char* file;
  convene_status status;
  const char* says;
};
class ContainedPolicies : public Zoo, public ::testing::WithParamInterface<Contained> {};

TEST_P(ContainedPolicies, FailWithTheirReasonAndChangeNothing) {
  const auto plugin = must_load(loader_, GetParam().file, "animal");
  const Said said = ask(*plugin);
  EXPECT_EQ(said.status, GetParam().status);
  EXPECT_EQ(said.action, 0);
  EXPECT_EQ(said.reason, "");
  EXPECT_EQ(said.pool, "");
  EXPECT_NE(plugin->last_failure().find(GetParam().says), std::string::npos)
      << plugin->last_failure();
  EXPECT_EQ(plugin->counters().failures, 1u);
}

INSTANTIATE_TEST_SUITE_P(
    Zoo, ContainedPolicies,
    ::testing::Values(
        Contained{"wrong_status", CONVENE_E_INVALID, "the status 7, which does not exist"},
        Contained{"index_beyond", CONVENE_E_INVALID, "assigned candidate 1 of 1"},
        Contained{"floods_sinks", CONVENE_E_INVALID, "without a pool's name of 1 to 64 bytes"},
        Contained{"more_without_more", CONVENE_E_INVALID, "request.more is 0"},
        Contained{"says_parked", CONVENE_E_FAILED, "did not say why"}),
    [](const auto& animal) { return std::string(animal.param.file); });

TEST_F(Zoo, ContainsAServiceThatLeavesTooMuchState) {
  const auto plugin = must_load(loader_, "huge_state", "animal");
  Effects effects;
  EXPECT_EQ(step(*plugin, effects), CONVENE_E_INVALID);
  EXPECT_NE(plugin->last_failure().find("64 KiB"), std::string::npos);
}

TEST_F(Zoo, ContainsAServiceWithTooManyEffects) {
  const auto plugin = must_load(loader_, "many_effects", "animal");
  Effects effects;
  EXPECT_EQ(step(*plugin, effects), CONVENE_E_LIMIT);
  EXPECT_EQ(effects.taken, 64);
  EXPECT_NE(plugin->last_failure().find("64 effects"), std::string::npos);
}

TEST_F(Zoo, ContainsEffectsWithArgumentsThatDoNotExist) {
  const auto plugin = must_load(loader_, "wrong_effects", "animal");
  Effects effects;
  EXPECT_EQ(step(*plugin, effects), CONVENE_E_INVALID);
  EXPECT_NE(plugin->last_failure().find("0 to 7"), std::string::npos) << plugin->last_failure();
}

TEST_F(Zoo, GivesEffectsKeptFromAnEarlierStepToTheStepThatRuns) {
  const auto plugin = must_load(loader_, "late_effect", "animal");
  Effects first, second;
  EXPECT_EQ(step(*plugin, first), CONVENE_OK);
  EXPECT_EQ(step(*plugin, second), CONVENE_OK);
  EXPECT_EQ(first.taken, 1);
  EXPECT_EQ(second.taken, 2) << "the kept one and the own one";
}

TEST_F(Zoo, ContainsThrowsInsideTheFace) {
  for (const char* where : {"create", "start"}) {
    const auto loaded = loader_.load({.id = "polite",
                                      .file = "throwers.so",
                                      .config = std::string(R"({"where":")") + where + "\"}",
                                      .sha256 = {}});
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.error().text.find("the class threw while it"), std::string::npos)
        << loaded.error().text;
  }
  const auto plugin = must_load(loader_, "throwers", "polite", R"({"where":"calls"})");
  EXPECT_EQ(ask(*plugin).status, CONVENE_E_THROWN);
  EXPECT_EQ(plugin->last_failure(), "the class threw in decide");
  Effects effects;
  EXPECT_EQ(step(*plugin, effects), CONVENE_E_THROWN);
  EXPECT_EQ(frame(*plugin), CONVENE_E_FAILED);
  EXPECT_EQ(plugin->last_failure(), "the class failed in frame");
  const auto routing = plugin->extension<convene_routing>();
  const convene_routing_outcome outcome{};
  routing.table->outcome(routing.self, &outcome);
}

TEST_F(Zoo, ContainsThrowsThatPassTheBoundary) {
  for (const char* id : {"raw_create", "raw_start", "raw_extension"}) {
    const auto loaded = loader_.load({.id = id, .file = "throwers.so", .config = {}, .sha256 = {}});
    ASSERT_FALSE(loaded) << id;
    EXPECT_NE(loaded.error().text.find("exception"), std::string::npos) << loaded.error().text;
  }
  const auto plugin = must_load(loader_, "throwers", "raw_calls");
  int contained = 0;
  Effects effects;
  const auto routing = plugin->extension<convene_routing>();
  const convene_routing_outcome outcome{};
  for (int i = 0; i < 1000; ++i) {
    contained += ask(*plugin).status == CONVENE_E_THROWN;
    contained += step(*plugin, effects) == CONVENE_E_THROWN;
    contained += frame(*plugin) == CONVENE_E_THROWN;
    routing.table->outcome(routing.self, &outcome);
  }
  test::figure("H3", "exceptions thrown across the boundary and contained",
               std::to_string(contained) + " of 3000", "all");
  EXPECT_EQ(contained, 3000);
  EXPECT_EQ(plugin->counters().calls, plugin->counters().failures + 1);  // start was fine
}

TEST_F(Zoo, ParksAPluginThatIsTooSlowThreeTimes) {
  std::int64_t now = 0, step_ns = 0;
  std::vector<std::string> logged;
  Loader loader({.folder = kFolder,
                 .clock = [&] { return now += step_ns; },
                 .log = [&](const PluginLog& l) { logged.emplace_back(l.id); }});
  const auto plugin = must_load(loader, "good", "animal");
  step_ns = 50'000'000;  // exactly the budget
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(*plugin).status, CONVENE_OK);
  step_ns = 50'000'001;
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(ask(*plugin).status, CONVENE_OK) << "late answers still count";
  EXPECT_TRUE(plugin->parked());
  EXPECT_EQ(ask(*plugin).status, CONVENE_E_PARKED);
  EXPECT_EQ(plugin->counters().overruns, 3u);
  EXPECT_EQ(logged,
            (std::vector<std::string>{"plugin.overrun", "plugin.overrun", "plugin.parked"}));
  EXPECT_NE(plugin->last_failure().find("isolation = \"process\""), std::string::npos);
}

TEST_F(Zoo, ForgivesALateCallAfterAThousandInTime) {
  std::int64_t now = 0, step_ns = 0;
  Loader loader({.folder = kFolder, .clock = [&] { return now += step_ns; }, .log = {}});
  const auto plugin = must_load(loader, "good", "animal");
  for (int round = 0; round < 10; ++round) {
    step_ns = 60'000'000;
    for (int i = 0; i < 2; ++i) EXPECT_EQ(ask(*plugin).status, CONVENE_OK);
    step_ns = 1000;
    for (int i = 0; i < 1000; ++i) ask(*plugin);
  }
  EXPECT_FALSE(plugin->parked());
  EXPECT_EQ(plugin->counters().overruns, 20u);
}

TEST_F(Zoo, CostsAGoodPluginNothingWhileAnotherIsSlow) {
  Loader loader(
      {.folder = kFolder, .budget = std::chrono::milliseconds(20), .clock = {}, .log = {}});
  const auto slow = must_load(loader, "slow", "animal");
  int called = 0;
  while (ask(*slow).status != CONVENE_E_PARKED && called < 10) ++called;
  EXPECT_EQ(called, 3);
  std::vector<std::int64_t> took;
  for (int i = 0; i < 1000; ++i) {
    const auto start = std::chrono::steady_clock::now();
    ask(*slow), ask(*good_);
    took.push_back((std::chrono::steady_clock::now() - start).count());
  }
  std::sort(took.begin(), took.end());
  test::figure("H3", "calls of a spinning plugin before it is parked", std::to_string(called), "3");
  test::figure("H3", "p50 of a parked and a good call together", std::to_string(took[500]) + " ns",
               "under 50000 ns");
  EXPECT_LT(took[500], 50'000);
}

}  // namespace
}  // namespace convene::zoo
