// sdk/host/meter.cpp - the budget of a call, the park, and the plugin's way to say something.
#include "sdk/host/meter.hpp"

#include <chrono>
#include <utility>

#include "convene/json.hpp"

namespace convene {
namespace {

constexpr std::size_t kReasonMax = 1024;

std::string_view view(convene_text t) {
  return t.data ? std::string_view(t.data, t.size) : std::string_view();
}

std::string milliseconds(std::int64_t ns) { return std::to_string(ns / 1'000'000) + " ms"; }

/// What a failure without a reason of its own is called.
const char* meaning(convene_status status) {
  switch (status) {
    case CONVENE_E_INVALID:
      return "it says that an argument breaks the contract";
    case CONVENE_E_UNSUPPORTED:
      return "it does not offer what was asked";
    case CONVENE_E_LIMIT:
      return "it reached a bound";
    case CONVENE_E_THROWN:
      return "it caught an exception";
    case CONVENE_E_STATE:
      return "it does not know the schema of the state";
    default:
      return "it failed and did not say why";
  }
}

}  // namespace

std::string presentable(std::string_view text, std::size_t max) {
  std::string out;
  while (!text.empty()) {
    const std::size_t n = json::utf8_length(text);
    const std::string_view one = n ? text.substr(0, n) : std::string_view("?");
    const auto first = static_cast<unsigned char>(one.front());
    // U+0080 to U+009F are control characters too: terminals obey them.
    const bool control = first < 0x20 || first == 0x7F ||
                         (first == 0xC2 && static_cast<unsigned char>(one[1]) < 0xA0);
    if (out.size() + one.size() > max) break;
    out += control ? std::string_view(" ") : one;
    text.remove_prefix(n ? n : 1);
  }
  return out;
}

Meter::Meter(std::string plugin, MeterOptions options)
    : plugin_(std::move(plugin)),
      options_(std::move(options)),
      host_{this,
            [](void* self, std::int32_t level, convene_text id, convene_text message) noexcept {
              static_cast<Meter*>(self)->log(level, view(id), view(message));
            },
            [](void* self, convene_text message) noexcept {
              static_cast<Meter*>(self)->blame(view(message));
            }} {}

void Meter::blame(std::string_view why) noexcept {
  const std::lock_guard lock(mutex_);
  if (blamed_.empty()) blamed_ = presentable(why, kReasonMax);  // the first reason is the cause
  has_blame_.store(true, std::memory_order_relaxed);
}

void Meter::log(int level, std::string_view id, std::string_view message) const noexcept {
  if (!options_.log) return;
  const int known =
      level < CONVENE_LOG_DEBUG || level > CONVENE_LOG_ERROR ? CONVENE_LOG_ERROR : level;
  const std::string clean_id = presentable(id, 64),
                    clean_message = presentable(message, kReasonMax);
  options_.log({plugin_, known, clean_id, clean_message});
}

std::int64_t Meter::steady() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

convene_status Meter::finish(convene_status status, std::int64_t took_ns) noexcept {
  calls_.fetch_add(1, std::memory_order_relaxed);
  if (status > CONVENE_OK || status < CONVENE_E_STATE) {
    blame("returned the status " + std::to_string(status) + ", which does not exist; see abi.h");
    status = CONVENE_E_INVALID;
  }
  if (status == CONVENE_E_PARKED) status = CONVENE_E_FAILED;  // only a host may say that
  if (status != CONVENE_OK) {
    failures_.fetch_add(1, std::memory_order_relaxed);
    if (status == CONVENE_E_THROWN) throws_.fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    last_failure_ = blamed_.empty() ? meaning(status) : blamed_;
    blamed_.clear();
    has_blame_.store(false, std::memory_order_relaxed);
  } else if (has_blame_.load(
                 std::memory_order_relaxed)) {  // a reason without a failure is of no later one
    take_blame();
  }
  // The clock on the wall also runs while the machine is busy with something else: a single late call proves nothing.
  if (took_ns <= options_.budget_ns) {
    if (recent_overruns_ > 0 && ++in_time_ >= options_.forgiven_after) recent_overruns_ = 0;
    return status;
  }
  in_time_ = 0;
  overruns_.fetch_add(1, std::memory_order_relaxed);
  if (++recent_overruns_ >= options_.overruns_max) {
    park(took_ns);
  } else {
    log(CONVENE_LOG_WARNING, "plugin.overrun",
        "a call took " + milliseconds(took_ns) + " where " + milliseconds(options_.budget_ns) +
            " are allowed");
  }
  return status;
}

void Meter::park(std::int64_t took_ns) {
  const std::string why =
      "a call took " + milliseconds(took_ns) + " where " + milliseconds(options_.budget_ns) +
      " are allowed, for the " + std::to_string(recent_overruns_) +
      ". time: the plugin is parked and no longer called; let it answer from memory, or give it "
      "a process of its own (isolation = \"process\"), and load it again";
  {
    const std::lock_guard lock(mutex_);
    last_failure_ = why;
  }
  parked_.store(true, std::memory_order_relaxed);
  log(CONVENE_LOG_ERROR, "plugin.parked", why);
}

PluginCounters Meter::counters() const {
  return {calls_.load(),  failures_.load(), overruns_.load(),
          throws_.load(), latency_.at(50),  latency_.at(99)};
}

std::string Meter::last_failure() const {
  const std::lock_guard lock(mutex_);
  return last_failure_;
}

std::string Meter::take_blame() {
  const std::lock_guard lock(mutex_);
  has_blame_.store(false, std::memory_order_relaxed);
  return std::exchange(blamed_, {});
}

}  // namespace convene
