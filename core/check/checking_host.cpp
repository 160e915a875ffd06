// core/check/checking_host.cpp - who may speak when, and what is heard.
#include "core/check/checking_host.hpp"

#include <sys/resource.h>

#include <chrono>
#include <cstring>
#include <utility>

#include "checked_tables.hpp"
#include "convene/json.hpp"

namespace convene::check {
namespace {

char* progress = nullptr;
std::size_t progress_size = 0;

std::string place(Fn fn) { return std::string(function(fn).table) + "." + function(fn).name; }

}  // namespace

std::string shown(std::string_view text, std::size_t max) {
  std::string out;
  for (const char c : text.substr(0, max)) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  if (text.size() > max) out += "...";
  return out;
}

void CheckingHost::set_progress(char* shared, std::size_t size) {
  progress = shared, progress_size = size;
}

void CheckingHost::tell_progress(std::string_view what) {
  if (!progress) return;
  const std::size_t n = std::min(what.size(), progress_size - 1);
  std::memcpy(progress, what.data(), n);
  progress[n] = '\0';
}

CheckingHost::CheckingHost() {
  own_.host = this;
  table_ = table_host(own_);
}

void CheckingHost::begin(std::string_view label) {
  const std::lock_guard lock(mutex_);
  answer_ = {};
  label_ = label;
  ++question_;
  heard_ = effects_ = 0;
  for (std::size_t& size : sink_size_) size = 0;
}

Speaker& CheckingHost::speaker(int part) {
  Speaker& s = speakers_[next_speaker_++ % speakers_.size()];
  s = {this, question_, part};
  return s;
}

CheckingHost::Timing CheckingHost::now() {
  rusage used{};
  ::getrusage(RUSAGE_THREAD, &used);
  const auto wall = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count(), used.ru_nvcsw};
}

void CheckingHost::open(Fn fn) {
  {
    const std::lock_guard lock(mutex_);
    current_ = fn;
    calling_ = true;
    lane_ = std::this_thread::get_id();
    tell_progress(std::string(function(fn).name) + (label_.empty() ? "" : ", asked: " + label_));
  }
  if (function(fn).quick && before_call) before_call();
}

void CheckingHost::close(Timing start) {
  const Timing end = now();
  if (function(current_).quick && after_call) after_call(*this);
  const std::lock_guard lock(mutex_);
  calling_ = false;
  answer_.took_ns = end.wall_ns - start.wall_ns;
  answer_.waits = end.waits - start.waits;
}

void CheckingHost::check_status(convene_status status) {
  const std::lock_guard lock(mutex_);
  answer_.status = status;
  if (status > CONVENE_OK || status < CONVENE_E_STATE || status == CONVENE_E_PARKED) {
    note(Rule::status,
         "returned " + std::to_string(status) +
             (status == CONVENE_E_PARKED ? ", which only a host may say" : ", which is no status"));
  } else if (status != CONVENE_OK && answer_.why.empty() && !answer_.refused) {
    note(Rule::silent_failure, std::string(function(current_).name) + " failed with " +
                                   std::to_string(status) + " and did not say why");
  }
}

void CheckingHost::note(Rule rule, const std::string& what) {
  const std::lock_guard lock(mutex_);
  std::string& first = findings_[static_cast<unsigned>(rule)];
  if (first.empty()) first = what + (label_.empty() ? "" : " (question: " + label_ + ")");
}

void CheckingHost::asked(std::uint64_t token) {
  const std::lock_guard lock(mutex_);
  tokens_.emplace(token, 0u);
}

unsigned CheckingHost::answers(std::uint64_t token) const {
  const std::lock_guard lock(mutex_);
  const auto it = tokens_.find(token);
  return it == tokens_.end() ? 0 : it->second;
}

std::string CheckingHost::take_why() {
  const std::lock_guard lock(mutex_);
  return std::move(answer_.why);
}

