// adapters/web/availability_test.cpp - what a page is told before it offers to talk, and how seldom the core is asked.
#include "adapters/web/availability.hpp"

#include <gtest/gtest.h>

#include "adapters/web/fakes_test.hpp"

namespace convene::web {
namespace {

using test::Rig;

struct AvailabilityApi : testing::Test {
  Response call(const std::string& target, const std::string& origin = "") {
    Request r;
    r.method = Method::get;
    r.target = *parse_target(target);
    r.origin = origin;
    Response got;
    got.status = 0;
    auto kept = std::make_shared<Response>(got);
    handle(*rig.gateway, r, [kept](Response answer) { *kept = std::move(answer); });
    last = kept;
    return *kept;
  }
  Rig rig;
  std::shared_ptr<Response> last;
};

constexpr const char* kCounts =
    R"({"flows":{"later":{"agents":3,"free":2,"waiting":1},"gone":{"agents":1,"free":1,"waiting":0}}})";

TEST(Availability, SaysHowLongAndWhatToOffer) {
  EXPECT_EQ(wait_of(0, 0, 0), Wait::nobody);
  EXPECT_EQ(wait_of(3, 1, 0), Wait::none);
  EXPECT_EQ(wait_of(3, 1, 1), Wait::short_one) << "who waits already comes first";
  EXPECT_EQ(wait_of(3, 0, 2), Wait::short_one);
  EXPECT_EQ(wait_of(3, 0, 3), Wait::long_one);
}

TEST_F(AvailabilityApi, CountsAndNamesNobody) {
  EXPECT_EQ(call("/api/v1/availability").status, 0);
  rig.core.answer("availability", kCounts);
  EXPECT_EQ(last->status, 200);
  EXPECT_EQ(last->body,
            R"({"fresh_for_ms":2000,"flows":{"later":{"title":"Later","open":true,"agents":3,)"
            R"("free":2,"waiting":1,"wait":"none","next":"talk"}}})");
  EXPECT_EQ(last->fresh_s, 2);
}

TEST_F(AvailabilityApi, AsksTheCoreOnceForAllWhoWantToKnow) {
  call("/api/v1/availability");
  const auto first = last;
  call("/api/v1/availability?flow=later");
  EXPECT_EQ(rig.core.asked.size(), 1u);
  rig.core.answer("availability", kCounts);
  EXPECT_EQ(first->status, 200);
  EXPECT_EQ(last->status, 200);
  rig.now += kAvailabilityFreshMs - 1;
  EXPECT_EQ(call("/api/v1/availability").status, 200) << "still fresh";
  EXPECT_TRUE(rig.core.asked.empty());
  rig.now += 1;
  EXPECT_EQ(call("/api/v1/availability").status, 0);
  rig.core.refuse("availability", "store_unavailable");
  EXPECT_EQ(last->status, 503);
  EXPECT_EQ(call("/api/v1/availability").status, 0) << "a refusal is not kept";
}

TEST_F(AvailabilityApi, IsForListedOriginsAndKnownFlows) {
  EXPECT_EQ(call("/api/v1/availability", "http://evil.example").status, 403);
  call("/api/v1/availability?flow=later", "http://localhost:8081");
  rig.core.answer("availability", kCounts);
  EXPECT_EQ(last->status, 200);
  EXPECT_EQ(call("/api/v1/availability?flow=gone").status, 422) << "not configured here";
}

}  // namespace
}  // namespace convene::web
