// core/engine/candidates.hpp - one page of agents who could take a session, as a policy sees it.
#pragma once

#include <algorithm>
#include <vector>

#include "core/engine/entries.hpp"
#include "core/model/scores.hpp"

namespace convene {

/// Filled from a pool's idle order, longest idle first. Kept between questions for its memory.
class Candidates {
 public:
  using Place = std::set<AgentEntry*, IdleOrder>::const_iterator;

  /// The next page, from `from` on, at most `most` long. Who has just refused this session is left out; `rest_ends`
  /// becomes the moment at which the first of them may be shown again, if that is earlier than what it was.
  void fill(const Pool& pool, Place& from, std::size_t most, const std::vector<Missed>& missed, Time now,
            Time& rest_ends) {
    page_.clear();
    agents_.clear();
    for (; from != pool.idle.end() && page_.size() < most; ++from) {
      AgentEntry* a = *from;
      std::uint32_t times = 0;
      bool rests = false;
      for (const Missed& m : missed) {
        if (m.agent != a) continue;
        times = m.times;
        rests = m.until > now;
        if (rests) rest_ends = std::min(rest_ends, m.until);
      }
      if (rests) continue;
      page_.push_back({sizeof(convene_candidate), static_cast<std::uint32_t>(a->legs.size()), a->settings->capacity,
                       times, {a->record.id.data(), a->record.id.size()}, to_ms(a->record.idle_since),
                       a->skills.data(), a->skills.size()});
      agents_.push_back(a);
    }
    scores_.begin(page_.size());
  }

  /// What the policy that is asked says of this page; a failed one has said nothing.
  ScoreTable& scores() { return scores_; }
  const std::vector<convene_candidate>& page() const { return page_; }
  AgentEntry* agent(std::size_t index) const { return agents_[index]; }
  bool shows(const AgentEntry& agent) const {
    return std::find(agents_.begin(), agents_.end(), &agent) != agents_.end();
  }

  /// For the decision log: a JSON array of agent, idle_ms, sessions, capacity, missed, score; at most 32
  /// of them.
  std::string as_json(Time now) const;
  static constexpr std::size_t kNamedMax = 32;

 private:
  std::vector<convene_candidate> page_;
  std::vector<AgentEntry*> agents_;
  ScoreTable scores_;
};

}  // namespace convene
