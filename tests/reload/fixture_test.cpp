// tests/reload/fixture_test.cpp - a library that was built in November 2026 loads today, and decides.
#include <gtest/gtest.h>

#include "sdk/host/loader.hpp"
#include "tests/reload/copies.hpp"

namespace convene::test {
namespace {

TEST(Reload, ALibraryOfThisIssuesFirstCommitStillLoadsAndDecides) {
  Copies copies;
  copies.put(CONVENE_FIXTURES "/policy_of_2026_11.so", "policy_of_2026_11.so");
  Loader loader({.folder = copies.folder()});
  auto policy =
      loader.load({.id = "policy_of_2026_11",
                   .config = R"({"word":"kept"})",
                   .sha256 = "449de333969dba1169d2d3468c70ec51dd0c433777f675ca71912919b4e08321"});
  ASSERT_TRUE(policy) << policy.error().text;
  EXPECT_EQ((*policy)->version(), "1.0.0");
  const auto routing = (*policy)->extension<convene_routing>();
  ASSERT_TRUE(routing);

  // Records of today may be longer than those that it was built with.
  convene_candidate candidates[3] = {};
  const char* agents[] = {"anna", "ben", "cem"};
  for (int i = 0; i < 3; ++i) {
    candidates[i].size = sizeof candidates[i];
    candidates[i].capacity = 3;
    candidates[i].sessions = i == 1 ? 0 : 2;
    candidates[i].agent = {agents[i], 3};
  }
  convene_routing_request request{};
  request.size = sizeof request;
  request.candidates = candidates;
  request.candidate_count = 3;
  request.candidate_stride = sizeof(convene_candidate);
  std::string reason;
  const convene_sink sink{&reason, [](void* self, convene_text piece) noexcept -> convene_status {
                            static_cast<std::string*>(self)->append(piece.data, piece.size);
                            return CONVENE_OK;
                          }};
  convene_routing_answer answer{};
  answer.size = sizeof answer;
  answer.reason = &sink;
  ASSERT_EQ(routing.table->decide(routing.self, &request, &answer), CONVENE_OK);
  EXPECT_EQ(answer.action, CONVENE_ROUTING_ASSIGN);
  EXPECT_EQ(answer.index, 1u);
  EXPECT_EQ(reason, "kept: fewest sessions");
}

}  // namespace
}  // namespace convene::test
