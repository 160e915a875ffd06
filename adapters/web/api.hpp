// adapters/web/api.hpp - every path that the gateway answers, in one table.
#pragma once

#include <span>

#include "adapters/web/gateway.hpp"
#include "adapters/web/http.hpp"

namespace convene::web {

/// Whose pages may call a route.
enum class Callers : std::uint8_t {
  own,     ///< The gateway's own origin; and programs, which send no Origin.
  listed,  ///< Any origin of the allow-list, with CORS.
  anybody  ///< Loads of public files.
};

using Handler = void (*)(Gateway&, const Request&, Respond);

struct Route {
  Method method;
  std::string_view path;  ///< Exact; one that ends with '*' is a prefix.
  Callers callers;
  Handler handler;
};

/// The table. The OpenAPI file is checked against it.
std::span<const Route> routes();

/// Answers a request: exactly one call of `respond`, now or later, on any thread.
void handle(Gateway& gateway, const Request& request, Respond respond);

// Handlers, by file.
// api_rendezvous.cpp
void book(Gateway&, const Request&, Respond);
void look(Gateway&, const Request&, Respond);
void retime(Gateway&, const Request&, Respond);
void cancel(Gateway&, const Request&, Respond);
void come_back(Gateway&, const Request&, Respond);
void start_session(Gateway&, const Request&, Respond);
void resume_session(Gateway&, const Request&, Respond);
// api_availability.cpp
void availability(Gateway&, const Request&, Respond);
// api_desk.cpp
void sign_in(Gateway&, const Request&, Respond);
void sign_out(Gateway&, const Request&, Respond);
// api_forms.cpp
void rendezvous_form(Gateway&, const Request&, Respond);  ///< Checks by itself who calls.
// api_pages.cpp
void exchange_page(Gateway&, const Request&, Respond);
void rendezvous_page(Gateway&, const Request&, Respond);
void talk_page(Gateway&, const Request&, Respond);
void desk_page(Gateway&, const Request&, Respond);
void static_file(Gateway&, const Request&, Respond);
void healthz(Gateway&, const Request&, Respond);
void readyz(Gateway&, const Request&, Respond);
void metrics_text(Gateway&, const Request&, Respond);
void openapi(Gateway&, const Request&, Respond);

/// The identifier that a request brings: Authorization, or the cookie of the page it names. `page` is set with the
/// latter. Empty: none, or not of the right shape.
struct Brought {
  std::string id;
  std::string page;
};
Brought brought_identifier(const Request& request, std::string_view page_of_body = {});

/// A refusal of the core as a response.
Response core_refusal(const CoreReply& reply);
/// 404: a page to whoever looks with a browser, {"code","text"} to a program.
Response nothing_here(const Request& request);

}  // namespace convene::web
