// adapters/web/metrics.hpp - counters of the gateway, and their text form (Prometheus exposition format 0.0.4).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace convene::web {

/// Every number has a name of ours; labels are from fixed sets, so nothing of a customer can get in.
struct Metrics {
  std::array<std::atomic<std::uint64_t>, 6> responses{};  ///< By class of status: [2] is 2xx.
  std::atomic<std::int64_t> connections{0};               ///< Open now, HTTP and WebSocket.
  std::atomic<std::int64_t> sockets{0};                   ///< WebSockets open now.
  std::atomic<std::uint64_t> messages_in{0};
  std::atomic<std::uint64_t> messages_out{0};
  std::atomic<std::uint64_t> refused{0};  ///< WebSocket messages refused.
  std::atomic<std::uint64_t> misses{0};   ///< Identifiers that opened nothing.
  std::atomic<std::uint64_t> throttled{0};
  std::atomic<std::uint64_t> sign_in_failures{0};
  std::atomic<std::uint64_t> slow_closed{
      0};                                 ///< Sockets closed because their browser did not read.
  std::atomic<std::int64_t> sessions{0};  ///< With media here.
  std::atomic<std::int64_t> core_up{0};

  std::string text() const;
};

}  // namespace convene::web
