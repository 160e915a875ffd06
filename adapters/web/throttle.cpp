// adapters/web/throttle.cpp - fixed windows of a minute per network, bounded in number.
#include "adapters/web/throttle.hpp"

#include <arpa/inet.h>

#include <cstring>

namespace convene::web {
namespace {
constexpr std::int64_t kWindowMs = 60'000;
}

std::string network_of(std::string_view address) {
  const std::string text(address.substr(0, address.find('%')));
  in6_addr six{};
  if (inet_pton(AF_INET6, text.c_str(), &six) != 1) return text;
  if (IN6_IS_ADDR_V4MAPPED(&six)) {
    char four[INET_ADDRSTRLEN] = {};
    inet_ntop(AF_INET, six.s6_addr + 12, four, sizeof four);
    return four;
  }
  std::memset(six.s6_addr + 8, 0, 8);
  char out[INET6_ADDRSTRLEN] = {};
  inet_ntop(AF_INET6, &six, out, sizeof out);
  return std::string(out) + "/64";
}

bool MissThrottle::blocked(const std::string& key, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  const auto it = counts_.find(key);
  return it != counts_.end() && now_ms - it->second.since_ms < kWindowMs &&
         it->second.misses >= limit_;
}

bool MissThrottle::missed(const std::string& key, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  if (counts_.size() >= keys_max_ && !counts_.contains(key)) forget_old(now_ms);
  Count& c = counts_[key];
  if (c.misses == 0 || now_ms - c.since_ms >= kWindowMs) c = Count{now_ms, 0};
  return ++c.misses == limit_;
}

void MissThrottle::forget_old(std::int64_t now_ms) {
  std::erase_if(counts_,
                [now_ms](const auto& e) { return now_ms - e.second.since_ms >= kWindowMs; });
  // Still full: an attack from very many networks. Those not yet blocked start anew.
  if (counts_.size() >= keys_max_)
    std::erase_if(counts_, [this](const auto& e) { return e.second.misses < limit_; });
  if (counts_.size() >= keys_max_) counts_.clear();
}

}  // namespace convene::web
