// tests/bench/relay_browser.hpp - the least of a browser: a WebSocket over a bare socket, which costs the load next to nothing.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace convene::bench {

struct Browser {
  int fd = -1;
  std::string in;
};

inline void send_text(int fd, const std::string& text) {
  std::string frame("\x81");
  if (text.size() < 126) {
    frame += static_cast<char>(0x80 | text.size());
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(text.size() >> 8);
    frame += static_cast<char>(text.size() & 0xff);
  }
  frame.append(4, '\0');  // A mask of zeros is a mask.
  frame += text;
  if (write(fd, frame.data(), frame.size()) != static_cast<ssize_t>(frame.size()))
    std::perror("send"), std::exit(1);
}

/// Takes whole messages off `in`; calls `each` with their text.
template <class F>
void take_messages(std::string& in, F each) {
  std::size_t at = 0;
  for (;;) {
    if (in.size() - at < 2) break;
    std::size_t size = static_cast<unsigned char>(in[at + 1]) & 0x7f, head = 2;
    if (size == 126) {
      if (in.size() - at < 4) break;
      size = static_cast<std::size_t>(static_cast<unsigned char>(in[at + 2])) << 8 |
             static_cast<unsigned char>(in[at + 3]);
      head = 4;
    }
    if (in.size() - at < head + size) break;
    each(std::string_view(in).substr(at + head, size));
    at += head + size;
  }
  in.erase(0, at);
}

inline Browser open_browser(std::uint16_t port, int leg, bool gateway) {
  Browser b;
  b.fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(b.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    std::perror("connect"), std::exit(1);
  const int one = 1;
  setsockopt(b.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  const std::string hello =
      "GET /api/v1/leg HTTP/1.1\r\nHost: bench\r\nOrigin: https://bench\r\nUpgrade: "
      "websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  if (write(b.fd, hello.data(), hello.size()) < 0) std::exit(1);
  char bytes[4096];
  std::string head;
  while (head.find("\r\n\r\n") == head.npos) {
    const ssize_t n = read(b.fd, bytes, sizeof bytes);
    if (n <= 0) std::fprintf(stderr, "handshake refused: %s\n", head.c_str()), std::exit(1);
    head.append(bytes, static_cast<std::size_t>(n));
  }
  b.in = head.substr(head.find("\r\n\r\n") + 4);
  if (gateway) {
    send_text(b.fd, R"({"t":"connect","ticket":"t)" + std::to_string(leg) +
                        R"(","channels":["chat"],"protocol":1})");
    bool connected = false;
    while (!connected) {
      take_messages(b.in, [&](std::string_view text) {
        connected |= text.find("\"connected\"") != text.npos;
      });
      if (connected) break;
      const ssize_t n = read(b.fd, bytes, sizeof bytes);
      if (n <= 0) std::exit(1);
      b.in.append(bytes, static_cast<std::size_t>(n));
    }
  }
  fcntl(b.fd, F_SETFL, O_NONBLOCK);
  return b;
}

}  // namespace convene::bench
