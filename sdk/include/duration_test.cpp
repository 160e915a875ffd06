// sdk/include/duration_test.cpp - durations are bounded however they are written: they are added to times.
#include <gtest/gtest.h>

#include <limits>

#include "convene/duration.hpp"

namespace convene {
namespace {

TEST(Duration, IsAWholeNumberWithAUnit) {
  EXPECT_EQ(parse_duration_ms("250ms"), 250);
  EXPECT_EQ(parse_duration_ms("20s"), 20'000);
  EXPECT_EQ(parse_duration_ms("5m"), 300'000);
  EXPECT_EQ(parse_duration_ms("2h"), 7'200'000);
  EXPECT_EQ(parse_duration_ms("30d"), 2'592'000'000);
  for (const char* none : {"", "20", "s", "-1s", "1.5s", "20 s", "20sec", "99999999999999999999s"})
    EXPECT_EQ(parse_duration_ms(none), std::nullopt) << none;
}

TEST(Duration, OfAHundredYearsIsTheLongestInEitherSpelling) {
  EXPECT_EQ(parse_duration_ms("36600d"), kDurationMax);
  EXPECT_EQ(parse_duration_ms("36601d"), std::nullopt);
  EXPECT_EQ(duration_ms(json::Value(kDurationMax)), kDurationMax);
  EXPECT_EQ(duration_ms(json::Value(kDurationMax + 1)), std::nullopt);
  EXPECT_EQ(duration_ms(json::Value(std::numeric_limits<std::int64_t>::max())), std::nullopt);
  EXPECT_EQ(duration_ms(json::Value(std::int64_t{-1})), std::nullopt);
}

TEST(Duration, ThatIsNoneCountsAsTheDefault) {
  const json::Value settings = json::object({{"wait", std::int64_t{-5}}, {"hold", "1m"}});
  EXPECT_EQ(duration_ms(settings, "wait", 7), 7);
  EXPECT_EQ(duration_ms(settings, "hold", 7), 60'000);
  EXPECT_EQ(duration_ms(settings, "missing", 7), 7);
}

}  // namespace
}  // namespace convene
