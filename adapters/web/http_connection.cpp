// adapters/web/http_connection.cpp - HTTP/1.1 on one connection: bounds and deadlines, then the API. The Beast of HTTP.
#include <boost/asio/dispatch.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <array>
#include <optional>
#include <sstream>

#include "adapters/web/api.hpp"
#include "adapters/web/shard.hpp"

namespace convene::web {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::uint64_t kBodyMax = 64 * 1024;
constexpr std::uint32_t kHeaderMax = 8 * 1024;
constexpr std::int64_t kDeadlineMs =
    10'000;  ///< For a whole request, and for a whole answer (F6); looked at four times a second.

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

class HttpConnection final : public Swept, public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(Gateway& gateway, Place place, TcpSocket socket)
      : gateway_(gateway),
        place_(std::move(place)),
        shard_(place_.shard()),
        socket_(std::move(socket)) {
    beast::error_code ignored;
    const auto peer = socket_.remote_endpoint(ignored);
    network_ = ignored ? "" : network_of(peer.address().to_string());
  }

  void start() {
    shard_.connections.insert(shared_from_this());
    read();
  }

  void sweep(std::int64_t now_ms) override {
    beast::error_code ignored;
    if (deadline_ms_ != 0 && now_ms > deadline_ms_) socket_.close(ignored);
  }

 private:
  void read() {
    parser_.emplace();
    parser_->body_limit(kBodyMax);
    parser_->header_limit(kHeaderMax);
    set_deadline();
    http::async_read(socket_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       self->on_read(error);
                     });
  }

  void set_deadline() { deadline_ms_ = gateway_.clocks.steady_ms() + kDeadlineMs; }

  void on_read(beast::error_code error) {
    deadline_ms_ = 0;
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
    Request request{method_of(message.method()),
                    *std::move(target),
                    header(http::field::origin),
                    header(http::field::cookie),
                    header(http::field::authorization),
                    header("Convene-Client"),
                    header(http::field::content_type),
                    header("Idempotency-Key"),
                    std::move(parser_->get().body()),
                    network_,
                    header("Sec-Fetch-Site"),
                    message[http::field::accept].find("text/html") != std::string_view::npos};
    handle(gateway_, request, [self = shared_from_this()](Response response) {
      boost::asio::dispatch(
          self->socket_.get_executor(),
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
    shard_.connections.erase(shared_from_this());
    serve_websocket(gateway_, std::move(place_), std::move(socket_), std::move(handshake));
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
    const std::string& content = response_.file ? *response_.file : response_.body;
    const bool empty = head_ || response_.status == 204 || response_.status == 303;
    write_head(head_ || !empty ? content.size() : 0);
    set_deadline();
    const std::array<boost::asio::const_buffer, 2> buffers{
        boost::asio::buffer(text_),
        boost::asio::buffer(content.data(), empty ? 0 : content.size())};
    boost::asio::async_write(socket_, buffers,
                             [self = shared_from_this()](beast::error_code error, std::size_t) {
                               self->deadline_ms_ = 0;
                               if (error || !self->keep_alive_) return self->close();
                               self->response_ = {};
                               self->read();
                             });
  }

  /// Status line and headers as one text: there are a dozen, and nearly all are the same in every answer.
  void write_head(std::size_t length) {
    const Response& r = response_;
    const auto line = [this](std::string_view name, std::string_view value) {
      append_header(text_, name, value);
    };
    const auto reason = http::obsolete_reason(static_cast<http::status>(r.status));
    text_ = "HTTP/1.1 ";
    text_.append(std::to_string(r.status)).append(1, ' ').append(reason.data(), reason.size());
    text_.append("\r\n").append(gateway_.config().header_lines);
    if (!keep_alive_) line("Connection", "close");
    for (const auto& [name, value] : r.headers) line(name, value);
    if (r.fresh_s > 0)
      line("Cache-Control", "public, max-age=" + std::to_string(r.fresh_s));
    else
      line("Cache-Control", r.for_ever ? "public, max-age=31536000, immutable" : "no-store");
    line("Cross-Origin-Resource-Policy", r.for_others ? "cross-origin" : "same-origin");
    if (r.for_others) line("Access-Control-Allow-Origin", "*");
    if (r.status != 204) {
      line("Content-Type", r.type);
      line("Content-Length", std::to_string(length));
    }
    text_.append("\r\n");
  }

  void close() {
    beast::error_code ignored;
    socket_.shutdown(TcpSocket::shutdown_send, ignored);
    socket_.close(ignored);
    shard_.connections.erase(shared_from_this());
  }

  Gateway& gateway_;
  Place place_;
  Shard& shard_;
  TcpSocket socket_;
  beast::flat_buffer buffer_{kHeaderMax + kBodyMax};
  std::optional<http::request_parser<http::string_body>> parser_;
  Response response_;
  std::string text_;  ///< The head of the answer that is being written.
  std::string network_;
  std::int64_t deadline_ms_ = 0;  ///< 0: nothing is under way that the browser could delay.
  bool keep_alive_ = true;
  bool head_ = false;
};

}  // namespace

void serve_http(Gateway& gateway, Place place, TcpSocket socket) {
  std::make_shared<HttpConnection>(gateway, std::move(place), std::move(socket))->start();
}

}  // namespace convene::web
