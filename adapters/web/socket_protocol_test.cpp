// adapters/web/socket_protocol_test.cpp - who may say what on a socket: the whole matrix, from the table itself (F2).
#include <gtest/gtest.h>

#include "adapters/web/fakes_test.hpp"
#include "tests/support/figure.hpp"

namespace convene::web {
namespace {

using test::Rig;

std::string example(std::string_view type, int leg) {
  return R"({"t":")" + std::string(type) + R"(","leg":)" + std::to_string(leg) +
         R"(,"ch":"chat","body":{"text":"x"},"ref":1,"ticket":"none","channels":["chat"],"protocol":1,)" +
         R"("id":"AAAAAAAAAAAAAAAAAAAAAA","name":"page","detail":{},"state":"ready","offer":1,"accepts":true})";
}

/// Whether the gateway took it: it did not say not_allowed.
bool taken(Rig::Socket& s, const std::string& message) {
  s.browser->got.clear();
  s.say(message);
  for (const auto& m : s.browser->got)
    if (m.find("\"code\":\"not_allowed\"") != m.npos) return false;
  return true;
}

TEST(SocketProtocol, GivesEachRoleExactlyWhatTheTableDeclares) {
  int cells = 0, as_declared = 0;
  for (const auto& rule : message_rules()) {
    for (const Who who : {Who::nobody, Who::customer, Who::desk}) {
      for (const bool own_leg : {true, false}) {
        Rig rig;
        const auto customer = rig.customer(7, 3);
        const auto desk = rig.desk("anna", 8, 3);
        auto stranger = rig.socket(rig.desk_cookie("ben"));
        Rig::Socket& s = who == Who::nobody ? *stranger : who == Who::customer ? *customer : *desk;
        const int own = who == Who::desk ? 8 : 7, foreign = who == Who::desk ? 7 : 8;
        const bool declared =
            (rule.allowed & static_cast<std::uint8_t>(who)) != 0 && (!rule.of_leg || own_leg);
        const bool was = taken(s, example(rule.type, own_leg ? own : foreign));
        EXPECT_EQ(was, declared) << rule.type << " by " << static_cast<int>(who) << " own leg "
                                 << own_leg;
        ++cells;
        as_declared += was == declared ? 1 : 0;
      }
    }
  }
  convene::test::figure("F2", "cells of role x message x leg as declared",
                        std::to_string(as_declared) + " of " + std::to_string(cells), "all");
}

TEST(SocketProtocol, RefusesWhatIsNoMessage) {
  Rig rig;
  const auto s = rig.customer(7, 3);
  for (const char* bad :
       {"", "x", "[]", "{}", R"({"t":1})", R"({"t":"nonsense"})", R"({"t":"frame"})",
        R"({"t":"frame","leg":7,"ch":1,"body":{}})", R"({"t":"frame","leg":7,"ch":"chat"})"}) {
    s->browser->got.clear();
    s->say(bad);
    EXPECT_EQ(s->browser->count("refused"), 1u) << bad;
  }
  EXPECT_EQ(s->browser->bye_code, "");
}

TEST(SocketProtocol, LetsACustomerSayTwentyThingsASecond) {
  Rig rig;
  const auto s = rig.customer(7, 3);
  rig.now += 5000;
  for (int i = 0; i < 100; ++i) s->say(R"({"t":"frame","leg":7,"ch":"chat","body":{"text":"x"}})");
  EXPECT_EQ(s->browser->count("entry"), 20u);
  rig.now += 1000;
  for (int i = 0; i < 100; ++i) s->say(R"({"t":"frame","leg":7,"ch":"chat","body":{"text":"x"}})");
  EXPECT_EQ(s->browser->count("entry"), 40u);
  for (int i = 0; i < 100; ++i) s->say("{}");
  EXPECT_EQ(s->browser->bye_code, "too_many_errors");
}

TEST(SocketProtocol, IsOverdueWhenNobodySaysWhoTheyAre) {
  Rig rig;
  const auto s = rig.socket();
  EXPECT_FALSE(s->protocol.overdue(rig.now + 10'000));
  EXPECT_TRUE(s->protocol.overdue(rig.now + 10'001));
}

TEST(SocketProtocol, ADeskNeedsItsCookie) {
  Rig rig;
  const auto none = rig.socket();
  none->say(R"({"t":"desk"})");
  EXPECT_EQ(none->browser->bye_code, "signed_out");
  const auto forged =
      rig.socket("__Host-convene-desk=" + Seal("").desk_cookie({"anna", 1, 99'999'999}));
  forged->say(R"({"t":"desk"})");
  EXPECT_EQ(forged->browser->bye_code, "signed_out");
}

TEST(SocketProtocol, ADesksSocketRunsOutWithItsSignInOrItsAgent) {
  Rig rig;
  const auto a = rig.desk("anna");
  EXPECT_FALSE(a->protocol.run_out(99'999'998));
  EXPECT_TRUE(a->protocol.run_out(99'999'999));
  const auto customer = rig.customer(7, 3);
  EXPECT_FALSE(customer->protocol.run_out(99'999'999)) << "has no sign-in that could";
  rig.gateway->reconfigure(*parse_settings(R"({"agents":{"ben":{"name":"Ben"}}})"));
  EXPECT_TRUE(a->protocol.run_out(0)) << "is no agent any more";
}

TEST(SocketProtocol, ACustomersSocketIsOverWithItsConversationAndADesksIsNot) {
  Rig rig;
  const auto nobody = rig.socket();
  const auto customer = rig.customer(7, 3);
  const auto desk = rig.desk("anna", 8, 3);
  EXPECT_FALSE(customer->protocol.over(rig.now + 100));
  for (const char* order : {R"({"leg":7,"seq":5,"ack":1,"join":false,"reason":"erased"})",
                            R"({"leg":8,"seq":5,"ack":1,"join":false,"reason":"erased"})"})
    rig.gateway->hub.order(order);
  EXPECT_FALSE(customer->protocol.over(rig.now + 99)) << "what was asked last is still answered";
  EXPECT_TRUE(customer->protocol.over(rig.now + 100));
  EXPECT_FALSE(desk->protocol.over(rig.now + 100));
  EXPECT_FALSE(nobody->protocol.over(rig.now + 100));
}

TEST(SocketProtocol, ReturnsAnIdentifierAndOpensTheLegAtOnce) {
  Rig rig;
  const auto s = rig.socket();
  s->say(R"({"t":"return","id":"AAAAAAAAAAAAAAAAAAAAAA"})");
  rig.core.answer("return", R"({"token":"BBBBBBBBBBBBBBBBBBBBBB","resumed":false,"details":)" +
                                Rig::details(7, 3, 1, "t") + "}");
  EXPECT_EQ(s->browser->count("joined"), 1u);
  EXPECT_EQ(s->browser->count("connected"), 1u);
  for (const auto& m : s->browser->got)
    EXPECT_EQ(m.find("BBBB"), std::string::npos) << "the token is for cookies only";
}

TEST(SocketProtocol, GuessingOnSocketsIsThrottledToo) {
  Rig rig;
  for (int i = 0; i < 20; ++i) {
    const auto s = rig.socket();
    s->say(R"({"t":"return","id":"AAAAAAAAAAAAAAAAAAAAAA"})");
    rig.core.refuse("return", "unknown_identifier");
    EXPECT_EQ(s->browser->bye_code, "unknown_identifier");
  }
  const auto s = rig.socket();
  s->say(R"({"t":"return","id":"AAAAAAAAAAAAAAAAAAAAAA"})");
  EXPECT_EQ(s->browser->bye_code, "too_many_misses");
}

}  // namespace
}  // namespace convene::web
