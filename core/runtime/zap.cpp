// core/runtime/zap.cpp - keys and processes, asked for by ZeroMQ's I/O thread and looked up on the node's.
#include "core/runtime/zap.hpp"

#include <zmq.h>

#include <array>
#include <charconv>

#include "sdk/bus/wire.hpp"

namespace convene {
namespace {

/// The client and server keys printed in the manual page zmq_curve(7).
constexpr std::array<std::string_view, 2> kPublished = {"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
                                                        "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"};

/// The process at the other end of a local socket, which ZeroMQ writes last (":uid:gid:pid"); 0: not of this machine's
/// processes as we see them.
std::int64_t process_of(std::string_view address) {
  std::int64_t pid = 0;
  const std::string_view digits = address.substr(address.rfind(':') + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), pid);
  return pid;
}

}  // namespace

struct Zap::State {
  explicit State(zmq::context_t& context) : socket(context, zmq::socket_type::router) {}
  zmq::socket_t socket;
  std::map<std::string, std::string> names;
  std::function<bool(std::int64_t)> kept_out;
};

Zap::Zap(zmq::context_t& context) : state_(std::make_unique<State>(context)) {}
Zap::~Zap() = default;

Status Zap::open() {
  try {
    state_->socket.set(zmq::sockopt::linger, 0);
    state_->socket.bind("inproc://zeromq.zap.01");
  } catch (const zmq::error_t& error) {
    return Error{"bus.zap", std::string("cannot guard the bus: ") + error.what()};
  }
  return ok();
}

void Zap::allow(std::map<std::string, std::string> names) {
  for (const std::string_view key : kPublished) names.erase(std::string(key));
  state_->names = std::move(names);
}

void Zap::keep_out(std::function<bool(std::int64_t pid)> whom) {
  state_->kept_out = std::move(whom);
}

int Zap::descriptor() { return state_->socket.get(zmq::sockopt::fd); }

/// A request: route, empty, version, id, domain, address, identity, mechanism, credentials (RFC 27).
std::size_t Zap::take() {
  std::size_t refused = 0;
  for (;;) {
    std::array<zmq::message_t, 9> parts;
    std::size_t count = 0;
    bool more = true;
    while (more) {
      zmq::message_t part;
      if (zmq_msg_recv(part.handle(), state_->socket.handle(), ZMQ_DONTWAIT) < 0) return refused;
      more = part.more();
      if (count < parts.size()) parts[count] = std::move(part);
      ++count;
    }
    if (count < 4) continue;
    std::string name;
    bool may = false;
    const std::string_view domain = parts[4].to_string_view(),
                           mechanism = parts[7].to_string_view();
    if (domain == kLocal && count == 8 && mechanism == "NULL") {
      may = !state_->kept_out || !state_->kept_out(process_of(parts[5].to_string_view()));
    } else if (domain == kByKey && count == parts.size() && mechanism == "CURVE" &&
               parts[8].size() == 32) {
      std::array<char, 41> key{};
      zmq_z85_encode(key.data(), static_cast<const std::uint8_t*>(parts[8].data()),
                     parts[8].size());
      const auto found = state_->names.find(key.data());
      may = found != state_->names.end();
      if (may) name = found->second;
    }
    if (!may) ++refused;
    const std::string_view answer[] = {
        parts[0].to_string_view(), "",   "1.0", parts[3].to_string_view(), may ? "200" : "400",
        may ? "OK" : "not let in", name, ""};
    for (std::size_t i = 0; i < std::size(answer); ++i)
      bus::wire::send_frame(state_->socket, answer[i], i + 1 < std::size(answer));
  }
}

}  // namespace convene
