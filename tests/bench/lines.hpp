// tests/bench/lines.hpp - many connections driven by one thread: the least that makes a load.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace convene::bench {

struct Line {
  int fd = -1;
  int stage = 0;
  std::string in;
  std::string id;
};

inline int dial(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS)
    std::perror("no connection"), std::exit(1);
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

class Poll {
 public:
  Poll() : fd_(epoll_create1(EPOLL_CLOEXEC)) {}
  ~Poll() { close(fd_); }
  void add(Line& line, std::uint32_t events) { control(EPOLL_CTL_ADD, line, events); }
  void change(Line& line, std::uint32_t events) { control(EPOLL_CTL_MOD, line, events); }
  /// Calls `ready(line, events)` for whatever is ready within `ms`.
  template <class F>
  void wait(int ms, F ready) {
    epoll_event events[256];
    const int n = epoll_wait(fd_, events, 256, ms);
    for (int i = 0; i < n; ++i) ready(*static_cast<Line*>(events[i].data.ptr), events[i].events);
  }

 private:
  void control(int what, Line& line, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &line;
    epoll_ctl(fd_, what, line.fd, &event);
  }
  int fd_;
};

inline bool put(int fd, const std::string& bytes) {
  return write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
}

/// Appends what has come; false at the end of the connection.
inline bool take(Line& line) {
  char bytes[16384];
  for (;;) {
    const ssize_t n = read(line.fd, bytes, sizeof bytes);
    if (n > 0) line.in.append(bytes, static_cast<std::size_t>(n));
    if (n == static_cast<ssize_t>(sizeof bytes)) continue;
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
  }
}

}  // namespace convene::bench
