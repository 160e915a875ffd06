// adapters/web/sign_outs.hpp - since when a desk cookie of an agent counts no more; outlives a restart of the gateway.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace convene::web {

/// A desk cookie lives this long at most (`sign_in_seconds`), so older sign-outs may be forgotten.
inline constexpr std::int64_t kSignInMostMs = 24 * 3'600'000;

/// Thread-safe. Keeps one line per sign-out in a file of the gateway's own, which only its user reads: the name of an
/// agent and a time. A file that cannot be written costs a warning; the sign-out holds until the gateway ends.
class SignOuts {
 public:
  /// `folder` empty: nothing outlives this object.
  SignOuts(const std::string& folder, std::int64_t now_ms);

  void note(const std::string& agent, std::int64_t now_ms);
  /// Whether a cookie that was issued then is void.
  bool void_since(const std::string& agent, std::int64_t issued_ms) const;

 private:
  void read(std::int64_t now_ms);

  std::string file_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::int64_t> newest_;
};

}  // namespace convene::web
