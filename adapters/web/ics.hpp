// adapters/web/ics.hpp - a calendar entry (RFC 5545) for one rendezvous.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace convene::web {

struct CalendarEntry {
  std::string uid;  ///< Stable, so that a newer copy replaces an older one; not the identifier.
  std::string summary;
  std::string link;  ///< The page to come back to.
  std::int64_t now_ms = 0;
  std::optional<std::int64_t>
      due_ms;  ///< Agreed time; none: an all-day reminder on the day before it expires.
  std::int64_t expires_ms = 0;
};

/// CRLF lines, folded at 75 bytes, texts escaped.
std::string calendar_entry(const CalendarEntry& entry);

}  // namespace convene::web
