// adapters/web/ws_connection.cpp - one WebSocket: reading, writing in order, bounds. The Beast of WebSockets.
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>

#include "adapters/web/json_text.hpp"
#include "adapters/web/log.hpp"
#include "adapters/web/prompt_socket.hpp"
#include "adapters/web/shard.hpp"
#include "adapters/web/socket_protocol.hpp"

namespace convene::web {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

constexpr std::size_t kMessageMax = 64 * 1024;
constexpr std::size_t kWaitingMax =
    6u << 20;  ///< Bytes that wait for a browser: a whole transcript and more.
constexpr std::size_t kReadFirst = 512, kReadMore = 16 * 1024;
/// A larger read buffer is given back once its message is done.
constexpr std::size_t kBufferKept = 1024;
constexpr std::size_t kParcelsKept = 2;
constexpr std::size_t kCopied = 1024;
constexpr std::int64_t kPingAfterMs = 25'000, kDeadAfterMs = 60'000;

class WsConnection final : public Outlet,
                           public Swept,
                           public std::enable_shared_from_this<WsConnection> {
 public:
  WsConnection(Gateway& gateway, Place place, TcpSocket socket, Handshake handshake)
      : gateway_(gateway),
        place_(std::move(place)),
        shard_(place_.shard()),
        ws_(std::move(socket)),
        protocol_(gateway, SocketOrigin{std::move(handshake.network), std::move(handshake.cookie)}),
        heard_ms_(gateway.clocks.steady_ms()) {}

  void open(const std::string& raw) {
    beast::http::request_parser<beast::http::string_body> parser;
    beast::error_code error;
    parser.put(boost::asio::buffer(raw), error);
    if (error) return;
    ws_.set_option(websocket::stream_base::timeout{std::chrono::seconds(10),
                                                   websocket::stream_base::none(), false});
    ws_.set_option(websocket::stream_base::decorator(
        [&config = gateway_.config()](websocket::response_type& response) {
          for (const auto& [name, value] : config.headers) response.set(name, value);
          response.set(beast::http::field::cache_control, "no-store");
        }));
    ws_.read_message_max(kMessageMax);
    ws_.async_accept(parser.get(), [self = shared_from_this()](beast::error_code e) {
      if (e) return;
      self->gateway_.metrics.sockets.fetch_add(1, std::memory_order_relaxed);
      self->shard_.connections.insert(self);
      self->ws_.set_option(websocket::stream_base::decorator([](websocket::response_type&) {}));
      self->ws_.control_callback(
          [connection = self.get()](websocket::frame_type, beast::string_view) {
            connection->heard_ms_ = connection->gateway_.clocks.steady_ms();
            connection->flush_later();  // The answer may have found no room.
          });
      self->opened_ = true;
      self->read();
      self->flush();
    });
  }

  using Outlet::send;

  void send(Parcel parcel) override { put(std::move(parcel), false); }

  void bye(std::string_view code, std::string_view text) override {
    put(Parcel(JsonOut().put("t", "bye").put("code", code).put("text", text).done()), true);
  }

  bool gone() const override {
    const std::lock_guard lock(mutex_);
    return gone_;
  }

  void hold() override {
    const std::lock_guard lock(mutex_);
    ++held_;
  }

  void let_go() override {
    bool wake = false;
    {
      const std::lock_guard lock(mutex_);
      wake = --held_ == 0 && !inbox_.empty() && !scheduled_;
      scheduled_ |= wake;
    }
    if (wake) flush_soon();
  }

  void seat(std::uint64_t leg, std::shared_ptr<Media> media) override {
    protocol_.seat(leg, std::move(media));
  }

  void sweep(std::int64_t now_ms) override {
    if (protocol_.overdue(now_ms)) return bye("too_late", "Nobody said who this is.");
    if (protocol_.run_out(gateway_.clocks.wall_ms()))
      return bye("signed_out", "Your sign-in has run out: sign in again.");
    if (protocol_.over(now_ms)) return bye("ended", "This conversation has ended.");
    if (now_ms - heard_ms_ > kDeadAfterMs) return cut();
    if (now_ms - heard_ms_ > kPingAfterMs && !pinging_) {
      pinging_ = true;
      ws_.async_ping({}, [self = shared_from_this()](beast::error_code) {
        self->pinging_ = false;
        self->flush();
      });
    }
  }

 private:
  /// Hands over a message; `last`: the socket closes once it is written.
  void put(Parcel parcel, bool last) {
    bool wake = false, overflow = false;
    {
      const std::lock_guard lock(mutex_);
      if (gone_ || closing_) return;
      closing_ = last;
      waiting_bytes_ += parcel.size();
      if (waiting_bytes_ > kWaitingMax) {
        overflow = gone_ = true;
        inbox_.clear();
      } else {
        inbox_.push_back(std::move(parcel));
        wake = !scheduled_ && held_ == 0;
      }
      if (wake || overflow) scheduled_ = true;
    }
    if (overflow) {
      gateway_.metrics.slow_closed.fetch_add(1, std::memory_order_relaxed);
      boost::asio::post(shard_.context, [self = shared_from_this()] { self->cut(); });
    } else if (wake) {
      flush_soon();
    }
  }

  /// At once where this is the socket's own thread.
  void flush_soon() {
    boost::asio::dispatch(shard_.context, [self = shared_from_this()] { self->flush(); });
  }

  /// Reads on, a little at a time at first: most messages are short, and most sockets wait for one.
  void read() {
    const std::size_t room = std::clamp(buffer_.size(), kReadFirst, kReadMore);
    ws_.async_read_some(buffer_.prepare(room),
                        [self = shared_from_this()](beast::error_code error, std::size_t size) {
                          if (error) return self->lost();
                          self->buffer_.commit(size);
                          if (self->ws_.is_message_done()) self->on_message();
                          self->read();
                        });
  }

  void on_message() {
    heard_ms_ = gateway_.clocks.steady_ms();
    const auto data = buffer_.data();
    if (!ws_.got_text()) {
      bye("malformed", "Messages are text.");
    } else {
      const std::string_view text(static_cast<const char*>(data.data()), data.size());
      protocol_.message(shared_from_this(), text);
    }
    buffer_.consume(buffer_.size());
    if (buffer_.capacity() > kBufferKept) buffer_.shrink_to_fit();
  }

  /// Writes what waits until the kernel has no room for more: what was handed in together as one.
  void flush() {
    while (opened_ && !draining_) {
      if (ws_.next_layer().is_backlogged()) {
        draining_ = true;
        return ws_.next_layer().drain([self = shared_from_this()](beast::error_code error) {
          self->draining_ = false;
          if (!error) self->flush();
        });
      }
      if (next_ == outgoing_.size() && !fetch()) return;
      const bool more = next_ + 1 < outgoing_.size();
      if (!write(outgoing_[next_++], more)) return;  // Whoever reads learns of it.
    }
  }

  /// Takes over what was handed in; false: nothing was.
  bool fetch() {
    outgoing_.clear();
    next_ = 0;
    // An idle browser keeps next to nothing.
    if (outgoing_.capacity() > kParcelsKept) std::vector<Parcel>().swap(outgoing_);
    const std::lock_guard lock(mutex_);
    if (inbox_.empty()) {
      scheduled_ = false;
      if (closing_ && !gone_) close();
      return false;
    }
    outgoing_.swap(inbox_);
    waiting_bytes_ = 0;  // Of the inbox; what is being written was below the bound when it left it.
    return true;
  }

  void flush_later() {
    boost::asio::post(shard_.context, [self = shared_from_this()] { self->flush(); });
  }

  /// `more`: another follows at once.
  bool write(const Parcel& p, bool more) {
    beast::error_code error;
    ws_.next_layer().gather(more);
    if (p.size() <= kCopied) {  // One buffer is so much simpler to Beast that copying is cheaper.
      shard_.wire.assign(p.first()).append(p.second());
      ws_.write(boost::asio::buffer(shard_.wire), error);
    } else {
      const std::array<boost::asio::const_buffer, 2> buffers{
          boost::asio::buffer(p.first().data(), p.first().size()),
          boost::asio::buffer(p.second().data(), p.second().size())};
      ws_.write(buffers, error);
    }
    gateway_.metrics.messages_out.fetch_add(1, std::memory_order_relaxed);
    return !error;
  }

  /// With the lock held, on the shard's thread.
  void close() {
    gone_ = true;
    boost::asio::post(shard_.context, [self = shared_from_this()] {
      self->ws_.async_close(websocket::close_code::normal, [self](beast::error_code) {});
    });
  }

  /// Without a closing handshake: whoever is there does not read.
  void cut() {
    beast::error_code ignored;
    ws_.next_layer().next_layer().close(ignored);
  }

  void lost() {
    {
      const std::lock_guard lock(mutex_);
      gone_ = true;
      inbox_.clear();
    }
    shard_.connections.erase(shared_from_this());
    gateway_.metrics.sockets.fetch_sub(1, std::memory_order_relaxed);
    cut();
    gateway_.post_lane([self = shared_from_this()] { self->gateway_.hub.closed(self); });
  }

  Gateway& gateway_;
  Place place_;
  Shard& shard_;
  websocket::stream<PromptSocket, false> ws_;
  beast::flat_buffer buffer_{kMessageMax + kReadMore};
  SocketProtocol protocol_;
  std::int64_t heard_ms_;
  bool opened_ = false, pinging_ = false, draining_ = false;
  std::vector<Parcel> outgoing_;  ///< On the shard's thread.
  std::size_t next_ = 0;

  mutable std::mutex mutex_;
  std::vector<Parcel> inbox_;
  std::size_t waiting_bytes_ = 0;
  bool scheduled_ = false, closing_ = false, gone_ = false;
  int held_ = 0;
};

}  // namespace

void serve_websocket(Gateway& gateway, Place place, TcpSocket socket, Handshake handshake) {
  const std::string raw = std::move(handshake.raw);
  std::make_shared<WsConnection>(gateway, std::move(place), std::move(socket), std::move(handshake))
      ->open(raw);
}

}  // namespace convene::web
