// tests/plugins/plugins_in_engine_test.cpp - claims 2, 4, 5 and 14 with the shipped libraries in the real engine.
#include <stdexcept>

#include "core/engine/test/fixture.hpp"
#include "sdk/host/loader.hpp"
#include "tests/support/figure.hpp"

namespace convene::testing {
namespace {

/// A world whose flows run what we ship, loaded and guarded as the core does it.
class ShippedWorld : public EngineTest {
 protected:
  ShippedWorld() : loader_(options()) {
    for (const char* id : {"policy_longest_idle", "policy_fallback"}) policy_from(id);
    policy_from("policy_skills", R"({"widen_after":"20s"})");
    for (const char* id : {"service_rendezvous", "service_talk_now"}) service_from(id);
    settings.flows.clear();
    add_flow("later", "service_rendezvous", "policy_skills");
    add_flow("ask", "service_rendezvous", "policy_skills").settings =
        R"({"agent_away":"ask","agent_wait":"5s"})";
    add_flow("now", "service_talk_now", "policy_longest_idle");
    settings.agents["anna"].skills = {{"de", 10}, {"fr", 8}, {"loans", 7}};
    settings.agents["ben"].skills = {{"en", 10}, {"loans", 3}};
    settings.agents["chloe"].skills = {{"cards", 8}, {"en", 6}, {"fr", 10}};
  }

  Flow& add_flow(const std::string& id, const std::string& service_id, const std::string& routing) {
    Flow f;
    f.id = id;
    f.service = service_id;
    f.routing = routing;
    f.fallback = "policy_fallback";
    f.pool = "sales";
    f.channels = {"chat", "page"};
    return settings.flows[id] = f;
  }

  std::string book_with(std::uint32_t key, const std::string& flow_id, const std::string& context,
                        const std::string& agent_id = {}) {
    input::Book b = booking(key, flow_id);
    b.context = context;
    b.agent = agent_id;
    return code(ask(b));
  }
  std::string ask_service(LegId leg, PeerId peer, const std::string& name,
                          const std::string& detail = "{}") {
    input::LegRequest r;
    r.peer = peer;
    r.leg = leg;
    r.name = name;
    r.detail = detail;
    return code(ask(r));
  }
  /// Who carries the session: the one that the details name, not always the one that was asked.
  static PeerId carrier(const output::Details& d) { return d.gateway == "desk" ? kDesk : kWeb; }
  bool noticed(const std::string& name) const {
    for (const auto& n : all<output::Notice>(said)) {
      if (n.name == name) return true;
    }
    return false;
  }
  std::vector<std::string> offered() const {
    std::vector<std::string> agents;
    for (const auto& o : offers()) agents.push_back(o.agent);
    return agents;
  }

 private:
  static HostOptions options() {
    HostOptions o;
    o.folder = CONVENE_PLUGIN_DIR;
    o.clock = [] { return std::int64_t{0}; };  // No budget of real time: this machine may be busy.
    return o;
  }
  LoadedPlugin& loaded(const std::string& id, const std::string& config) {
    auto plugin = loader_.load({.id = id, .config = config});
    if (!plugin) throw std::runtime_error(plugin.error().text);
    return *plugins_.emplace_back(std::move(*plugin));
  }
  void policy_from(const std::string& id, const std::string& config = "{}") {
    const LoadedPlugin& plugin = loaded(id, config);
    const auto routing = plugin.extension<convene_routing>();
    settings.routing[id] = {routing.table, routing.self, plugin.label()};
  }
  void service_from(const std::string& id) {
    const auto extension = loaded(id, "{}").extension<convene_service>();
    settings.services[id] = {extension.table, extension.self};
  }

