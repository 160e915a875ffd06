// adapters/web/api_desk.cpp - signing in at a desk, and out.
#include "adapters/web/api.hpp"
#include "adapters/web/cookie.hpp"
#include "adapters/web/json_text.hpp"
#include "adapters/web/json_view.hpp"
#include "adapters/web/log.hpp"

namespace convene::web {
namespace {
Response failed() { return refusal(401, "sign_in_failed", "Agent or password is wrong."); }
}  // namespace

void sign_in(Gateway& gateway, const Request& request, Respond respond) {
  if (!request.content_type.starts_with("application/json"))
    return respond(
        refusal(415, "not_json", "Send a JSON object, with Content-Type: application/json."));
  const auto body = JsonObject::parse(request.body);
  const auto agent = body ? body->text("agent") : std::nullopt;
  const auto password = body ? body->text("password") : std::nullopt;
  if (!agent || !password || agent->size() > 128 || password->size() > 1024)
    return respond(refusal(400, "malformed", "Send {\"agent\": \"...\", \"password\": \"...\"}."));
  const std::string key = request.network + "\n" + *agent;
  const std::int64_t now = gateway.clocks.steady_ms();
  if (gateway.sign_in_misses.blocked(key, now) ||
      gateway.sign_in_misses.blocked(request.network, now))
    return respond(
        later(429, "too_many_attempts", "Too many attempts: try again in a minute.", 60'000));
  const auto known = gateway.settings().agents.find(*agent);
  const std::string hash =
      known == gateway.settings().agents.end() ? "" : known->second.password_hash;
  const std::string name = known == gateway.settings().agents.end() ? "" : known->second.name;
  const std::chrono::seconds lasts(gateway.settings().sign_in_seconds);
  const bool taken = gateway.workers.run([&gateway, agent = *agent, password = *password, hash,
                                          name, key, network = request.network, lasts, respond] {
    if (!password_matches(hash, password)) {
      gateway.metrics.sign_in_failures.fetch_add(1, std::memory_order_relaxed);
      const std::int64_t then = gateway.clocks.steady_ms();
      gateway.sign_in_misses.missed(key, then);
      if (gateway.sign_in_misses.missed(network, then)) log::warning("web.sign_in_guessing");
      return respond(failed());
    }
    const std::int64_t wall = gateway.clocks.wall_ms();
    Response r;
    r.body = JsonOut().put("agent", agent).put("name", name).done();
    r.headers.emplace_back(
        "Set-Cookie",
        set_cookie(kDeskCookie,
                   gateway.seal.desk_cookie(
                       {agent, wall, wall + std::chrono::milliseconds(lasts).count()}),
                   lasts, SameSite::strict));
    log::info("web.signed_in", {{"agent", agent}});
    respond(std::move(r));
  });
  if (!taken)
    respond(later(503, "busy", "Too many people sign in at once: try again in a moment.", 1'000));
}

void sign_out(Gateway& gateway, const Request& request, Respond respond) {
  if (const auto pass = gateway.signed_in(request.cookie)) gateway.sign_out(pass->agent);
  Response r;
  r.body = "{}";
  r.headers.emplace_back("Set-Cookie", clear_cookie(kDeskCookie, SameSite::strict));
  respond(std::move(r));
}

}  // namespace convene::web
