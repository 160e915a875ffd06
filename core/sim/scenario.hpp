// core/sim/scenario.hpp - what a seed decides before the first step: how bad the day is, and how the house is run.
#pragma once

#include "core/model/settings.hpp"
#include "core/sim/random.hpp"
#include "core/sim/sim.hpp"

namespace convene::sim {

/// Rates are per message in parts of a million, counts are per 24 hours.
struct Faults {
  std::uint64_t lost = 0;        ///< Up to 30 %.
  std::uint64_t duplicated = 0;  ///< Up to 50 %.
  std::uint64_t delayed =
      0;  ///< Messages that take up to 30 s; they overtake nothing, others overtake them.
  std::uint64_t store_refused = 0;
  std::uint64_t store_answer_lost = 0;
  int store_outages = 0;
  int adapter_crashes = 0;
  int node_crashes = 0;
  int clock_steps = 0;
  std::uint64_t desk_drops = 0;     ///< Per session.
  std::uint64_t browser_drops = 0;  ///< Per session.
  std::uint64_t walks_off = 0;      ///< Per break that an agent begins: without a word.
};

Faults draw_faults(Random& random, const SimOptions& options);

/// The flows of `plugins`, hurried and of one pace, the flow "eager" with the plugins that fail; and agents in two pools,
/// "sales" and "loans".
EngineSettings draw_settings(Random& random, const SimOptions& options, const SimPlugins& plugins);

/// A policy and a service that wrap real ones and fail now and then, always at the same questions.
struct Flaky {
  BoundRouting routing;
  BoundService service;
  std::array<std::uint64_t, kFaultKinds>* counts = nullptr;
  bool faults = true;
};
BoundRouting flaky_routing(Flaky& flaky);
BoundService flaky_service(Flaky& flaky);

}  // namespace convene::sim
