// core/runtime/translate_test.cpp - bodies become inputs, or an error that names the field.
#include "core/runtime/translate.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace convene {
namespace {

struct Translate : ::testing::Test {
  Result<Translated> read(std::string_view name, const std::string& text,
                          std::string_view key = {}) {
    body_ = boost::json::parse(text).as_object();
    return to_input({PeerId{3}, RequestId{4}, name, key, body_, text}, secrets);
  }
  std::string why(std::string_view name, const std::string& text) {
    const auto translated = read(name, text);
    return translated ? "" : translated.error().code + ": " + translated.error().text;
  }
  boost::json::object body_;
  Secrets secrets{SecretKey{}};
};

TEST_F(Translate, ABookingKeepsItsContextToTheByte) {
  const auto booked =
      read("book",
           R"({"flow":"later", "context" : {"price": 1.50, "a":[1 ,2]}, "due_ms":1700000000000})");
  ASSERT_TRUE(booked);
  const auto& book = std::get<input::Book>(booked->input);
  EXPECT_EQ(book.context, R"({"price": 1.50, "a":[1 ,2]})");
  EXPECT_EQ(book.flow, "later");
  EXPECT_EQ(to_ms(*book.due), 1'700'000'000'000);
  EXPECT_EQ(book.peer, PeerId{3});
  EXPECT_EQ(book.request, RequestId{4});
  EXPECT_EQ(book.key, hash_of(booked->secret));
  EXPECT_FALSE(book.idempotency);
}

TEST_F(Translate, ARepeatedBookingHasTheSameIdentifierAndAnotherBodyAnother) {
  const std::string body = R"({"flow":"later","context":{"a":1}})";
  const auto first = read("book", body, "key"), again = read("book", body, "key");
  const auto other = read("book", R"({"flow":"later","context":{"a":2}})", "key");
  const auto other_key = read("book", body, "another key");
  ASSERT_TRUE(first && again && other && other_key);
  EXPECT_EQ(first->secret, again->secret);
  EXPECT_NE(first->secret, other->secret) << "who guesses a key does not get the booking";
  EXPECT_NE(first->secret, other_key->secret);
  EXPECT_EQ(std::get<input::Book>(first->input).idempotency,
            std::get<input::Book>(other->input).idempotency);
  EXPECT_TRUE(first->repeatable);
}

TEST_F(Translate, SecretsReachTheEngineHashed) {
  const auto returned = read("return", R"({"id":"abc"})");
  ASSERT_TRUE(returned);
  EXPECT_EQ(std::get<input::Return>(returned->input).key, hash_of("abc"));
  EXPECT_EQ(std::get<input::Return>(returned->input).token, hash_of(returned->secret));
  const auto resumed = read("resume", R"({"token":"t"})");
  ASSERT_TRUE(resumed);
  EXPECT_EQ(std::get<input::Resume>(resumed->input).token, hash_of("t"));
}

TEST_F(Translate, WhatIsWrongIsNamed) {
  EXPECT_EQ(why("book", "{}"),
            "malformed: flow: missing (only a continuation takes it from its session)");
  EXPECT_EQ(why("book", R"({"flow":7})"), "malformed: flow: a text is expected");
  EXPECT_EQ(why("book", R"({"flow":"f","context":[]})"),
            "malformed: context: an object is expected");
  EXPECT_EQ(why("book", R"({"flow":"f","due":5})"), "malformed: due: not a field of this message");
  EXPECT_EQ(why("book", R"({"flow":"f","due_ms":-5})"),
            "malformed: due_ms: a whole number from 0 to 2^53 is expected");
  EXPECT_EQ(why("book", R"({"flow":"f","due_ms":1.5})"),
            "malformed: due_ms: a whole number from 0 to 2^53 is expected");
  EXPECT_EQ(why("book", R"({"flow":"f","carriage":"pigeon"})"),
            "malformed: carriage: not one of the words that are known here");
  EXPECT_EQ(why("book", R"({"flow":"a\u0000b"})"),
            "malformed: flow: control characters are not allowed");
  EXPECT_EQ(why("return", "{}"), "malformed: id: missing");
  EXPECT_EQ(why("return", "{\"id\":\"" + std::string(129, 'x') + "\"}"),
            "malformed: id: longer than 128 bytes");
  EXPECT_EQ(why("offer_answer", R"({"agent":"a","offer":1})"),
            "malformed: accepts: true or false is expected");
  EXPECT_EQ(why("agent_says", R"({"agent":"a","state":"asleep"})"),
            "malformed: state: not one of the words that are known here");
  EXPECT_EQ(why("dance", "{}").substr(0, 15), "unknown_request");
}

TEST_F(Translate, ALegReportHasItsChannelsSortedAndOnce) {
  const auto body =
      boost::json::parse(
          R"({"leg":5,"seq":2,"ack":1,"epoch":3,"state":"connected","channels":["page","chat","page"]})")
          .as_object();
  const auto input = leg_to_input(PeerId{1}, body);
  ASSERT_TRUE(input);
  const auto& report = std::get<input::LegReport>(*input);
  EXPECT_EQ(report.channels, (std::vector<std::string>{"chat", "page"}));
  EXPECT_EQ(report.state, LegState::connected);
  EXPECT_EQ(report.epoch, 3u);
  EXPECT_TRUE(
      leg_to_input(PeerId{1}, boost::json::parse(R"({"leg":5,"seq":0,"ack":1})").as_object()))
      << "an acknowledgement says nothing of the state";
  EXPECT_FALSE(
      leg_to_input(PeerId{1}, boost::json::parse(R"({"leg":5,"seq":1,"ack":1})").as_object()));
  EXPECT_FALSE(leg_to_input(
      PeerId{1}, boost::json::parse(R"({"leg":5,"seq":1,"ack":1,"state":"invited"})").as_object()));
}

TEST_F(Translate, WhatGoesToTheLogDoesNotRepeatAForeignField) {
  const auto leg = leg_to_input(
      PeerId{1},
      boost::json::parse(R"({"leg":5,"seq":0,"ack":1,"+49 711 5550100":1})").as_object());
  ASSERT_FALSE(leg);
  EXPECT_EQ(leg.error().text, "body: has a field that this message does not");
  const auto said = event_to_input(
      PeerId{1}, "agent_state",
      boost::json::parse(R"({"agent":"a","state":"ready","Anna Schmidt":1})").as_object());
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().text, leg.error().text);
}

