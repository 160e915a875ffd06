// sdk/bus/wire.cpp - the calls into ZeroMQ that everything on the buses goes through.
#include "sdk/bus/wire.hpp"

#include <zmq.h>

#include <algorithm>
#include <cerrno>

#include "sdk/bus/trace.hpp"

namespace convene::bus::wire {
namespace {

constexpr std::int64_t kSlack = 4096;  ///< Above `body_max`, still answered with a reason.
constexpr int kHandshakeMs = 5'000;

}  // namespace

zmq::context_t& context() {
  static zmq::context_t instance(1);
  return instance;
}

void prepare(zmq::socket_t& socket, const SocketOptions& options) {
  socket.set(zmq::sockopt::sndhwm, options.messages_waiting);
  socket.set(zmq::sockopt::rcvhwm, options.messages_waiting);
  socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(options.body_max) + kSlack);
  socket.set(zmq::sockopt::handshake_ivl, kHandshakeMs);
  socket.set(zmq::sockopt::linger, options.linger_ms);
  if (!options.server_key.empty()) {
    socket.set(zmq::sockopt::curve_serverkey, options.server_key);
    socket.set(zmq::sockopt::curve_publickey, options.public_key);
    socket.set(zmq::sockopt::curve_secretkey, options.secret_key);
  }
}

int Frames::receive(zmq::socket_t& socket) {
  count_ = 0;
  zmq::message_t surplus;
  for (;;) {
    zmq::message_t& part = count_ < kMost ? parts_[count_] : surplus;
    if (zmq_msg_recv(part.handle(), socket.handle(), ZMQ_DONTWAIT) < 0) return errno;
    ++count_;
    if (!part.more()) return 0;
  }
}

std::string_view Frames::property(const char* name) {
  // Not on the first part: a ROUTER makes that one itself.
  const std::size_t last = std::min(count_, kMost);
  const char* value = last > 0 ? zmq_msg_gets(parts_[last - 1].handle(), name) : nullptr;
  return value ? value : std::string_view{};
}

int Frames::descriptor() {
  const std::size_t last = std::min(count_, kMost);
  return last > 0 ? zmq_msg_get(parts_[last - 1].handle(), ZMQ_SRCFD) : -1;
}

int send_frame(zmq::socket_t& socket, std::string_view bytes, bool more) {
  const int flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0);
  return zmq_send(socket.handle(), bytes.data(), bytes.size(), flags) < 0 ? errno : 0;
}

int send(zmq::socket_t& socket, std::string_view route, Kind kind, std::uint64_t correlation,
         std::string_view body) {
  const Head frames = head(kind, correlation);
  if (!route.empty())
    if (const int error = send_frame(socket, route, true)) return error;
  if (const int error = send_frame(socket, {frames.kind.data(), frames.kind.size()}, true))
    return error;
  if (const int error =
          send_frame(socket, {frames.correlation.data(), frames.correlation.size()}, true))
    return error;
  if (const int error = send_frame(socket, body, false)) return error;
  trace::message(kind, correlation, body);
  return 0;
}

std::string_view ipc_path(std::string_view endpoint) {
  constexpr std::string_view kScheme = "ipc://";
  return endpoint.starts_with(kScheme) ? endpoint.substr(kScheme.size()) : std::string_view{};
}

}  // namespace convene::bus::wire
