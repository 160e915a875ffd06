// core/runtime/retell_test.cpp - a peer with more legs than the bus keeps messages for it goes and comes back.
#include <algorithm>
#include <unordered_map>

#include "core/runtime/node_fixture.hpp"
#include "tests/support/figure.hpp"
#include "tests/support/sanitized.hpp"

namespace convene {
namespace {

constexpr std::uint64_t kLegs = 20'000;
constexpr int kWaiting = 4'000;

/// A gateway that acknowledges what it is told at once, and remembers in which order it heard of its legs.
struct Listener {
  bus::ClientHandlers handlers() {
    bus::ClientHandlers made;
    made.leg = [this](bus::Body body) { take(body); };
    made.lost = [this](std::string_view reason) { lost.emplace_back(reason); };
    return made;
  }
  void take(bus::Body body) {
    const auto number = [&](const char* key) {
      return static_cast<std::uint64_t>(body.json.at(key).as_int64());
    };
    const std::uint64_t id = number("leg");
    auto [leg, first] = links.try_emplace(id, LegEnd::proxy);
    if (first) heard.push_back(id);
    const std::int64_t now = client->now_ms();
    leg->second.take({number("seq"), number("ack")}, now);
    if (!leg->second.due(now)) return;
    const LegStamp stamp = leg->second.stamp(now);
    bus::JsonText text;
    text.open().key("leg").number(id).key("seq").number(stamp.seq).key("ack").number(stamp.ack);
    text.key("epoch").number(1).key("state").text("connected");
    text.key("channels").open_array().close_array().close();
    client->leg(text.view());
  }

  bus::Client* client = nullptr;
  std::unordered_map<std::uint64_t, LegLink> links;
  std::vector<std::uint64_t> heard;
  std::vector<std::string> lost;  ///< Each connection, by its reason.
};

struct Retelling : test::RunningNode {
  /// As many customers as there are legs, each connected in a session of its own.
  void fill() {
    std::vector<Change> changes;
    for (std::uint64_t i = 1; i <= kLegs; ++i) {
      Session session;
      session.id = SessionId{i};
      session.flow = "later";
      session.gateway = "web";
      changes.emplace_back(Record(std::move(session)));
      Leg leg;
      leg.id = LegId{i};
      leg.session = SessionId{i};
      leg.state = LegState::connected;
      leg.proxy = "web";
      leg.token = testing::hash(static_cast<std::uint32_t>(i));
      leg.epoch = leg.sent = leg.received = 1;
      leg.since = from_ms(clock.wall_ms());
      changes.emplace_back(Record(std::move(leg)));
    }
    ASSERT_TRUE(store.commit(changes));
  }
  bus::Client& come(Listener& gateway) {
    bus::ClientOptions with;
    with.endpoint = folder.ipc("command");
    with.name = "web";
    with.capabilities = {"media"};
    with.messages_waiting = kWaiting;
    clients.clear();
    clients.push_back(std::make_unique<bus::Client>(with, gateway.handlers()));
    gateway.client = clients.back().get();
    return *gateway.client;
  }
};

TEST_F(Retelling, APeerWithMoreLegsThanMayWaitHearsOfAllInOrderAndIsNotLost) {
  fill();
  NodeOptions with = options();
  with.limits.messages_waiting = kWaiting;
  if (test::kSanitized) with.limits.heartbeat *= 10;  // a turn of either end takes seconds there
  start(std::move(with));
  int asked = 0;
  const auto answers = std::make_shared<int>(0);  // a client answers what it was asked, at its end
  const int& answered = *answers;
  const auto began = std::chrono::steady_clock::now();
  for (int round = 0; round < 3; ++round) {
    Listener gateway;
    bus::Client& client = come(gateway);
    const int answered_before = answered;
    EXPECT_TRUE(until([&] {
      if (client.connected() && asked == answered) {  // others go on meanwhile
        ++asked;
        client.request(
            "availability", "{}", [answers](test::Reply reply) { *answers += reply.ok; }, 60'000);
      }
      return gateway.heard.size() == kLegs || !gateway.lost.empty();
    }));
    ASSERT_TRUE(gateway.lost.empty()) << gateway.lost.front() << " in round " << round;
    EXPECT_TRUE(std::is_sorted(gateway.heard.begin(), gateway.heard.end()));
    EXPECT_GT(answered, answered_before + 3) << "what others ask is answered in between";
    EXPECT_TRUE(until([&] { return asked == answered; }));
    EXPECT_TRUE(ask(client, "availability", "{}").ok) << "all acknowledgements have arrived";
  }
  const double ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count() /
      3;
  stop();
  EXPECT_EQ(node_counters.peers_lost, 0u);
  EXPECT_EQ(node_counters.unsent, 0u) << "the bound is never reached by telling legs again";
  test::figure("join",
               "a peer that is back is told " + std::to_string(kLegs) + " legs, with room for " +
                   std::to_string(kWaiting) + " messages",
               std::to_string(static_cast<int>(ms)) + " ms", "all, in order, and not lost");
}

}  // namespace
}  // namespace convene
