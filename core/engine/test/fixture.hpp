// core/engine/test/fixture.hpp - a small world around the real engine: peers, people, policies and services made of lambdas.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "convene/routing.h"
#include "convene/service.h"
#include "core/engine/commit_loop.hpp"
#include "core/engine/testing/memory_store.hpp"

namespace convene::testing {

inline std::string_view text(convene_text t) { return {t.data == nullptr ? "" : t.data, t.size}; }
inline convene_text text(std::string_view s) { return {s.data(), s.size()}; }

/// A policy made of a function.
struct TestPolicy {
  std::function<convene_status(const convene_routing_request&, convene_routing_answer&)> decide;
  std::vector<int> outcomes;
  int asked = 0;

  static convene_status call(void* self, const convene_routing_request* q, convene_routing_answer* a) noexcept {
    auto& p = *static_cast<TestPolicy*>(self);
    ++p.asked;
    return p.decide(*q, *a);
  }
  static void told(void* self, const convene_routing_outcome* o) noexcept {
    static_cast<TestPolicy*>(self)->outcomes.push_back(o->outcome);
  }
  BoundRouting bound(std::string label = "test 1.0.0") {
    static const convene_routing table{call, told};
    return {&table, this, std::move(label)};
  }
};

/// The first candidate, who is idle longest.
inline convene_status first_candidate(const convene_routing_request& q, convene_routing_answer& a) {
  a.action = q.candidate_count > 0 ? CONVENE_ROUTING_ASSIGN : CONVENE_ROUTING_WAIT;
  a.index = 0;
  return CONVENE_OK;
}

/// A service made of a function, which also notes every event.
struct TestService {
  using Step = std::function<convene_status(const convene_session&, std::string_view state,
                                            const convene_service_event&, const convene_service_effects&)>;
  Step step;
  std::vector<int> events;
  int count(int kind) const { return static_cast<int>(std::count(events.begin(), events.end(), kind)); }

  static convene_status call(void* self, const convene_session* s, convene_text state, const convene_service_event* e,
                             const convene_service_effects* fx) noexcept {
    auto& t = *static_cast<TestService*>(self);
    t.events.push_back(e->kind);
    return t.step(*s, text(state), *e, *fx);
  }
  BoundService bound() {
    static const convene_service table{call};
    return {&table, this};
  }
};

/// Customer and agent as soon as the customer is there; over when either has gone.
inline convene_status meet(const convene_session& s, std::string_view, const convene_service_event& e,
                           const convene_service_effects& fx) {
  switch (e.kind) {
    case CONVENE_EVENT_ARRIVED:
      fx.add_customer(fx.self);
      return fx.find_agent(fx.self, {}, s.wanted_agent);
    case CONVENE_EVENT_ACCEPTED: return fx.add_agent(fx.self, e.agent);
    case CONVENE_EVENT_NO_AGENT: return fx.end(fx.self, CONVENE_END_ESCALATED, text("no_agent"));
    case CONVENE_EVENT_LEG: {
      if (e.leg_state < CONVENE_LEG_LEFT) return CONVENE_OK;
      for (std::size_t i = 0; i < s.leg_count; ++i) {
        if (s.legs[i].id != e.leg) continue;
        const bool came = e.leg_state == CONVENE_LEG_LEFT;
        if (s.legs[i].role == CONVENE_ROLE_CUSTOMER) {
          return fx.end(fx.self, came ? CONVENE_END_COMPLETED : CONVENE_END_RETIMED, text("customer_left"));
        }
        return came ? fx.end(fx.self, CONVENE_END_COMPLETED, text("agent_left")) : fx.find_agent(fx.self, {}, {});
      }
      return CONVENE_OK;
    }
    default: return CONVENE_OK;
  }
}

/// Hash number `n`.
inline Hash hash(std::uint32_t n) {
  Hash h;
  for (int i = 0; i < 4; ++i) h.bytes[i] = static_cast<std::uint8_t>(n >> (24 - 8 * i));
  h.bytes[31] = 1;
  return h;
}

/// The world: time stands still unless a test moves it.
class World {
 public:
  static constexpr PeerId kWeb{1};
  static constexpr PeerId kDesk{2};
  static constexpr PeerId kSwitch{3};

