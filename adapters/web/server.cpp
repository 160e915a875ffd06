// adapters/web/server.cpp - accepting, spreading over threads, sweeping four times a second.
#include "adapters/web/server.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <deque>
#include <thread>
#include <vector>

#include "adapters/web/log.hpp"
#include "adapters/web/shard.hpp"

namespace convene::web {
namespace {
using boost::asio::io_context;
using Acceptor = boost::asio::basic_socket_acceptor<Tcp, io_context::executor_type>;
using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                boost::asio::wait_traits<std::chrono::steady_clock>,
                                                io_context::executor_type>;

/// Whoever's time is over goes within a second of it (E9).
constexpr std::chrono::milliseconds kSweep{250};
}  // namespace

Shard& shard_for_next(std::deque<Shard>& shards) {
  constexpr std::int64_t kFew = 256;
  if (shards.front().open < kFew) return shards.front();
  return *std::min_element(shards.begin(), shards.end(),
                           [](const Shard& a, const Shard& b) { return a.open < b.open; });
}

struct Server::State {
  explicit State(io_context& l) : lane(l), acceptor(l), accept_again(l) {}

  /// Hands an accepted connection to its thread; beyond the bound it is closed.
  void take(Shard& shard, TcpSocket socket) {
    const auto open = gateway->metrics.connections.load(std::memory_order_relaxed);
    if (open >= static_cast<std::int64_t>(gateway->settings().connections_max)) return;
    boost::system::error_code ignored;
    socket.set_option(Tcp::no_delay(true), ignored);
    boost::asio::dispatch(shard.context, [this, place = Place(gateway->metrics, shard),
                                          s = std::move(socket)]() mutable {
      serve_http(*gateway, std::move(place), std::move(s));
    });
  }

  /// A connection's thread is chosen when it comes. A crowd is taken a batch at a time: it does not overflow the kernel's
  /// queue, and nobody else waits for all of it.
  void accept() {
    acceptor.async_wait(Acceptor::wait_read, [this](boost::system::error_code error) {
      for (int taken = 0; taken < 64 && !stopping && !error; ++taken) {
        Shard& shard = shard_for_next(shards);
        TcpSocket socket(shard.context);
        acceptor.accept(socket, error);
        if (!error) take(shard, std::move(socket));
      }
      if (stopping || error == boost::asio::error::operation_aborted) return;
      if (!error || error == boost::asio::error::would_block ||
          error == boost::asio::error::connection_aborted ||
          error == boost::system::errc::protocol_error)  // Gone again before it was taken.
        return accept();
      // Out of descriptors, most likely: waiting is better than spinning.
      log::warning("web.accept_failed", {{"error", std::to_string(error.value())}});
      accept_again.expires_after(std::chrono::milliseconds(100));
      accept_again.async_wait([this](boost::system::error_code e) {
        if (!e && !stopping) accept();
      });
    });
  }

  void sweep(std::size_t i) {
    timers[i].expires_after(kSweep);
    timers[i].async_wait([this, i](boost::system::error_code error) {
      if (error || stopping) return;
      const std::int64_t now = gateway->clocks.steady_ms();
      const auto& open = shards[i].connections;
      for (const auto& connection : std::vector<std::shared_ptr<Swept>>(open.begin(), open.end()))
        connection->sweep(now);
      sweep(i);
    });
  }

  io_context& lane;
  std::deque<Shard> shards;  ///< The first is the lane's. Outlives the connections of `contexts`.
  std::deque<io_context> contexts;  ///< Of the other threads.
  std::deque<Timer> timers;
  std::vector<boost::asio::executor_work_guard<io_context::executor_type>> guards;
  std::vector<std::thread> threads;
  Acceptor acceptor;
  Timer accept_again;
  Gateway* gateway = nullptr;
  std::atomic<bool> stopping{false};
};

Server::Server(io_context& lane, std::uint32_t threads) : state_(std::make_unique<State>(lane)) {
  State& s = *state_;
  s.shards.emplace_back(lane);
  for (std::uint32_t i = 1; i < threads; ++i) s.shards.emplace_back(s.contexts.emplace_back(1));
  for (auto& shard : s.shards) s.timers.emplace_back(shard.context);
}

Server::~Server() { stop(); }

Status Server::listen(Gateway& gateway) {
  State& s = *state_;
  s.gateway = &gateway;
  const Settings& settings = gateway.settings();
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(
      settings.address == "localhost" ? "127.0.0.1" : settings.address, error);
  const auto fail = [&settings](const boost::system::error_code& e) {
    return Error{"web.listen", "cannot listen on " + settings.address + ":" +
                                   std::to_string(settings.port) + ": " + e.message()};
  };
  if (error) return fail(error);
  const Tcp::endpoint endpoint(address, settings.port);
  s.acceptor.open(endpoint.protocol(), error);
  if (!error) s.acceptor.set_option(boost::asio::socket_base::reuse_address(true), error);
  if (!error) s.acceptor.bind(endpoint, error);
  if (!error) s.acceptor.listen(4096, error);
  if (!error) s.acceptor.non_blocking(true, error);
  // Said, not waited out: asio would wait for the next one in the middle of its own call.
  if (!error)
    s.acceptor.set_option(boost::asio::socket_base::enable_connection_aborted(true), error);
  if (error) return fail(error);
  for (auto& context : s.contexts) {
    s.guards.emplace_back(context.get_executor());
    s.threads.emplace_back([&context] { context.run(); });
  }
  for (std::size_t i = 0; i < s.shards.size(); ++i)
    boost::asio::post(s.shards[i].context, [&s, i] { s.sweep(i); });
  s.accept();
  return ok();
}

std::uint16_t Server::port() const {
  boost::system::error_code ignored;
  return state_->acceptor.local_endpoint(ignored).port();
}

void Server::stop() {
  State& s = *state_;
  if (s.stopping.exchange(true)) return;
  boost::system::error_code ignored;
  s.acceptor.close(ignored);
  s.guards.clear();
  for (auto& context : s.contexts) context.stop();
  for (auto& thread : s.threads) thread.join();
}

}  // namespace convene::web
