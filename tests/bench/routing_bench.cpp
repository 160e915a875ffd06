// tests/bench/routing_bench.cpp - routing among 10,000 agents beside a plain indexed set, and beside 1,000 agents.
// Links: convene_engine
//
// One turn of routing: show the 32 who are idle longest to a policy through the C ABI, take the one it names out of the
// order, put them back at its end. "plain" is the least that can feed the same policy: a std::set of (idle since, agent)
// over an array. "router" is the engine's pool with its candidates. "engine" is a whole turn through Engine::apply:
// session asked for, search, decision with its log, offer, decline, next decision, next offer, leave - with all records.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "convene/service.h"
#include "core/engine/candidates.hpp"
#include "core/engine/engine.hpp"
#include "tests/bench/target.hpp"

namespace {

using namespace convene;

constexpr std::size_t kPage = 32;

convene_status decide(void*, const convene_routing_request* q, convene_routing_answer* a) noexcept {
  a->action = q->candidate_count > 0 ? CONVENE_ROUTING_ASSIGN : CONVENE_ROUTING_WAIT;
  a->index = 0;
  return CONVENE_OK;
}
const convene_routing kPolicy{decide, nullptr};

std::size_t ask(const std::vector<convene_candidate>& page) {
  convene_routing_request q{};
  q.size = sizeof q;
  q.candidates = page.data();
  q.candidate_count = page.size();
  q.candidate_stride = sizeof(convene_candidate);
  convene_routing_answer a{};
  a.size = sizeof a;
  kPolicy.decide(nullptr, &q, &a);
  return a.index;
}

std::string agent_id(std::size_t i) { return "agent" + std::to_string(100'000 + i); }

double per_second(std::size_t turns, const std::function<void()>& turn) {
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < turns; ++i) turn();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return static_cast<double>(turns) / took.count();
}

class Plain {
 public:
  explicit Plain(std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      ids_.push_back(agent_id(i));
      order_.insert({static_cast<std::int64_t>(i), i});
    }
    now_ = static_cast<std::int64_t>(n);
  }
  void turn() {
    page_.clear();
    shown_.clear();
    for (auto it = order_.begin(); it != order_.end() && page_.size() < kPage; ++it) {
      page_.push_back({sizeof(convene_candidate),
                       0,
                       1,
                       0,
                       {ids_[it->second].data(), ids_[it->second].size()},
                       it->first,
                       nullptr,
                       0});
      shown_.push_back(*it);
    }
    const auto chosen = shown_[ask(page_)];
    order_.erase(chosen);
    order_.insert({++now_, chosen.second});
  }

 private:
  std::vector<std::string> ids_;
  std::set<std::pair<std::int64_t, std::size_t>> order_;
  std::vector<convene_candidate> page_;
  std::vector<std::pair<std::int64_t, std::size_t>> shown_;
  std::int64_t now_ = 0;
};

class Router {
 public:
  explicit Router(std::size_t n) : agents_(n) {
    settings_.capacity = 1;
    for (std::size_t i = 0; i < n; ++i) {
      agents_[i].record.id = agent_id(i);
      agents_[i].record.idle_since = from_ms(static_cast<std::int64_t>(i));
      agents_[i].settings = &settings_;
      pool_.idle.insert(&agents_[i]);
    }
    now_ = from_ms(static_cast<std::int64_t>(n));
  }
  void turn() {
    Candidates::Place from = pool_.idle.begin();
    Time rest_ends = kNever;
    page_.fill(pool_, from, kPage, {}, now_, rest_ends);
    AgentEntry* chosen = page_.agent(ask(page_.page()));
    pool_.idle.erase(chosen);
    now_ += Duration{1};
    chosen->record.idle_since = now_;
    pool_.idle.insert(chosen);
  }

