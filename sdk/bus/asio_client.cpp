// sdk/bus/asio_client.cpp - waits on the bus socket's file descriptor and on a timer, and steps the client.
#include "sdk/bus/asio_client.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>

namespace convene::bus {

namespace asio = boost::asio;

struct AsioClient::Driver : std::enable_shared_from_this<Driver> {
  Driver(asio::any_io_executor given, ClientOptions options, ClientHandlers handlers)
      : executor(std::move(given)),
        descriptor(executor),
        timer(executor),
        client(std::move(options), std::move(handlers)) {}

  void start() {
    client.set_wake([this] {
      if (woken || closed) return;
      woken = true;
      asio::post(executor, [self = shared_from_this()] {
        self->woken = false;
        self->step();
      });
    });
    asio::post(executor, [self = shared_from_this()] { self->step(); });
  }

  void step() {
    if (closed) return;
    client.step();
    watch_descriptor();
    watch_timer();
  }

  /// The descriptor is a copy: ZeroMQ closes its own whenever it likes.
  void watch_descriptor() {
    if (connection != client.connection()) {
      connection = client.connection();
      boost::system::error_code ignored;
      descriptor.close(ignored);
      waiting = false;
      if (const int fd = client.fd(); fd >= 0)
        descriptor.assign(::fcntl(fd, F_DUPFD_CLOEXEC, 0), ignored);
    }
    if (waiting || !descriptor.is_open()) return;
    waiting = true;
    descriptor.async_wait(
        asio::posix::stream_descriptor::wait_read,
        [self = shared_from_this(), mine = connection](boost::system::error_code error) {
          if (error || mine != self->connection) return;
          self->waiting = false;
          self->step();
        });
  }

  void watch_timer() {
    const std::int64_t at = client.next_wake_ms();
    if (at == timer_at) return;
    timer_at = at;
    const std::int64_t pause = std::clamp<std::int64_t>(at - client.now_ms(), 0, 60'000);
    timer.expires_after(std::chrono::milliseconds(pause));
    timer.async_wait([self = shared_from_this()](boost::system::error_code error) {
      if (error) return;
      self->timer_at = -1;
      self->step();
    });
  }

  void close() {
    if (closed) return;
    closed = true;
    boost::system::error_code ignored;
    descriptor.close(ignored);
    timer.cancel();
    client.set_wake({});
    client.close();
  }

  asio::any_io_executor executor;
  asio::posix::stream_descriptor descriptor;
  asio::steady_timer timer;
  Client client;
  std::uint64_t connection = 0;
  std::int64_t timer_at = -1;
  bool waiting = false;
  bool woken = false;
  bool closed = false;
};

AsioClient::AsioClient(asio::any_io_executor executor, ClientOptions options,
                       ClientHandlers handlers)
    : driver_(
          std::make_shared<Driver>(std::move(executor), std::move(options), std::move(handlers))) {
  driver_->start();
}

AsioClient::~AsioClient() { driver_->close(); }

Client& AsioClient::client() { return driver_->client; }

void AsioClient::close() {
  asio::post(driver_->executor, [driver = driver_] { driver->close(); });
}

}  // namespace convene::bus
