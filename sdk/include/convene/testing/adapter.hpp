// sdk/include/convene/testing/adapter.hpp - a bus for one adapter in a test: requests go in, what it
// says comes out.
//
//   Bus bus(plugin);
//   const std::uint64_t token = bus.request("look_up", R"({"key":"7"})");
//   EXPECT_EQ(bus.replies.at(token), R"(ok {"known":false})");
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "convene/adapter.hpp"
#include "convene/testing/plugin.hpp"

namespace convene::testing {

/// Plays the host of one adapter; connects it at once. Everything it says is kept as text, on
/// whichever thread it speaks; replies and legs are read when its threads have come to rest, events
/// also while they run (`said`). The plugin is stopped before the bus goes.
class Bus {
 public:
  explicit Bus(const Plugin& adapter) : adapter_(adapter) {
    status = table().connect(adapter_.self(), &bus_);
  }
  ~Bus() { adapter_.stop(); }
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  /// Sends a request; its token. The reply, if it came at once, is in `replies`.
  std::uint64_t request(std::string_view name, std::string_view body = "{}",
                        std::string_view idempotency_key = {}) {
    convene_adapter_request request{};
    request.size = sizeof request;
    request.token = ++token_;
    request.name = sdk::text(name);
    request.idempotency_key = sdk::text(idempotency_key);
    request.body = sdk::text(body);
    request.deadline_ms = 2'000;
    status = table().request(adapter_.self(), &request);
    return token_;
  }
  /// A notice: no answer is wanted.
  void notice(std::string_view name, std::string_view body = "{}") {
    convene_adapter_request request{};
    request.size = sizeof request;
    request.name = sdk::text(name);
    request.body = sdk::text(body);
    status = table().request(adapter_.self(), &request);
  }
  void leg(std::string_view body) {
    if (table().leg) table().leg(adapter_.self(), sdk::text(body));
  }

  /// The first `count` events, "NAME BODY" each; fewer when they do not come within 10 s.
  std::vector<std::string> said(std::size_t count) const {
    std::unique_lock lock(mutex_);
    spoke_.wait_for(lock, std::chrono::seconds(10), [&] { return events.size() >= count; });
    const auto end = static_cast<std::ptrdiff_t>(std::min(count, events.size()));
    return {events.begin(), events.begin() + end};
  }

  convene_status status = CONVENE_OK;            ///< Of the last call.
  std::map<std::uint64_t, std::string> replies;  ///< By token: "ok BODY" or "refused BODY".
  std::vector<std::string> events;               ///< "NAME BODY"
  std::vector<std::string> legs;                 ///< Bodies of leg messages.

 private:
  const convene_adapter& table() const { return adapter_.table<convene_adapter>(CONVENE_ADAPTER); }
  static Bus& bus(void* self) { return *static_cast<Bus*>(self); }

  const Plugin& adapter_;
  std::uint64_t token_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable spoke_;
  convene_adapter_bus bus_{
      this,
      [](void* self, std::uint64_t token, std::int32_t ok,
         convene_text body) noexcept -> convene_status {
        const std::string said = (ok ? "ok " : "refused ") + std::string(sdk::view(body));
        const std::lock_guard lock(bus(self).mutex_);
        const bool first = bus(self).replies.emplace(token, said).second;
        return first ? CONVENE_OK : CONVENE_E_INVALID;  // Law 5: answered exactly once.
      },
      [](void* self, convene_text name, convene_text body) noexcept -> convene_status {
        const std::lock_guard lock(bus(self).mutex_);
        bus(self).events.push_back(std::string(sdk::view(name)) + " " +
                                   std::string(sdk::view(body)));
        bus(self).spoke_.notify_all();
        return CONVENE_OK;
      },
      [](void* self, convene_text body) noexcept -> convene_status {
        const std::lock_guard lock(bus(self).mutex_);
        bus(self).legs.emplace_back(sdk::view(body));
        return CONVENE_OK;
      }};
};

}  // namespace convene::testing
