// sdk/host/policy_answer.cpp - asks a policy and keeps its words; tells two answers apart.
#include "sdk/host/policy_answer.hpp"

#include "sdk/host/bounded.hpp"

namespace convene {
namespace {

std::string agent_at(const convene_routing_request& request, std::size_t index) {
  const auto* first = reinterpret_cast<const unsigned char*>(request.candidates);
  const auto& candidate =
      *reinterpret_cast<const convene_candidate*>(first + index * request.candidate_stride);
  return std::string(text_of(candidate.agent));
}

std::string in_words(const convene_routing_request& request, const PolicyAnswer& said) {
  const std::string reason = said.reason.empty() ? "" : ": " + said.reason;
  if (said.status != CONVENE_OK) return "fails with " + std::to_string(said.status) + reason;
  switch (said.action) {
    case CONVENE_ROUTING_ASSIGN: {
      const bool scored = said.index < said.scores.size() && said.scores[said.index];
      return "assign " + agent_at(request, said.index) +
             (scored ? ", score " + std::to_string(*said.scores[said.index]) : "") + reason;
    }
    case CONVENE_ROUTING_WAIT:
      if (said.until_ms == 0) return "wait" + reason;
      return "wait " + std::to_string(said.until_ms - request.now_ms) + " ms" + reason;
    case CONVENE_ROUTING_OVERFLOW:
      return "overflow to " + said.pool + reason;
    default:
      return "see the next page" + reason;
  }
}

}  // namespace

bool PolicyAnswer::same_as(const PolicyAnswer& other) const {
  if (status != other.status) return false;
  if (status != CONVENE_OK) return true;
  return action == other.action && index == other.index && until_ms == other.until_ms &&
         pool == other.pool;
}

convene_status PolicyAnswer::hand_on(convene_routing_answer& to) const {
  if (status != CONVENE_OK) return status;
  to.action = action;
  to.index = index;
  to.until_ms = until_ms;
  const auto write = [](const convene_sink* sink, const std::string& text) {
    if (!sink || text.empty()) return CONVENE_OK;
    return sink->write(sink->self, {text.data(), text.size()});
  };
  give_scores(scores, to.scores);
  write(to.reason, reason);
  return write(to.pool, pool);
}

PolicyAnswer ask_policy(const Extension<convene_routing>& policy,
                        const convene_routing_request& request) {
  BoundedSink pool{64}, reason{1024};
  ScoreTable scores;
  pool.open(), reason.open(), scores.begin(request.candidate_count);
  convene_routing_answer answer{sizeof answer, 0, 0, 0, pool.sink(), reason.sink(), scores.table()};
  PolicyAnswer said;
  said.status = policy.table->decide(policy.self, &request, &answer);
  said.action = answer.action;
  said.index = answer.index;
  said.until_ms = answer.until_ms;
  said.pool = pool.text();
  said.reason = reason.text();
  said.scores = scores.list();
  return said;
}

bool compare(const convene_routing_request& request, const PolicyAnswer& current,
             const PolicyAnswer& candidate, Shadow& shadow) {
  if (candidate.status != CONVENE_OK && current.status == CONVENE_OK) return false;
  if (candidate.same_as(current)) {
    shadow.same();
  } else {
    shadow.differs({request.session,
                    "attempt " + std::to_string(request.attempt) + ", page " +
                        std::to_string(request.page) + ", " +
                        std::to_string(request.candidate_count) + " candidates",
                    in_words(request, current), in_words(request, candidate)});
  }
  return true;
}

}  // namespace convene