  Loader loader_;
  std::vector<std::unique_ptr<LoadedPlugin>> plugins_;
};

using Claim02 = ShippedWorld;
using Claim04 = ShippedWorld;
using Claim05 = ShippedWorld;
using Claim14 = ShippedWorld;
using ShippedServices = ShippedWorld;

constexpr const char* kFrenchLoans = R"({"product":"loans","lang":"fr"})";

TEST_F(Claim02, TheContextChoosesTheOneAgentWithFrenchAndLoans) {
  open();
  for (const char* id : {"ben", "chloe", "anna"}) ready(id);
  ASSERT_EQ(book_with(1, "later", kFrenchLoans), "");
  const auto customer = come_back(1);
  EXPECT_EQ(offered(), std::vector<std::string>{"anna"}) << "though both others are free longer";
  connect(customer, kWeb);
  const auto agent = take_newest();
  EXPECT_EQ(leg_state(customer.leg), LegState::connected);
  EXPECT_EQ(leg_state(agent.leg), LegState::connected);
}

TEST_F(Claim02, ThePoolCountsAsItIsWhenTheCustomerReturns) {
  settings.agents["dora"] = agent("dora");
  settings.agents["dora"].skills = {{"fr", 3}, {"loans", 3}};
  open();
  for (const char* id : {"ben", "anna"}) ready(id);
  book_with(1, "later", kFrenchLoans);
  says("anna", AgentState::paused);
  ready("dora");
  come_back(1);
  EXPECT_EQ(offered(), std::vector<std::string>{"dora"});
}

TEST_F(Claim02, NobodyFittingIsWaitedForAndThenTheSearchWidens) {
  open();
  for (const char* id : {"ben", "chloe"}) ready(id);
  book_with(1, "later", kFrenchLoans);
  const auto customer = come_back(1);
  connect(customer, kWeb);
  pass(std::chrono::milliseconds(19'900));
  EXPECT_TRUE(offers().empty());
  pass(std::chrono::milliseconds(200));
  EXPECT_EQ(offered(), std::vector<std::string>{"chloe"}) << "French stays, loans is given up";
}

TEST_F(Claim04, TheSameAgentIsJoinedThoughAnotherIsIdleAndFitsBetter) {
  open();
  ready("anna");
  book_with(1, "later", R"({"lang":"fr"})");
  const auto customer = come_back(1);
  connect(customer, kWeb);
  const auto agent = take_newest();

  input::Book again = booking(2, "");
  again.continues_leg = agent.leg;
  again.peer = kDesk;
  again.context = R"({"agent":"ben"})";
  again.agent = "ben";
  ASSERT_EQ(code(ask(again)), "");
  ASSERT_EQ(ask_service(customer.leg, kWeb, "leave"), "");
  EXPECT_EQ(stored(1).end, End::completed);

  ready("chloe");  // French 10.
  pass(std::chrono::minutes(1));
  come_back(2);
  EXPECT_EQ(offered(), (std::vector<std::string>{"anna", "anna"}));
}

TEST_F(Claim04, AnAbsentAgentIsReplacedOnlyByTheCustomersChoice) {
  open();
  ready("ben");
  book_with(1, "ask", "{}", "anna");
  const auto customer = come_back(1);
  connect(customer, kWeb);
  pass(std::chrono::seconds(6));
  EXPECT_TRUE(offers().empty()) << "never a silent swap";
  EXPECT_TRUE(noticed("agent_away"));
  ASSERT_EQ(ask_service(customer.leg, kWeb, "choose", R"({"choice":"anybody"})"), "");
  EXPECT_EQ(offered(), std::vector<std::string>{"ben"});
}

TEST_F(Claim04, ACustomerWhoPrefersToComeLaterComesBackByTheSameIdentifier) {
  open();
  book_with(1, "ask", "{}", "anna");
  const auto customer = come_back(1);
  connect(customer, kWeb);
  pass(std::chrono::seconds(6));
  ask_service(customer.leg, kWeb, "choose", R"({"choice":"later"})");
  EXPECT_TRUE(noticed("put_back"));
  EXPECT_EQ(stored(1).state, RendezvousState::booked);
  ready("anna");
  connect(come_back(1), kWeb);
  EXPECT_EQ(offered(), std::vector<std::string>{"anna"});
}

TEST_F(Claim05, AThousandBookingsDisturbNobodyAndOneReturnMakesOneOffer) {
  open();
  for (const char* id : {"anna", "ben", "chloe"}) ready(id);
  for (std::uint32_t key = 1; key <= 1'000; ++key) {
    input::Book b = booking(key, "later");
    if (key % 2) b.due = now + std::chrono::minutes(key % 50);
    ASSERT_EQ(code(ask(b)), "");
  }
  pass(std::chrono::hours(1));
  EXPECT_EQ(offers().size(), 0u);
  const std::size_t before = offers().size();
  come_back(500);
  EXPECT_EQ(offers().size(), 1u);
  test::figure("Claim05", "offers after 1,000 bookings, then after one return",
               std::to_string(before) + ", " + std::to_string(offers().size()), "0, 1");
}

/// What both services do with the same story: booked for a time; the time comes; then the customer.
struct Joins {
  std::size_t offers_at_time = 0, offers_at_return = 0;
  std::vector<LegState> roster;
};

TEST_F(Claim14, TheSameCoreJoinsOtherwiseWithAnotherService) {
  open();
  std::map<std::string, Joins> seen;
  std::uint32_t key = 0;
  for (const char* flow_id : {"later", "now"}) {
    ready("anna");
    said.clear();
    input::Book b = booking(++key, flow_id);
    b.due = now + std::chrono::minutes(5);
    ASSERT_EQ(code(ask(b)), "");
    pass(std::chrono::minutes(5));
    Joins& joins = seen[flow_id];
    joins.offers_at_time = offers().size();
    if (!offers().empty()) take_newest();
    const auto customer = come_back(key);
    connect(customer, carrier(customer));
    joins.offers_at_return = offers().size() - joins.offers_at_time;
    if (joins.offers_at_return > 0) take_newest();
    for (const Leg& l : snapshot().legs) joins.roster.push_back(l.state);
    ask_service(customer.leg, carrier(customer), "leave");
    EXPECT_EQ(stored(key).end, End::completed) << flow_id;
  }
  EXPECT_EQ(seen["later"].offers_at_time, 0u) << "the return is the trigger";
  EXPECT_EQ(seen["later"].offers_at_return, 1u);
  EXPECT_EQ(seen["now"].offers_at_time, 1u) << "the time is the trigger, and the agent waits";
  EXPECT_EQ(seen["now"].offers_at_return, 0u);
  EXPECT_EQ(seen["later"].roster, seen["now"].roster) << "the roster means the same";
}

TEST_F(ShippedServices, ABadRequestIsAnsweredAndEndsNothing) {
  open();
  ready("anna");
  book_with(1, "later", "{}");
  const auto customer = come_back(1);
  connect(customer, kWeb);
  take_newest();
  for (const char* name : {"dance", "escalate", "open_channel", "choose"}) {
    said.clear();
    EXPECT_EQ(ask_service(customer.leg, kWeb, name, R"({"channel":"A B","choice":[1]})"), "");
    EXPECT_TRUE(noticed("refused")) << name;
  }
  EXPECT_EQ(stored(1).state, RendezvousState::live);
}

TEST_F(ShippedServices, ACustomerWhoNeverConnectsIsPutBackAndTheAgentIsFree) {
  open();
  ready("anna");
  book_with(1, "later", "{}");
  come_back(1);
  take_newest();
  pass(std::chrono::minutes(2));
  EXPECT_EQ(stored(1).state, RendezvousState::booked);
  EXPECT_TRUE(snapshot().sessions.empty());
  EXPECT_NE(come_back(1).leg, LegId{}) << "the bookmark works again";
  EXPECT_EQ(offered().back(), "anna");
}

TEST_F(ShippedServices, AnAgentWhoNeverGetsThroughIsReplaced) {
  open();
  ready("anna");
  ready("ben");
  book_with(1, "later", "{}");
  const auto customer = come_back(1);
  connect(customer, kWeb);
  ASSERT_EQ(offered(), std::vector<std::string>{"anna"});
  answer("anna", offers().back().offer.offer, true);
  pass(std::chrono::seconds(45));
  EXPECT_EQ(offered().back(), "ben");
}

TEST_F(ShippedServices, TalkNowTellsTheCustomerThatNobodyIsThereAndEnds) {
  settings.flows["now"].wait_max = std::chrono::seconds(30);
  open();
  input::Start s;
  s.peer = kWeb;
  s.flow = "now";
  s.token = hash(77);
  const auto body = ask(s);
  ASSERT_TRUE(std::holds_alternative<output::Joined>(body));
  connect(std::get<output::Joined>(body).details, kWeb);
  pass(std::chrono::seconds(31));
  EXPECT_TRUE(noticed("no_agent"));
  EXPECT_EQ(snapshot().sessions.size(), 1u) << "time to book instead";
  pass(std::chrono::minutes(2));
  EXPECT_TRUE(snapshot().sessions.empty());
}

}  // namespace
}  // namespace convene::testing
