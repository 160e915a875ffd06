// tests/support/websocket.hpp - a WebSocket client (RFC 6455) that can also misbehave on purpose.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "tests/support/http.hpp"

namespace convene::test {

class WebSocket {
 public:
  /// Opens `path` on a loopback port; `headers` may replace Origin. See `status` for what was
  /// answered.
  static WebSocket open(int port, const std::string& path, const Headers& headers);

  /// Of the handshake: 101 when the socket is open.
  int status() const { return status_; }
  bool open() const { return connection_.open(); }
  /// For who watches several; what is read there does not get here.
  int fd() const { return connection_.fd(); }

  bool send(const json::value& message) { return send_text(json::serialize(message)); }
  bool send_text(const std::string& text) { return send_frame(0x1, text); }
  /// `opcode` 1 text, 2 binary, 8 close, 9 ping. `fin` false leaves the message open.
  bool send_frame(int opcode, std::string_view payload, bool fin = true, bool masked = true);

  /// The next message, or nothing when none came in time or the socket has closed.
  std::optional<json::value> receive(Millis patience = kPatience);
  /// The next message for which `wanted` is true; those before it are dropped into `seen`.
  std::optional<json::value> wait(const std::function<bool(const json::value&)>& wanted,
                                  Millis patience = kPatience);
  /// The next message whose "t" is `type`.
  std::optional<json::value> wait(const std::string& type, Millis patience = kPatience);
  /// Waits until the other side has closed.
  bool wait_closed(Millis patience = kPatience);
  void close();
  /// Closes without a word, as a browser that is killed.
  void cut() { connection_.close(); }

  /// Every message that was received, oldest first.
  const std::deque<json::value>& seen() const { return seen_; }
  /// Code of the close frame; 0: none came.
  int close_code() const { return close_code_; }

 private:
  bool take_frame();

  Connection connection_;
  int status_ = 0;
  int close_code_ = 0;
  std::string buffer_;
  std::string message_;
  std::deque<json::value> ready_;
  std::deque<json::value> seen_;
};

}  // namespace convene::test
