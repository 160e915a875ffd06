// sdk/host/isolation/line.hpp - one end of the socket between a node and a plugin's process.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "core/model/result.hpp"
#include "sdk/host/isolation/frames.hpp"

namespace convene::isolation {

/// A ZeroMQ PAIR over ipc. May move between threads; one thread at a time. Bounded in both
/// directions: who writes faster than the other reads waits in his own process.
class Line {
 public:
  using Millis = std::chrono::milliseconds;
  static Result<std::unique_ptr<Line>> bind(const std::string& endpoint);
  /// Connects once: when the other end is gone, it is gone.
  static Result<std::unique_ptr<Line>> connect(const std::string& endpoint);
  ~Line();
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  /// False: the other end does not read, or is gone; nothing was sent.
  bool send(Kind kind, std::uint64_t correlation, std::string_view body);

  enum class Got { message, nothing, broken };
  /// Takes one message without waiting. The view in `to` lives until the next call; `broken` means
  /// that what came is none, and `why` says which rule it breaks.
  Got receive(Message& to, std::string& why);
  /// The process that sent the newest message; 0: unknown.
  pid_t sender();

  /// Waits until something can be received (true), or `other` (a descriptor; -1: none) is readable
  /// or the time is over (false). Negative: for ever.
  bool wait(int other, Millis patience);
  /// Becomes readable when something may have arrived. Look with `receive` until `nothing` before
  /// waiting on it.
  int fd() const;

 private:
  struct Impl;
  explicit Line(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace convene::isolation
