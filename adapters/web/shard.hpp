// adapters/web/shard.hpp - one thread's share of the connections.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>

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
  std::atomic<std::int64_t> open{0};                       ///< Connections that have a place here.
  std::unordered_set<std::shared_ptr<Swept>> connections;  ///< On this shard's thread only.
  std::string wire;  ///< So is this: the short message that is being written.
};

/// Where the next connection is to live. The first is the lane's: a few hundred people are little work for one thread,
/// and what they ask of the core changes no thread there. When it has those, whichever has the fewest.
Shard& shard_for_next(std::deque<Shard>& shards);

/// A connection's place on a shard, counted from its acceptance to its end; HTTP hands it on to a WebSocket.
class Place {
 public:
  Place(Metrics& metrics, Shard& shard) : metrics_(metrics), shard_(&shard) { count(1); }
  Place(Place&& other) noexcept
      : metrics_(other.metrics_), shard_(std::exchange(other.shard_, nullptr)) {}
  Place& operator=(Place&&) = delete;
  ~Place() {
    if (shard_ != nullptr) count(-1);
  }
  /// Of a place that has not been handed on.
  Shard& shard() const { return *shard_; }

 private:
  void count(std::int64_t by) {
    metrics_.connections.fetch_add(by, std::memory_order_relaxed);
    shard_->open.fetch_add(by, std::memory_order_relaxed);
  }
  Metrics& metrics_;
  Shard* shard_;
};

/// Takes over an accepted connection: HTTP until it asks for a WebSocket.
void serve_http(Gateway& gateway, Place place, TcpSocket socket);

/// What a handshake brought, for serve_websocket.
struct Handshake {
  std::string raw;  ///< The request head, to the byte.
  std::string network;
  std::string cookie;
};

/// Answers the handshake of an allowed origin and speaks the protocol of README.md.
void serve_websocket(Gateway& gateway, Place place, TcpSocket socket, Handshake handshake);

}  // namespace convene::web