 private:
  AgentSettings settings_;
  std::vector<AgentEntry> agents_;
  Pool pool_;
  Candidates page_;
  Time now_{};
};

convene_status step(void*, const convene_session*, convene_text, const convene_service_event* e,
                    const convene_service_effects* fx) noexcept {
  if (e->kind == CONVENE_EVENT_ARRIVED) {
    fx->add_customer(fx->self);
    fx->find_agent(fx->self, {}, {});
  }
  if (e->kind == CONVENE_EVENT_LEG && e->leg_state == CONVENE_LEG_LEFT) {
    fx->end(fx->self, CONVENE_END_COMPLETED, {"left", 4});
  }
  return CONVENE_OK;
}
const convene_service kService{step};

class Whole {
 public:
  explicit Whole(std::size_t n) : engine_(settings(n), {}, now_) {
    engine_.apply(now_, input::PeerUp{kPeer, "web", true, false}, out_);
    for (std::size_t i = 0; i < n; ++i) {
      engine_.apply(now_, input::Attach{{}, kPeer, agent_id(i)}, out_);
      engine_.apply(now_, input::AgentSays{{}, kPeer, agent_id(i), AgentState::ready}, out_);
      now_ += Duration{1};
      out_ = {};
    }
  }
  /// Two decisions.
  void turn() {
    out_ = {};
    now_ += Duration{1};
    engine_.apply(now_, input::Start{RequestId{1}, kPeer, "now", "{}", {}}, out_);
    LegId leg;
    output::OfferMade offer;
    for (const Output& o : out_.messages) {
      if (const auto* order = std::get_if<output::LegOrder>(&o)) leg = order->leg;
      if (const auto* made = std::get_if<output::OfferMade>(&o)) offer = *made;
    }
    engine_.apply(
        now_, input::OfferAnswer{RequestId{2}, kPeer, offer.agent, offer.offer.offer, false}, out_);
    engine_.apply(now_, input::LegReport{kPeer, leg, 1, 1, 1, LegState::left, {}, {}}, out_);
    engine_.apply(now_, input::LegReport{kPeer, leg, 0, 2, 1, LegState::left, {}, {}}, out_);
  }

 private:
  static constexpr PeerId kPeer{1};
  static EngineSettings settings(std::size_t n) {
    EngineSettings s;
    Flow f;
    f.id = "now";
    f.service = "s";
    f.routing = "r";
    f.pool = "p";
    s.flows["now"] = f;
    s.services["s"] = {&kService, nullptr};
    s.routing["r"] = {&kPolicy, nullptr, "bench"};
    for (std::size_t i = 0; i < n; ++i) {
      AgentSettings a;
      a.id = agent_id(i);
      a.pools = {"p"};
      s.agents[a.id] = a;
    }
    return s;
  }
  Time now_ = from_ms(1'700'000'000'000);
  Engine engine_;
  Outputs out_;
};

}  // namespace

int main() {
  std::vector<double> plain, router, router_small, whole, whole_small;
  Plain p(10'000);
  Router r(10'000), rs(1'000);
  Whole w(10'000), ws(1'000);
  for (int round = 0; round < 5; ++round) {
    plain.push_back(per_second(100'000, [&] { p.turn(); }));
    router.push_back(per_second(100'000, [&] { r.turn(); }));
    router_small.push_back(per_second(100'000, [&] { rs.turn(); }));
    whole.push_back(2 * per_second(10'000, [&] { w.turn(); }));
    whole_small.push_back(2 * per_second(10'000, [&] { ws.turn(); }));
  }
  using namespace convene::bench;
  const auto slower = [](const char* what, const std::vector<double>& many,
                         const std::vector<double>& few) {
    return report({.what = what,
                   .ours = {at(many), "/s"},
                   .baseline = {at(few), "/s"},
                   .baseline_is = "with 1,000 agents",
                   .reach = 1.6,
                   .ratio = median_ratio(few, many)});
  };
  bool reached = report({.what = "routing with 10,000 agents",
                         .ours = {at(router), "/s"},
                         .baseline = {at(plain), "/s"},
                         .baseline_is = "plain indexed set",
                         .bound = Bound::at_least,
                         .reach = 0.5,
                         .ratio = median_ratio(router, plain)});
  reached = slower("routing with 10,000 agents, times slower", router, router_small) && reached;
  reached = slower("whole engine with 10,000 agents, times slower", whole, whole_small) && reached;
  return reached ? 0 : 1;
}
