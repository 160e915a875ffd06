// tests/support/http.cpp - requests, answers and cookies over plain blocking sockets; Beast reads
// the answers.
#include "tests/support/http.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/beast/http.hpp>

namespace convene::test {
namespace {

namespace http = boost::beast::http;

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return std::tolower(x) == std::tolower(y); });
}

bool has(const Headers& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& header) { return same_name(header.first, name); });
}

}  // namespace

Connection& Connection::operator=(Connection&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Connection Connection::to(int port) {
  Connection connection;
  connection.fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int yes = 1;
  ::setsockopt(connection.fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (::connect(connection.fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    connection.close();
  }
  return connection;
}

void Connection::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

bool Connection::send(std::string_view bytes) {
  while (open() && !bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return open();
}

int Connection::receive(std::string& buffer, Millis patience) {
  if (!open()) return -1;
  pollfd watch{fd_, POLLIN, 0};
  if (::poll(&watch, 1, static_cast<int>(patience.count())) <= 0) return 0;
  char bytes[16384];
  const ssize_t size = ::recv(fd_, bytes, sizeof bytes, 0);
  if (size <= 0) return -1;
  buffer.append(bytes, static_cast<std::size_t>(size));
  return 1;
}

std::string Response::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return "";
}

std::vector<std::string> Response::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) values.push_back(value);
  }
  return values;
}

json::value Response::parsed() const {
  boost::system::error_code failed;
  json::value value = json::parse(body, failed);
  return failed ? json::value() : value;
}

std::string Response::text(std::string_view pointer) const { return text_at(parsed(), pointer); }

const json::value* find_at(const json::value& value, std::string_view pointer) {
  boost::system::error_code failed;
  return value.find_pointer(pointer, failed);
}

std::string text_at(const json::value& value, std::string_view pointer) {
  const json::value* found = find_at(value, pointer);
  if (found == nullptr) return "";
  return found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
}

std::int64_t number_at(const json::value& value, std::string_view pointer, std::int64_t otherwise) {
  const json::value* found = find_at(value, pointer);
  boost::system::error_code failed;
  const auto number = found == nullptr ? otherwise : found->to_number<std::int64_t>(failed);
  return failed ? otherwise : number;
}

Response HttpClient::post(const std::string& target, const json::value& body, Headers headers) {
  headers.emplace_back("Content-Type", "application/json");
  return request("POST", target, json::serialize(body), std::move(headers));
}

Response HttpClient::request(const std::string& method, const std::string& target,
                             const std::string& body, Headers headers) {
  if (!has(headers, "Host")) headers.emplace_back("Host", "localhost:" + std::to_string(port_));
  if (!has(headers, "Cookie") && !cookies_.empty()) headers.emplace_back("Cookie", cookie_header());
  if (!has(headers, "Content-Length") && (!body.empty() || (method != "GET" && method != "HEAD"))) {
    headers.emplace_back("Content-Length", std::to_string(body.size()));
  }
  std::string bytes = method + " " + target + " HTTP/1.1\r\n";
  for (const auto& [name, value] : headers) bytes += name + ": " + value + "\r\n";
  Response response = exchange(bytes + "\r\n" + body, method == "HEAD");
  keep_cookies(response);
  return response;
}

Response HttpClient::raw(const std::string& bytes, Millis longest) {
  HttpClient once(port_);
  once.patience = longest;
  return once.exchange(bytes, false);
}

Response HttpClient::exchange(const std::string& bytes, bool head) {
  // A connection that was kept may have been closed by the server in the meantime: then, once, a
  // new one.
  for (const bool fresh : {!connection_.open(), true}) {
    if (fresh) connection_ = Connection::to(port_);
    http::response_parser<http::string_body> parser;
    parser.skip(head);
    parser.body_limit(64 << 20);
    boost::system::error_code failed;
    std::string buffer;
    int got = connection_.send(bytes) || connection_.open() ? 1 : -1;
    bool any = false;
    while (got > 0 && !parser.is_done() && !failed) {
      got = connection_.receive(buffer, patience);
      any = any || got > 0;
      while (!buffer.empty() && !parser.is_done()) {
        const std::size_t used = parser.put(boost::asio::buffer(buffer), failed);
        buffer.erase(0, used);
        if (failed == http::error::need_more) failed = {};
        if (failed || used == 0) break;
      }
    }
    if (got < 0 && any && !failed) parser.put_eof(failed);
    if (!parser.is_done()) {
      connection_.close();
      if (!fresh && !any && got < 0) continue;
      return {};
    }
    Response response;
    response.status = static_cast<int>(parser.get().result_int());
    for (const auto& field : parser.get()) {
      response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    response.body = parser.get().body();
    if (!parser.get().keep_alive()) connection_.close();
    return response;
  }
  return {};
}

void HttpClient::keep_cookies(const Response& response) {
  for (const std::string& line : response.all("Set-Cookie")) {
    const std::size_t equals = line.find('=');
    const std::size_t end = line.find(';');
    if (equals == std::string::npos || equals > end) continue;
    const std::string name = line.substr(0, equals);
    const std::string value =
        line.substr(equals + 1, end == std::string::npos ? end : end - equals - 1);
    const bool gone = value.empty() || line.find("Max-Age=0") != std::string::npos;
    if (gone) {
      cookies_.erase(name);
    } else {
      cookies_[name] = value;
    }
  }
}

std::string HttpClient::cookie_header() const {
  std::string out;
  for (const auto& [name, value] : cookies_) out += (out.empty() ? "" : "; ") + name + "=" + value;
  return out;
}

}  // namespace convene::test
