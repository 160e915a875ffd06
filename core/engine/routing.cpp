// core/engine/routing.cpp - asks a flow's policy for one session, its fallback when that fails, and itself at last.
#include <algorithm>
#include <charconv>

#include "core/engine/machine.hpp"
#include "core/engine/words.hpp"

namespace convene {

namespace {

convene_text view(const std::string& s) { return {s.data(), s.size()}; }

/// A sink with a bound (law 2).
struct BoundedText {
  std::string text;
  std::size_t most = 0;

  static convene_status write(void* self, convene_text piece) noexcept {
    BoundedText& t = *static_cast<BoundedText*>(self);
    if (piece.size > t.most - t.text.size()) return CONVENE_E_LIMIT;
    if (piece.size > 0) t.text.append(piece.data, piece.size);
    return CONVENE_OK;
  }
  convene_sink sink() { return {this, write}; }
};

}  // namespace

/// What a policy has answered, checked.
struct Machine::Verdict {
  std::int32_t action = 0;
  AgentEntry* agent = nullptr;
  Time until = kNever;
  std::string pool;
  std::string reason;
  Time rest_ends = kNever;  ///< When the first agent that was left out may be shown again.
};

/// One page of candidates, longest idle first, without those who have just refused this session.
std::size_t Machine::fill_page(SessionEntry& s, Pool& pool, std::set<AgentEntry*, IdleOrder>::const_iterator& from,
                               Verdict& verdict) {
  page_.clear();
  page_agents_.clear();
  for (; from != pool.idle.end() && page_.size() < std::max(settings_.limits.page, 1u); ++from) {
    AgentEntry* a = *from;
    std::uint32_t missed = 0;
    bool left_out = false;
    for (const Missed& m : s.missed) {
      if (m.agent != a) continue;
      missed = m.times;
      left_out = m.until > now_;
      if (left_out) verdict.rest_ends = std::min(verdict.rest_ends, m.until);
    }
    if (left_out) continue;
    page_.push_back({sizeof(convene_candidate), static_cast<std::uint32_t>(a->legs.size()), a->settings->capacity,
                     missed, view(a->record.id), to_ms(a->record.idle_since), a->skills.data(), a->skills.size()});
    page_agents_.push_back(a);
  }
  return page_.size();
}

/// Asks one policy, page by page. False: it failed, or answered what cannot be.
bool Machine::decide(SessionEntry& s, const BoundRouting& policy, Pool& pool, Verdict& verdict) {
  if (policy.table == nullptr) return false;
  auto from = pool.idle.begin();
  for (std::uint32_t page = 0;; ++page) {
    fill_page(s, pool, from, verdict);
    BoundedText pool_text{{}, 64}, reason_text{{}, 1024};
    const convene_sink pool_sink = pool_text.sink(), reason_sink = reason_text.sink();
    convene_routing_request request{};
    request.size = sizeof request;
    request.page = page;
    request.more = from != pool.idle.end() ? 1 : 0;
    request.attempt = s.record.attempts;
    request.session = s.record.id.value;
    request.flow = view(s.record.flow);
    request.pool = view(pool.name);
    request.context = view(s.record.context);
    request.wanted_agent = view(s.record.only_agent);  // whom the search is for, not whom the booking named
    request.now_ms = to_ms(now_);
    request.waiting_since_ms = to_ms(s.record.search_since);
    request.candidates = page_.data();
    request.candidate_count = page_.size();
    request.candidate_stride = sizeof(convene_candidate);
    convene_routing_answer answer{};
    answer.size = sizeof answer;
    answer.pool = &pool_sink;
    answer.reason = &reason_sink;
    if (policy.table->decide(policy.self, &request, &answer) != CONVENE_OK) return false;
    verdict.action = answer.action;
    verdict.reason = std::move(reason_text.text);
    switch (answer.action) {
      case CONVENE_ROUTING_ASSIGN:
        if (answer.index >= page_.size()) return false;
        verdict.agent = page_agents_[answer.index];
        return true;
      case CONVENE_ROUTING_WAIT:
        verdict.until = answer.until_ms > 0 ? from_ms(answer.until_ms) : kNever;
        return true;
      case CONVENE_ROUTING_OVERFLOW:
        verdict.pool = std::move(pool_text.text);
        return verdict.pool != pool.name && pools_.find(verdict.pool) != pools_.end();
      case CONVENE_ROUTING_MORE:
        if (request.more != 0) continue;
        verdict.action = CONVENE_ROUTING_WAIT;
        return true;
      default: return false;
    }
  }
}

/// One question for one session: an offer comes of it, or the session waits on, or moves to another pool.
void Machine::ask(SessionEntry& s) {
  for (std::uint32_t hop = 0; hop <= kOverflowsMax; ++hop) {
    Pool& pool = *s.pool;
    Verdict verdict;
    std::string policy = s.flow->routing.label;
    bool answered = decide(s, s.flow->routing, pool, verdict);
    if (!answered) {
      keep_decision(s, policy, "failed", {}, verdict.reason, page_as_json());
      verdict = {};
      policy = s.flow->fallback.label;
      answered = decide(s, s.flow->fallback, pool, verdict);
    }
    if (!answered) {  // the last resort, which cannot fail
      verdict = {};
      policy = "built-in longest idle";
      auto from = pool.idle.cbegin();
      while (fill_page(s, pool, from, verdict) == 0 && from != pool.idle.cend()) {
      }
      verdict.action = page_.empty() ? CONVENE_ROUTING_WAIT : CONVENE_ROUTING_ASSIGN;
      if (!page_.empty()) verdict.agent = page_agents_.front();
      verdict.reason = "no policy answered";
    }
    switch (verdict.action) {
      case CONVENE_ROUTING_ASSIGN:
        keep_decision(s, policy, "assign", verdict.agent->record.id, verdict.reason, page_as_json());
        return make_offer(s, *verdict.agent);
      case CONVENE_ROUTING_OVERFLOW:
        keep_decision(s, policy, "overflow", {}, verdict.reason, page_as_json());
        if (hop == kOverflowsMax) break;
        dequeue(s);
        s.record.pool = verdict.pool;
        touch(s);
        s.pool = &pool_named(verdict.pool);
        s.pool->waiting.insert({s.record.search_since, s.record.id});
        continue;
      default:
        if (s.said != verdict.reason || s.said.empty()) {
          s.said = verdict.reason.empty() ? "-" : verdict.reason;
          keep_decision(s, policy, "wait", {}, verdict.reason, page_as_json());
        }
    }
    s.seen = s.pool->version;
    const Time until = std::min(verdict.until, verdict.rest_ends);
    const TimerKey timer{TimerKind::ask_again, 0, s.record.id.value};
    if (until == kNever) return timers_.clear(timer);
    return timers_.set(timer, std::max(until, now_ + kAskAgainMin));
  }
}

void Machine::keep_decision(SessionEntry& s, std::string policy, std::string outcome, std::string agent,
                            std::string reason, std::string candidates) {
  if (s.record.decisions >= kDecisionsMax) return;
  ++s.record.decisions;
  touch(s);
  decisions_.push_back({s.record.id, s.record.decisions, now_, std::move(policy), std::move(outcome),
                        std::move(agent), std::move(reason), std::move(candidates)});
}

std::string Machine::page_as_json() const {
  std::string out = "[";
  const auto number = [&out](std::string_view key, std::int64_t n) {
    char digits[24];
    out += key;
    out.append(digits, std::to_chars(digits, digits + sizeof digits, n).ptr);
  };
  const std::size_t most = std::min<std::size_t>(page_.size(), 32);
  out.reserve(2 + most * 72);
  for (std::size_t i = 0; i < most; ++i) {
    const convene_candidate& c = page_[i];
    out += i == 0 ? "{\"agent\":" : ",{\"agent\":";
    json::quote(out, {c.agent.data, c.agent.size});
    number(",\"idle_ms\":", std::max<std::int64_t>(0, to_ms(now_) - c.idle_since_ms));
    number(",\"sessions\":", c.sessions);
    number(",\"capacity\":", c.capacity);
    out += '}';
  }
  out += ']';
  return out;
}

}  // namespace convene
