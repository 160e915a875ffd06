// tests/bench/decide_bench.cpp - what a decision costs: in C, through the C++ face, behind the guard, as a virtual call.
// Links: convene_host
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "convene/routing.hpp"
#include "sdk/host/loader.hpp"
#include "tests/bench/target.hpp"

namespace {

using namespace convene;

constexpr int kRounds = 5;
const std::string kFolder = std::string(CONVENE_BUILD_DIR) + "/bench_plugins";

/// 32 agents with three skills; every eighth speaks French well enough, the eighth first.
struct Page {
  std::vector<convene_candidate> agents;
  std::vector<std::vector<convene_skill>> skills;
  std::string pool, reason;
  convene_routing_request request{};

  explicit Page(std::size_t count) : agents(count), skills(count) {
    for (std::size_t i = 0; i < count; ++i) {
      skills[i] = {{sdk::text("de"), 7, 0},
                   {sdk::text("fr"), i % 8 == 7 ? 8 : 2, 0},
                   {sdk::text("loans"), 5, 0}};
      agents[i].size = sizeof(convene_candidate), agents[i].capacity = 1,
      agents[i].agent = sdk::text("agent");
      agents[i].skills = skills[i].data(), agents[i].skill_count = skills[i].size();
    }
    request.size = sizeof request, request.context = sdk::text("{}");
    request.candidates = agents.data(), request.candidate_count = count;
    request.candidate_stride = sizeof(convene_candidate);
  }
};

/// A sink as an engine has it.
struct Note {
  char bytes[1024];
  std::size_t size = 0;
  static convene_status write(void* self, convene_text piece) noexcept {
    auto& n = *static_cast<Note*>(self);
    if (piece.size > sizeof n.bytes - n.size) return CONVENE_E_LIMIT;
    std::copy_n(piece.data, piece.size, n.bytes + n.size);
    n.size += piece.size;
    return CONVENE_OK;
  }
};

/// The policy as one would write it without a boundary.
struct Policy {
  virtual ~Policy() = default;
  virtual std::size_t decide(const Page& page) = 0;
};
struct LongestIdle final : Policy {
  std::size_t decide(const Page& page) override {
    return page.agents.empty() ? ~std::size_t{0} : 0;
  }
};
struct WithSkill final : Policy {
  std::size_t decide(const Page& page) override {
    for (std::size_t i = 0; i < page.skills.size(); ++i) {
      for (const auto& s : page.skills[i]) {
        if (sdk::view(s.name) == "fr" && s.level >= 5) return i;
      }
    }
    return ~std::size_t{0};
  }
};

std::size_t sum = 0;  // keeps answers alive

double nanoseconds(int calls, const auto& call) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < calls; ++i) sum += call();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  return took.count() / calls;
}

std::size_t ask(const Extension<convene_routing>& routing, const Page& page) {
  static Note reason, pool;
  reason.size = pool.size = 0;
  const convene_sink to_reason{&reason, &Note::write}, to_pool{&pool, &Note::write};
  convene_routing_answer answer{sizeof answer, 0, 0, 0, &to_pool, &to_reason, nullptr};
  if (routing.table->decide(routing.self, &page.request, &answer) != CONVENE_OK) std::abort();
  return answer.index + reason.size;
}

/// The plugin's own table, no guard around it.
Extension<convene_routing> bare(const std::string& file, unsigned index) {
  void* library = ::dlopen((kFolder + "/" + file).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) std::fprintf(stderr, "decide_bench: %s\n", ::dlerror()), std::exit(1);
  static const convene_host host{nullptr,
                                 [](void*, std::int32_t, convene_text, convene_text) noexcept {},
                                 [](void*, convene_text) noexcept {}};
  const auto* entry = static_cast<const convene_entry*>(::dlsym(library, CONVENE_ENTRY_SYMBOL));
  const convene_plugin* plugin = entry->create(index, &host, sdk::text("{}"));
  return {static_cast<const convene_routing*>(
              plugin->extension(plugin->self, sdk::text(CONVENE_ROUTING))),
          plugin->self};
}

bool compare(const char* id, unsigned index, Policy& direct, const Page& page, int calls) {
  const auto in_c = bare("decide_in_c.so", index), in_cpp = bare("decide_in_cpp.so", index);
  Loader loader(HostOptions{.folder = kFolder, .clock = {}, .log = {}});
  auto guarded = loader.load({.id = id, .file = "decide_in_cpp.so", .config = {}, .sha256 = {}});
  if (!guarded)
    return std::fprintf(stderr, "decide_bench: %s\n", guarded.error().text.c_str()), false;
  const auto behind_guard = (*guarded)->extension<convene_routing>();
  std::vector<double> c, cpp, guard, virtual_call;
  for (int round = 0; round < kRounds; ++round) {
    c.push_back(nanoseconds(calls, [&] { return ask(in_c, page); }));
    cpp.push_back(nanoseconds(calls, [&] { return ask(in_cpp, page); }));
    guard.push_back(nanoseconds(calls, [&] { return ask(behind_guard, page); }));
    virtual_call.push_back(nanoseconds(calls, [&] { return direct.decide(page); }));
  }
  using namespace convene::bench;
  const auto name = "decide, " + std::string(id) + " of " + std::to_string(page.agents.size());
  std::printf("  %s behind the guard, as the core calls it: %.1f ns\n", name.c_str(), at(guard));
  report({.what = name + ", C++ face",
          .ours = {at(cpp), "ns"},
          .baseline = {at(virtual_call), "ns"},
          .baseline_is = "direct virtual call",
          .bound = Bound::none,
          .ratio = median_ratio(cpp, virtual_call)});
  return report({.what = name + ", C++ face",
                 .ours = {at(cpp), "ns"},
                 .baseline = {at(c), "ns"},
                 .baseline_is = "the same in C through the same ABI",
                 .reach = 2,
                 .ratio = median_ratio(cpp, c)});
}

}  // namespace

int main() {
  LongestIdle longest_idle;
  WithSkill with_skill;
  const Page page(32);
  bool reached = compare("longest_idle", 0, longest_idle, page, 2'000'000);
  reached = compare("with_skill", 1, with_skill, page, 1'000'000) && reached;
  return reached && sum != 0 ? 0 : 1;
}
