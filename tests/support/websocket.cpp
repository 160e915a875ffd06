// tests/support/websocket.cpp - frames of RFC 6455, section 5.2, from the client's side.
#include "tests/support/websocket.hpp"

namespace convene::test {
namespace {

constexpr std::string_view kMask = "\x12\x34\x56\x78";

std::string length_bytes(std::size_t size, int count) {
  std::string out;
  for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
    out += static_cast<char>((size >> shift) & 0xff);
  }
  return out;
}

std::size_t number_of(std::string_view bytes) {
  std::size_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

}  // namespace

WebSocket WebSocket::open(int port, const std::string& path, const Headers& headers) {
  WebSocket socket;
  socket.connection_ = Connection::to(port);
  std::string request =
      "GET " + path + " HTTP/1.1\r\nHost: localhost:" + std::to_string(port) +
      "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  for (const auto& [name, value] : headers) request += name + ": " + value + "\r\n";
  if (!socket.connection_.send(request + "\r\n")) return socket;
  std::size_t end = std::string::npos;
  while ((end = socket.buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (socket.connection_.receive(socket.buffer_, kPatience) <= 0) return socket;
  }
  socket.status_ = std::atoi(socket.buffer_.c_str() + 9);
  socket.buffer_.erase(0, end + 4);
  if (socket.status_ != 101) socket.connection_.close();
  return socket;
}

bool WebSocket::send_frame(int opcode, std::string_view payload, bool fin, bool masked) {
  std::string frame(1, static_cast<char>((fin ? 0x80 : 0) | opcode));
  const int mask_bit = masked ? 0x80 : 0;
  if (payload.size() < 126) {
    frame += static_cast<char>(mask_bit | static_cast<int>(payload.size()));
  } else if (payload.size() < 65536) {
    frame += static_cast<char>(mask_bit | 126);
    frame += length_bytes(payload.size(), 2);
  } else {
    frame += static_cast<char>(mask_bit | 127);
    frame += length_bytes(payload.size(), 8);
  }
  if (masked) frame += kMask;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += masked ? static_cast<char>(payload[i] ^ kMask[i % 4]) : payload[i];
  }
  return connection_.send(frame);
}

// Takes one frame out of the buffer; false: it is not all there yet.
bool WebSocket::take_frame() {
  if (buffer_.size() < 2) return false;
  const int first = static_cast<unsigned char>(buffer_[0]);
  std::size_t size = static_cast<unsigned char>(buffer_[1]) & 0x7f;
  std::size_t head = 2;
  if (size >= 126) {
    const std::size_t count = size == 126 ? 2 : 8;
    if (buffer_.size() < head + count) return false;
    size = number_of(std::string_view(buffer_).substr(head, count));
    head += count;
  }
  if (buffer_.size() < head + size) return false;
  const std::string payload = buffer_.substr(head, size);
  buffer_.erase(0, head + size);
  const int opcode = first & 0x0f;
  if (opcode == 0x9) {
    send_frame(0xa, payload);
  } else if (opcode == 0x8) {
    close_code_ = payload.size() < 2 ? 1005 : static_cast<int>(number_of(payload.substr(0, 2)));
    send_frame(0x8, payload);
    connection_.close();
  } else if (opcode <= 0x2) {
    message_ += payload;
    if ((first & 0x80) != 0) {
      boost::system::error_code failed;
      json::value message = json::parse(message_, failed);
      ready_.push_back(failed ? json::value(message_) : std::move(message));
      message_.clear();
    }
  }
  return true;
}

std::optional<json::value> WebSocket::receive(Millis patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  for (;;) {
    while (take_frame()) {
    }
    if (!ready_.empty()) {
      json::value message = std::move(ready_.front());
      ready_.pop_front();
      seen_.push_back(message);
      return message;
    }
    const auto left = std::chrono::duration_cast<Millis>(end - std::chrono::steady_clock::now());
    if (left.count() < 0 || !connection_.open()) return std::nullopt;
    if (connection_.receive(buffer_, left) < 0) connection_.close();
  }
}

std::optional<json::value> WebSocket::wait(const std::function<bool(const json::value&)>& wanted,
                                           Millis patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto left = std::chrono::duration_cast<Millis>(end - std::chrono::steady_clock::now());
    auto message = receive(std::max(left, Millis{0}));
    if (!message || wanted(*message)) return message;
  }
}

std::optional<json::value> WebSocket::wait(const std::string& type, Millis patience) {
  return wait([&](const json::value& message) { return text_at(message, "/t") == type; }, patience);
}

bool WebSocket::wait_closed(Millis patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (connection_.open() && std::chrono::steady_clock::now() < end) receive(Millis{50});
  return !connection_.open();
}

void WebSocket::close() {
  if (!connection_.open()) return;
  send_frame(0x8, "\x03\xe8");
  wait_closed(Millis{2000});
  connection_.close();
}

}  // namespace convene::test