  World() {
    policy.decide = first_candidate;
    fallback.decide = first_candidate;
    service.step = meet;
    Flow f;
    f.id = "later";
    f.service = "test_service";
    f.routing = "test_policy";
    f.fallback = "test_fallback";
    f.pool = "sales";
    f.channels = {"chat", "page"};
    settings.flows["later"] = f;
    f.id = "eager";
    f.eager = true;
    settings.flows["eager"] = f;
    for (const char* id : {"anna", "ben", "chloe"}) settings.agents[id] = agent(id);
    settings.routing["test_policy"] = policy.bound();
    settings.routing["test_fallback"] = fallback.bound("fallback 1.0.0");
    settings.services["test_service"] = service.bound();
  }

  static AgentSettings agent(const std::string& id, std::uint32_t capacity = 1) {
    AgentSettings a;
    a.id = id;
    a.name = "Agent " + id;
    a.capacity = capacity;
    a.pools = {"sales"};
    return a;
  }
  Flow& flow(const std::string& id = "later") { return settings.flows[id]; }

  /// Starts, or restarts after a crash: peers have to say hello again.
  void start() {
    loop.emplace(settings, store);
    ASSERT_TRUE(loop->recover(now));
    run({});
  }
  void hello() {
    put(input::PeerUp{kWeb, "web", true, false});
    put(input::PeerUp{kDesk, "desk", true, false});
  }
  void open() {
    start();
    hello();
  }

  std::vector<Output>& run(const std::vector<Input>& batch) {
    const std::size_t from = said.size();
    loop->run(now, batch, said);
    last.assign(said.begin() + static_cast<std::ptrdiff_t>(from), said.end());
    return last;
  }
  std::vector<Output>& put(Input in) { return run({std::move(in)}); }
  /// Lets time pass, waking the engine whenever it wants to be woken.
  void pass(Duration d) {
    const Time end = now + d;
    std::vector<Output> all;
    while (loop->next_wake() <= end) {
      now = std::max(now, loop->next_wake());
      run({});
      all.insert(all.end(), last.begin(), last.end());
    }
    now = end;
    run({});
    last.insert(last.begin(), all.begin(), all.end());
  }

  template <class T>
  std::vector<T> all(const std::vector<Output>& from) const {
    std::vector<T> out;
    for (const Output& o : from) {
      if (const T* t = std::get_if<T>(&o)) out.push_back(*t);
    }
    return out;
  }
  template <class T>
  std::vector<T> all() const { return all<T>(last); }

  /// Asks and returns the body of the one answer.
  template <class Request>
  output::Body ask(Request in) {
    in.request = RequestId{++request};
    put(in);
    std::vector<output::Answer> mine;
    for (const auto& a : all<output::Answer>()) {
      if (a.request.value == request) mine.push_back(a);
    }
    EXPECT_EQ(mine.size(), 1u) << "every request is answered exactly once";
    return mine.empty() ? output::Body{output::Refused{"unanswered", {}, {}}} : mine.front().body;
  }
  static std::string code(const output::Body& body) {
    const auto* refused = std::get_if<output::Refused>(&body);
    return refused ? refused->code : "";
  }

  input::Book booking(std::uint32_t key, const std::string& flow_id = "later") {
    input::Book b;
    b.peer = kWeb;
    b.key = hash(key);
    b.flow = flow_id;
    return b;
  }
  std::string book(std::uint32_t key, const std::string& flow_id = "later") { return code(ask(booking(key, flow_id))); }
  input::Return returning(std::uint32_t key) {
    input::Return r;
    r.peer = kWeb;
    r.key = hash(key);
    r.token = hash(++token);
    return r;
  }
  /// Returns the identifier; the joined details, or an empty leg when refused.
  output::Details come_back(std::uint32_t key) {
    const output::Body body = ask(returning(key));
    const auto* joined = std::get_if<output::Joined>(&body);
    return joined ? joined->details : output::Details{};
  }

  /// A conversation that is asked for now, without an identifier.
  output::Details talk_now() {
    input::Start start;
    start.peer = kWeb;
    start.flow = "later";
    start.token = hash(77);
    const output::Body body = ask(start);
    const auto* joined = std::get_if<output::Joined>(&body);
    return joined ? joined->details : output::Details{};
  }

