// adapters/web/availability.cpp - counts of the core as what a page needs to know.
#include "adapters/web/availability.hpp"

#include <utility>

#include "adapters/web/json_text.hpp"
#include "adapters/web/json_view.hpp"

namespace convene::web {
namespace {

std::string_view name_of(Wait wait) {
  switch (wait) {
    case Wait::none:
      return "none";
    case Wait::short_one:
      return "short";
    case Wait::long_one:
      return "long";
    case Wait::nobody:
      break;
  }
  return "nobody";
}

/// What a page does best: begin at once, begin and wait, or book for later.
std::string_view next_step(Wait wait) {
  switch (wait) {
    case Wait::none:
      return "talk";
    case Wait::short_one:
      return "wait";
    case Wait::long_one:
    case Wait::nobody:
      break;
  }
  return "book";
}

}  // namespace

Wait wait_of(std::uint64_t agents, std::uint64_t free, std::uint64_t waiting) {
  if (agents == 0) return Wait::nobody;
  if (free > waiting) return Wait::none;
  // Less than one conversation per agent until it is one's turn.
  return waiting < agents ? Wait::short_one : Wait::long_one;
}

std::optional<std::string> availability_json(const Settings& settings, std::string_view only,
                                             std::string_view answer) {
  const auto root = JsonObject::parse(answer);
  const auto counts = json_members(root && root->has("flows") ? root->raw("flows") : "{}");
  std::string flows = "{";
  for (const auto& [id, counted] :
       counts.value_or(std::vector<std::pair<std::string, std::string_view>>{})) {
    const auto known = settings.flows.find(id);
    const auto count = JsonObject::parse(counted);
    if (!count || known == settings.flows.end() || (!only.empty() && id != only)) continue;
    const WebFlow& flow = known->second;
    const std::uint64_t agents = count->number_or("agents"), free = count->number_or("free"),
                        waiting = count->number_or("waiting");
    const Wait wait = wait_of(agents, free, waiting);
    if (flows.size() > 1) flows += ',';
    append_json_string(flows, id);
    flows += ':' + JsonOut()
                       .put("title", flow.title)
                       .put("open", agents > 0)
                       .put("agents", agents)
                       .put("free", free)
                       .put("waiting", waiting)
                       .put("wait", name_of(wait))
                       .put("next", next_step(wait))
                       .done();
  }
  if (!only.empty() && flows == "{") return std::nullopt;
  return JsonOut().put("fresh_for_ms", kAvailabilityFreshMs).raw("flows", flows + "}").done();
}

bool Availability::want(std::int64_t now_ms, Take take) {
  CoreReply newest;
  {
    const std::lock_guard lock(mutex_);
    if (now_ms >= fresh_until_ms_) {
      waiting_.push_back(std::move(take));
      return !std::exchange(asking_, true);
    }
    newest = newest_;
  }
  take(newest);
  return false;
}

void Availability::answered(std::int64_t now_ms, const CoreReply& reply) {
  std::vector<Take> waiting;
  {
    const std::lock_guard lock(mutex_);
    waiting.swap(waiting_);
    asking_ = false;
    newest_ = reply;
    fresh_until_ms_ = reply.ok ? now_ms + kAvailabilityFreshMs : 0;
  }
  for (const Take& take : waiting) take(reply);
}

}  // namespace convene::web
