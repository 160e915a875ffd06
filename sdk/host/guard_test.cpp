// sdk/host/guard_test.cpp - what guards let through, seen from both sides.
#include "sdk/host/guard.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace convene {
namespace {

convene_text text(std::string_view s) { return {s.data(), s.size()}; }

/// A channel whose `frame` is whatever a test wants.
using Frame = std::function<convene_status(const convene_channel_effects&)>;
constexpr convene_channel kChannel = {
    [](void* self, const convene_channel_input*,
       const convene_channel_effects* effects) noexcept -> convene_status {
      return (*static_cast<Frame*>(self))(*effects);
    }};

/// The gateway's side.
struct Gateway {
  std::vector<std::string> did;
  convene_channel_effects table{
      this, [](void* s, convene_text body) noexcept { return note(s, "record ", body); },
      [](void* s, std::int32_t, convene_text body) noexcept { return note(s, "deliver ", body); },
      [](void* s, convene_text code, convene_text) noexcept { return note(s, "refuse ", code); },
      [](void* s, convene_text state) noexcept { return note(s, "save ", state); }};
  static convene_status note(void* self, const char* what, convene_text t) noexcept {
    static_cast<Gateway*>(self)->did.push_back(what + std::string(text_of(t).substr(0, 40)));
    return CONVENE_OK;
  }
};

struct ChannelScene {
  Meter meter{"channel_test", {}};
  Gateway gateway;
  convene_status run(Frame frame) {
    ChannelGuard guard(meter, kChannel, &frame);
    const auto face = guard.face();
    const convene_channel_input input{};
    return face.table->frame(face.self, &input, &gateway.table);
  }
};

TEST(ChannelGuard, PassesGoodEffectsInOrder) {
  ChannelScene scene;
  EXPECT_EQ(scene.run([](const auto& e) {
    e.record(e.self, text(R"({"text":"hi"})"));
    e.deliver(e.self, CONVENE_TO_OTHERS, text("1"));
    e.refuse(e.self, text("late"), text("too late"));
    return e.save_state(e.self, text("any bytes \xff"));
  }),
            CONVENE_OK);
  EXPECT_EQ(scene.gateway.did, (std::vector<std::string>{"record {\"text\":\"hi\"}", "deliver 1",
                                                         "refuse late", "save any bytes \xff"}));
}

TEST(ChannelGuard, LetsNothingButJsonReachBrowsers) {
  for (const std::string body : {"", "hi", "{\"a\":1}}", "\"\xff\"", "{\"a\":1,\"a\":2}"}) {
    ChannelScene scene;
    EXPECT_EQ(scene.run([&](const auto& e) {
      e.record(e.self, text(body));
      return CONVENE_OK;
    }),
              CONVENE_E_INVALID);
    EXPECT_TRUE(scene.gateway.did.empty()) << body;
  }
}

TEST(ChannelGuard, BoundsStateBodiesCodesAndTargets) {
  const std::string state(4097, 'x'), body = "\"" + std::string(65536, 'x') + "\"", code(65, 'x');
  const Frame wrong[] = {
      [&](const auto& e) { return e.save_state(e.self, text(state)); },
      [&](const auto& e) { return e.record(e.self, text(body)); },
      [&](const auto& e) { return e.refuse(e.self, text(code), text("")); },
      [&](const auto& e) { return e.refuse(e.self, text(""), text("")); },
      [&](const auto& e) { return e.deliver(e.self, 0, text("1")); },
      [&](const auto& e) { return e.deliver(e.self, 4, text("1")); },
      [&](const auto& e) {
        return e.record(e.self, {nullptr, 5});
      },
  };
  for (const Frame& frame : wrong) {
    ChannelScene scene;
    EXPECT_EQ(scene.run(frame), CONVENE_E_INVALID);
    EXPECT_FALSE(scene.meter.last_failure().empty());
    EXPECT_TRUE(scene.gateway.did.empty());
  }
}

TEST(ChannelGuard, GivesNoEffectsOutsideACall) {
  ChannelScene scene;
  const convene_channel_effects* kept = nullptr;
  Frame keep = [&](const convene_channel_effects& e) {
    kept = &e;
    return CONVENE_OK;
  };
  ChannelGuard guard(scene.meter, kChannel, &keep);
  const convene_channel_input input{};
  guard.face().table->frame(guard.face().self, &input, &scene.gateway.table);
  EXPECT_EQ(kept->record(kept->self, text("1")), CONVENE_E_INVALID);
  EXPECT_TRUE(scene.gateway.did.empty());
}

/// A policy whose `decide` is whatever a test wants.
using Decide = std::function<convene_status(convene_routing_answer&)>;
constexpr convene_routing kPolicy = {
    [](void* self, const convene_routing_request*, convene_routing_answer* answer) noexcept {
      return (*static_cast<Decide*>(self))(*answer);
    },
    nullptr};

/// What of the scores given in `decide` reaches the engine, of three candidates.
ScoreList scores_of(Decide decide) {
  Meter meter{"policy_test", {}};
  RoutingGuard guard(meter, kPolicy, &decide);
  const auto face = guard.face();
  convene_candidate three[3] = {};
  convene_routing_request request{};
  request.candidates = three, request.candidate_count = 3, request.candidate_stride = sizeof *three;
  ScoreTable scores;
  scores.begin(3);
  convene_routing_answer answer{};
  answer.size = sizeof answer, answer.scores = scores.table();
  face.table->decide(face.self, &request, &answer);
  return scores.list();
}

TEST(RoutingGuard, PassesScoresOnAndNothingIsDecidedByThem) {
  const auto wait = [](convene_routing_answer& a) {
    a.action = CONVENE_ROUTING_WAIT;
    return CONVENE_OK;
  };
  EXPECT_EQ(scores_of(wait), ScoreList{});
  EXPECT_EQ(scores_of([&](auto& a) {
              a.scores->give(a.scores->self, 1, 4);
              a.scores->give(a.scores->self, 1, -5);
              EXPECT_EQ(a.scores->give(a.scores->self, 3, 1), CONVENE_E_INVALID);
              return wait(a);
            }),
            (ScoreList{std::nullopt, -5}));
  EXPECT_EQ(scores_of([&](auto& a) {
              a.scores->give(a.scores->self, 0, 4);
              return CONVENE_E_FAILED;
            }),
            ScoreList{})
      << "a failed call leaves no trace";
}

TEST(RoutingGuard, TakesNoScoreAfterTheCall) {
  Meter meter{"policy_test", {}};
  const convene_scores* kept = nullptr;
  Decide decide = [&](convene_routing_answer& a) {
    kept = a.scores;
    a.action = CONVENE_ROUTING_WAIT;
    return CONVENE_OK;
  };
  RoutingGuard guard(meter, kPolicy, &decide);
  convene_candidate one{};
  convene_routing_request request{};
  request.candidates = &one, request.candidate_count = 1, request.candidate_stride = sizeof one;
  ScoreTable scores;
  scores.begin(1);
  convene_routing_answer answer{};
  answer.size = sizeof answer, answer.scores = scores.table();
  guard.face().table->decide(guard.face().self, &request, &answer);
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(kept->give(kept->self, 0, 1), CONVENE_E_INVALID);
  answer.scores = nullptr;  // a host that does not want to know
  guard.face().table->decide(guard.face().self, &request, &answer);
  EXPECT_EQ(kept, nullptr);
}

/// An adapter that keeps the bus and does what a test wants.
struct Adapter {
  const convene_adapter_bus* bus = nullptr;
  std::function<convene_status(std::uint64_t)> on_request = [](std::uint64_t) {
    return CONVENE_OK;
  };
};
constexpr convene_adapter kAdapter = {
    [](void* self, const convene_adapter_bus* bus) noexcept -> convene_status {
      return static_cast<Adapter*>(self)->bus = bus, CONVENE_OK;
    },
    [](void* self, const convene_adapter_request* r) noexcept -> convene_status {
      return static_cast<Adapter*>(self)->on_request(r->token);
    },
    [](void*, convene_text) noexcept {}};

TEST(AdapterGuard, AnswersEveryTokenExactlyOnce) {
  Meter meter("adapter_test", {});
  Adapter adapter;
  AdapterGuard guard(meter, kAdapter, &adapter);
  int replies = 0;
  const convene_adapter_bus outer{
      &replies,
      [](void* n, std::uint64_t, std::int32_t, convene_text) noexcept -> convene_status {
        return ++*static_cast<int*>(n), CONVENE_OK;
      },
      [](void*, convene_text, convene_text) noexcept -> convene_status { return CONVENE_OK; },
      [](void*, convene_text) noexcept -> convene_status { return CONVENE_OK; }};
  const auto face = guard.face();
  ASSERT_EQ(face.table->connect(face.self, &outer), CONVENE_OK);
  const auto& bus = *adapter.bus;
  convene_adapter_request request{};
  request.token = 7, request.deadline_ms = 60'000;
  ASSERT_EQ(face.table->request(face.self, &request), CONVENE_OK);
  EXPECT_EQ(face.table->request(face.self, &request), CONVENE_E_INVALID) << "the token is open";
  EXPECT_EQ(bus.reply(bus.self, 8, 1, text("{}")), CONVENE_E_INVALID) << "nobody asked";
  EXPECT_EQ(bus.reply(bus.self, 7, 1, text("{")), CONVENE_E_INVALID) << "no JSON";
  EXPECT_EQ(bus.reply(bus.self, 7, 1, text("[]")), CONVENE_E_INVALID) << "no object";
  EXPECT_EQ(bus.reply(bus.self, 7, 1, text("{}")), CONVENE_OK);
  EXPECT_EQ(bus.reply(bus.self, 7, 1, text("{}")), CONVENE_E_INVALID) << "answered already";
  EXPECT_EQ(replies, 1);

  adapter.on_request = [&](std::uint64_t token) {  // answers, and then says that it failed
    bus.reply(bus.self, token, 1, text("{}"));
    return CONVENE_E_FAILED;
  };
  EXPECT_EQ(face.table->request(face.self, &request), CONVENE_OK);
  EXPECT_EQ(replies, 2);

  adapter.on_request = [](std::uint64_t) { return CONVENE_OK; };
  request.deadline_ms = 0;
  ASSERT_EQ(face.table->request(face.self, &request), CONVENE_OK);
  EXPECT_EQ(bus.reply(bus.self, 7, 1, text("{}")), CONVENE_E_INVALID) << "too late";
  request.token = 0;
  ASSERT_EQ(face.table->request(face.self, &request), CONVENE_OK);
  EXPECT_EQ(bus.reply(bus.self, 0, 1, text("{}")), CONVENE_E_INVALID) << "a notice";
  EXPECT_EQ(replies, 2);
}

TEST(Meter, ShowsPeopleOnlyWhatIsPresentable) {
  EXPECT_EQ(presentable("a\nb\x1b[31m\x7f\xc2\x9b\xff\xc3\xa9", 100), "a b [31m  ?\xc3\xa9");
  EXPECT_EQ(presentable("\xc3\xa9\xc3\xa9", 3), "\xc3\xa9");
  std::vector<std::string> lines;
  Meter meter("chatty", {.log = [&](const PluginLog& l) {
                lines.push_back(std::to_string(l.level) + " " + std::string(l.id) + " " +
                                std::to_string(l.message.size()));
              }});
  const std::string much(5000, 'x');
  meter.host()->log(meter.host()->self, 99, text("chatty.\nid"), text(much));
  EXPECT_EQ(lines, (std::vector<std::string>{"3 chatty. id 1024"}));
}

TEST(Meter, DoesNotBlameALaterFailureForAnEarlierRemark) {
  Meter meter("plugin", {});
  meter.quick([&] {
    meter.blame("only a remark");
    return CONVENE_OK;
  });
  meter.quick([] { return CONVENE_E_LIMIT; });
  EXPECT_EQ(meter.last_failure(), "it reached a bound");
}

}  // namespace
}  // namespace convene
