// sdk/host/past.cpp - copies questions of all kinds, and asks them again.
#include "sdk/host/past.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "sdk/host/bounded.hpp"
#include "sdk/host/service_answer.hpp"

namespace convene {
namespace {

constexpr std::size_t kOverhead = 256;  // of an event: allocations, counters

/// All texts of one event, one after the other. They are counted first, so that none moves.
class Texts {
 public:
  void expect(convene_text t) { size_ += t.size; }
  void reserve() { text_.reserve(size_); }
  convene_text keep(convene_text t) {
    const std::size_t at = text_.size();
    text_.append(text_of(t));
    return {text_.data() + at, t.size};
  }
  std::size_t size() const { return size_; }

 private:
  std::string text_;
  std::size_t size_ = 0;
};

template <class Record>
const Record& at(const Record* first, std::size_t stride, std::size_t index) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(first);
  return *reinterpret_cast<const Record*>(bytes + index * stride);
}

Error failed(const LoadedPlugin& plugin, const std::string& what) {
  return {"plugin.shadow", plugin.label() + " failed in the shadow, " + what + ": " +
                               plugin.last_failure() + "; the running generation did not"};
}

class PastQuestion final : public PastEvent {
 public:
  PastQuestion(const convene_routing_request& r, const PolicyAnswer& answer)
      : request_(r), answer_(answer) {
    std::size_t skills = 0;
    for (convene_text* t : texts()) texts_.expect(*t);
    for (std::size_t i = 0; i < r.candidate_count; ++i) {
      const convene_candidate& c = at(r.candidates, r.candidate_stride, i);
      texts_.expect(c.agent);
      for (std::size_t s = 0; s < c.skill_count; ++s) texts_.expect(c.skills[s].name);
      skills += c.skill_count;
    }
    texts_.reserve();
    candidates_.reserve(r.candidate_count);
    skills_.reserve(skills);
    for (convene_text* t : texts()) *t = texts_.keep(*t);
    for (std::size_t i = 0; i < r.candidate_count; ++i) {
      convene_candidate c = at(r.candidates, r.candidate_stride, i);
      const convene_skill* const mine = skills_.data() + skills_.size();
      for (std::size_t s = 0; s < c.skill_count; ++s) {
        skills_.push_back(c.skills[s]);
        skills_.back().name = texts_.keep(c.skills[s].name);
      }
      c.size = sizeof c;
      c.agent = texts_.keep(c.agent);
      c.skills = mine;
      candidates_.push_back(c);
    }
    request_.size = sizeof request_;
    request_.candidates = candidates_.data();
    request_.candidate_stride = sizeof(convene_candidate);
  }

  Status ask(const LoadedPlugin& plugin, bool, Shadow& shadow) const override {
    const auto policy = plugin.extension<convene_routing>();
    if (!policy) return ok();
    if (compare(request_, answer_, ask_policy(policy, request_), shadow)) return ok();
    return failed(plugin, "asked for an agent");
  }
  std::uint64_t session() const override { return request_.session; }
  std::size_t bytes() const override {
    return kOverhead + texts_.size() + candidates_.size() * sizeof(convene_candidate) +
           skills_.size() * sizeof(convene_skill) + answer_.reason.size() +
           answer_.scores.size() * sizeof answer_.scores[0];
  }

 private:
  std::array<convene_text*, 4> texts() {
    return {&request_.flow, &request_.pool, &request_.context, &request_.wanted_agent};
  }
  convene_routing_request request_;
  PolicyAnswer answer_;
  Texts texts_;
  std::vector<convene_candidate> candidates_;
  std::vector<convene_skill> skills_;
};

class PastStep final : public PastEvent {
 public:
  PastStep(const convene_session& session, convene_text state, const convene_service_event& event,
           convene_status status, std::unique_ptr<EffectTape> tape)
      : session_(session), state_(state), event_(event), status_(status), tape_(std::move(tape)) {
    for (convene_text* t : texts()) texts_.expect(*t);
    for (std::size_t i = 0; i < session.leg_count; ++i)
      texts_.expect(at(session.legs, session.leg_stride, i).endpoint);
    texts_.reserve();
    for (convene_text* t : texts()) *t = texts_.keep(*t);
    legs_.reserve(session.leg_count);
    for (std::size_t i = 0; i < session.leg_count; ++i) {
      legs_.push_back(at(session.legs, session.leg_stride, i));
      legs_.back().size = sizeof(convene_leg);
      legs_.back().endpoint = texts_.keep(legs_.back().endpoint);
    }
    session_.size = sizeof session_;
    session_.legs = legs_.data();
    session_.leg_stride = sizeof(convene_leg);
    event_.size = sizeof event_;
  }

  Status ask(const LoadedPlugin& plugin, bool alike, Shadow& shadow) const override {
    const auto service = plugin.extension<convene_service>();
    if (!service) return ok();
    EffectTape tape;
    const convene_status status = take_step(service, session_, state_, event_, tape);
    const TwoSteps steps{session_, event_, state_.size > 0, alike, status_, status, *tape_, tape};
    if (compare(steps, shadow)) return ok();
    return failed(plugin, "told \"" + in_words(event_) + "\"");
  }
  std::uint64_t session() const override { return session_.id; }
  std::size_t bytes() const override {
    std::size_t effects = 0;
    for (const EffectTape::Effect& e : tape_->effects())
      effects += sizeof e + e.first.size() + e.second.size();
    return kOverhead + texts_.size() + legs_.size() * sizeof(convene_leg) + effects;
  }

 private:
  std::array<convene_text*, 8> texts() {
    return {&session_.flow, &session_.settings, &session_.context, &session_.wanted_agent,
            &state_,        &event_.agent,      &event_.name,      &event_.detail};
  }
  convene_session session_;
  convene_text state_;
  convene_service_event event_;
  convene_status status_;
  std::unique_ptr<EffectTape> tape_;
  Texts texts_;
  std::vector<convene_leg> legs_;
};

}  // namespace

void Past::keep(const convene_routing_request& request, const PolicyAnswer& answer) {
  keep(std::make_shared<const PastQuestion>(request, answer));
}

void Past::keep(const convene_session& session, convene_text state,
                const convene_service_event& event, convene_status status,
                std::unique_ptr<EffectTape> tape) {
  keep(std::make_shared<const PastStep>(session, state, event, status, std::move(tape)));
}

void Past::keep(std::shared_ptr<const PastEvent> event) {
  bytes_ += event->bytes();
  events_.push_back(std::move(event));
  while (events_.size() > kEventsMax || bytes_ > kBytesMax) {
    bytes_ -= events_.front()->bytes();
    events_.pop_front();
  }
}

PastEvents Past::last(std::size_t most) const {
  const std::size_t n = std::min(most, events_.size());
  return {events_.end() - static_cast<std::ptrdiff_t>(n), events_.end()};
}

void Past::forget(const std::set<std::uint64_t>& sessions) {
  std::erase_if(events_, [&](const auto& event) {
    if (!sessions.contains(event->session())) return false;
    bytes_ -= event->bytes();
    return true;
  });
}

void Past::clear() {
  events_.clear();
  bytes_ = 0;
}

Result<Shadow> rehearse(const LoadedPlugin& plugin, const PastEvents& past, bool alike) {
  Shadow shadow;
  for (const auto& event : past) {
    if (const Status asked = event->ask(plugin, alike, shadow); !asked) return asked.error();
  }
  shadow.was_rehearsed();
  return shadow;
}

}  // namespace convene
