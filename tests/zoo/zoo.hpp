// tests/zoo/zoo.hpp - what the zoo's tests share: the folder, a good plugin that must go on, a question to ask.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sdk/host/loader.hpp"

namespace convene::zoo {

inline const std::string kFolder = std::string(CONVENE_BUILD_DIR) + "/zoo";

inline convene_text text(std::string_view s) { return {s.data(), s.size()}; }

inline convene_status append(void* to, convene_text piece) noexcept {
  static_cast<std::string*>(to)->append(piece.data, piece.size);
  return CONVENE_OK;
}

/// What a policy said to one candidate.
struct Said {
  convene_status status;
  int action;
  std::size_t index;
  std::string reason, pool;
};

inline Said ask(const LoadedPlugin& plugin) {
  const Extension<convene_routing> routing = plugin.extension<convene_routing>();
  if (!routing) return {CONVENE_E_UNSUPPORTED, 0, 0, {}, {}};
  convene_candidate anna{};
  anna.size = sizeof anna, anna.capacity = 1, anna.agent = text("anna");
  convene_routing_request request{};
  request.size = sizeof request, request.context = text("{}");
  request.candidates = &anna, request.candidate_count = 1, request.candidate_stride = sizeof anna;
  Said said{};
  const convene_sink reason{&said.reason, &append}, pool{&said.pool, &append};
  convene_routing_answer answer{sizeof answer, 0, 0, 0, &pool, &reason, nullptr};
  said.status = routing.table->decide(routing.self, &request, &answer);
  said.action = answer.action, said.index = answer.index;
  return said;
}

/// Loads `id` from `file`.so, or fails the test.
inline std::unique_ptr<LoadedPlugin> must_load(Loader& loader, const std::string& file,
                                               const std::string& id,
                                               const std::string& config = "{}") {
  auto loaded = loader.load({.id = id, .file = file + ".so", .config = config, .sha256 = {}});
  if (loaded) return std::move(*loaded);
  ADD_FAILURE() << loaded.error().text;
  return nullptr;
}

/// A plugin that works; every test asks it at its end.
class Zoo : public ::testing::Test {
 protected:
  void SetUp() override { good_ = must_load(loader_, "good", "second"); }
  void TearDown() override {
    ASSERT_TRUE(good_);
    const Said said = ask(*good_);
    EXPECT_EQ(said.status, CONVENE_OK) << "a bad plugin has stopped a good one";
    EXPECT_EQ(said.reason, "free longest");
  }

  Loader loader_{HostOptions{.folder = kFolder, .clock = {}, .log = {}}};
  std::unique_ptr<LoadedPlugin> good_;
};

}  // namespace convene::zoo
