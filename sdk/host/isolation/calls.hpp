// sdk/host/isolation/calls.hpp - the C records of a call, as JSON and back.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "convene/channel.h"
#include "convene/routing.h"
#include "convene/service.h"
#include "core/model/result.hpp"
#include "sdk/host/isolation/values.hpp"

namespace convene::isolation {

/// The node's side: one body each. `deadline_ms` tells the process how long anybody waits.
std::string write_decide(const convene_routing_request& request, std::int64_t deadline_ms);
std::string write_outcome(const convene_routing_outcome& outcome, std::int64_t deadline_ms);
std::string write_step(const convene_session& session, convene_text state,
                       const convene_service_event& event, std::int64_t deadline_ms);
std::string write_frame(const convene_channel_input& input, std::int64_t deadline_ms);

enum class Function { decide, outcome, step, frame };

/// The process's side: the records of one call. They point into the body that they were read from,
/// which has to outlive them. Neither moved nor copied.
struct Call {
  Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  Function function = Function::decide;
  convene_routing_request request{};
  convene_routing_outcome outcome{};
  convene_session session{};
  convene_text state{};
  convene_service_event event{};
  convene_channel_input input{};

  // What the records point at, besides the body that they were read from.
  Bytes decoded;
  std::vector<convene_candidate> candidates;
  std::vector<convene_skill> skills;  ///< Of all candidates, one after the other.
  std::vector<convene_leg> legs;
};

/// Reads the body of a call, each member at most once. Sizes and strides are those of this program.
Result<std::unique_ptr<Call>> read_call(std::string_view body);

}  // namespace convene::isolation
