// adapters/web/throttle.hpp - counts misses per network, so that nobody guesses at leisure (E2); and a token bucket (F6).
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace convene::web {

/// Who a miss is counted against: the IPv4 address, or the first 64 bits of an IPv6 address. An IPv4-mapped address is
/// its IPv4 address. The text is an address as the socket layer prints it.
std::string network_of(std::string_view address);

/// Misses per key and minute. Thread-safe; time comes from outside.
class MissThrottle {
 public:
  explicit MissThrottle(std::uint32_t misses_per_minute = 20, std::size_t keys_max = 100'000)
      : limit_(misses_per_minute), keys_max_(keys_max) {}

  /// Whether this key has used up its misses for now.
  bool blocked(const std::string& key, std::int64_t now_ms);
  /// Counts one; true when this was the miss that closes the door.
  bool missed(const std::string& key, std::int64_t now_ms);

 private:
  struct Count {
    std::int64_t since_ms = 0;
    std::uint32_t misses = 0;
  };
  void forget_old(std::int64_t now_ms);

  const std::uint32_t limit_;
  const std::size_t keys_max_;
  std::mutex mutex_;
  std::unordered_map<std::string, Count> counts_;
};

/// Lets `per_second` through each second and as many at once. Not thread-safe.
class Bucket {
 public:
  explicit Bucket(std::uint32_t per_second) : per_second_(per_second), level_(per_second * 1000) {}
  /// Whether one more may pass now.
  bool take(std::int64_t now_ms) {
    if (now_ms > last_ms_) {
      const std::int64_t more = (now_ms - last_ms_) * per_second_;
      const std::int64_t full = static_cast<std::int64_t>(per_second_) * 1000;
      level_ = last_ms_ == 0 || more > full - level_ ? full : level_ + more;
      last_ms_ = now_ms;
    }
    if (level_ < 1000) return false;
    level_ -= 1000;
    return true;
  }

 private:
  std::uint32_t per_second_;
  std::int64_t level_;  ///< Thousandths of a message.
  std::int64_t last_ms_ = 0;
};

}  // namespace convene::web
