// sdk/include/faces_test.cpp - the C++ faces, called through the C tables as a host calls them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "convene/adapter.hpp"
#include "convene/channel.hpp"
#include "convene/routing.hpp"
#include "convene/service.hpp"

namespace {

using namespace convene::sdk;
namespace json = convene::json;

struct LongestIdle {
  Decision decide(const RoutingRequest& request) {
    if (request.empty()) return Decision::wait("everybody is busy");
    return Decision::assign(0, "free longest");
  }
};

/// Everything at once, configured.
struct Everything {
  static constexpr std::string_view kConfigSchema = R"({"type":"object"})";
  static constexpr std::uint32_t kStateVersion = 3;

  Everything(Host host, const json::Value& config) : mood(config.text("mood")) {
    host.log(CONVENE_LOG_INFO, "everything.made", "made");
    if (mood == "bad") throw Failure("mood is bad; set it to good");
  }
  void start() {
    if (mood == "late") throw std::runtime_error("cannot start");
  }
  Decision decide(const RoutingRequest& request) {
    if (request[1].skill("fr") == 8) return Decision::overflow("evening", "nobody now");
    throw 42;
  }
  void outcome(const convene_routing_outcome& o) { last_outcome = o.outcome; }
  void step(const Session& session, std::string_view state, const Event& event, Effects& effects) {
    if (event.kind() == CONVENE_EVENT_TIMER) throw Failure("no timer was set");
    if (state == "?") throw UnknownState("the state is none of version 3");
    effects.find_agent({}, session.wanted_agent());
    effects.save_state(std::string(state) + "+");
  }
  void frame(const ChannelInput& input, ChannelEffects& effects) { effects.record(input.frame()); }
  void connect(AdapterBus b) { bus = b; }
  void request(const AdapterRequest& r) { bus.refuse(r.token(), "none", "says \"no\""); }

  std::string mood;
  int last_outcome = 0;
  AdapterBus bus;
};

/// The host side: remembers.
struct Recorder {
  std::string failed, reason, pool, said;
  std::vector<std::string> logged;
  convene_host host{this,
                    [](void* self, std::int32_t, convene_text id, convene_text) noexcept {
                      static_cast<Recorder*>(self)->logged.emplace_back(view(id));
                    },
                    [](void* self, convene_text why) noexcept {
                      static_cast<Recorder*>(self)->failed = view(why);
                    }};
};

convene_status append(void* to, convene_text piece) noexcept {
  static_cast<std::string*>(to)->append(view(piece));
  return CONVENE_OK;
}

}  // namespace

CONVENE_PLUGINS(convene::sdk::plugin<LongestIdle>("policy_longest_idle", "1.0.0",
                                                  "Longest idle first."),
                convene::sdk::plugin<Everything>("everything", "2.0.0", "All at once."))

