// sdk/include/convene/pace.hpp - how often each leg may do something: a rate limit that lives in a
// channel's state.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

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

  /// From what `write` wrote. Whatever is something else ends it: then only the pace is forgotten.
  explicit Pace(std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    while (rows_.size() < kRows) {
      Row row;
      const auto leg = std::from_chars(at, end, row.leg);
      if (leg.ec != std::errc{} || leg.ptr == end || *leg.ptr != ':') return;
      const auto time = std::from_chars(leg.ptr + 1, end, row.full_ms);
      if (time.ec != std::errc{} || row.full_ms < 0 || row.full_ms > kTimeMax) return;
      rows_.push_back(row);
      if (time.ptr == end || *time.ptr != ',') return;
      at = time.ptr + 1;
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

  /// Appends "leg:time,leg:time": a channel's state is read and written with every frame, so it is
  /// no JSON. At most 48 times 35 bytes.
  void write(std::string& out) const {
    const auto number = [&out](auto n) {
      char digits[20];
      out.append(digits, std::to_chars(digits, digits + sizeof digits, n).ptr);
    };
    for (const Row& row : rows_) {
      if (&row != rows_.data()) out += ',';
      number(row.leg);
      out += ':';
      number(row.full_ms);
    }
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

/// The state of a channel whose legs say two kinds of things: entries, which are recorded, and
/// signals, which are not.
struct PacePair {
  Pace entries, signals;

  /// From what `text` gave. Whatever is something else is forgotten.
  explicit PacePair(std::string_view text) {
    const std::size_t cut = std::min(text.find(';'), text.size());
    entries = Pace(text.substr(0, cut));
    signals = Pace(text.substr(std::min(cut + 1, text.size())));
  }
  /// `leg` is gone.
  void forget(std::uint64_t leg) {
    entries.forget(leg);
    signals.forget(leg);
  }
  std::string text() const {
    std::string out;
    entries.write(out);
    out += ';';
    signals.write(out);
    return out;
  }
};

}  // namespace convene
