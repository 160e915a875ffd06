// sdk/host/isolation/talk.hpp - what a plugin's process may say to the operator, and how much of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace convene::isolation {

/// Passes a hundred lines a second on and counts the rest. Reads no clock.
class Talk {
 public:
  using Millis = std::chrono::milliseconds;
  using Log = std::function<void(int level, std::string_view id, std::string_view message)>;
  static constexpr std::uint32_t kLinesASecond = 100;
  /// Beyond this it does not talk, it attacks.
  static constexpr std::uint32_t kFlood = 10'000;

  explicit Talk(Log log) : log_(std::move(log)) {}
  /// False: it floods.
  bool say(Millis now, int level, std::string_view id, std::string_view message);
  /// Text of its standard output or error, line by line.
  bool print(Millis now, std::string_view bytes);
  const std::string& last_line() const { return last_line_; }

 private:
  bool count(Millis now);

  Log log_;
  Millis second_{0};
  std::uint32_t lines_ = 0;
  std::string line_, last_line_;
};

}  // namespace convene::isolation
