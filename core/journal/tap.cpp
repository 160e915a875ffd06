// core/journal/tap.cpp - passes every question on, and tells the answer.
#include "core/journal/tap.hpp"

#include <utility>

#include "core/journal/digest.hpp"

namespace convene::journal {
namespace {

std::string_view view(convene_text t) {
  return t.size == 0 ? std::string_view() : std::string_view(t.data, t.size);
}

/// Keeps a copy of what is written to another sink.
struct Copy {
  const convene_sink* to = nullptr;
  std::string text;

  static convene_status write(void* self, convene_text piece) noexcept {
    Copy& copy = *static_cast<Copy*>(self);
    const convene_status status = copy.to->write(copy.to->self, piece);
    if (status == CONVENE_OK) copy.text += view(piece);
    return status;
  }
};

}  // namespace

std::uint64_t digest_of(const convene_routing_request& q) {
  Digest digest;
  digest.put(q.session);
  digest.put(q.page);
  digest.put(q.attempt);
  digest.put(q.now_ms);
  digest.put(view(q.pool));
  const auto* at = reinterpret_cast<const char*>(q.candidates);
  for (std::size_t i = 0; i < q.candidate_count; ++i, at += q.candidate_stride) {
    digest.put(view(reinterpret_cast<const convene_candidate*>(at)->agent));
  }
  return digest.value();
}

struct Taps::Routing {
  Routing(const BoundRouting& bound, std::uint32_t at, const Listener* told)
      : inner(bound), place(at), listener(told) {}

  const BoundRouting inner;
  const std::uint32_t place;
  const Listener* const listener;
  std::string last_label;
  ScoreTable scores;

  static convene_status decide(void* self, const convene_routing_request* request,
                               convene_routing_answer* answer) noexcept {
    Routing& tap = *static_cast<Routing*>(self);
    Copy pool{answer->pool, {}}, reason{answer->reason, {}};
    const convene_sink pool_sink{&pool, Copy::write}, reason_sink{&reason, Copy::write};
    convene_routing_answer mine = *answer;
    mine.pool = &pool_sink;
    mine.reason = &reason_sink;
    tap.scores.begin(answer->scores != nullptr ? request->candidate_count : 0);
    if (answer->scores != nullptr) mine.scores = tap.scores.table();
    Asked asked;
    asked.status = tap.inner.table->decide(tap.inner.self, request, &mine);
    answer->action = asked.action = mine.action;
    answer->index = mine.index;
    answer->until_ms = asked.until_ms = mine.until_ms;
    tap.scores.close();
    give_scores(tap.scores.list(), answer->scores);
    asked.scores = tap.scores.list();
    asked.policy = tap.place;
    asked.question = digest_of(*request);
    asked.index = mine.index;
    asked.pool = std::move(pool.text);
    asked.reason = std::move(reason.text);
    if (tap.inner.note != nullptr) {
      asked.took_ns = tap.inner.note->took_ns;
      if (tap.inner.note->label != tap.last_label)
        asked.label = tap.last_label = tap.inner.note->label;
    }
    const auto status = static_cast<convene_status>(asked.status);
    tap.listener->asked(std::move(asked));
    return status;
  }
  static void outcome(void* self, const convene_routing_outcome* outcome) noexcept {
    const BoundRouting& inner = static_cast<Routing*>(self)->inner;
    if (inner.table->outcome != nullptr) inner.table->outcome(inner.self, outcome);
  }
};

struct Taps::Service {
  BoundService inner;
  const Listener* listener = nullptr;

  static convene_status step(void* self, const convene_session* session, convene_text state,
                             const convene_service_event* event,
                             const convene_service_effects* effects) noexcept {
    const Service& tap = *static_cast<Service*>(self);
    const convene_status status =
        tap.inner.table->step(tap.inner.self, session, state, event, effects);
    tap.listener->stepped(status);
    return status;
  }
};

Taps::Taps(Listener listener) : listener_(std::move(listener)) {}
Taps::~Taps() = default;

EngineSettings Taps::wrap(EngineSettings settings) {
  static constexpr convene_routing kRouting{Routing::decide, Routing::outcome};
  static constexpr convene_service kService{Service::step};
  std::uint32_t place = 0;
  for (auto& [id, bound] : settings.routing) {
    const std::uint32_t mine = place++;
    if (bound.table == nullptr) continue;
    routing_.push_back(std::make_unique<Routing>(bound, mine, &listener_));
    bound.table = &kRouting;
    bound.self = routing_.back().get();
  }
  for (auto& [id, bound] : settings.services) {
    if (bound.table == nullptr) continue;
    services_.push_back(std::make_unique<Service>(Service{bound, &listener_}));
    bound.table = &kService;
    bound.self = services_.back().get();
  }
  return settings;
}

}  // namespace convene::journal