convene_status CheckingHost::hear(Speaker& speaker, Fn fn,
                                  std::vector<Argument> arguments) noexcept {
  const std::lock_guard lock(mutex_);
  if (!alive_) {
    note(Rule::outside, "called " + place(fn) + " after its end");
    return CONVENE_E_INVALID;
  }
  if (function(fn).thread == Thread::lane_) {
    if (!calling_ || speaker.call != question_) {
      note(Rule::outside, "called " + place(fn) + " when its call was over");
      answer_.refused = true;
      return CONVENE_E_INVALID;
    }
    if (std::this_thread::get_id() != lane_) {
      note(Rule::lane, "called " + place(fn) + " on a thread of its own");
      answer_.refused = true;
      return CONVENE_E_INVALID;
    }
  }
  for (const Argument& a : arguments) {
    if (a.readable) continue;
    note(Rule::bad_text, "gave " + place(fn) + " a null text with a size");
    return CONVENE_E_INVALID;
  }
  if (fn == Fn::host_fail) {
    if (answer_.why.empty()) answer_.why = arguments[0].text.empty() ? "?" : arguments[0].text;
    if (!json::is_utf8(arguments[0].text)) note(Rule::bad_text, "gave a reason that is not UTF-8");
    return CONVENE_OK;
  }
  if (fn == Fn::host_log) return hear_log(arguments), CONVENE_OK;
  if (fn == Fn::scores_give) return hear_score(speaker.part, arguments);
  if (refuse_from >= 0 && heard_++ >= refuse_from) {
    answer_.refused = true;
    return CONVENE_E_LIMIT;
  }
  if (fn == Fn::adapter_bus_reply) return hear_reply(arguments);
  if (fn == Fn::sink_write) return hear_sink(speaker.part, arguments[0]);

  const bool effect = fn < Fn::adapter_bus_reply;
  if (effect && ++effects_ > 64) {
    note(Rule::effect_count, "asked for more than 64 effects in one call");
    answer_.refused = true;
    return CONVENE_E_LIMIT;
  }
  const bool refused_before = std::exchange(answer_.refused, false);
  judge_effect(fn, arguments);
  if (answer_.refused) return CONVENE_E_LIMIT;
  answer_.refused = refused_before;
  std::string line = function(fn).name;
  for (const Argument& a : arguments)
    line += " " + (a.is_text ? json::quoted(a.text) : std::to_string(a.number));
  answer_.said += line + "\n";
  answer_.effects.push_back(fn);
  return CONVENE_OK;
}

convene_status CheckingHost::hear_sink(int part, const Argument& text) {
  static constexpr std::size_t kMost[] = {0, 64, 1024};
  std::size_t& size = sink_size_[part];
  if (size + text.text.size() > kMost[part]) {
    note(Rule::sink_bound, std::string("wrote more than ") + std::to_string(kMost[part]) +
                               " bytes to " + (part == 1 ? "answer.pool" : "answer.reason"));
    answer_.refused = true;
    return CONVENE_E_LIMIT;
  }
  size += text.text.size();
  answer_.said += std::string(part == 1 ? "pool " : "reason ") + json::quoted(text.text) + "\n";
  if (!json::is_utf8(text.text)) note(Rule::bad_text, "wrote a text that is not UTF-8 to a sink");
  return CONVENE_OK;
}

convene_status CheckingHost::hear_score(int candidates, const std::vector<Argument>& a) {
  if (a[0].number < 0 || a[0].number >= candidates) {
    note(Rule::index, "gave a score to candidate " + std::to_string(a[0].number) + " of " +
                          std::to_string(candidates));
    answer_.refused = true;
    return CONVENE_E_INVALID;
  }
  answer_.said +=
      "score of " + std::to_string(a[0].number) + ": " + std::to_string(a[1].number) + "\n";
  return CONVENE_OK;
}

void CheckingHost::hear_log(const std::vector<Argument>& a) {
  const std::string& id = a[1].text;
  bool plain = !id.empty() && id.size() <= 64 && id.find('.') != id.npos;
  for (const char c : id)
    plain &= (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  if (!plain)
    return note(Rule::log,
                "logged under the id \"" + shown(id, 64) + "\"; one is like my_plugin.word");
  if (a[0].number < CONVENE_LOG_DEBUG || a[0].number > CONVENE_LOG_ERROR)
    return note(Rule::log, "logged at level " + std::to_string(a[0].number) + "; there are 0 to 3");
  if (a[2].text.size() > 1024 || !json::is_utf8(a[2].text))
    note(Rule::log, "logged more than 1024 bytes, or what is not UTF-8");
}

convene_status CheckingHost::hear_reply(const std::vector<Argument>& a) {
  const auto token = tokens_.find(static_cast<std::uint64_t>(a[0].number));
  if (token == tokens_.end()) {
    note(Rule::token_unknown, "answered a request that was never made");
    return CONVENE_E_INVALID;
  }
  if (++token->second > 1) {
    note(Rule::token_twice, "answered one request " + std::to_string(token->second) + " times");
    return CONVENE_E_INVALID;
  }
  const json::Parsed body = json::parse(a[2].text);
  if (!body || !body.value->as_object()) {
    note(Rule::body, "replied with what is no JSON object: " + shown(a[2].text, 60));
  } else if (a[1].number == 0 && body.value->text("code").empty()) {
    note(Rule::body, "refused a request without {\"code\",\"text\"}");
  }
  answer_.said += "reply " + std::to_string(a[1].number) + " " + json::quoted(a[2].text) + "\n";
  return CONVENE_OK;
}

}  // namespace convene::check
