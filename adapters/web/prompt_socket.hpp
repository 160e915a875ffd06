// adapters/web/prompt_socket.hpp - a TCP socket whose writes never wait: what the kernel does not take is kept for it.
#pragma once

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/websocket/teardown.hpp>

#include <array>
#include <string>
#include <utility>

#include "adapters/web/shard.hpp"

namespace convene::web {

/// The layer below a WebSocket. A write takes all it is given: the kernel gets what it has room for at once, the rest
/// stays here and goes out by `drain`. So a message is written in one call, without a turn of the loop, and frames of
/// the WebSocket's own (an answer to a ping, say) never come to stand within another. Whoever writes looks at
/// `is_backlogged` first and writes no more until `drain` is done: that bounds what stays here to one message and what
/// answers control frames. On the shard's thread.
class PromptSocket {
 public:
  using executor_type = TcpSocket::executor_type;
  using Error = boost::system::error_code;

  explicit PromptSocket(TcpSocket socket) : socket_(std::move(socket)) {
    Error ignored;
    socket_.non_blocking(true, ignored);
  }

  executor_type get_executor() { return socket_.get_executor(); }
  TcpSocket& next_layer() { return socket_; }
  const TcpSocket& next_layer() const { return socket_; }

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers) {
    return socket_.read_some(buffers);
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, Error& error) {
    return socket_.read_some(buffers, error);
  }
  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return socket_.async_read_some(buffers, std::forward<Token>(token));
  }

  /// Takes all of `buffers`, or fails.
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, Error& error) {
    error = {};
    const std::size_t size = boost::asio::buffer_size(buffers);
    std::array<char, 1024> copy;  // One short piece is cheaper to the kernel than two.
    if (size <= copy.size()) {
      boost::asio::buffer_copy(boost::asio::buffer(copy), buffers);
      take(boost::asio::buffer(copy, size), error);
    } else {
      for (auto at = boost::asio::buffer_sequence_begin(buffers);
           at != boost::asio::buffer_sequence_end(buffers) && !error; ++at)
        take(*at, error);
    }
    return error ? 0 : size;
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers) {
    Error error;
    const std::size_t size = write_some(buffers, error);
    if (error) throw boost::system::system_error(error);
    return size;
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(Error, std::size_t)>(
        [this](auto handler, const Buffers& given) {
          Error error;
          const std::size_t size = write_some(given, error);
          boost::asio::post(get_executor(),
                            boost::beast::bind_front_handler(std::move(handler), error, size));
        },
        token, buffers);
  }

  bool is_backlogged() const { return !backlog_.empty(); }

  /// Until it is told otherwise the kernel gathers what it is given, for 200 ms at most: more follows at once.
  void gather(bool more) { gathers_ = more; }

  /// Calls `done(error)` once the kernel has all that was kept. One at a time.
  template <class F>
  void drain(F done) {
    gathers_ = false;
    socket_.async_wait(TcpSocket::wait_write, [this, done = std::move(done)](Error error) mutable {
      if (!error) backlog_.erase(0, give(boost::asio::buffer(backlog_), error));
      if (!error && is_backlogged()) return drain(std::move(done));
      backlog_.shrink_to_fit();
      done(error);
    });
  }

  friend void teardown(boost::beast::role_type role, PromptSocket& socket, Error& error) {
    boost::beast::websocket::teardown(role, socket.socket_, error);
  }
  template <class Handler>
  friend void async_teardown(boost::beast::role_type role, PromptSocket& socket,
                             Handler&& handler) {
    boost::beast::websocket::async_teardown(role, socket.socket_, std::forward<Handler>(handler));
  }

 private:
  /// How much the kernel took.
  std::size_t give(boost::asio::const_buffer piece, Error& error) {
    const std::size_t size = socket_.send(piece, gathers_ ? MSG_MORE : 0, error);
    if (error == boost::asio::error::would_block) error = {};
    return size;
  }
  void take(boost::asio::const_buffer piece, Error& error) {
    if (!is_backlogged()) piece += give(piece, error);
    if (!error) backlog_.append(static_cast<const char*>(piece.data()), piece.size());
  }

  TcpSocket socket_;
  std::string backlog_;
  bool gathers_ = false;
};

}  // namespace convene::web
