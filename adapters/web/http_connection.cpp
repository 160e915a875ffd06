// adapters/web/http_connection.cpp - HTTP/1.1 on one connection: bounds and deadlines, then the API. The Beast of HTTP.
#include <boost/asio/dispatch.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <optional>
#include <sstream>

#include "adapters/web/api.hpp"
#include "adapters/web/shard.hpp"

namespace convene::web {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using Stream =
    beast::basic_stream<Tcp, boost::asio::io_context::executor_type, beast::unlimited_rate_policy>;

constexpr std::uint64_t kBodyMax = 64 * 1024;
constexpr std::uint32_t kHeaderMax = 8 * 1024;
constexpr std::chrono::seconds kDeadline{
    10};  ///< For a whole request, and for a whole answer (F6).

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::get;
    case http::verb::head:
      return Method::head;
    case http::verb::post:
      return Method::post;
    case http::verb::patch:
      return Method::patch;
    case http::verb::delete_:
      return Method::del;
    case http::verb::options:
      return Method::options;
    default:
      return Method::other;
  }
}

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(Gateway& gateway, Shard& shard, TcpSocket socket)
      : gateway_(gateway), shard_(shard), stream_(std::move(socket)) {
    beast::error_code ignored;
    const auto peer = stream_.socket().remote_endpoint(ignored);
    network_ = ignored ? "" : network_of(peer.address().to_string());
    gateway_.metrics.connections.fetch_add(1, std::memory_order_relaxed);
  }
  ~HttpConnection() { gateway_.metrics.connections.fetch_sub(1, std::memory_order_relaxed); }

  void read() {
    parser_.emplace();
    parser_->body_limit(kBodyMax);
    parser_->header_limit(kHeaderMax);
    stream_.expires_after(kDeadline);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       self->on_read(error);
                     });
  }

 private:
  void on_read(beast::error_code error) {
    if (error == http::error::body_limit)
      return refuse_and_close(refusal(413, "too_large", "A body has at most 64 KiB."));
    if (error == http::error::header_limit)
      return refuse_and_close(refusal(431, "too_large", "The headers have at most 8 KiB."));
    if (error.category() == make_error_code(http::error::bad_target).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message)
      return refuse_and_close(
          refusal(400, "malformed", "This is no HTTP request that could be understood."));
    if (error) return close();

    const auto& message = parser_->get();
    keep_alive_ = message.keep_alive();
    head_ = message.method() == http::verb::head;
    const auto header = [&message](auto name) { return std::string(message[name]); };
    auto target = parse_target(std::string_view(message.target().data(), message.target().size()));
    if (!target)
      return refuse_and_close(refusal(400, "malformed", "This target could not be understood."));
    if (target->path == "/api/v1/leg") return upgrade();
    Request request{method_of(message.method()),        *std::move(target),
                    header(http::field::origin),        header(http::field::cookie),
                    header(http::field::authorization), header("Convene-Client"),
                    header(http::field::content_type),  header("Idempotency-Key"),
                    std::move(parser_->get().body()),   network_,
                    header("Sec-Fetch-Site")};
    handle(gateway_, request, [self = shared_from_this()](Response response) {
      boost::asio::dispatch(
          self->stream_.get_executor(),
          [self, response = std::move(response)]() mutable { self->write(std::move(response)); });
    });
  }

  void upgrade() {
    const auto& message = parser_->get();
    if (!beast::websocket::is_upgrade(message))
      return refuse_and_close(refusal(426, "not_a_websocket", "This address speaks WebSocket."));
    if (!origin_allowed(gateway_.settings().origins,
                        std::string_view(message[http::field::origin])))
      return refuse_and_close(
          refusal(403, "origin_not_allowed", "Pages of this origin may not open a socket here."));
    Handshake handshake{"", network_, std::string(message[http::field::cookie])};
    std::ostringstream head;
    head << message.base();
    handshake.raw = head.str();
    stream_.expires_never();
    serve_websocket(gateway_, shard_, stream_.release_socket(), std::move(handshake));
  }

  void refuse_and_close(Response response) {
    keep_alive_ = false;
    write(std::move(response));
  }

  void write(Response response) {
    response_ = std::move(response);
    if (response_.status >= 100 && response_.status < 600)
      gateway_.metrics.responses[static_cast<std::size_t>(response_.status / 100)].fetch_add(
          1, std::memory_order_relaxed);
    const std::string& body = response_.file ? *response_.file : response_.body;
    if (head_ || response_.status == 204 || response_.status == 303) {
      empty_.emplace();
      fill(*empty_);
      if (response_.status != 204) empty_->content_length(head_ ? body.size() : 0);
      send(*empty_);
    } else {
      full_.emplace();
      fill(*full_);
      full_->body() = boost::beast::span<const char>(body.data(), body.size());
      full_->content_length(body.size());
      send(*full_);
    }
  }

  template <class Message>
  void fill(Message& message) {
    message.version(11);
    message.result(static_cast<unsigned>(response_.status));
    message.keep_alive(keep_alive_);
    for (const auto& [name, value] : gateway_.config().headers) message.set(name, value);
    for (const auto& [name, value] : response_.headers) message.insert(name, value);
    if (response_.fresh_s > 0)
      message.set(http::field::cache_control,
                  "public, max-age=" + std::to_string(response_.fresh_s));
    else
      message.set(http::field::cache_control,
                  response_.for_ever ? "public, max-age=31536000, immutable" : "no-store");
    message.set("Cross-Origin-Resource-Policy",
                response_.for_others ? "cross-origin" : "same-origin");
    if (response_.for_others) message.set(http::field::access_control_allow_origin, "*");
    if (response_.status != 204) message.set(http::field::content_type, response_.type);
  }

  template <class Message>
  void send(Message& message) {
    stream_.expires_after(kDeadline);
    http::async_write(stream_, message,
                      [self = shared_from_this()](beast::error_code error, std::size_t) {
                        if (error || !self->keep_alive_) return self->close();
                        self->empty_.reset();
                        self->full_.reset();
                        self->response_ = {};
                        self->read();
                      });
  }

  void close() {
    beast::error_code ignored;
    stream_.socket().shutdown(Tcp::socket::shutdown_send, ignored);
    stream_.close();
  }

  Gateway& gateway_;
  Shard& shard_;
  Stream stream_;
  beast::flat_buffer buffer_{kHeaderMax + kBodyMax};
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::empty_body>> empty_;
  std::optional<http::response<http::span_body<const char>>> full_;
  Response response_;
  std::string network_;
  bool keep_alive_ = true;
  bool head_ = false;
};

}  // namespace

void serve_http(Gateway& gateway, Shard& shard, TcpSocket socket) {
  std::make_shared<HttpConnection>(gateway, shard, std::move(socket))->read();
}

}  // namespace convene::web
