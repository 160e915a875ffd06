// sdk/host/guard.hpp - the same C tables as a plugin's, with the contract enforced on both sides of
// every call.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>

#include "core/model/scores.hpp"
#include "sdk/host/bounded.hpp"
#include "sdk/host/effect_gate.hpp"
#include "sdk/host/loaded_plugin.hpp"
#include "sdk/host/meter.hpp"

namespace convene {

/// Each guard holds a plugin's table and `self`, and offers a table of its own whose `self` is the
/// guard. It lives as long as anybody calls that table. One call at a time, but for what adapter.h
/// tags [any].

class RoutingGuard {
 public:
  RoutingGuard(Meter& meter, const convene_routing& inner, void* self)
      : meter_(meter), inner_(inner), self_(self) {}
  Extension<convene_routing> face();
  /// How long the newest answer took; who it is of is written by the owner. [lane]
  RoutingNote& note() { return note_; }

 private:
  convene_status decide(const convene_routing_request* request,
                        convene_routing_answer* answer) noexcept;
  void outcome(const convene_routing_outcome* outcome) noexcept;
  convene_status check(const convene_routing_request& request, const convene_routing_answer& mine);

  Meter& meter_;
  const convene_routing inner_;
  void* const self_;
  RoutingNote note_;
  BoundedSink pool_{64};
  BoundedSink reason_{1024};
  ScoreTable scores_;
};

class ServiceGuard {
 public:
  ServiceGuard(Meter& meter, const convene_service& inner, void* self);
  Extension<convene_service> face();

 private:
  struct Table;
  convene_status step(const convene_session* session, convene_text state,
                      const convene_service_event* event,
                      const convene_service_effects* effects) noexcept;

  Meter& meter_;
  const convene_service inner_;
  void* const self_;
  EffectGate<convene_service_effects> gate_;
  const convene_service_effects mine_;
};

class ChannelGuard {
 public:
  ChannelGuard(Meter& meter, const convene_channel& inner, void* self);
  Extension<convene_channel> face();

 private:
  struct Table;
  convene_status frame(const convene_channel_input* input,
                       const convene_channel_effects* effects) noexcept;

  Meter& meter_;
  const convene_channel inner_;
  void* const self_;
  EffectGate<convene_channel_effects> gate_;
  const convene_channel_effects mine_;
};

class AdapterGuard {
 public:
  AdapterGuard(Meter& meter, const convene_adapter& inner, void* self);
  Extension<convene_adapter> face();

 private:
  struct Table;
  convene_status connect(const convene_adapter_bus* bus) noexcept;
  convene_status request(const convene_adapter_request* request) noexcept;
  void leg(convene_text body) noexcept;
  bool settle(std::uint64_t token);

  Meter& meter_;
  const convene_adapter inner_;
  void* const self_;
  const convene_adapter_bus mine_;
  const convene_adapter_bus* outer_ = nullptr;  // since connect
  std::mutex mutex_;
  /// Tokens that wait for their one answer, and until when; guarded by mutex_.
  std::map<std::uint64_t, std::chrono::steady_clock::time_point> open_;
};

}  // namespace convene
