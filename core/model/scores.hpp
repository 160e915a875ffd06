// core/model/scores.hpp - what a policy has said of how well the candidates of a page fit.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "convene/routing.h"

namespace convene {

/// By place on the page; shorter than the page where the last ones were given none.
using ScoreList = std::vector<std::optional<std::int64_t>>;

/// Says to `to` what `list` holds. `to` may be null.
inline void give_scores(const ScoreList& list, const convene_scores* to) {
  if (to == nullptr) return;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i]) to->give(to->self, i, *list[i]);
  }
}

/// The table that is handed to a policy, and what it has said. Costs nothing where it says nothing.
class ScoreTable {
 public:
  ScoreTable() = default;
  ScoreTable(const ScoreTable&) = delete;
  ScoreTable& operator=(const ScoreTable&) = delete;

  /// For a page of so many candidates; with 0 nothing is taken any more.
  void begin(std::size_t candidates) {
    list_.clear();
    most_ = candidates;
  }
  void close() { most_ = 0; }
  const convene_scores* table() const { return &table_; }
  const ScoreList& list() const { return list_; }
  /// What candidate `index` was given.
  std::optional<std::int64_t> at(std::size_t index) const {
    return index < list_.size() ? list_[index] : std::nullopt;
  }

 private:
  static convene_status give(void* self, std::size_t index, std::int64_t score) noexcept {
    auto& mine = *static_cast<ScoreTable*>(self);
    if (index >= mine.most_) return CONVENE_E_INVALID;
    if (index >= mine.list_.size()) mine.list_.resize(index + 1);
    mine.list_[index] = score;
    return CONVENE_OK;
  }

  ScoreList list_;
  std::size_t most_ = 0;
  const convene_scores table_{this, &give};
};

}  // namespace convene
