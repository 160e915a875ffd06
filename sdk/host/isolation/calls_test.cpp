// sdk/host/isolation/calls_test.cpp - records of every shape cross the line and come out as they went in.
#include <gtest/gtest.h>

#include <limits>

#include "sdk/host/isolation/answers.hpp"
#include "sdk/host/isolation/calls.hpp"
#include "sdk/host/isolation/hello.hpp"

namespace convene::isolation {
namespace {

convene_text text(std::string_view s) { return {s.data(), s.size()}; }
std::string_view view(convene_text t) { return t.data ? std::string_view(t.data, t.size) : ""; }

std::unique_ptr<Call> cross(const std::string& body) {
  auto call = read_call(body);
  EXPECT_TRUE(call) << body;
  return call ? std::move(*call) : nullptr;
}

TEST(Calls, CarryExtremeNumbersAndBytesUnchanged) {
  convene_session session{};
  session.size = sizeof session, session.leg_stride = sizeof(convene_leg);
  session.id = std::numeric_limits<std::uint64_t>::max();
  session.now_ms = std::numeric_limits<std::int64_t>::min();
  session.context = text("{\"a\":\"\\u00e9\xC3\xA9\"}");
  convene_service_event event{};
  event.size = sizeof event, event.kind = std::numeric_limits<std::int32_t>::min();
  const std::string state("\0\xff\x80 raw", 7);
  const std::string body = write_step(session, text(state), event, 50);
  const auto call = cross(body);
  ASSERT_TRUE(call);
  EXPECT_EQ(call->session.id, session.id);
  EXPECT_EQ(call->session.now_ms, session.now_ms);
  EXPECT_EQ(view(call->session.context), view(session.context));
  EXPECT_EQ(call->event.kind, event.kind);
  EXPECT_EQ(view(call->state), state);
}

TEST(Calls, ReadArraysOfLongerAndShorterRecordsByTheirStride) {
  struct Longer {
    convene_candidate known;
    std::uint64_t unknown;
  };
  const convene_skill french{text("fr"), 8, 0};
  Longer two[2] = {};
  two[0].known.agent = text("anna"), two[0].known.skills = &french, two[0].known.skill_count = 1;
  two[1].known.agent = text("ben"), two[1].unknown = ~0ull;
  convene_routing_request request{};
  request.size = sizeof request, request.candidates = &two[0].known;
  request.candidate_count = 2, request.candidate_stride = sizeof(Longer);
  const std::string body = write_decide(request, 20);
  const auto call = cross(body);
  ASSERT_TRUE(call);
  ASSERT_EQ(call->request.candidate_count, 2u);
  EXPECT_EQ(view(call->request.candidates[0].agent), "anna");
  ASSERT_EQ(call->request.candidates[0].skill_count, 1u);
  EXPECT_EQ(call->request.candidates[0].skills[0].level, 8);
  EXPECT_EQ(view(call->request.candidates[1].agent), "ben");
  EXPECT_EQ(call->request.candidates[1].skill_count, 0u);
}

TEST(Calls, LookAwayFromWhatALaterVersionAdds) {
  const std::string body =
      R"({"later":[{"a":"]"},[1,2],"x"],"name":"outcome","deadline_ms":20,)"
      R"("outcome":{"new":{"deep":[null,true,1.5e3]},"outcome":2,"session":"18446744073709551615"}} )";
  const auto call = cross(body);
  ASSERT_TRUE(call);
  EXPECT_EQ(call->function, Function::outcome);
  EXPECT_EQ(call->outcome.outcome, 2);
  EXPECT_EQ(call->outcome.session, std::numeric_limits<std::uint64_t>::max());
}

TEST(Calls, RefuseWhatIsNotAsThePageSays) {
  for (const char* body :
       {"", "{", "[]", "{}", R"({"name":"decide"})", R"({"name":"dance","request":{}})",
        R"({"name":"decide","request":{"page":-1}})", R"({"name":"decide","request":{"page":1.5}})",
        R"({"name":"decide","request":{"page":007}})", R"({"name":"decide","request":{}} x)",
        R"({"name":"decide","request":{},"request":{}})",
        R"({"name":"decide","request":{"flow":{"base64":"?"}}})",
        R"({"name":"decide","request":{"flow":3}})", R"({"name":"step","session":{}})",
        R"({"name":"decide","request":{"x":[1,]}})"}) {
    EXPECT_FALSE(read_call(body)) << body;
  }
}

TEST(Answers, KeepNoEffectOfAFailureAndNoneThatIsUnknown) {
  const auto status_of = [](const char* body) {
    const auto answer = read_answer(body);
    if (!answer) return -100;
    ServiceRecorder recorder;
    return static_cast<int>(hand_on(**answer, *recorder.table()));
  };
  EXPECT_EQ(status_of(R"({"status":0,"effects":[["stop_search"]]})"), CONVENE_OK);
  EXPECT_EQ(status_of(R"({"status":-7,"effects":[["stop_search"]]})"), CONVENE_E_STATE);
  for (const char* body :
       {R"({"effects":{}})", R"({"effects":[3]})", R"({"effects":[[]]})",
        R"({"effects":[["dance"]]})", R"({"effects":[["stop_search",1]]})",
        R"({"effects":[["set_timer",-1,0]]})", R"({"effects":[["set_timer","x",0]]})",
        R"({"effects":[["save_state",{"base64":"a"}]]})"}) {
    EXPECT_EQ(status_of(body), CONVENE_E_INVALID) << body;
  }
  EXPECT_EQ(status_of("no json"), -100);
  EXPECT_EQ(status_of(R"({"status":"x"})"), -100);
}

TEST(Answers, RefuseInTheProcessWhatTheEngineWouldRefuse) {
  ServiceRecorder recorder;
  const convene_service_effects& to = *recorder.table();
  EXPECT_EQ(to.open_channel(to.self, text("Chat!")), CONVENE_E_INVALID);
  EXPECT_EQ(to.notify(to.self, 1, text("not a code"), text("{}")), CONVENE_E_INVALID);
  EXPECT_EQ(to.notify(to.self, 1, text("code"), text(std::string(9000, ' '))), CONVENE_E_INVALID);
  EXPECT_EQ(to.open_channel(to.self, text("chat")), CONVENE_OK);
  EXPECT_EQ(recorder.take(), R"({"status":0,"effects":[["open_channel","chat"]]})");
}

TEST(Hello, IsCheckedLikeADescriptor) {
  PluginDescription d;
  d.id = "policy_x", d.version = "1.0.0", d.summary = "Chooses.", d.offers = {CONVENE_ROUTING};
  const auto said = read_hello(write_hello(d));
  ASSERT_TRUE(said) << said.error().text;
  EXPECT_EQ(said->id, "policy_x");
  d.version = "one";
  EXPECT_FALSE(read_hello(write_hello(d)));
  d.version = "1.0.0", d.offers = {"convene.dancing/1"};
  EXPECT_FALSE(read_hello(write_hello(d)));
  EXPECT_FALSE(read_hello(R"({"versions":[2],"id":"x","version":"1.0.0","offers":[]})"));
}

}  // namespace
}  // namespace convene::isolation
