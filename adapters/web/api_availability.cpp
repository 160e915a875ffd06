// adapters/web/api_availability.cpp - whether somebody is there, for pages that want to offer the right thing.
#include "adapters/web/api.hpp"

namespace convene::web {
namespace {

/// All flows, or the one that `?flow=` names.
Response counted(const Settings& settings, const std::string& wanted, const CoreReply& reply) {
  if (!reply.ok) return core_refusal(reply);
  auto told = availability_json(settings, wanted, reply.body);
  if (!told) return refusal(422, "unknown_flow", "There is no flow of this name.");
  Response r;
  r.body = *std::move(told);
  r.fresh_s = static_cast<int>(kAvailabilityFreshMs / 1000);
  r.headers.emplace_back("Vary", "Origin");
  return r;
}

}  // namespace

void availability(Gateway& gateway, const Request& request, Respond respond) {
  const std::string wanted(request.target.value("flow"));
  const bool first = gateway.availability.want(
      gateway.clocks.steady_ms(), [&gateway, wanted, respond](const CoreReply& reply) {
        respond(counted(gateway.settings(), wanted, reply));
      });
  if (first)
    gateway.ask("availability", "{}", [&gateway](CoreReply reply) {
      gateway.availability.answered(gateway.clocks.steady_ms(), reply);
    });
}

}  // namespace convene::web
