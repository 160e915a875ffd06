// sdk/host/generations_routing.cpp - which generation decides, and what the one in the shadow would
// have decided.
#include "sdk/host/bounded.hpp"
#include "sdk/host/generations.hpp"

namespace convene {
namespace {

/// An answer whose texts are kept, so that it can be compared, handed on, or forgotten.
struct KeptAnswer {
  BoundedSink pool{64}, reason{1024};
  convene_routing_answer answer{
      sizeof(convene_routing_answer), 0, 0, 0, pool.sink(), reason.sink()};
  convene_status status = CONVENE_E_FAILED;

  void ask(const Extension<convene_routing>& policy, const convene_routing_request& request) {
    pool.open(), reason.open();
    status = policy.table->decide(policy.self, &request, &answer);
    pool.close(), reason.close();
  }
  convene_status hand_on(convene_routing_answer& to) const {
    if (status != CONVENE_OK) return status;
    to.action = answer.action;
    to.index = answer.index;
    to.until_ms = answer.until_ms;
    const auto write = [](const convene_sink* sink, const std::string& text) {
      if (!sink || text.empty()) return CONVENE_OK;
      return sink->write(sink->self, {text.data(), text.size()});
    };
    write(to.reason, reason.text());
    return write(to.pool, pool.text());
  }
  bool same_as(const KeptAnswer& other) const {
    if (status != other.status) return false;
    if (status != CONVENE_OK) return true;
    return answer.action == other.answer.action && answer.index == other.answer.index &&
           answer.until_ms == other.answer.until_ms && pool.text() == other.pool.text();
  }
};

std::string agent_at(const convene_routing_request& request, std::size_t index) {
  const auto* first = reinterpret_cast<const unsigned char*>(request.candidates);
  const auto& candidate =
      *reinterpret_cast<const convene_candidate*>(first + index * request.candidate_stride);
  return std::string(text_of(candidate.agent));
}

std::string in_words(const convene_routing_request& request, const KeptAnswer& kept) {
  const std::string reason = kept.reason.text().empty() ? "" : ": " + kept.reason.text();
  if (kept.status != CONVENE_OK) return "fails with " + std::to_string(kept.status) + reason;
  switch (kept.answer.action) {
    case CONVENE_ROUTING_ASSIGN:
      return "assign " + agent_at(request, kept.answer.index) + reason;
    case CONVENE_ROUTING_WAIT:
      if (kept.answer.until_ms == 0) return "wait" + reason;
      return "wait " + std::to_string(kept.answer.until_ms - request.now_ms) + " ms" + reason;
    case CONVENE_ROUTING_OVERFLOW:
      return "overflow to " + kept.pool.text() + reason;
    default:
      return "see the next page" + reason;
  }
}

}  // namespace

Extension<convene_routing> PluginSlot::routing() {
  static constexpr convene_routing kTable = {
      [](void* self, const convene_routing_request* request,
         convene_routing_answer* answer) noexcept {
        return static_cast<PluginSlot*>(self)->decide(*request, *answer);
      },
      [](void* self, const convene_routing_outcome* outcome) noexcept {
        static_cast<PluginSlot*>(self)->outcome(*outcome);
      },
  };
  return {&kTable, this};
}

void PluginSlot::sign(const Generation& generation) {
  if (noted_ != generation.number) note_.label = generation.label;
  noted_ = generation.number;
  const RoutingNote* inner = generation.plugin->routing_note();
  note_.took_ns = inner ? inner->took_ns : 0;
}

convene_status PluginSlot::decide(const convene_routing_request& request,
                                  convene_routing_answer& answer) noexcept {
  if (!current_ || !current_->routing) return CONVENE_E_UNSUPPORTED;
  if (is_canary(request.session)) {
    KeptAnswer tried;
    tried.ask(trial_->generation->routing, request);
    if (tried.status == CONVENE_OK) {
      sign(*trial_->generation);
      return tried.hand_on(answer);
    }
    break_trial("failed as canary: " + trial_->generation->plugin->last_failure());
  }
  const Generation& current = *current_;
  if (!is_shadowed()) {
    const convene_status status =
        current.routing.table->decide(current.routing.self, &request, &answer);
    sign(current);
    return status;
  }
  KeptAnswer counts, shadow;
  counts.ask(current.routing, request);
  sign(current);
  shadow.ask(trial_->generation->routing, request);
  if (shadow.status != CONVENE_OK && counts.status == CONVENE_OK) {
    break_trial("failed in the shadow: " + trial_->generation->plugin->last_failure());
  } else if (shadow.same_as(counts)) {
    trial_->shadow.same();
  } else {
    trial_->shadow.differs({request.session,
                            "attempt " + std::to_string(request.attempt) + ", page " +
                                std::to_string(request.page) + ", " +
                                std::to_string(request.candidate_count) + " candidates",
                            in_words(request, counts), in_words(request, shadow)});
  }
  if (!is_shadowed()) trial_due();
  return counts.hand_on(answer);
}

/// Told to whoever decides for this session. What became of offers that one in the shadow did not make
/// would teach it nothing.
void PluginSlot::outcome(const convene_routing_outcome& outcome) noexcept {
  const Generation* told = is_canary(outcome.session) ? trial_->generation.get() : current_.get();
  if (told && told->routing) told->routing.table->outcome(told->routing.self, &outcome);
}

}  // namespace convene