namespace {

struct Made {
  Recorder recorder;
  const convene_plugin* plugin;
  explicit Made(std::uint32_t index, std::string_view config = "{}")
      : plugin(convene_entry_v1.create(index, &recorder.host, text(config))) {}
  ~Made() {
    if (plugin) plugin->destroy(plugin->self);
  }
  template <class Table>
  const Table& table(std::string_view id) {
    return *static_cast<const Table*>(plugin->extension(plugin->self, text(id)));
  }
};

TEST(Faces, DescribeThemselvesFromWhatTheClassHas) {
  ASSERT_EQ(convene_entry_v1.plugin_count, 2u);
  EXPECT_EQ(view(convene_entry_v1.descriptor(0)->offers), "convene.routing/1");
  EXPECT_EQ(view(convene_entry_v1.descriptor(1)->offers),
            "convene.routing/1 convene.service/1 convene.channel/1 convene.adapter/1");
  EXPECT_EQ(convene_entry_v1.descriptor(1)->state_version, 3u);
  EXPECT_EQ(convene_entry_v1.descriptor(2), nullptr);
}

TEST(Faces, DecideAnswersWithReason) {
  Made made(0);
  convene_candidate anna{};
  convene_routing_request request{};
  request.candidates = &anna, request.candidate_count = 1, request.candidate_stride = sizeof anna;
  const convene_sink reason{&made.recorder.reason, &append};
  convene_routing_answer answer{};
  answer.reason = &reason;
  const auto& routing = made.table<convene_routing>(CONVENE_ROUTING);
  EXPECT_EQ(routing.decide(made.plugin->self, &request, &answer), CONVENE_OK);
  EXPECT_EQ(answer.action, CONVENE_ROUTING_ASSIGN);
  EXPECT_EQ(made.recorder.reason, "free longest");
  EXPECT_EQ(routing.outcome, nullptr);
}

TEST(Faces, StepThroughCandidatesByTheHostsStride) {
  Made made(1);
  struct Longer {
    convene_candidate known;
    char newer[24];
  } list[2] = {};
  const convene_skill french{text("fr"), 8, 0};
  list[1].known.skills = &french, list[1].known.skill_count = 1;
  convene_routing_request request{};
  request.candidates = &list[0].known, request.candidate_count = 2,
  request.candidate_stride = sizeof(Longer);
  const convene_sink pool{&made.recorder.pool, &append};
  convene_routing_answer answer{};
  answer.pool = &pool;
  EXPECT_EQ(
      made.table<convene_routing>(CONVENE_ROUTING).decide(made.plugin->self, &request, &answer),
      CONVENE_OK);
  EXPECT_EQ(made.recorder.pool, "evening");
}

struct Weighing {
  Decision decide(const RoutingRequest& request, Scores scores) {
    for (std::size_t i = 0; i < request.size(); ++i) scores.give(i, 10 + static_cast<int>(i));
    return Decision::assign(0, "weighed");
  }
};

TEST(Faces, GiveScoresToAHostThatTakesThem) {
  Weighing policy;
  convene_candidate two[2] = {};
  convene_routing_request request{};
  request.candidates = two, request.candidate_count = 2, request.candidate_stride = sizeof *two;
  std::vector<std::int64_t> given;
  const convene_scores scores{&given, [](void* self, std::size_t, std::int64_t score) noexcept {
                                static_cast<std::vector<std::int64_t>*>(self)->push_back(score);
                                return CONVENE_OK;
                              }};
  convene_routing_answer answer{};
  answer.scores = &scores;
  answer.size = sizeof answer;
  using Routing = Face<kRoutingFace>;
  static_assert(Routing::kOfferedBy<Weighing>);
  EXPECT_EQ(Routing::asked(policy, RoutingRequest(request), answer).index(), 0u);
  EXPECT_EQ(given, (std::vector<std::int64_t>{10, 11}));
  // A host of before: its answer ends before the scores, and what lies there is nobody's.
  answer.size = offsetof(convene_routing_answer, scores);
  Routing::asked(policy, RoutingRequest(request), answer);
  EXPECT_EQ(given.size(), 2u);
}

TEST(Faces, TurnAThrowIntoAStatusAndAReason) {
  Made made(1);
  convene_candidate nobody[2] = {};
  convene_routing_request request{};
  request.candidates = nobody, request.candidate_count = 2,
  request.candidate_stride = sizeof *nobody;
  convene_routing_answer answer{};
  EXPECT_EQ(
      made.table<convene_routing>(CONVENE_ROUTING).decide(made.plugin->self, &request, &answer),
      CONVENE_E_THROWN);
  convene_session session{};
  convene_service_event event{};
  event.kind = CONVENE_EVENT_TIMER;
  convene_service_effects effects{};
  EXPECT_EQ(made.table<convene_service>(CONVENE_SERVICE)
                .step(made.plugin->self, &session, {}, &event, &effects),
            CONVENE_E_FAILED);
  EXPECT_EQ(made.recorder.failed, "no timer was set");
  event.kind = CONVENE_EVENT_ARRIVED;
  EXPECT_EQ(made.table<convene_service>(CONVENE_SERVICE)
                .step(made.plugin->self, &session, text("?"), &event, &effects),
            CONVENE_E_STATE);
  EXPECT_EQ(made.recorder.failed, "the state is none of version 3");
}

TEST(Faces, RefuseAConfigurationWithItsReason) {
  Made bad(1, R"({"mood":"bad"})");
  EXPECT_EQ(bad.plugin, nullptr);
  EXPECT_EQ(bad.recorder.failed, "mood is bad; set it to good");
  Made broken(1, "{");
  EXPECT_EQ(broken.plugin, nullptr);
  Made late(1, R"({"mood":"late"})");
  EXPECT_EQ(late.plugin->start(late.plugin->self), CONVENE_E_THROWN);
}

TEST(Faces, FailAStepWhoseEffectTheHostDidNotTake) {
  Made made(1);
  convene_service_effects effects{};
  effects.find_agent = [](void*, convene_text, convene_text) noexcept -> convene_status {
    return CONVENE_E_LIMIT;
  };
  effects.save_state = [](void*, convene_text) noexcept -> convene_status { return CONVENE_OK; };
  convene_session session{};
  convene_service_event event{};
  EXPECT_EQ(made.table<convene_service>(CONVENE_SERVICE)
                .step(made.plugin->self, &session, {}, &event, &effects),
            CONVENE_E_LIMIT);
}

TEST(Faces, EncodeWhatAnAdapterRefuses) {
  Made made(1);
  convene_adapter_bus bus{};
  bus.self = &made.recorder;
  bus.reply = [](void* self, std::uint64_t token, std::int32_t ok,
                 convene_text body) noexcept -> convene_status {
    static_cast<Recorder*>(self)->said =
        std::to_string(token) + (ok ? "+" : "-") + std::string(view(body));
    return CONVENE_OK;
  };
  const auto& adapter = made.table<convene_adapter>(CONVENE_ADAPTER);
  EXPECT_EQ(adapter.connect(made.plugin->self, &bus), CONVENE_OK);
  convene_adapter_request request{};
  request.token = 7;
  EXPECT_EQ(adapter.request(made.plugin->self, &request), CONVENE_OK);
  EXPECT_EQ(made.recorder.said, R"(7-{"code":"none","text":"says \"no\""})");
}

}  // namespace
