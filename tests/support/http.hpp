// tests/support/http.hpp - a small HTTP/1.1 client with a cookie jar, as strict as a test wants it.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/process.hpp"

namespace convene::test {

namespace json = boost::json;
using Headers = std::vector<std::pair<std::string, std::string>>;

/// A blocking TCP connection to a loopback port whose every wait ends.
class Connection {
 public:
  Connection() = default;
  ~Connection() { close(); }
  Connection(Connection&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Connection& operator=(Connection&& other) noexcept;

  static Connection to(int port);
  bool open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  void close();
  bool send(std::string_view bytes);
  /// Appends what has arrived. 1: something; 0: nothing in time; -1: the other side is gone.
  int receive(std::string& buffer, Millis patience);

 private:
  int fd_ = -1;
};

struct Response {
  int status = 0;   ///< 0: no answer; the connection was refused, cut, or too slow.
  Headers headers;  ///< As they came, repeated ones too.
  std::string body;

  /// The first header of that name, in any case; empty: none.
  std::string header(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;
  /// The body as JSON; null when it is none.
  json::value parsed() const;
  /// The text at a JSON pointer of the body; empty: none.
  std::string text(std::string_view pointer) const;
  /// The "code" of an error answer.
  std::string code() const { return text("/code"); }
};

/// The text, number or flag at a JSON pointer, with a default for what is not there.
std::string text_at(const json::value& value, std::string_view pointer);
std::int64_t number_at(const json::value& value, std::string_view pointer,
                       std::int64_t otherwise = 0);
const json::value* find_at(const json::value& value, std::string_view pointer);

/// One browser profile: a connection that is kept alive, and cookies.
class HttpClient {
 public:
  explicit HttpClient(int port) : port_(port) {}

  Response get(const std::string& target, Headers headers = {}) {
    return request("GET", target, "", headers);
  }
  Response post(const std::string& target, const json::value& body, Headers headers = {});
  Response request(const std::string& method, const std::string& target, const std::string& body,
                   Headers headers = {});
  /// Sends these bytes on a connection of their own and returns whatever is answered.
  Response raw(const std::string& bytes, Millis patience = kPatience);

  std::map<std::string, std::string>& cookies() { return cookies_; }
  /// The Cookie header's value for all cookies held; empty: none.
  std::string cookie_header() const;
  int port() const { return port_; }
  /// How long an answer may take.
  Millis patience = kPatience;

 private:
  Response exchange(const std::string& bytes, bool head);
  void keep_cookies(const Response& response);

  int port_;
  Connection connection_;
  std::map<std::string, std::string> cookies_;
};

}  // namespace convene::test
