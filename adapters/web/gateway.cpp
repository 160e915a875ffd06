// adapters/web/gateway.cpp - shared state of the connections.
#include "adapters/web/gateway.hpp"

#include "adapters/web/cookie.hpp"
#include "adapters/web/json_view.hpp"
#include "adapters/web/log.hpp"

namespace convene::web {

Gateway::Gateway(Settings settings, const StaticFiles& static_files, Core& the_core,
                 const ChannelSet& channel_set, Clocks the_clocks,
                 std::function<void(std::function<void()>)> lane)
    : files(static_files),
      core(the_core),
      channels(channel_set),
      clocks(std::move(the_clocks)),
      post_lane(std::move(lane)),
      hub(settings, the_core, channel_set, metrics, clocks),
      seal(settings.desk_key),
      configs_{},
      config_(nullptr),
      misses_(settings.identifier_misses),
      sign_outs_(settings.transcripts, clocks.wall_ms()) {
  reconfigure(std::move(settings));
}

void Gateway::reconfigure(Settings settings) {
  configs_.emplace_back(std::move(settings));
  config_.store(&configs_.back(), std::memory_order_release);
  hub.reconfigured(configs_.back().settings);
}

void Gateway::ask(std::string_view name, std::string body, CoreAnswer done,
                  std::string_view idempotency_key) {
  if (waiting_.fetch_add(1, std::memory_order_relaxed) >= settings().waiting_max) {
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    return done(
        CoreReply{false, "", "busy", "Too much is going on: try again in a moment.", 1'000});
  }
  core.ask(
      name, std::move(body),
      [this, done = std::move(done)](CoreReply reply) {
        waiting_.fetch_sub(1, std::memory_order_relaxed);
        done(std::move(reply));
      },
      idempotency_key);
}

bool Gateway::throttled(const std::string& network) {
  if (!misses_.blocked(network, clocks.steady_ms())) return false;
  metrics.throttled.fetch_add(1, std::memory_order_relaxed);
  return true;
}

void Gateway::missed(const std::string& network) {
  metrics.misses.fetch_add(1, std::memory_order_relaxed);
  if (misses_.missed(network, clocks.steady_ms()))
    log::warning("web.guessing", {{"misses", std::to_string(metrics.misses.load())}});
}

std::optional<DeskPass> Gateway::signed_in(std::string_view cookie_header) const {
  const auto cookie = find_cookie(cookie_header, kDeskCookie);
  auto pass = cookie ? seal.open_desk_cookie(*cookie, clocks.wall_ms()) : std::nullopt;
  if (!pass || !settings().agents.contains(pass->agent) ||
      sign_outs_.void_since(pass->agent, pass->issued_ms))
    return std::nullopt;
  return pass;
}

void Gateway::sign_out(const std::string& agent) {
  sign_outs_.note(agent, clocks.wall_ms());
  post_lane([this, agent] { hub.signed_out(agent); });
}

void Gateway::notice(std::string_view name, std::string_view body) {
  const auto said = name == "agent" ? JsonObject::parse(body) : std::nullopt;
  if (!said || !said->boolean("signed_out_everywhere").value_or(false))
    return hub.notice(name, body);
  const std::string agent = said->text_or("agent");
  sign_outs_.note(agent, clocks.wall_ms());
  hub.signed_out(agent, /*elsewhere=*/true);
}

}  // namespace convene::web
