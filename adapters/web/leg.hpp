// adapters/web/leg.hpp - one leg at the endpoint's side: what its leg controller knows and reports (claim 19).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/web/media.hpp"
#include "convene/leg_link.hpp"

namespace convene::web {

struct Leg {
  std::uint64_t id = 0;
  std::uint64_t session = 0;
  std::int32_t role = 0;
  std::string endpoint;  ///< An agent's id; empty for a customer.
  std::string flow;
  std::string details;               ///< Newest connection details, as the core wrote them.
  std::vector<std::string> offered;  ///< Channels in them (claim 18).
  std::uint32_t epoch = 0;           ///< Of the details that were used.
  LegLink link{LegEnd::proxy};
  std::string_view state;  ///< Reported state: "connected", ...; empty: nothing to report yet.
  std::string reason;
  std::vector<std::string> channels;  ///< Open at the endpoint.
  std::string roster = "[]";          ///< Newest entries, as the core wrote them.
  std::string
      notice;  ///< Newest of the service to a customer who is alone: told again to a browser that comes (back).
  OutletPtr outlet;  ///< The browser that holds it; null: none.
  std::shared_ptr<Media> media;
  std::int64_t over_ms = 0;  ///< When it ended; 0: it has not.
};

/// The report to the core that is due now. `stamp` comes from the leg's link.
std::string leg_report(const Leg& leg, LegStamp stamp);

}  // namespace convene::web