TEST_F(Translate, RightsFollowTheKindOfPeer) {
  EXPECT_TRUE(may_ask(PeerKind::gateway, "book"));
  EXPECT_FALSE(may_ask(PeerKind::gateway, "status"));
  EXPECT_TRUE(may_ask(PeerKind::console, "status"));
  for (const std::string_view request :
       {"book", "return", "attach", "offer_answer", "cancel", "agent_says"}) {
    EXPECT_FALSE(may_ask(PeerKind::console, request)) << request;
    EXPECT_FALSE(may_ask(PeerKind::records, request)) << request;
  }
}

TEST_F(Translate, AnAnswerGivesTheSecretOnlyForItsOwnBooking) {
  const Outgoing out(secrets, from_ms(0), Duration{0});
  output::Booked booked{hash_of("mine"), "later", {}, from_ms(5), "Anna", Carriage::query};
  EXPECT_EQ(
      out.reply(booked, "mine"),
      R"({"ok":true,"body":{"id":"mine","flow":"later","expires_ms":5,"agent":"Anna","carriage":"query"}})");
  EXPECT_EQ(out.reply(booked, "other").find("\"id\""), std::string::npos);
}

TEST_F(Translate, DeadlinesGoOutAsWallTime) {
  const Outgoing out(secrets, from_ms(1'000), Duration{500});
  output::OfferMade made{
      PeerId{1},
      "anna",
      false,
      {OfferId{1}, SessionId{2}, "later", R"({"a": 1.0})", from_ms(3'000), from_ms(900)}};
  const std::string said =
      R"({"agent":"anna","offer":1,"session":2,"flow":"later","context":{"a": 1.0},"deadline_ms":3500,)"
      R"("waiting_since_ms":1400,"now_ms":1500)";
  EXPECT_EQ(out.offer(made), said + "}");
  made.answered = true;
  EXPECT_EQ(out.offer(made), said + R"(,"answered":true})");
}

}  // namespace
}  // namespace convene
