// sdk/host/isolation/answers.hpp - what a call came to: status, decision, effects, as JSON and back.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "convene/channel.h"
#include "convene/routing.h"
#include "convene/service.h"
#include "core/model/result.hpp"
#include "core/model/scores.hpp"
#include "sdk/host/isolation/values.hpp"

namespace convene::isolation {

// The process's side -----------------------------------------------------------------------------

std::string write_failure(convene_status status, std::string_view why);
std::string write_done();
/// A decision that the guard has let through; `pool` and `reason` are what was written to its sinks.
std::string write_decision(const convene_routing_answer& answer, std::string_view pool,
                           std::string_view reason, const ScoreList& scores);

/// Records a step's effects as its answer. Refuses what the engine would refuse, so that a plugin
/// sees the same statuses as beside the engine.
class ServiceRecorder {
 public:
  ServiceRecorder() { to_.open().key("status").number(0).key("effects").open_array(); }
  ServiceRecorder(const ServiceRecorder&) = delete;
  ServiceRecorder& operator=(const ServiceRecorder&) = delete;
  const convene_service_effects* table() const { return &table_; }
  std::string take() { return to_.close_array().close().take(); }

 private:
  struct Table;
  static const convene_service_effects table_of(ServiceRecorder* self);
  bus::JsonText to_;
  const convene_service_effects table_ = table_of(this);
};

/// The same for a channel.
class ChannelRecorder {
 public:
  ChannelRecorder() { to_.open().key("status").number(0).key("effects").open_array(); }
  ChannelRecorder(const ChannelRecorder&) = delete;
  ChannelRecorder& operator=(const ChannelRecorder&) = delete;
  const convene_channel_effects* table() const { return &table_; }
  std::string take() { return to_.close_array().close().take(); }

 private:
  struct Table;
  static const convene_channel_effects table_of(ChannelRecorder* self);
  bus::JsonText to_;
  const convene_channel_effects table_ = table_of(this);
};

// The node's side --------------------------------------------------------------------------------

/// An answer, as far as it is the same for every call.
struct Answer {
  convene_status status = CONVENE_OK;
  std::string why;  ///< Of a failure.
  json::Value body;
  Bytes decoded;
};
Result<std::unique_ptr<Answer>> read_answer(std::string_view body);

/// Hand on what the answer says: to the answer's sinks, or effect by effect. CONVENE_E_INVALID for
/// what WIRE.md does not know; else what the first effect that was not taken came to. A caller who
/// gets anything but CONVENE_OK drops what was recorded (law 6).
convene_status hand_on(Answer& answer, convene_routing_answer& to);
convene_status hand_on(Answer& answer, const convene_service_effects& to);
convene_status hand_on(Answer& answer, const convene_channel_effects& to);

}  // namespace convene::isolation
