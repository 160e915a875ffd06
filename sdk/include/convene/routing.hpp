// sdk/include/convene/routing.hpp - the C++ face of routing.h: a routing policy is a class with
// `decide`.
//
//   struct LongestIdle {
//     convene::sdk::Decision decide(const convene::sdk::RoutingRequest& request) {
//       if (request.empty()) return convene::sdk::Decision::wait("everybody is busy");
//       return convene::sdk::Decision::assign(0, "free longest");
//     }
//   };
//   CONVENE_PLUGIN(LongestIdle, "policy_longest_idle", "1.0.0",
//                  "Gives the longest idle agent first.")
//
// A class may also have `void outcome(const convene_routing_outcome&)` to learn what became of an
// offer, and `decide` may take `convene::sdk::Scores` as its second argument, to tell the decision
// log how well each candidate fits.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "convene/plugin.hpp"
#include "convene/routing.h"

namespace convene::sdk {

/// One agent who could take the session now. A view: valid during the call.
class Candidate {
 public:
  explicit Candidate(const convene_candidate& c) : c_(&c) {}
  std::string_view agent() const { return view(c_->agent); }  ///< A stable id, no name.
  std::int64_t idle_since_ms() const { return c_->idle_since_ms; }  ///< Since 1970, as now_ms.
  std::uint32_t sessions() const { return c_->sessions; }  ///< Live now, below capacity().
  std::uint32_t capacity() const { return c_->capacity; }  ///< At once, at least 1.
  std::uint32_t missed() const { return c_->missed; }  ///< Offers of this very session.
  /// Level 1 to 10; 0: the agent does not have the skill.
  int skill(std::string_view name) const {
    for (std::size_t i = 0; i < c_->skill_count; ++i) {
      if (view(c_->skills[i].name) == name) return c_->skills[i].level;
    }
    return 0;
  }
  const convene_candidate& raw() const { return *c_; }

 private:
  const convene_candidate* c_;
};

/// What is asked; its candidates have been free longest first. A view: valid during the call.
class RoutingRequest {
 public:
  explicit RoutingRequest(const convene_routing_request& r) : r_(&r) {}
  std::uint64_t session() const { return r_->session; }  ///< Its number, as in logs.
  std::string_view flow() const { return view(r_->flow); }
  std::string_view pool() const { return view(r_->pool); }
  std::string_view context() const { return view(r_->context); }  ///< JSON object, as booked.
  std::string_view wanted_agent() const { return view(r_->wanted_agent); }  ///< Empty: anybody.
  std::int64_t now_ms() const { return r_->now_ms; }  ///< Since 1970: the only clock there is.
  std::int64_t waiting_since_ms() const { return r_->waiting_since_ms; }
  std::uint32_t attempt() const { return r_->attempt; }  ///< Offers made for this session.
  std::uint32_t page() const { return r_->page; }  ///< 0, 1, ... within one decision.
  bool has_more() const { return r_->more != 0; }  ///< Decision::more may be answered.

  std::size_t size() const { return r_->candidate_count; }  ///< 0: everybody is busy.
  bool empty() const { return size() == 0; }
  /// Candidate `i` of this page, i < size(). Steps by the host's stride: a newer host's records are
  /// longer (law 1).
  Candidate operator[](std::size_t i) const {
    const auto* first = reinterpret_cast<const unsigned char*>(r_->candidates);
    return Candidate(*reinterpret_cast<const convene_candidate*>(first + i * r_->candidate_stride));
  }
  const convene_routing_request& raw() const { return *r_; }

 private:
  const convene_routing_request* r_;
};

/// Where `decide` may say how well candidates fit: whole numbers of the policy's own, the greater
/// the better. For the decision log; nothing is decided by them. Lives for the call.
class Scores {
 public:
  explicit Scores(const convene_scores* to) : to_(to) {}
  /// Of a candidate that is given none the log says none; the last one given counts.
  void give(std::size_t index, std::int64_t score) const {
    if (to_ != nullptr) to_->give(to_->self, index, score);
  }

 private:
  const convene_scores* to_;
};

/// A reason for the decision log: a literal, which is not copied, or any other text, which is.
class Reason {
 public:
  template <std::size_t N>
  Reason(const char (&literal)[N]) : literal_(literal, N - 1) {}
  template <std::size_t N>
  Reason(char (&buffer)[N]) : owned_(buffer) {}
  Reason(std::string&& text) : owned_(std::move(text)) {}
  template <class S>
  requires(std::convertible_to<const S&, std::string_view> && !std::is_array_v<S>)
      Reason(const S& text)
      : owned_(std::string_view(text)) {}

