// adapters/web/api.cpp - the table of routes, and what is checked before any handler runs.
#include "adapters/web/api.hpp"

#include <array>

namespace convene::web {
namespace {

constexpr std::array kRoutes = {
    Route{Method::post, "/api/v1/rendezvous", Callers::listed, &book},
    Route{Method::get, "/api/v1/rendezvous", Callers::own, &look},
    Route{Method::patch, "/api/v1/rendezvous", Callers::own, &retime},
    Route{Method::del, "/api/v1/rendezvous", Callers::own, &cancel},
    Route{Method::post, "/api/v1/rendezvous/return", Callers::own, &come_back},
    Route{Method::get, "/api/v1/availability", Callers::listed, &availability},
    Route{Method::post, "/api/v1/sessions", Callers::own, &start_session},
    Route{Method::post, "/api/v1/sessions/resume", Callers::own, &resume_session},
    Route{Method::post, "/api/v1/desk/sign-in", Callers::own, &sign_in},
    Route{Method::post, "/api/v1/desk/sign-out", Callers::own, &sign_out},
    Route{Method::get, "/r/", Callers::anybody, &exchange_page},
    Route{Method::get, "/r/*", Callers::anybody, &rendezvous_page},
    Route{Method::post, "/r/*", Callers::anybody, &rendezvous_form},
    Route{Method::get, "/", Callers::anybody, &talk_page},
    Route{Method::get, "/desk", Callers::anybody, &desk_page},
    Route{Method::get, "/desk/*", Callers::anybody, &desk_page},
    Route{Method::get, "/client/*", Callers::anybody, &static_file},
    Route{Method::get, "/pages/*", Callers::anybody, &static_file},
    Route{Method::get, "/healthz", Callers::anybody, &healthz},
    Route{Method::get, "/readyz", Callers::anybody, &readyz},
    Route{Method::get, "/metrics", Callers::anybody, &metrics_text},
    Route{Method::get, "/api/openapi.json", Callers::anybody, &openapi},
};

bool matches(const Route& route, std::string_view path) {
  if (!route.path.ends_with('*')) return route.path == path;
  return path.starts_with(route.path.substr(0, route.path.size() - 1));
}

void allow_origin(const Request& request, Response& response) {
  response.headers.emplace_back("Access-Control-Allow-Origin", request.origin);
  response.headers.emplace_back("Access-Control-Allow-Credentials", "true");
  response.headers.emplace_back("Access-Control-Expose-Headers", "Retry-After");
  response.headers.emplace_back("Vary", "Origin");
}

bool may_call(const Gateway& gateway, const Route& route, const Request& request) {
  if (request.origin.empty() || route.callers == Callers::anybody) return true;
  if (request.origin == gateway.settings().public_url) return true;
  return route.callers == Callers::listed &&
         origin_allowed(gateway.settings().origins, request.origin);
}

/// OPTIONS: which methods a path has, and for listed origins that they may be used (Fetch, CORS preflight).
Response preflight(const Gateway& gateway, const Request& request) {
  Response r;
  r.status = 204;
  std::string allow;
  bool listed = false;
  for (const auto& route : kRoutes) {
    if (!matches(route, request.target.path)) continue;
    allow += (allow.empty() ? "" : ", ") + std::string(method_name(route.method));
    listed |= route.callers == Callers::listed;
  }
  if (allow.empty()) return refusal(404, "not_found", "There is nothing here.");
  r.headers.emplace_back("Allow", allow + ", OPTIONS");
  if (listed && origin_allowed(gateway.settings().origins, request.origin)) {
    allow_origin(request, r);
    r.headers.emplace_back("Access-Control-Allow-Methods", "POST");
    r.headers.emplace_back("Access-Control-Allow-Headers",
                           "content-type, idempotency-key, convene-client");
    r.headers.emplace_back("Access-Control-Max-Age", "600");
  }
  return r;
}

}  // namespace

std::span<const Route> routes() { return kRoutes; }

void handle(Gateway& gateway, const Request& request, Respond respond) {
  if (request.method == Method::options) return respond(preflight(gateway, request));
  const Method wanted = request.method == Method::head ? Method::get : request.method;
  std::string allow;
  for (const auto& route : kRoutes) {
    if (!matches(route, request.target.path)) continue;
    if (route.method != wanted) {
      allow += (allow.empty() ? "" : ", ") + std::string(method_name(route.method));
      continue;
    }
    if (!may_call(gateway, route, request))
      return respond(refusal(403, "origin_not_allowed", "Pages of this origin may not call this."));
    const bool cross = route.callers == Callers::listed && !request.origin.empty();
    if (!cross) return route.handler(gateway, request, std::move(respond));
    Request copy;
    copy.origin = request.origin;
    return route.handler(gateway, request, [copy, respond = std::move(respond)](Response r) {
      allow_origin(copy, r);
      respond(std::move(r));
    });
  }
  if (allow.empty()) return respond(nothing_here(request));
  Response r = refusal(405, "method_not_allowed", "This path does not know that method.");
  r.headers.emplace_back("Allow", allow);
  respond(std::move(r));
}

Response core_refusal(const CoreReply& reply) {
  static constexpr std::pair<std::string_view, int> kStatus[] = {{"unknown_identifier", 404},
                                                                 {"unknown_flow", 422},
                                                                 {"unknown_agent", 422},
                                                                 {"context_too_large", 413},
                                                                 {"context_invalid", 422},
                                                                 {"due_in_past", 422},
                                                                 {"due_too_far", 422},
                                                                 {"idempotency_conflict", 409},
                                                                 {"offer_gone", 409},
                                                                 {"no_session", 410},
                                                                 {"not_allowed", 403},
                                                                 {"malformed", 400},
                                                                 {"busy", 503},
                                                                 {"store_unavailable", 503},
                                                                 {"core_unavailable", 503},
                                                                 {"deadline", 503},
                                                                 {"too_many", 503},
                                                                 {"closed", 503}};
  int status = 409;
  for (const auto& [code, s] : kStatus)
    if (reply.code == code) status = s;
  if (status == 503) return later(503, reply.code, reply.text, reply.retry_after_ms);
  // One answer for whatever does not open anything: nobody learns which of the reasons it was.
  if (status == 404)
    return refusal(404, "unknown_identifier",
                   "There is no rendezvous behind this, or not any more.");
  return refusal(status, reply.code, reply.text);
}

}  // namespace convene::web
