// adapters/web/api_pages.cpp - pages, files, and what operators look at. Nothing here joins anybody (E8).
#include "adapters/web/api.hpp"
#include "adapters/web/cookie.hpp"
#include "adapters/web/html.hpp"
#include "adapters/web/ics.hpp"
#include "adapters/web/json_text.hpp"
#include "adapters/web/json_view.hpp"
#include "adapters/web/qr.hpp"

namespace convene::web {
namespace {

void serve(const Gateway& gateway, const Request& request, std::string_view path,
           const Respond& respond) {
  const StaticFile* file = gateway.files.find(path);
  if (file == nullptr) return respond(nothing_here(request));
  Response r;
  r.type = file->type;
  r.file = file->bytes;
  r.for_ever = file->for_ever;
  r.for_others = path.starts_with("/client/");
  respond(std::move(r));
}

/// Looks up what is booked behind the page's cookie, for the calendar entry and the QR code.
void with_booking(Gateway& gateway, const Request& request, std::string_view page, Respond respond,
                  std::function<Response(const JsonObject& found, const std::string& link)> make) {
  const Brought brought = brought_identifier(request, page);
  if (gateway.throttled(request.network))
    return respond(
        later(429, "too_many_misses", "Too many unknown identifiers came from here.", 60'000));
  if (brought.id.empty()) return respond(core_refusal({false, "", "unknown_identifier", "", 0}));
  gateway.ask(
      "look", JsonOut().put("id", brought.id).done(),
      [&gateway, brought, network = request.network, respond,
       make = std::move(make)](CoreReply reply) {
        const auto found = reply.ok ? JsonObject::parse(reply.body) : std::nullopt;
        if (!found) {
          if (reply.code == "unknown_identifier") gateway.missed(network);
          return respond(core_refusal(reply));
        }
        const std::string& url = gateway.settings().public_url;
        respond(make(*found, found->text_or("carriage") == "query" ? url + "/r/?s=" + brought.id
                                                                   : url + "/r/" + brought.page));
      });
}

}  // namespace

void exchange_page(Gateway& gateway, const Request& request, Respond respond) {
  if (request.target.value("s").empty())
    return serve(gateway, request, "/pages/rendezvous.html", respond);
  const std::string id(request.target.value("s"));
  // The identifier leaves the address bar at once. Whether it opens anything is not asked here: a GET does nothing, and
  // tells nothing.
  const std::string page =
      is_secret(id) ? gateway.seal.page_name(id) : gateway.seal.page_name(random_name());
  Response r;
  r.status = 303;
  r.type = "text/plain; charset=utf-8";
  r.headers.emplace_back("Location", "/r/" + page);
  if (is_secret(id))
    r.headers.emplace_back(
        "Set-Cookie", set_cookie(page_cookie(page), id, std::chrono::minutes(10), SameSite::lax));
  respond(std::move(r));
}

void rendezvous_page(Gateway& gateway, const Request& request, Respond respond) {
  std::string_view name = std::string_view(request.target.path).substr(3);
  if (name.ends_with(".ics")) {
    name.remove_suffix(4);
    return with_booking(
        gateway, request, name, std::move(respond),
        [&gateway, page = std::string(name)](const JsonObject& found, const std::string& link) {
          const Settings& s = gateway.settings();
          const auto flow = s.flows.find(found.text_or("flow"));
          Response r;
          r.type = "text/calendar; charset=utf-8";
          r.headers.emplace_back("Content-Disposition",
                                 "attachment; filename=\"conversation.ics\"");
          r.body = calendar_entry({page + "@convene",
                                   flow == s.flows.end() ? "Conversation" : flow->second.title,
                                   link, gateway.clocks.wall_ms(), found.integer("due_ms"),
                                   found.integer("expires_ms").value_or(0)});
          return r;
        });
  }
  if (name.ends_with(".svg")) {
    name.remove_suffix(4);
    return with_booking(gateway, request, name, std::move(respond),
                        [](const JsonObject& found, const std::string& link) {
                          if (found.text_or("carriage") != "query")
                            return refusal(404, "not_found",
                                           "This page works in this browser only.");
                          Response r;
                          r.type = "image/svg+xml";
                          r.body = qr_svg(link);
                          return r;
                        });
  }
  if (!is_page_name(name)) return respond(nothing_here(request));
  serve(gateway, request, "/pages/rendezvous.html", respond);
}

Response nothing_here(const Request& request) {
  Response r = refusal(404, "not_found", "There is nothing here.");
  if (!request.for_eyes) return r;
  HtmlSheet sheet("There is nothing here");
  sheet.lead(
      "Start from the site where you found us. If you booked a conversation, open the page that "
      "you "
      "kept: your bookmark or link leads there.");
  r.type = "text/html; charset=utf-8";
  r.body = sheet.done();
  return r;
}

void talk_page(Gateway& gateway, const Request& request, Respond respond) {
  serve(gateway, request, "/pages/talk.html", respond);
}

void desk_page(Gateway& gateway, const Request& request, Respond respond) {
  const std::string& path = request.target.path;
  if (path == "/desk/") return serve(gateway, request, "/desk/index.html", respond);
  if (path != "/desk") return serve(gateway, request, path, respond);
  Response r;
  r.status = 308;
  r.type = "text/plain; charset=utf-8";
  r.headers.emplace_back("Location", "/desk/");
  respond(std::move(r));
}

void static_file(Gateway& gateway, const Request& request, Respond respond) {
  serve(gateway, request, request.target.path, respond);
}

void healthz(Gateway&, const Request&, Respond respond) {
  Response r;
  r.body = R"({"state":"alive"})";
  respond(std::move(r));
}

void readyz(Gateway& gateway, const Request&, Respond respond) {
  if (!gateway.core.up())
    return respond(later(503, "core_unavailable", "The core does not answer.", 1'000));
  Response r;
  r.body = R"({"state":"ready"})";
  respond(std::move(r));
}

void metrics_text(Gateway& gateway, const Request&, Respond respond) {
  Response r;
  r.type = "text/plain; version=0.0.4; charset=utf-8";
  r.body = gateway.metrics.text();
  respond(std::move(r));
}

void openapi(Gateway& gateway, const Request& request, Respond respond) {
  serve(gateway, request, "/openapi.json", respond);
}

}  // namespace convene::web
