// sdk/include/convene/pace.hpp - how often each leg may do something: a rate limit that lives in a
// channel's state.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "convene/json_value.hpp"

namespace convene {

/// `burst` at once, then one each `every_ms`.
struct PaceLimit {
  std::int64_t burst = 10;
  std::int64_t every_ms = 500;
};

/// The virtual scheduling form of the leaky bucket (GCRA, ITU-T I.371): one number per leg, the
/// time at which the leg is back to its full burst. Who is back is forgotten, so the state stays
/// small: 64 legs take less than 3 KiB.
class Pace {
 public:
  Pace() = default;

  /// From what `state` wrote; anything else is an empty one.
  explicit Pace(const json::Value& state) {
    for (const json::Value& row : state.array()) {
      const json::Array& pair = row.array();
      if (pair.size() != 2 || !pair[0].as_int() || !pair[1].as_int() || rows_.size() == kRows)
        continue;
      rows_.push_back({static_cast<std::uint64_t>(*pair[0].as_int()), *pair[1].as_int()});
    }
  }

  /// Whether `leg` may at `now_ms`; if so it has.
  bool take(std::uint64_t leg, std::int64_t now_ms, const PaceLimit& limit) {
    std::erase_if(rows_, [&](const Row& row) { return row.full_ms <= now_ms; });
    auto row = std::find_if(rows_.begin(), rows_.end(), [&](const Row& r) { return r.leg == leg; });
    if (row == rows_.end()) {
      if (rows_.size() == kRows) rows_.erase(rows_.begin());
      row = rows_.insert(rows_.end(), Row{leg, now_ms});
    }
    if (row->full_ms + limit.every_ms > now_ms + limit.burst * limit.every_ms) return false;
    row->full_ms += limit.every_ms;
    return true;
  }

  /// `leg` is gone.
  void forget(std::uint64_t leg) {
    std::erase_if(rows_, [&](const Row& row) { return row.leg == leg; });
  }

  json::Value state() const {
    json::Value rows = json::array();
    for (const Row& row : rows_) rows.push(json::array({row.leg, row.full_ms}));
    return rows;
  }

 private:
  static constexpr std::size_t kRows = 48;
  static constexpr std::int64_t kTimeMax =
      4'102'444'800'000 * 10;  // Far beyond, and far from an overflow.
  struct Row {
    std::uint64_t leg = 0;
    std::int64_t full_ms = 0;
  };
  std::vector<Row> rows_;  // Oldest first.
};

}  // namespace convene
