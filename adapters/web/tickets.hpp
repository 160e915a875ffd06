// adapters/web/tickets.hpp - tickets of connection details: each opens one leg, once, until it expires (claim 13).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace convene::web {

/// The tickets that this gateway may still be shown. Time comes from outside. Not thread-safe.
class TicketBook {
 public:
  struct Ticket {
    std::uint64_t leg = 0;
    std::uint32_t epoch = 0;
    std::int64_t expires_ms = 0;
  };

  /// Remembers a ticket. A newer epoch of a leg makes the older ones worthless; an older one is ignored, and one that
  /// was already used stays used.
  void add(const std::string& secret, std::uint64_t leg, std::uint32_t epoch,
           std::int64_t expires_ms);
  /// Uses it up: nothing when it is unknown, used, replaced, or expired.
  std::optional<Ticket> take(std::string_view secret, std::int64_t now_ms);
  /// The leg is over.
  void drop(std::uint64_t leg);
  std::size_t size() const { return open_.size(); }

 private:
  struct Newest {
    std::uint32_t epoch = 0;
    std::string secret;  ///< Empty once used.
  };
  std::unordered_map<std::string, Ticket> open_;
  std::unordered_map<std::uint64_t, Newest> newest_;
};

}  // namespace convene::web
