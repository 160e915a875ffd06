// adapters/web/core.hpp - the core as the gateway sees it: something to ask, and to tell about legs.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace convene::web {

/// The answer to a request (sdk/bus/README.md).
struct CoreReply {
  bool ok = false;
  std::string body;  ///< JSON object, with `ok`.
  std::string code;  ///< Otherwise; "core_unavailable" when nobody answered.
  std::string text;
  std::int64_t retry_after_ms = 0;
};
using CoreAnswer = std::function<void(CoreReply)>;

/// Implemented by the bus (bus_core.hpp) and by tests.
class Core {
 public:
  virtual ~Core() = default;
  /// [any] Asks; `done` is called exactly once, on the lane, never before this returns. Without a core it is answered
  /// "core_unavailable" at once: nobody waits for something that is down.
  virtual void ask(std::string_view name, std::string body, CoreAnswer done,
                   std::string_view idempotency_key = {}) = 0;
  /// [lane] Sends a leg message; may be lost.
  virtual void leg(const std::string& body) = 0;
  /// [any]
  virtual bool up() const = 0;
};

}  // namespace convene::web
