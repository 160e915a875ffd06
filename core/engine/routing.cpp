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
  std::int64_t took_ns = 0;  ///< Over all pages.
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
    answer.scores = page_.scores().table();
    const convene_status status = policy.table->decide(policy.self, &request, &answer);
    if (policy.note != nullptr) verdict.took_ns += policy.note->took_ns;
    if (status != CONVENE_OK) {
      page_.scores().begin(0);
      return false;
    }
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
    const BoundRouting* policy = &s.flow->routing;
    bool answered = decide(s, *policy, pool, verdict);
    if (!answered) {
      Decision failed = decision_about(s, *policy, verdict);
      failed.outcome = "failed";
      keep_decision(s, std::move(failed));
      verdict = {};
      policy = &s.flow->fallback;
      answered = decide(s, *policy, pool, verdict);
    }
    if (!answered) {  // the last resort, which cannot fail
      static const BoundRouting kItself{.label = "built-in longest idle"};
      verdict = {};
      policy = &kItself;
      Candidates::Place from = pool.idle.begin();
      page_.fill(pool, from, 1, s.missed, now_, verdict.rest_ends);
      const bool nobody = page_.page().empty();
      verdict.action = nobody ? CONVENE_ROUTING_WAIT : CONVENE_ROUTING_ASSIGN;
      if (!nobody) verdict.agent = page_.agent(0);
      verdict.reason = "no policy answered";
    }
    switch (verdict.action) {
      case CONVENE_ROUTING_ASSIGN: {
        Decision assign = decision_about(s, *policy, verdict);
        assign.outcome = "assign";
        assign.agent = verdict.agent->record.id;
        keep_decision(s, std::move(assign));
        return make_offer(s, *verdict.agent);
      }
      case CONVENE_ROUTING_OVERFLOW: {
        Decision overflow = decision_about(s, *policy, verdict);
        overflow.outcome = "overflow";
        keep_decision(s, std::move(overflow));
        if (hop == kOverflowsMax) break;
        dequeue(s);
        s.record.pool = verdict.pool;
        touch(s);
        s.pool = &pool_named(verdict.pool);
        s.pool->waiting.insert({s.record.search_since, s.record.id});
        continue;
      }
      default:
        if (verdict.reason.empty()) verdict.reason = "nobody who fits is free";
        if (s.said != verdict.reason) {
          s.said = verdict.reason;
          Decision wait = decision_about(s, *policy, verdict);
          wait.outcome = "wait";
          keep_decision(s, std::move(wait));
        }
    }
    s.seen = s.pool->version;
    const Time until = std::min(verdict.until, verdict.rest_ends);
    const TimerKey timer{TimerKind::ask_again, 0, s.record.id.value};
    if (until == kNever) return timers_.clear(timer);
    return timers_.set(timer, std::max(until, now_ + kAskAgainMin));
  }
}

/// What is kept of an answer but for its outcome. Nothing where enough is kept of this session.
Decision Machine::decision_about(const SessionEntry& s, const BoundRouting& policy, const Verdict& verdict) const {
  Decision d;
  if (s.record.decisions >= kDecisionsMax) return d;
  const bool noted = policy.note != nullptr && !policy.note->label.empty();
  d.policy = noted ? policy.note->label : policy.label;
  d.reason = verdict.reason;
  d.took_ns = verdict.took_ns;
  d.candidates = page_.as_json(now_);
  name_excluded(s, d);
  return d;
}

/// Who of the pool was not on the page that the policy saw last, and why.
void Machine::name_excluded(const SessionEntry& s, Decision& d) const {
  d.excluded = "[";
  std::size_t named = 0;
  for (const AgentEntry* a : s.pool->members) {
    if (named == Candidates::kNamedMax) break;
    if (a->listed && page_.shows(*a)) continue;
    d.excluded += named++ == 0 ? "{\"agent\":" : ",{\"agent\":";
    json::quote(d.excluded, a->record.id);
    (d.excluded += ",\"why\":\"") += why_excluded(s, *a);
    d.excluded += "\"}";
  }
  d.excluded += ']';
  const std::size_t accounted = named + page_.page().size();
  const std::size_t all = s.pool->members.size();
  d.excluded_more = static_cast<std::uint32_t>(all > accounted ? all - accounted : 0);
}

std::string_view Machine::why_excluded(const SessionEntry& s, const AgentEntry& a) const {
  if (a.record.state != AgentState::ready) return a.record.reason.empty() ? name_of(a.record.state) : a.record.reason;
  if (!a.desk) return "no_desk";
  if (a.load() >= a.settings->capacity) return a.offers.empty() ? "full" : "offered";
  Time until{};
  return rests(s, a, until) ? "rests" : "other_page";
}

void Machine::keep_decision(SessionEntry& s, Decision d) {
  if (s.record.decisions >= kDecisionsMax) return;
  ++s.record.decisions;
  touch(s);
  d.session = s.record.id;
  d.number = s.record.decisions;
  d.at = now_;
  d.config = settings_.config_hash;
  d.pool = s.pool != nullptr ? s.pool->name : std::string();
  decisions_.push_back(std::move(d));
}

std::string Candidates::as_json(Time now) const {
  std::string out = "[";
  const auto number = [&out](std::string_view key, std::int64_t n) {
    char digits[24];
    out += key;
    out.append(digits, std::to_chars(digits, digits + sizeof digits, n).ptr);
  };
  const std::size_t most = std::min(page_.size(), kNamedMax);
  out.reserve(2 + most * 72);
  for (std::size_t i = 0; i < most; ++i) {
    const convene_candidate& c = page_[i];
    out += i == 0 ? "{\"agent\":" : ",{\"agent\":";
    json::quote(out, {c.agent.data, c.agent.size});
    number(",\"idle_ms\":", std::max<std::int64_t>(0, to_ms(now) - c.idle_since_ms));
    number(",\"sessions\":", c.sessions);
    number(",\"capacity\":", c.capacity);
    if (c.missed > 0) number(",\"missed\":", c.missed);
    if (const auto score = scores_.at(i)) number(",\"score\":", *score);
    out += '}';
  }
  out += ']';
  return out;
}

}  // namespace convene
