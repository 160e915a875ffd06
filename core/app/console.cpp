// core/app/console.cpp - one request on the command bus, as the peer "cli".
#include "core/app/console.hpp"

#include <chrono>
#include <cstdio>
#include <optional>

#include "core/app/data_folder.hpp"
#include "sdk/bus/client.hpp"

namespace convene::app {

std::optional<Config> read_config(const std::filesystem::path& path) {
  ConfigOutcome outcome = load_config(path, NoSecrets());
  std::fputs(to_text(outcome.errors).c_str(), stderr);
  if (!outcome) return std::nullopt;
  outcome.config.data = std::filesystem::absolute(outcome.config.data).lexically_normal();
  return std::move(outcome.config);
}

Result<boost::json::object> ask_status(const Config& config) {
  return ask_node(config, "status", "{}");
}

Result<boost::json::object> ask_node(const Config& config, std::string_view request,
                                     std::string_view body, std::int64_t within_ms) {
  const Error nobody{"not_running",
                     "no node runs in " + config.data.string() + "; `convene serve` starts one"};
  if (!holder_of(config.data)) return nobody;
  bus::ClientOptions options;
  options.endpoint = config.resolved_endpoint(config.command_endpoint);
  options.name = "cli";
  options.kind = "console";
  options.server_key = config.bus_public_key;
  if (!config.bus_secret_key.source.empty()) {
    auto secret = system_secrets().read(config.bus_secret_key.source, config.data);
    if (!secret) return secret.error();
    options.public_key = config.bus_public_key;
    options.secret_key = *secret;
  }
  std::optional<bus::Reply> reply;
  std::string refusal;
  bus::ClientHandlers handlers;
  handlers.refused = [&](const std::string&, const std::string& text) { refusal = text; };
  bus::Client client(std::move(options), std::move(handlers));
  client.request(
      std::string(request), std::string(body),
      [&](bus::Reply answer) { reply = std::move(answer); }, within_ms);
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(within_ms + 1'000);
  while (!reply && refusal.empty() && std::chrono::steady_clock::now() < end) client.wait(100);
  if (!refusal.empty()) return Error{"refused", "the node refuses to answer: " + refusal};
  if (!reply || reply->code == "deadline") return Error{"not_running", "the node does not answer"};
  if (!reply->ok) return Error{reply->code, reply->text};
  client.close();
  return std::move(reply->body);
}

}  // namespace convene::app
