// sdk/bus/frame_test.cpp - what is a message and what is not.
#include "sdk/bus/frame.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace convene::bus {
namespace {

const std::string kEight(8, '\0');

Result<Message> read(std::vector<std::string_view> frames, std::size_t body_max = kBodyMax) {
  return decode(frames, body_max);
}

TEST(Frame, ReadsWhatItWrote) {
  const Head frames = head(Kind::request, 0x0102030405060708u);
  const auto message = read({{frames.kind.data(), 4}, {frames.correlation.data(), 8}, "{}"});
  ASSERT_TRUE(message);
  EXPECT_EQ(message->kind, Kind::request);
  EXPECT_EQ(message->correlation, 0x0102030405060708u);
  EXPECT_EQ(message->body, "{}");
  EXPECT_EQ(frames.correlation[0], 1) << "numbers are big endian";
}

TEST(Frame, RefusesEveryOtherShapeWithAReason) {
  EXPECT_EQ(read({}).error().code, "malformed");
  EXPECT_EQ(read({"CV1Q", kEight}).error().code, "malformed");
  EXPECT_EQ(read({"CV1Q", kEight, "{}", "{}"}).error().code, "malformed");
  EXPECT_EQ(read({"", kEight, "{}"}).error().code, "malformed");
  EXPECT_EQ(read({"CV1", kEight, "{}"}).error().code, "malformed");
  EXPECT_EQ(read({"CV1Z", kEight, "{}"}).error().code, "malformed");
  EXPECT_EQ(read({"cv1Q", kEight, "{}"}).error().code, "malformed");
  EXPECT_EQ(read({"CV1Q", "1234567", "{}"}).error().code, "malformed");
  EXPECT_EQ(read({"CV1Q", "123456789", "{}"}).error().code, "malformed");
  EXPECT_EQ(read({"CV2Q", kEight, "{}"}).error().code, "bad_version");
}

TEST(Frame, RefusesABodyOverTheBoundAndTakesOneAtIt) {
  const std::string body(100, ' ');
  EXPECT_TRUE(read({"CV1Q", kEight, body}, 100));
  EXPECT_EQ(read({"CV1Q", kEight, body}, 99).error().code, "too_large");
}

TEST(Frame, NamesEveryKind) {
  for (const char kind : std::string_view("HWPOQRELNGX"))
    EXPECT_NE(name_of(static_cast<Kind>(kind)), "") << kind;
  EXPECT_EQ(name_of(static_cast<Kind>('Z')), "");
}

}  // namespace
}  // namespace convene::bus
