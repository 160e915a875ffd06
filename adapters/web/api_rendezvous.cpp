// adapters/web/api_rendezvous.cpp - booking, looking, coming back.
#include <algorithm>

#include "adapters/web/api.hpp"
#include "adapters/web/cookie.hpp"
#include "adapters/web/idempotency.hpp"
#include "adapters/web/json_text.hpp"
#include "adapters/web/json_view.hpp"

namespace convene::web {
namespace {

/// The body as an object, or the refusal that it deserves.
std::optional<JsonObject> read_body(const Request& request, const Respond& respond) {
  if (!request.content_type.starts_with("application/json")) {
    respond(refusal(415, "not_json", "Send a JSON object, with Content-Type: application/json."));
    return std::nullopt;
  }
  auto body = JsonObject::parse(request.body.empty() ? std::string_view("{}")
                                                     : std::string_view(request.body));
  if (!body) respond(refusal(400, "malformed", "The body is no JSON object."));
  return body;
}

/// Copies `at` (milliseconds since 1970) as `due_ms`; false when it is something else.
bool copy_time(const JsonObject& body, JsonOut& out) {
  if (!body.has("at") || body.raw("at") == "null") return true;
  const auto at = body.integer("at");
  if (!at || *at <= 0) return false;
  out.put("due_ms", *at);
  return true;
}

/// A repeated booking is the same booking, and its answer holds the identifier: so the key has to be a secret as well
/// (`is_unguessable`), and keys are told apart by what is booked.
std::string idempotency_of(const Gateway& gateway, const Request& request, std::string_view key,
                           std::string_view token) {
  if (key.empty()) return "";
  const std::string all = std::string(key) + '\n' + std::string(token) + '\n' + request.body;
  return gateway.seal.page_name(all) + gateway.seal.page_name("2" + all);
}

std::int64_t seconds_until(const Gateway& gateway, std::int64_t ms) {
  return std::max<std::int64_t>(0, (ms - gateway.clocks.wall_ms()) / 1000);
}

std::string page_set_cookie(const Gateway& gateway, std::string_view page, std::string_view id,
                            std::int64_t expires_ms) {
  return set_cookie(page_cookie(page), id, std::chrono::seconds(seconds_until(gateway, expires_ms)),
                    SameSite::lax);
}

/// Refuses where guessing has to stop, and where nothing was brought.
bool may_ask(Gateway& gateway, const Request& request, const Brought& brought,
             const Respond& respond) {
  if (gateway.throttled(request.network)) {
    respond(later(429, "too_many_misses",
                  "Too many unknown identifiers came from here: try again in a minute.", 60'000));
    return false;
  }
  if (brought.id.empty()) {
    gateway.missed(request.network);
    respond(core_refusal({false, "", "unknown_identifier", "", 0}));
    return false;
  }
  return true;
}

/// What every answer about an identifier does on the way out: misses are counted.
Response refused(Gateway& gateway, const std::string& network, const CoreReply& reply) {
  if (reply.code == "unknown_identifier") gateway.missed(network);
  return core_refusal(reply);
}

/// The seat that a body names; empty: none. A name that is none refuses.
std::optional<std::string> seat_of(const JsonObject& body, const Respond& respond) {
  const std::string seat = body.text_or("seat");
  if (!body.has("seat") || is_page_name(seat)) return seat;
  respond(refusal(400, "malformed", "A seat has 16 characters of base64url."));
  return std::nullopt;
}

/// Where the session's cookie goes, and what came with the request.
struct Seat {
  std::string name;
  std::string cookies;
};

void respond_joined(const Settings& settings, const CoreReply& reply, int status, const Seat& seat,
                    const Respond& respond) {
  const auto body = JsonObject::parse(reply.body);
  const auto details = body ? body->object("details") : std::nullopt;
  if (!details)
    return respond(later(503, "core_unavailable", "The answer could not be read.", 1'000));
  Response r;
  r.status = status;
  r.body = JsonOut()
               .put("session", details->number_or("session"))
               .raw("details", with_address(settings, *details, body->raw("details")))
               .done();
  if (const auto token = body->text("token"); token && is_secret(*token))
    r.headers.emplace_back("Set-Cookie", set_cookie(session_cookie(seat.name), *token,
                                                    std::chrono::hours(24), SameSite::lax));
  if (const auto others = seats_of(seat.cookies); others.size() >= kSeatsMax)
    for (const auto other : others)
      if (other != seat.name)
        r.headers.emplace_back("Set-Cookie", clear_cookie(session_cookie(other), SameSite::lax));
  respond(std::move(r));
}

/// Asks for a session and notes its leg before the browser can show the ticket.
void ask_to_join(Gateway& gateway, std::string_view name, std::string body,
                 const std::string& network, int status, Seat seat, Respond respond) {
  gateway.ask(name, std::move(body), [&gateway, network, status, seat, respond](CoreReply reply) {
    if (!reply.ok) {
      Response r = refused(gateway, network, reply);
      if (reply.code == "no_session")  // It is over: its cookie opens nothing any more.
        r.headers.emplace_back("Set-Cookie",
                               clear_cookie(session_cookie(seat.name), SameSite::lax));
      return respond(std::move(r));
    }
    if (const auto joined = JsonObject::parse(reply.body); joined && joined->has("details"))
      gateway.hub.note_details(joined->raw("details"));
    respond_joined(gateway.settings(), reply, status, seat, respond);
  });
}

}  // namespace

Brought brought_identifier(const Request& request, std::string_view page_of_body) {
  static constexpr std::string_view kScheme = "Rendezvous ";
  if (request.authorization.starts_with(kScheme)) {
    const auto id = std::string_view(request.authorization).substr(kScheme.size());
    return {is_secret(id) ? std::string(id) : "", ""};
  }
  const auto page = page_of_body.empty() ? request.target.value("page") : page_of_body;
  if (!is_page_name(page)) return {};
  const auto cookie = find_cookie(request.cookie, page_cookie(page));
  if (!cookie || !is_secret(*cookie)) return {"", std::string(page)};
  return {std::string(*cookie), std::string(page)};
}

std::string booking_json(const Settings& settings, const JsonObject& booked, std::string_view page,
                         bool with_id) {
  JsonOut out;
  const std::string id = booked.text_or("id"), carriage = booked.text_or("carriage", "query");
  const std::string link = settings.public_url + "/r/?s=" + id;
  if (with_id && carriage != "cookie") out.put("id", id);
  if (with_id && carriage == "query") out.put("page", link).put("link", link);
  if (with_id && carriage == "cookie")
    out.put("page", settings.public_url + "/r/" + std::string(page));
  out.put("flow", booked.text_or("flow")).put("carriage", carriage);
  out.put("expires_at", booked.integer("expires_ms").value_or(0));
  if (const auto due = booked.integer("due_ms")) out.put("at", *due);
  if (const auto agent = booked.text("agent"); agent && !agent->empty())
    out.put("agent", *agent).put("agent_name", *agent);
  return out.done();
}

void book(Gateway& gateway, const Request& request, Respond respond) {
  const auto body = read_body(request, respond);
  if (!body) return;
  JsonOut wish;
  std::string_view token;
  if (body->boolean("continue").value_or(false)) {
    // Claim 4: the core extracts everything from the session; whatever else the browser said is ignored.
    const auto seat = seat_of(*body, respond);
    if (!seat) return;
    const auto cookie = find_cookie(request.cookie, session_cookie(*seat));
    if (!cookie || !is_secret(*cookie))
      return respond(refusal(410, "no_session", "There is no session that could be continued."));
    token = *cookie;
    wish.put("continues", token);
  } else {
    const auto flow = body->text("flow");
    if (!flow || flow->empty() || flow->size() > 64)
      return respond(
          refusal(422, "unknown_flow", "Say which flow: {\"flow\": \"...\", \"context\": {...}}."));
    if (body->has("context") && !body->object("context") && body->raw("context").front() != '{')
      return respond(refusal(422, "context_invalid", "The context must be an object."));
    wish.put("flow", *flow).raw("context", body->has("context") ? body->raw("context") : "{}");
    if (!copy_time(*body, wish))
      return respond(refusal(422, "time_invalid", "\"at\" is a time in milliseconds since 1970."));
    if (const auto agent = body->text("agent"); agent && !agent->empty()) wish.put("agent", *agent);
    if (const auto carriage = body->text("carriage")) {
      if (*carriage != "query" && *carriage != "cookie" && *carriage != "api")
        return respond(refusal(422, "carriage_invalid", "\"carriage\" is query, cookie or api."));
      wish.put("carriage", *carriage);
    }
  }
  const std::string_view said = bare_idempotency_key(request.idempotency_key);
  if (!request.idempotency_key.empty() && !is_unguessable(said))
    return respond(
        refusal(400, "idempotency_key_weak",
                "Somebody else could send this Idempotency-Key too: make it at random, as a UUID "
                "of version 4, 32 hexadecimal digits, or 22 to 128 characters of base64url."));
  const std::string key = idempotency_of(gateway, request, said, token);
  if (!key.empty()) wish.put("idempotency_key", key);
  gateway.ask("book", wish.done(), [&gateway, respond](CoreReply reply) {
    const auto booked = reply.ok ? JsonObject::parse(reply.body) : std::nullopt;
    if (!booked) return respond(core_refusal(reply));
    const bool in_cookie = booked->text_or("carriage") == "cookie";
    const std::string id = booked->text_or("id"),
                      page = in_cookie ? gateway.seal.page_name(id) : std::string();
    Response r;
    r.status = 201;
    r.body = booking_json(gateway.settings(), *booked, page, true);
    if (in_cookie)
      r.headers.emplace_back(
          "Set-Cookie",
          page_set_cookie(gateway, page, id, booked->integer("expires_ms").value_or(0)));
    respond(std::move(r));
  });
}

void look(Gateway& gateway, const Request& request, Respond respond) {
  const Brought brought = brought_identifier(request);
  if (!may_ask(gateway, request, brought, respond)) return;
  const std::string body = JsonOut().put("id", brought.id).done();
  gateway.ask(
      "look", body, [&gateway, brought, network = request.network, respond](CoreReply reply) {
        const auto found = reply.ok ? JsonObject::parse(reply.body) : std::nullopt;
        if (!found) {
          Response r = refused(gateway, network, reply);
          // Nothing is stored behind it: a dead cookie is taken back.
          if (r.status == 404 && !brought.page.empty())
            r.headers.emplace_back("Set-Cookie",
                                   clear_cookie(page_cookie(brought.page), SameSite::lax));
          return respond(std::move(r));
        }
        const Settings& settings = gateway.settings();
        const std::string flow_id = found->text_or("flow"),
                          carriage = found->text_or("carriage", "query");
        const auto flow = settings.flows.find(flow_id);
        const std::string page = gateway.seal.page_name(brought.id);
        JsonOut out;
        out.put("flow", flow_id)
            .put("title", flow == settings.flows.end() ? flow_id : flow->second.title);
        out.put("state", found->text_or("state"));
        if (const auto end = found->text("end"); end && !end->empty() && *end != "none")
          out.put("end", *end);
        if (const auto due = found->integer("due_ms")) out.put("at", *due);
        const std::int64_t expires = found->integer("expires_ms").value_or(0);
        out.put("expires_at", expires);
        if (const auto agent = found->text("agent"); agent && !agent->empty())
          out.put("agent", *agent).put("agent_name", *agent);
        out.put("carriage", carriage).put("page", settings.public_url + "/r/" + page);
        if (carriage == "query") out.put("link", settings.public_url + "/r/?s=" + brought.id);
        out.raw("channels",
                flow == settings.flows.end() ? "[]" : json_text_array(flow->second.channels));
        Response r;
        r.body = out.done();
        // From here on the cookie lives as long as the rendezvous: a bookmark of this page works in this browser.
        if (!brought.page.empty())
          r.headers.emplace_back("Set-Cookie",
                                 page_set_cookie(gateway, brought.page, brought.id, expires));
        respond(std::move(r));
      });
}

void retime(Gateway& gateway, const Request& request, Respond respond) {
  const auto body = read_body(request, respond);
  if (!body) return;
  const Brought brought = brought_identifier(request);
  if (!may_ask(gateway, request, brought, respond)) return;
  JsonOut out;
  out.put("id", brought.id);
  if (!copy_time(*body, out))
    return respond(refusal(422, "time_invalid",
                           "\"at\" is a time in milliseconds since 1970, or missing: no time."));
  gateway.ask("retime", out.done(),
              [&gateway, brought, network = request.network, respond](CoreReply reply) {
                const auto booked = reply.ok ? JsonObject::parse(reply.body) : std::nullopt;
                if (!booked) return respond(refused(gateway, network, reply));
                Response r;
                r.body = booking_json(gateway.settings(), *booked, "", false);
                if (!brought.page.empty())
                  r.headers.emplace_back(
                      "Set-Cookie", page_set_cookie(gateway, brought.page, brought.id,
                                                    booked->integer("expires_ms").value_or(0)));
                respond(std::move(r));
              });
}

void cancel(Gateway& gateway, const Request& request, Respond respond) {
  const Brought brought = brought_identifier(request);
  if (!may_ask(gateway, request, brought, respond)) return;
  gateway.ask("cancel", JsonOut().put("id", brought.id).done(),
              [&gateway, brought, network = request.network, respond](CoreReply reply) {
                if (!reply.ok) return respond(refused(gateway, network, reply));
                Response r;
                r.body = JsonOut().put("state", "ended").put("end", "cancelled").done();
                if (!brought.page.empty())
                  r.headers.emplace_back("Set-Cookie",
                                         clear_cookie(page_cookie(brought.page), SameSite::lax));
                respond(std::move(r));
              });
}

void come_back(Gateway& gateway, const Request& request, Respond respond) {
  // A page of another site cannot send this header without asking first, and is not allowed to.
  if (request.client != "1")
    return respond(refusal(403, "client_missing", "Send the header Convene-Client: 1."));
  const auto body = read_body(request, respond);
  if (!body) return;
  const std::string page = body->text_or("page");
  const Brought brought = brought_identifier(request, page);
  if (!may_ask(gateway, request, brought, respond)) return;
  ask_to_join(gateway, "return", JsonOut().put("id", brought.id).done(), request.network, 200,
              {brought.page, request.cookie}, std::move(respond));
}

void start_session(Gateway& gateway, const Request& request, Respond respond) {
  const auto body = read_body(request, respond);
  if (!body) return;
  const auto flow = body->text("flow");
  if (!flow || flow->empty() || flow->size() > 64)
    return respond(
        refusal(422, "unknown_flow", "Say which flow: {\"flow\": \"...\", \"context\": {...}}."));
  if (body->has("context") && body->raw("context").front() != '{')
    return respond(refusal(422, "context_invalid", "The context must be an object."));
  auto seat = seat_of(*body, respond);
  if (!seat) return;
  ask_to_join(gateway, "start",
              JsonOut()
                  .put("flow", *flow)
                  .raw("context", body->has("context") ? body->raw("context") : "{}")
                  .done(),
              request.network, 201, {*std::move(seat), request.cookie}, std::move(respond));
}

void resume_session(Gateway& gateway, const Request& request, Respond respond) {
  const auto body = read_body(request, respond);
  if (!body) return;
  auto seat = seat_of(*body, respond);
  if (!seat) return;
  const auto cookie = find_cookie(request.cookie, session_cookie(*seat));
  if (!cookie || !is_secret(*cookie))
    return respond(refusal(410, "no_session", "This browser holds no session."));
  ask_to_join(gateway, "resume", JsonOut().put("token", *cookie).done(), request.network, 200,
              {*std::move(seat), request.cookie}, std::move(respond));
}

}  // namespace convene::web
