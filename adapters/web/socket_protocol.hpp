// adapters/web/socket_protocol.hpp - what a browser may say on its socket, and what follows. Knows no Beast.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/web/gateway.hpp"
#include "adapters/web/json_view.hpp"
#include "adapters/web/throttle.hpp"

namespace convene::web {

/// Who a socket speaks for. It begins as nobody and becomes a customer or a desk with its first message, for good.
enum class Who : std::uint8_t { nobody = 1, customer = 2, desk = 4 };

/// One row of the matrix role x message (F2). The code and the test both go by this table.
struct MessageRule {
  std::string_view type;
  std::uint8_t allowed;  ///< Who, or-ed.
  bool of_leg;           ///< Names a leg, which must be open on this very socket.
};
std::span<const MessageRule> message_rules();

/// How a socket came: from the handshake.
struct SocketOrigin {
  std::string network;
  std::string cookie;  ///< The Cookie header; kept until the first message.
};

/// One socket. `message` and `overdue` are called on the socket's thread, `seat` on any.
class SocketProtocol {
 public:
  SocketProtocol(Gateway& gateway, SocketOrigin origin);

  /// A text message. `self` is the socket's own outlet.
  void message(const OutletPtr& self, std::string_view text);
  /// Whether nobody has said who it is within 10 s of `opened_ms`.
  bool overdue(std::int64_t now_ms) const {
    return who_ == Who::nobody && now_ms - opened_ms_ > 10'000;
  }
  /// Whether the desk's sign-in has run out, or its agent is configured no more (E9). A sign-out closes by itself.
  bool run_out(std::int64_t wall_ms) const {
    return who_ == Who::desk &&
           (wall_ms >= pass_until_ms_ || !gateway_.settings().agents.contains(agent_));
  }
  /// Whether the customer's conversation has ended: left, erased (E9), or brought to an end by the house.
  bool over(std::int64_t now_ms) const;
  void seat(std::uint64_t leg, std::shared_ptr<Media> media);
  Who who() const { return who_; }

 private:
  void dispatch(const OutletPtr& self, const MessageRule& rule, const JsonObject& message);
  void frame(const OutletPtr& self, const JsonObject& message, Media& media);
  void first_return(From from, const JsonObject& message);
  void first_resume(From from, const JsonObject& message);
  void refuse(const OutletPtr& self, std::string_view ref, std::string_view code,
              std::string_view text);
  std::shared_ptr<Media> media_of(std::uint64_t leg) const;

  Gateway& gateway_;
  SocketOrigin origin_;
  Who who_ = Who::nobody;
  std::string agent_;
  std::int64_t pass_until_ms_ = 0;  ///< Wall time at which a desk's cookie runs out.
  Bucket bucket_;
  std::uint32_t strikes_ = 0;
  const std::int64_t opened_ms_;
  mutable std::mutex mutex_;      ///< Guards what follows.
  std::int64_t unseated_ms_ = 0;  ///< When the last seat was lost; 0: there is one, or never was.
  std::vector<std::pair<std::uint64_t, std::shared_ptr<Media>>> seats_;
};

}  // namespace convene::web