  std::string_view text() const { return owned_.empty() ? literal_ : std::string_view(owned_); }

 private:
  std::string_view literal_;
  std::string owned_;
};

/// What is answered. The reason holds no personal data: operators read it.
class Decision {
 public:
  /// Candidate `index` gets an offer.
  static Decision assign(std::size_t index, Reason reason) {
    return {CONVENE_ROUTING_ASSIGN, index, 0, {}, std::move(reason)};
  }
  /// Ask again as soon as anything changes.
  static Decision wait(Reason reason) {
    return {CONVENE_ROUTING_WAIT, 0, 0, {}, std::move(reason)};
  }
  /// Ask again at `until_ms`, or as soon as anything changes.
  static Decision wait_until(std::int64_t until_ms, Reason reason) {
    return {CONVENE_ROUTING_WAIT, 0, until_ms, {}, std::move(reason)};
  }
  /// Go on with `pool`, a name of at most 64 bytes.
  static Decision overflow(std::string pool, Reason reason) {
    return {CONVENE_ROUTING_OVERFLOW, 0, 0, std::move(pool), std::move(reason)};
  }
  /// Show the next page. Only where RoutingRequest::has_more.
  static Decision more(Reason reason = "") {
    return {CONVENE_ROUTING_MORE, 0, 0, {}, std::move(reason)};
  }

  int action() const { return action_; }
  std::size_t index() const { return index_; }
  std::int64_t until_ms() const { return until_ms_; }
  std::string_view pool() const { return pool_; }
  std::string_view reason() const { return reason_.text(); }

 private:
  Decision(int action, std::size_t index, std::int64_t until_ms, std::string pool, Reason reason)
      : action_(action),
        index_(index),
        until_ms_(until_ms),
        pool_(std::move(pool)),
        reason_(std::move(reason)) {}

  int action_;
  std::size_t index_;
  std::int64_t until_ms_;
  std::string pool_;
  Reason reason_;
};

/// At most `max` bytes of `s`, cut between characters.
inline std::string_view cut(std::string_view s, std::size_t max) {
  if (s.size() <= max) return s;
  while (max > 0 && (s[max] & 0xC0) == 0x80) --max;
  return s.substr(0, max);
}

template <>
struct Face<kRoutingFace> {
  static constexpr std::string_view kId = CONVENE_ROUTING;
  template <class T>
  static constexpr bool kScores = requires(T& t, const RoutingRequest& r, Scores s) {
    { t.decide(r, s) } -> std::same_as<Decision>;
  };
  template <class T>
  static constexpr bool kOfferedBy = kScores<T> || requires(T& t, const RoutingRequest& r) {
    { t.decide(r) } -> std::same_as<Decision>;
  };

  template <class T>
  static Decision asked(T& object, const RoutingRequest& request,
                        const convene_routing_answer& answer) {
    if constexpr (kScores<T>) {
      return object.decide(request, Scores(CONVENE_HAS(&answer, scores) ? answer.scores : nullptr));
    } else {
      return object.decide(request);
    }
  }

  template <class T>
  static convene_status decide(void* self, const convene_routing_request* request,
                               convene_routing_answer* answer) noexcept {
    auto& instance = *static_cast<Instance<T>*>(self);
    return guarded(instance.host, [&]() -> convene_status {
      const Decision decision = asked(instance.object, RoutingRequest(*request), *answer);
      answer->action = decision.action();
      answer->index = decision.index();
      answer->until_ms = decision.until_ms();
      if (answer->reason) {
        answer->reason->write(answer->reason->self, text(cut(decision.reason(), 1024)));
      }
      if (decision.action() != CONVENE_ROUTING_OVERFLOW) return CONVENE_OK;
      return answer->pool->write(answer->pool->self, text(decision.pool()));
    });
  }

  template <class T>
  static void outcome(void* self, const convene_routing_outcome* outcome) noexcept {
    auto& instance = *static_cast<Instance<T>*>(self);
    guarded(instance.host, [&] {
      instance.object.outcome(*outcome);
      return CONVENE_OK;
    });
  }

  template <class T>
  static const void* table() {
    if constexpr (requires(T & t, const convene_routing_outcome& o) { t.outcome(o); }) {
      static constexpr convene_routing kTable = {&decide<T>, &outcome<T>};
      return &kTable;
    } else {
      static constexpr convene_routing kTable = {&decide<T>, nullptr};
      return &kTable;
    }
  }
};

}  // namespace convene::sdk
