// core/check/checking_host.hpp - the host that believes nothing: it opens every call, hears every
// word that the plugin says in it, and notes what breaks the contract.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <vector>

#include "convene/adapter.h"
#include "convene/channel.h"
#include "convene/routing.h"
#include "convene/service.h"
#include "core/check/rules.hpp"
#include "functions.hpp"

namespace convene::check {

class CheckingHost;

/// What became of one call.
struct Answer {
  convene_status status = CONVENE_OK;
  std::string
      said;  ///< Everything that the plugin said, one line each: two answers are equal if these are.
  std::string state;  ///< The state after the call.
  std::string why;    ///< What it gave to convene_host.fail.
  std::vector<Fn> effects;
  bool refused = false;  ///< The host refused something of it.
  bool ended = false;    ///< The service asked for the session's end.
  std::int64_t took_ns = 0;
  long waits = 0;  ///< How often its thread was put to sleep.

  bool operator==(const Answer& o) const { return status == o.status && said == o.said; }
};

/// One argument of a host function.
struct Argument {
  bool is_text = false;
  bool readable = true;
  std::string text;
  std::int64_t number = 0;
};

/// The `self` of the tables that the host gives: who speaks, and in which call.
struct Speaker {
  CheckingHost* host = nullptr;
  std::uint64_t call = 0;  ///< The tables of an effect live for one call; 0: as long as the host.
  int part = 0;            ///< Which sink; of scores: how many candidates there are.

  template <class R, class... Args>
  R say(Fn fn, Args... args) noexcept;
};

/// The tables that are given to one call.
struct Given {
  convene_sink pool, reason;
  convene_scores scores;
  convene_service_effects service;
  convene_channel_effects channel;
};

/// Watches one instance. The plugin may call host functions on any thread; everything else is
/// called by the case.
class CheckingHost {
 public:
  CheckingHost();
  CheckingHost(const CheckingHost&) = delete;
  CheckingHost& operator=(const CheckingHost&) = delete;

  /// What is told about the call that is under way to whoever finds this process dead.
  static void set_progress(char* shared, std::size_t size);
  static void tell_progress(std::string_view what);

  /// From the n-th host function of a call on the answer is CONVENE_E_LIMIT; negative: never.
  int refuse_from = -1;
  /// Called before and after each call of a {quick} function; the import watch listens here.
  std::function<void()> before_call;
  std::function<void(CheckingHost&)> after_call;

  const convene_host* table() const { return &table_; }
  Answer& answer() { return answer_; }
  /// Begins a new question: an answer without content, and speakers of its own.
  void begin(std::string_view label);
  Speaker& speaker(int part = 0);
  /// A ring, too: who keeps a pointer is found out by this host, and not by chance.
  Given& given() { return given_[next_given_++ % given_.size()]; }

  /// Calls a function of the plugin as its tag says. Contains what it throws.
  template <class R, class Body>
  R call(Fn fn, Body&& body);

  // Findings.
  void note(Rule rule, const std::string& what);
  bool broken(Rule rule) const { return !findings_[static_cast<unsigned>(rule)].empty(); }
  /// The first breach of `rule`, with the question that led to it; empty: none.
  std::string finding(Rule rule) const { return findings_[static_cast<unsigned>(rule)]; }

  /// Requests of an adapter: asked, and how often each was answered.
  void asked(std::uint64_t token);
  unsigned answers(std::uint64_t token) const;

  /// No instance of the plugin lives any more: whatever speaks now speaks too late.
  void end_of_life() { alive_ = false; }
  /// The reason that was given since the last `begin`.
  std::string take_why();

  convene_status hear(Speaker& speaker, Fn fn, std::vector<Argument> arguments) noexcept;

 private:
  struct Timing {
    std::int64_t wall_ns;
    long waits;
  };
  static Timing now();
  void open(Fn fn);
  void close(Timing start);
  void check_status(convene_status status);
  void judge_effect(Fn fn, const std::vector<Argument>& a);
  convene_status hear_sink(int part, const Argument& text);
  convene_status hear_score(int candidates, const std::vector<Argument>& a);
  void hear_log(const std::vector<Argument>& a);
  convene_status hear_reply(const std::vector<Argument>& a);

  convene_host table_{};
  Speaker own_;
  std::array<Speaker, 64> speakers_;  // a ring: a plugin that keeps one is found out
  unsigned next_speaker_ = 0;
  std::array<Given, 16> given_{};
  unsigned next_given_ = 0;
  mutable std::recursive_mutex mutex_;
  Answer answer_;
  std::string label_;
  std::uint64_t question_ = 0;
  int heard_ = 0, effects_ = 0;
  std::size_t sink_size_[3] = {};
  bool alive_ = true, calling_ = false;
  Fn current_{};
  std::thread::id lane_;
  std::map<std::uint64_t, unsigned> tokens_;
  std::array<std::string, static_cast<unsigned>(Rule::kCount)> findings_;
};

/// At most `max` bytes of `text`, for people.
std::string shown(std::string_view text, std::size_t max = 120);

// Definitions --------------------------------------------------------------------------------------

namespace detail {
inline Argument argument(convene_text t) {
  if (t.data == nullptr) return {true, t.size == 0, {}, 0};
  return {true, true, std::string(t.data, t.size), 0};
}
template <class Number>
Argument argument(Number n) {
  return {false, true, {}, static_cast<std::int64_t>(n)};
}
}  // namespace detail

template <class R, class... Args>
R Speaker::say(Fn fn, Args... args) noexcept {
  const convene_status status = host->hear(*this, fn, {detail::argument(args)...});
  if constexpr (!std::is_void_v<R>) return status;
}

template <class R, class Body>
R CheckingHost::call(Fn fn, Body&& body) {
  open(fn);
  const Timing start = now();
  try {
    if constexpr (std::is_void_v<R>) {
      body();
      close(start);
      return;
    } else {
      R r = body();
      close(start);
      if constexpr (std::is_same_v<R, convene_status>) check_status(r);
      return r;
    }
  } catch (...) {
    close(start);
    note(Rule::throws, std::string("threw an exception out of ") + function(fn).name);
    if constexpr (std::is_same_v<R, convene_status>) {
      answer_.status = CONVENE_E_THROWN;
      return CONVENE_E_THROWN;
    } else if constexpr (!std::is_void_v<R>) {
      return R{};
    }
  }
}

}  // namespace convene::check
