// sdk/bus/wire.hpp - sockets as this product wants them, and whole messages in and out of them; errors as values.
#pragma once

#include <zmq.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/bus/frame.hpp"

namespace convene::bus::wire {

/// One ZeroMQ context for the process, with one I/O thread: a core and its buses share it, as do tests.
zmq::context_t& context();

struct SocketOptions {
  int messages_waiting = 10'000;  ///< High-water mark of each direction. Never unlimited.
  std::size_t body_max = kBodyMax;
  int linger_ms = 0;
  std::string server_key, public_key, secret_key;  ///< CURVE, as a client.
};

/// Bounds on everything: high-water marks, message size, handshake time, linger. A little more than `body_max` passes
/// the socket, so that what is slightly too large gets a reason; what is far too large loses its connection.
void prepare(zmq::socket_t& socket, const SocketOptions& options);

/// Frames of one received message, reused from message to message.
class Frames {
 public:
  /// Takes one message without waiting: 0, or EAGAIN, or another errno. What exceeds eight frames is dropped, and
  /// `count` says how many came.
  int receive(zmq::socket_t& socket);

  std::size_t count() const { return count_; }
  /// What the connection's handshake has shown ("User-Id": the name to which its CURVE key belongs), or empty.
  std::string_view property(const char* name);
  /// The connection that the message came over, where it is one of this machine's; -1: unknown.
  int descriptor();
  std::string_view operator[](std::size_t i) const {
    return {static_cast<const char*>(parts_[i].data()), parts_[i].size()};
  }

 private:
  static constexpr std::size_t kMost = 8;
  zmq::message_t parts_[kMost];
  std::size_t count_ = 0;
};

/// Sends one frame without waiting: 0 or errno.
int send_frame(zmq::socket_t& socket, std::string_view bytes, bool more);

/// Sends one message without waiting: 0 or errno (EAGAIN: the bound is reached, EHOSTUNREACH: `route` is gone).
/// `route` is the peer's routing id on a ROUTER, else empty.
int send(zmq::socket_t& socket, std::string_view route, Kind kind, std::uint64_t correlation,
         std::string_view body);

/// The path of an "ipc://" endpoint, or empty.
std::string_view ipc_path(std::string_view endpoint);

}  // namespace convene::bus::wire
