// sdk/host/guard_routing.cpp - what a routing policy may answer.
#include "convene/json.hpp"
#include "sdk/host/guard.hpp"

namespace convene {
namespace {

/// A pool's name, as the configuration writes them.
bool is_pool(std::string_view name) {
  if (name.empty()) return false;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F) return false;
  }
  return json::is_utf8(name);
}

}  // namespace

Extension<convene_routing> RoutingGuard::face() {
  static constexpr convene_routing kTable = {
      [](void* self, const convene_routing_request* request,
         convene_routing_answer* answer) noexcept {
        return static_cast<RoutingGuard*>(self)->decide(request, answer);
      },
      [](void* self, const convene_routing_outcome* outcome) noexcept {
        static_cast<RoutingGuard*>(self)->outcome(outcome);
      },
  };
  return {&kTable, this};
}

convene_status RoutingGuard::check(const convene_routing_request& request,
                                   const convene_routing_answer& mine) {
  const auto refuse = [this](const std::string& why) {
    meter_.blame(why);
    return CONVENE_E_INVALID;
  };
  switch (mine.action) {
    case CONVENE_ROUTING_ASSIGN:
      if (mine.index < request.candidate_count) return CONVENE_OK;
      return refuse("assigned candidate " + std::to_string(mine.index) + " of " +
                    std::to_string(request.candidate_count) +
                    "; an index is below candidate_count");
    case CONVENE_ROUTING_WAIT:
      if (mine.until_ms >= 0) return CONVENE_OK;
      return refuse("waits until a time before 1970; answer a time in milliseconds, or 0");
    case CONVENE_ROUTING_OVERFLOW:
      if (!pool_.refused() && is_pool(pool_.text())) return CONVENE_OK;
      return refuse("overflows without a pool's name of 1 to 64 bytes; write it to answer.pool");
    case CONVENE_ROUTING_MORE:
      if (request.more) return CONVENE_OK;
      return refuse("asks for a further page where request.more is 0");
    default:
      return refuse("answered the action " + std::to_string(mine.action) +
                    ", which does not exist; see routing.h");
  }
}

convene_status RoutingGuard::decide(const convene_routing_request* request,
                                    convene_routing_answer* answer) noexcept {
  convene_status (*const inner)(void*, const convene_routing_request*, convene_routing_answer*) =
      inner_.decide;
  pool_.open(), reason_.open(), scores_.begin(answer->scores ? request->candidate_count : 0);
  convene_routing_answer mine{sizeof mine,
                              0,
                              0,
                              0,
                              pool_.sink(),
                              reason_.sink(),
                              answer->scores ? scores_.table() : nullptr};
  const convene_status status = meter_.quick([&] {
    const convene_status decided = inner(self_, request, &mine);
    return decided == CONVENE_OK ? check(*request, mine) : decided;
  });
  pool_.close(), reason_.close(), scores_.close();
  note_.took_ns = status == CONVENE_E_PARKED ? 0 : meter_.last_ns();
  if (status != CONVENE_OK) return status;
  answer->action = mine.action;
  answer->index = mine.index;
  answer->until_ms = mine.until_ms;
  give_scores(scores_.list(), answer->scores);
  if (answer->reason && json::is_utf8(reason_.text())) {
    answer->reason->write(answer->reason->self, {reason_.text().data(), reason_.text().size()});
  }
  if (answer->pool && mine.action == CONVENE_ROUTING_OVERFLOW) {
    return answer->pool->write(answer->pool->self, {pool_.text().data(), pool_.text().size()});
  }
  return CONVENE_OK;
}

void RoutingGuard::outcome(const convene_routing_outcome* outcome) noexcept {
  void (*const inner)(void*, const convene_routing_outcome*) = inner_.outcome;
  if (!inner) return;
  meter_.quick([&] {
    inner(self_, outcome);
    return CONVENE_OK;
  });
}

}  // namespace convene
