// adapters/web/bus_core.cpp - sdk/bus behind core.hpp.
#include "adapters/web/bus_core.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <atomic>

#include "adapters/web/log.hpp"
#include "sdk/bus/asio_client.hpp"

namespace convene::web {

struct BusCore::State {
  explicit State(boost::asio::io_context& l) : lane(l) {}
  boost::asio::io_context& lane;
  BusHandlers handlers;
  std::unique_ptr<bus::AsioClient> client;
  std::atomic<bool> up{false};
  bool lost = true;
};

BusCore::BusCore(boost::asio::io_context& lane, const BusAddress& address, BusHandlers handlers)
    : state_(std::make_shared<State>(lane)) {
  state_->handlers = std::move(handlers);
  State* s = state_.get();
  bus::ClientOptions options;
  options.endpoint = address.endpoint;
  options.name = address.name;
  options.server_key = address.server_key;
  options.public_key = address.public_key;
  options.secret_key = address.secret_key;
  options.kind = "gateway";
  options.texts_only = true;
  options.capabilities = {"media"};
  bus::ClientHandlers h;
  h.welcome = [s](bus::Body config, const std::string&, bool) {
    const bool reconnected = std::exchange(s->lost, false);
    s->up.store(true, std::memory_order_release);
    if (reconnected) log::info("web.core_found");
    s->handlers.welcome(config.text, reconnected);
  };
  h.lost = [s](std::string_view reason) {
    s->lost = true;
    if (s->up.exchange(false)) log::warning("web.core_lost", {{"reason", std::string(reason)}});
  };
  h.refused = [](const std::string& code, const std::string& text) {
    log::error("web.core_refuses", {{"code", code}, {"text", text}});
  };
  h.leg = [s](bus::Body body) { s->handlers.leg(body.text); };
  h.notice = [s](std::string_view notice, bus::Body body) {
    s->handlers.notice(notice, body.text);
  };
  state_->client =
      std::make_unique<bus::AsioClient>(lane.get_executor(), std::move(options), std::move(h));
}

BusCore::~BusCore() = default;

void BusCore::ask(std::string_view name, std::string body, CoreAnswer done,
                  std::string_view idempotency_key) {
  if (!up())
    return boost::asio::post(state_->lane, [done = std::move(done)] {
      done({false, "", "core_unavailable", "The service is out of reach at the moment: try again.",
            1'000});
    });
  boost::asio::dispatch(
      state_->lane, [s = state_, name = std::string(name), body = std::move(body),
                     done = std::move(done), key = std::string(idempotency_key)]() mutable {
        s->client->client().request(
            name, std::move(body),
            [done = std::move(done)](bus::Reply reply) {
              done({reply.ok, std::move(reply.text_of_body), std::move(reply.code),
                    std::move(reply.text), reply.retry_after_ms});
            },
            0, key);
      });
}

void BusCore::leg(const std::string& body) { state_->client->client().leg(body); }

bool BusCore::up() const { return state_->up.load(std::memory_order_acquire); }

void BusCore::close() { state_->client->close(); }

}  // namespace convene::web
