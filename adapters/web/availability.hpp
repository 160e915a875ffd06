// adapters/web/availability.hpp - who could take a conversation now, asked of the core once for all who want to know.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/web/core.hpp"
#include "adapters/web/settings.hpp"

namespace convene::web {

inline constexpr std::int64_t kAvailabilityFreshMs = 2'000;

/// How soon somebody who comes now is served. What a page offers follows from it.
enum class Wait : std::uint8_t { none, short_one, long_one, nobody };

/// `agents` are signed in, `free` of them could take somebody now, `waiting` sessions look for one of them.
Wait wait_of(std::uint64_t agents, std::uint64_t free, std::uint64_t waiting);

/// The public answer: {"fresh_for_ms","flows":{id:{title,open,agents,free,waiting,wait,next}}} from the core's, for
/// the flows that are configured, or for `only`. It counts and names nobody. Nothing where there is no `only`.
std::optional<std::string> availability_json(const Settings& settings, std::string_view only,
                                             std::string_view answer_of_core);

/// The newest answer and who waits for the next. Thread-safe: however many ask, the core is asked once in
/// kAvailabilityFreshMs.
class Availability {
 public:
  using Take = std::function<void(const CoreReply&)>;

  /// Gives `take` the answer of the core, now or later, once. True: nobody has asked yet, and the caller asks and then
  /// calls `answered`.
  bool want(std::int64_t now_ms, Take take);
  void answered(std::int64_t now_ms, const CoreReply& reply);

 private:
  std::mutex mutex_;
  CoreReply newest_;
  std::int64_t fresh_until_ms_ = 0;
  bool asking_ = false;
  std::vector<Take> waiting_;
};

}  // namespace convene::web
