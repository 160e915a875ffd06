// sdk/host/isolation/line.cpp - the calls into ZeroMQ.
#include "sdk/host/isolation/line.hpp"

#include <sys/socket.h>
#include <zmq.h>

#include "sdk/bus/wire.hpp"

namespace convene::isolation {
namespace {

using bus::wire::send_frame;

// What a hostile process can make us hold: so many bodies of 4 MiB, and no more is read from it.
constexpr int kReceiveMax = 16;
constexpr int kSendMax = 1000;
constexpr std::int64_t kSlack = 4096;

/// Apart from the buses' context: a plugin that floods its line delays no adapter. Never ended: the
/// program may exit while a line is open.
zmq::context_t& context() {
  static auto& instance = *new zmq::context_t(1);
  return instance;
}

}  // namespace

struct Line::Impl {
  zmq::socket_t socket{context(), zmq::socket_type::pair};
  bus::wire::Frames frames;

  Impl() {
    socket.set(zmq::sockopt::sndhwm, kSendMax);
    socket.set(zmq::sockopt::rcvhwm, kReceiveMax);
    socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(kBodyMax) + kSlack);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::reconnect_ivl, -1);
  }
};

Line::Line(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Line::~Line() = default;

Result<std::unique_ptr<Line>> Line::bind(const std::string& endpoint) {
  try {
    auto impl = std::make_unique<Impl>();
    impl->socket.bind(endpoint);
    return std::unique_ptr<Line>(new Line(std::move(impl)));
  } catch (const zmq::error_t& error) {
    return Error{"host.socket", endpoint + " cannot be bound: " + error.what()};
  }
}

Result<std::unique_ptr<Line>> Line::connect(const std::string& endpoint) {
  try {
    auto impl = std::make_unique<Impl>();
    impl->socket.connect(endpoint);
    return std::unique_ptr<Line>(new Line(std::move(impl)));
  } catch (const zmq::error_t& error) {
    return Error{"host.socket", endpoint + " cannot be connected: " + error.what()};
  }
}

bool Line::send(Kind kind, std::uint64_t correlation, std::string_view body) {
  const Head frames = head(kind, correlation);
  auto& socket = impl_->socket;
  return send_frame(socket, {frames.kind.data(), frames.kind.size()}, true) == 0 &&
         send_frame(socket, {frames.correlation.data(), frames.correlation.size()}, true) == 0 &&
         send_frame(socket, body, false) == 0;
}

Line::Got Line::receive(Message& to, std::string& why) {
  bus::wire::Frames& frames = impl_->frames;
  if (frames.receive(impl_->socket) != 0) return Got::nothing;
  std::array<std::string_view, kFrames> views{};
  for (std::size_t i = 0; i < std::min(frames.count(), kFrames); ++i) views[i] = frames[i];
  // Any other count is told as the wrong number of frames.
  const auto message = decode({views.data(), frames.count() == kFrames ? kFrames : 0});
  if (!message) {
    why = message.error().text;
    return Got::broken;
  }
  to = *message;
  return Got::message;
}

pid_t Line::sender() {
  ucred who{};
  socklen_t size = sizeof who;
  const int fd = impl_->frames.descriptor();
  if (fd < 0 || ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return 0;
  return who.pid;
}

bool Line::wait(int other, Millis patience) {
  zmq_pollitem_t items[] = {{impl_->socket.handle(), 0, ZMQ_POLLIN, 0},
                            {nullptr, other, ZMQ_POLLIN, 0}};
  if (zmq_poll(items, other >= 0 ? 2 : 1, static_cast<long>(patience.count())) <= 0) return false;
  return (items[0].revents & ZMQ_POLLIN) != 0;
}

int Line::fd() const { return impl_->socket.get(zmq::sockopt::fd); }

}  // namespace convene::isolation
