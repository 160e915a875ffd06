// plugins/policy_skills/policy_skills.cpp - the agent who has the skills that the context asks for, at the best level.
#include <algorithm>
#include <optional>

#include "convene/routing.hpp"
#include "plugins/policy_skills/settings.hpp"

namespace {

using convene::sdk::Candidate;
using convene::sdk::Decision;
using convene::sdk::RoutingRequest;
using convene::sdk::Scores;
using namespace convene::skills;
namespace json = convene::json;

bool same(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

/// The agent's level in `wish`; 0 for none. "fr-CA" is also served by "fr" (RFC 4647, section 3.4).
int level_in(const Candidate& agent, std::string_view wish, std::string_view* name = nullptr) {
  const convene_candidate& raw = agent.raw();
  while (!wish.empty()) {
    for (std::size_t i = 0; i < raw.skill_count; ++i) {
      const std::string_view skill = convene::sdk::view(raw.skills[i].name);
      if (!same(skill, wish)) continue;
      if (name != nullptr) *name = skill;
      return raw.skills[i].level;
    }
    const std::size_t hyphen = wish.rfind('-');
    wish = wish.substr(0, hyphen == std::string_view::npos ? 0 : hyphen);
  }
  return 0;
}

/// A better one is greater: who has not missed this session's offers, then the sum of levels, then the longest free.
struct Rank {
  std::int64_t kept = 0;
  int levels = 0;
  std::int64_t idle = 0;
  auto operator<=>(const Rank&) const = default;
};

class Skills {
 public:
  static constexpr std::string_view kConfigSchema = convene::skills::kConfigSchema;

  explicit Skills(const json::Value& config) : settings_(Settings::from(config)) {}

  /// Scores: the sum of the levels of whoever has the skills and may be asked now.
  Decision decide(const RoutingRequest& request, Scores scores) const {
    if (!request.wanted_agent().empty()) return wanted(request);
    const json::Parsed context = json::parse(request.context());
    if (!context) throw convene::sdk::Failure("the context is not JSON: " + context.error);

    std::vector<Wish> wishes = wishes_of(*context.value, settings_);
    const std::size_t step = steps_passed(request);
    const int min_level = widen(wishes, step);

    std::optional<std::size_t> best;
    Rank best_rank;
    std::int64_t again = 0;
    for (std::size_t i = 0; i < request.size(); ++i) {
      const Candidate agent = request[i];
      if (!qualifies(agent, wishes, min_level)) continue;
      if (const std::int64_t until = rests_until(agent, request.now_ms()); until != 0) {
        again = again == 0 ? until : std::min(again, until);
        continue;
      }
      const int levels = levels_of(agent, wishes);
      scores.give(i, levels);
      const Rank rank{-static_cast<std::int64_t>(agent.missed()), levels, -agent.idle_since_ms()};
      if (!best || rank > best_rank) best = i, best_rank = rank;
    }
    if (best) return Decision::assign(*best, explain(request[*best], wishes, step));
    if (request.has_more()) return Decision::more("nobody on this page has the skills");
    return wait(request, wishes, step, again);
  }

 private:
  /// The wanted agent, or nobody: never a silent swap (claim 4). What happens instead is the service's decision.
  Decision wanted(const RoutingRequest& request) const {
    for (std::size_t i = 0; i < request.size(); ++i) {
      if (request[i].agent() != request.wanted_agent()) continue;
      const std::int64_t until = rests_until(request[i], request.now_ms());
      if (until != 0)
        return Decision::wait_until(until, "the wanted agent has just missed an offer");
      return Decision::assign(i, "the wanted agent");
    }
    return request.has_more() ? Decision::more() : Decision::wait("the wanted agent is not free");
  }

  std::size_t steps_passed(const RoutingRequest& request) const {
    const std::int64_t waited = request.now_ms() - request.waiting_since_ms();
    return static_cast<std::size_t>(
        std::count_if(settings_.widen_after_ms.begin(), settings_.widen_after_ms.end(),
                      [&](std::int64_t after) { return waited >= after; }));
  }

  /// Applies the widenings passed: the first lowers the level where one is asked for; each further one turns the least
  /// important required skill into a preferred one. Returns the level that is left.
  int widen(std::vector<Wish>& wishes, std::size_t steps) const {
    if (steps == 0) return settings_.min_level;
    if (settings_.min_level > 1) --steps;
    for (auto wish = wishes.rbegin(); wish != wishes.rend() && steps > 0; ++wish) {
      if (!wish->required || wish->always) continue;
      wish->required = false;
      --steps;
    }
    return 1;
  }

  static bool qualifies(const Candidate& agent, const std::vector<Wish>& wishes, int min_level) {
    return std::all_of(wishes.begin(), wishes.end(), [&](const Wish& wish) {
      return !wish.required || level_in(agent, wish.skill) >= min_level;
    });
  }

  static int levels_of(const Candidate& agent, const std::vector<Wish>& wishes) {
    int sum = 0;
    for (const Wish& wish : wishes) sum += level_in(agent, wish.skill);
    return sum;
  }

  /// When an agent who missed offers of this session may be asked again; 0: now. `idle_since` begins anew with a miss.
  std::int64_t rests_until(const Candidate& agent, std::int64_t now_ms) const {
    const auto misses = static_cast<std::int64_t>(std::min(agent.missed(), 6u));
    const std::int64_t until = agent.idle_since_ms() + misses * settings_.rest_after_miss_ms;
    return misses > 0 && until > now_ms ? until : 0;
  }

  /// Names the agent's own skills, which come from the configuration. Nothing of the context: it may be personal.
  static std::string explain(const Candidate& agent, const std::vector<Wish>& wishes,
                             std::size_t step) {
    std::string why;
    for (const Wish& wish : wishes) {
      std::string_view name;
      const int level = level_in(agent, wish.skill, &name);
      if (level == 0) continue;
      why += (why.empty() ? "" : ", ") + std::string(name) + " " + std::to_string(level);
    }
    if (why.empty()) why = "no skill asked for, free longest";
    if (step > 0) why += "; widened " + std::to_string(step) + (step == 1 ? " time" : " times");
    return why;
  }

  Decision wait(const RoutingRequest& request, const std::vector<Wish>& wishes, std::size_t step,
                std::int64_t again) const {
    std::int64_t until = again;
    // Of earlier pages nothing is remembered, so somebody there may have to be asked again.
    if (request.page() > 0 && until == 0)
      until = request.now_ms() + std::max<std::int64_t>(1'000, settings_.rest_after_miss_ms);
    std::string why =
        "nobody free has all required skills (" +
        std::to_string(std::count_if(wishes.begin(), wishes.end(),
                                     [](const Wish& wish) { return wish.required; })) +
        ")";
    if (step < settings_.widen_after_ms.size()) {
      const std::int64_t widening = request.waiting_since_ms() + settings_.widen_after_ms[step];
      until = until == 0 ? widening : std::min(until, widening);
      why +=
          "; next widening in " + std::to_string((widening - request.now_ms() + 999) / 1000) + " s";
    }
    return Decision::wait_until(until, std::move(why));
  }

  Settings settings_;
};

}  // namespace

CONVENE_PLUGIN(Skills, "policy_skills", "1.0.0",
               "Finds the agent with the skills that the context asks for.")
