// adapters/web/shard.hpp - one thread's share of the connections.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string>
#include <unordered_set>

#include "adapters/web/gateway.hpp"
#include "adapters/web/http.hpp"

namespace convene::web {

using Tcp = boost::asio::ip::tcp;
using TcpSocket = boost::asio::basic_stream_socket<Tcp, boost::asio::io_context::executor_type>;

/// A connection as its shard sees it: looked at four times a second. A timer for each of them would cost more than what
/// most of them have to say.
class Swept {
 public:
  virtual ~Swept() = default;
  virtual void sweep(std::int64_t now_ms) = 0;
};

struct Shard {
  explicit Shard(boost::asio::io_context& c) : context(c) {}
  boost::asio::io_context& context;
  std::unordered_set<std::shared_ptr<Swept>> connections;  ///< On this shard's thread only.
  std::string wire;  ///< So is this: the short message that is being written.
};

/// Takes over an accepted connection: HTTP until it asks for a WebSocket.
void serve_http(Gateway& gateway, Shard& shard, TcpSocket socket);

/// What a handshake brought, for serve_websocket.
struct Handshake {
  std::string raw;  ///< The request head, to the byte.
  std::string network;
  std::string cookie;
};

/// Answers the handshake of an allowed origin and speaks the protocol of README.md.
void serve_websocket(Gateway& gateway, Shard& shard, TcpSocket socket, Handshake handshake);

}  // namespace convene::web