  output::Body attach(const std::string& agent_id, PeerId peer = kDesk) {
    input::Attach a;
    a.peer = peer;
    a.agent = agent_id;
    return ask(a);
  }
  std::string says(const std::string& agent_id, AgentState state, PeerId peer = kDesk) {
    input::AgentSays s;
    s.peer = peer;
    s.agent = agent_id;
    s.state = state;
    return code(ask(s));
  }
  void ready(const std::string& agent_id, PeerId peer = kDesk) {
    attach(agent_id, peer);
    says(agent_id, AgentState::ready, peer);
    pass(Duration{1});  // so that agents differ in idleness
  }
  std::string answer(const std::string& agent_id, OfferId offer, bool accepts, PeerId peer = kDesk) {
    input::OfferAnswer a;
    a.peer = peer;
    a.agent = agent_id;
    a.offer = offer;
    a.accepts = accepts;
    return code(ask(a));
  }
  /// What the proxy of a leg says; its sequence numbers grow by themselves.
  void report(LegId leg, LegState state, std::uint32_t epoch, PeerId peer, std::vector<std::string> channels = {}) {
    input::LegReport r;
    r.peer = peer;
    r.leg = leg;
    r.seq = ++sequence[leg];
    r.ack = newest_order(leg);
    r.epoch = epoch;
    r.state = state;
    r.channels = std::move(channels);
    put(r);
  }
  void connect(const output::Details& d, PeerId peer) {
    report(d.leg, LegState::connecting, d.ticket.epoch, peer);
    report(d.leg, LegState::connected, d.ticket.epoch, peer, d.channels);
  }
  std::uint64_t newest_order(LegId leg) const {
    std::uint64_t seq = 0;
    for (const auto& o : all<output::LegOrder>(said)) {
      if (o.leg == leg) seq = std::max(seq, o.seq);
    }
    return seq;
  }
  /// The newest order to a leg of this agent, or for this leg.
  output::LegOrder order_for(const std::string& endpoint) const {
    output::LegOrder found;
    for (const auto& o : all<output::LegOrder>(said)) {
      if (o.endpoint == endpoint && o.seq > 0) found = o;
    }
    return found;
  }
  output::LegOrder order_for(LegId leg) const {
    output::LegOrder found;
    for (const auto& o : all<output::LegOrder>(said)) {
      if (o.leg == leg && o.seq > 0) found = o;
    }
    return found;
  }
  std::vector<output::OfferMade> offers() const { return all<output::OfferMade>(said); }
  /// The agent accepts the newest offer and connects.
  output::Details take_newest() {
    const output::OfferMade o = offers().back();
    EXPECT_EQ(answer(o.agent, o.offer.offer, true), "");
    const output::Details d = order_for(o.agent).details;
    connect(d, kDesk);
    return d;
  }

  Snapshot snapshot() const { return loop->engine().snapshot(); }
  /// The engine and its store agree; call it whenever.
  void expect_agreement() {
    EXPECT_TRUE(loop->flush());
    auto restored = store.restore();
    ASSERT_TRUE(restored);
    EXPECT_TRUE(snapshot() == *restored);
  }
  const Rendezvous& stored(std::uint32_t key) { return store.rendezvous[hash(key)]; }
  const Leg* leg(LegId id) {
    held = snapshot();
    for (const Leg& l : held.legs) {
      if (l.id == id) return &l;
    }
    return nullptr;
  }
  LegState leg_state(LegId id) {
    const Leg* l = leg(id);
    return l ? l->state : LegState{};
  }
  bool published(const std::string& topic) const {
    for (const auto& p : all<output::Publish>(said)) {
      if (p.topic == topic) return true;
    }
    return false;
  }

  EngineSettings settings;
  MemoryStore store;
  TestPolicy policy, fallback;
  TestService service;
  std::optional<CommitLoop> loop;
  Time now = from_ms(1'700'000'000'000);
  std::vector<Output> said, last;
  std::uint64_t request = 0;
  std::uint32_t token = 1'000'000;
  std::map<LegId, std::uint64_t> sequence;
  Snapshot held;
};

/// A test in a world of its own; at its end the engine and the store must agree.
class EngineTest : public ::testing::Test, public World {
 protected:
  void TearDown() override {
    if (loop && loop->available()) expect_agreement();
  }
};

}  // namespace convene::testing
