// adapters/web/server.hpp - threads, the listening socket, and the connections on them.
#pragma once

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>

#include "adapters/web/gateway.hpp"
#include "adapters/web/result.hpp"

namespace convene::web {

/// Connections are spread over threads with an io_context each; a connection stays on its thread, so its handlers need
/// no strand and no lock. The first thread is also the lane, where the bus, the hub and the listener live.
class Server {
 public:
  /// `lane` is run by the caller; the other threads are the server's.
  Server(boost::asio::io_context& lane, std::uint32_t threads);
  ~Server();

  /// Binds and begins to accept. Errors name the address.
  Status listen(Gateway& gateway);
  std::uint16_t port() const;
  /// Stops accepting, ends the threads. The lane's own run is the caller's to end.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace convene::web
