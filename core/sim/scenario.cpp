// core/sim/scenario.cpp - what a seed decides before the first step.
#include "core/sim/scenario.hpp"

#include "convene/routing.h"
#include "convene/service.h"

namespace convene::sim {
namespace {

std::uint64_t up_to(Random& random, std::uint64_t most_ppm) {
  // A third of the days are free of this fault, so that its absence is tried as well.
  return random.percent(33) ? 0 : random.below(most_ppm + 1);
}

int some(Random& random, int most) {
  return random.percent(33) ? 0
                            : static_cast<int>(random.below(static_cast<std::uint64_t>(most) + 1));
}

std::uint64_t mix(std::uint64_t x) {  // splitmix64's finaliser
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

convene_status flaky_decide(void* self, const convene_routing_request* request,
                            convene_routing_answer* answer) noexcept {
  auto& flaky = *static_cast<Flaky*>(self);
  const std::uint64_t dice =
      flaky.faults ? mix(request->session * 1000 + request->attempt) % 100 : 99;
  if (dice >= 6) return flaky.routing.table->decide(flaky.routing.self, request, answer);
  ++(*flaky.counts)[static_cast<std::size_t>(FaultKind::policy_failed)];
  if (dice < 2) return CONVENE_E_FAILED;
  if (dice < 4) {
    answer->action = CONVENE_ROUTING_ASSIGN;
    answer->index = request->candidate_count + 7;
  } else {
    answer->action = 99;
  }
  return CONVENE_OK;
}

void flaky_outcome(void* self, const convene_routing_outcome* outcome) noexcept {
  auto& flaky = *static_cast<Flaky*>(self);
  if (flaky.routing.table->outcome) flaky.routing.table->outcome(flaky.routing.self, outcome);
}

convene_status flaky_step(void* self, const convene_session* session, convene_text state,
                          const convene_service_event* event,
                          const convene_service_effects* effects) noexcept {
  auto& flaky = *static_cast<Flaky*>(self);
  const std::uint64_t dice =
      flaky.faults
          ? mix(session->id * 64 + static_cast<std::uint64_t>(event->kind) * 7 + event->leg) % 400
          : 399;
  if (dice == 0) {
    ++(*flaky.counts)[static_cast<std::size_t>(FaultKind::service_failed)];
    return CONVENE_E_FAILED;
  }
  return flaky.service.table->step(flaky.service.self, session, state, event, effects);
}

constexpr convene_routing kFlakyRouting{flaky_decide, flaky_outcome};
constexpr convene_service kFlakyService{flaky_step};

}  // namespace

Faults draw_faults(Random& random, const SimOptions& options) {
  Faults f;
  if (!options.faults) return f;
  // Bad days are rarer than good ones: half of the seeds have a network that mostly works.
  const bool bad_network = random.percent(50);
  f.lost = up_to(random, bad_network ? 300'000 : 20'000);
  f.duplicated = up_to(random, bad_network ? 500'000 : 20'000);
  f.delayed = up_to(random, bad_network ? 50'000 : 5'000);
  f.store_refused = up_to(random, 1'000);
  f.store_answer_lost = up_to(random, 1'000);
  f.store_outages = some(random, 4);
  f.adapter_crashes = some(random, 8);
  f.node_crashes = some(random, 6);
  f.clock_steps = some(random, 4);
  f.desk_drops = up_to(random, 150'000);
  f.browser_drops = up_to(random, 300'000);
  f.walks_off = up_to(random, 400'000);
  return f;
}

BoundRouting flaky_routing(Flaky& flaky) { return {&kFlakyRouting, &flaky, "sim_flaky 1.0.0"}; }
BoundService flaky_service(Flaky& flaky) { return {&kFlakyService, &flaky}; }

EngineSettings draw_settings(Random& random, const SimOptions& options, const SimPlugins& plugins) {
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  EngineSettings s;
  s.routing = plugins.routing;
  s.services = plugins.services;

  const auto expires = hours(18), grace = hours(2);
  const auto offer_timeout = seconds(random.between(10, 30));
  const auto resume_timeout = seconds(random.between(30, 120));
  const auto wait_max = minutes(random.between(1, 10));
  for (const auto& [id, given] : plugins.flows) {
    Flow flow = given;
    flow.id = id;
    flow.expires = expires;
    flow.grace = grace;
    flow.offer_timeout = offer_timeout;
    flow.resume_timeout = resume_timeout;
    flow.wait_max = wait_max;
    s.flows[id] = flow;
  }
  Flow& eager = s.flows.at("eager");
  eager.eager = true;
  eager.routing = "sim_flaky";
  eager.service = "sim_flaky";

  static constexpr const char* kLanguages[] = {"de", "en", "fr"};
  for (int i = 0; i < options.agents; ++i) {
    AgentSettings a;
    a.id = "agent" + std::to_string(100 + i);
    a.name = "Agent " + std::to_string(i);
    a.capacity = 1 + static_cast<std::uint32_t>(random.below(3));
    a.auto_answer = i % 4 == 1;
    if (i * 3 >= options.agents) a.pools.push_back("loans");
    if (i * 3 < options.agents * 2) a.pools.push_back("sales");
    a.skills.push_back({kLanguages[i % 3], 1 + static_cast<int>(random.below(10))});
    if (i % 2 == 0) a.skills.push_back({"loans", 1 + static_cast<int>(random.below(10))});
    a.wrap_up = i % 5 == 0 ? seconds(15) : seconds(0);
    s.agents[a.id] = a;
  }
  return s;
}

}  // namespace convene::sim
