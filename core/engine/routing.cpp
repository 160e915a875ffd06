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

/// Asks one policy, page by page. False: it failed, or answered what cannot be.
bool Machine::decide(SessionEntry& s, const BoundRouting& policy, Pool& pool, Verdict& verdict) {
  if (policy.table == nullptr) return false;
  const std::size_t page_size = std::max(settings_.limits.page, 1u);
  Candidates::Place from = pool.idle.begin();
  for (std::uint32_t page = 0;; ++page) {
    page_.fill(pool, from, page_size, s.missed, now_, verdict.rest_ends);
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
    request.candidates = page_.page().data();
    request.candidate_count = page_.page().size();
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
        if (answer.index >= page_.page().size()) return false;
        verdict.agent = page_.agent(answer.index);
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
      keep_decision(s, policy, "failed", {}, verdict.reason, page_.as_json(now_));
      verdict = {};
      policy = s.flow->fallback.label;
      answered = decide(s, s.flow->fallback, pool, verdict);
    }
    if (!answered) {  // the last resort, which cannot fail
      verdict = {};
      policy = "built-in longest idle";
      Candidates::Place from = pool.idle.begin();
      page_.fill(pool, from, 1, s.missed, now_, verdict.rest_ends);
      const bool nobody = page_.page().empty();
      verdict.action = nobody ? CONVENE_ROUTING_WAIT : CONVENE_ROUTING_ASSIGN;
      if (!nobody) verdict.agent = page_.agent(0);
      verdict.reason = "no policy answered";
    }
    switch (verdict.action) {
      case CONVENE_ROUTING_ASSIGN:
        keep_decision(s, policy, "assign", verdict.agent->record.id, verdict.reason, page_.as_json(now_));
        return make_offer(s, *verdict.agent);
      case CONVENE_ROUTING_OVERFLOW:
        keep_decision(s, policy, "overflow", {}, verdict.reason, page_.as_json(now_));
        if (hop == kOverflowsMax) break;
        dequeue(s);
        s.record.pool = verdict.pool;
        touch(s);
        s.pool = &pool_named(verdict.pool);
        s.pool->waiting.insert({s.record.search_since, s.record.id});
        continue;
      default:
        if (verdict.reason.empty()) verdict.reason = "nobody who fits is free";
        if (s.said != verdict.reason) {
          s.said = verdict.reason;
          keep_decision(s, policy, "wait", {}, verdict.reason, page_.as_json(now_));
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

std::string Candidates::as_json(Time now) const {
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
    number(",\"idle_ms\":", std::max<std::int64_t>(0, to_ms(now) - c.idle_since_ms));
    number(",\"sessions\":", c.sessions);
    number(",\"capacity\":", c.capacity);
    out += '}';
  }
  out += ']';
  return out;
}

}  // namespace convene
