// core/runtime/node_fixture.hpp - for tests: a node on a thread of its own, and a gateway that plays along.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "convene/leg_link.hpp"
#include "core/engine/test/fixture.hpp"
#include "core/runtime/bus_fixture.hpp"
#include "core/runtime/node.hpp"
#include "sdk/bus/json_text.hpp"

namespace convene::test {

using bus::Reply;

/// A node on a thread of its own, with a store in memory; the test's thread plays the adapters.
struct RunningNode : ::testing::Test {
  ~RunningNode() override { stop(); }

  NodeOptions options() {
    NodeOptions made;
    made.name = "test";
    made.settings = world.settings;
    made.store = &store;
    made.command_endpoint = folder.ipc("command");
    made.event_endpoint = folder.ipc("events");
    made.adapters["web"] = {PeerKind::gateway, R"({"settings":{}})", ""};
    made.adapters["acd"] = {PeerKind::proxy, "{}", ""};
    made.key[0] = 42;
    made.clock = &clock;
    return made;
  }
  void start(NodeOptions with) {
    stop();
    node = std::make_unique<Node>(std::move(with));
    const Status status = node->open();
    ASSERT_TRUE(status) << status.error().text;
    thread = std::thread([this] { node->run(); });
  }
  void start() { start(options()); }
  void stop() {
    if (!node) return;
    node->stop();
    thread.join();
    node_counters = node->counters();
    node.reset();
  }

  bus::Client& connect(const std::string& name, std::string kind,
                       bus::ClientHandlers handlers = {}) {
    bus::ClientOptions with;
    with.endpoint = folder.ipc("command");
    with.name = name;
    with.kind = std::move(kind);
    if (name == "web") with.capabilities = {"media"};
    with.reconnect_min_ms = 10;
    with.reconnect_max_ms = 50;
    clients.push_back(std::make_unique<bus::Client>(with, std::move(handlers)));
    bus::Client& client = *clients.back();
    EXPECT_TRUE(until([&] { return client.connected(); }));
    return client;
  }
  bool until(const std::function<bool()>& done) {
    return test::until(done, [this] {
      for (auto& client : clients) client->wait(1);
    });
  }
  Reply ask(bus::Client& client, std::string_view name, std::string body,
            std::string_view key = {}) {
    Reply got;
    bool done = false;
    client.request(
        name, std::move(body),
        [&](Reply reply) {
          got = std::move(reply);
          done = true;
        },
        0, key);
    EXPECT_TRUE(until([&] { return done; })) << name;
    return got;
  }
  static std::string text(const Reply& reply, std::string_view key) {
    const std::string_view found = bus::member_text(reply.text_of_body, key);
    return found.size() < 2 ? std::string() : std::string(found.substr(1, found.size() - 2));
  }

  testing::World world;
  testing::MemoryStore store;
  test::SocketFolder folder;
  struct SetClock final : NodeClock {
    std::int64_t monotonic_ms() override { return real.monotonic_ms(); }
    std::int64_t wall_ms() override { return 1'700'000'000'000 + real.monotonic_ms() + step; }
    test::SteadyClock real;
    std::atomic<std::int64_t> step{0};
  } clock;
  std::unique_ptr<Node> node;
  NodeCounters node_counters;  ///< Of the node that was stopped last.
  std::thread thread;
  std::vector<std::unique_ptr<bus::Client>> clients;
};

/// A gateway that connects every leg it is told of, and an agent who accepts every offer.
struct Gateway {
  struct Leg {
    LegLink link{LegEnd::proxy};
    std::string details;
    std::int64_t epoch = 0;
    bool join = false;
  };

  bus::ClientHandlers handlers() {
    bus::ClientHandlers made;
    made.welcome = [this](bus::Body, const std::string& name, bool) { instances.push_back(name); };
    made.leg = [this](bus::Body body) { take(body); };
    made.notice = [this](std::string_view name, bus::Body body) {
      notices.emplace_back(std::string(name), std::string(body.text));
      if (name != "offer") return;
      offer_context = bus::member_text(body.text, "context");
      client->request("offer_answer",
                      "{\"agent\":\"anna\",\"offer\":" +
                          std::string(bus::member_text(body.text, "offer")) + ",\"accepts\":true}",
                      [this](Reply reply) { accepted += reply.ok; });
    };
    return made;
  }
  void take(bus::Body body) {
    const std::int64_t id = body.json.at("leg").as_int64(), now = client->now_ms();
    Leg& leg = legs[id];
    const LegStamp stamp{static_cast<std::uint64_t>(body.json.at("seq").as_int64()),
                         static_cast<std::uint64_t>(body.json.at("ack").as_int64())};
    if (!leg.link.take(stamp, now)) return;
    leg.join = body.json.at("join").as_bool();
    if (leg.join) {
      leg.details = bus::member_text(body.text, "details");
      leg.epoch = body.json.at("details").as_object().at("epoch").as_int64();
    }
    leg.link.post(now);
  }
  void report() {
    for (auto& [id, leg] : legs) {
      if (!leg.link.due(client->now_ms())) continue;
      const LegStamp stamp = leg.link.stamp(client->now_ms());
      bus::JsonText text;
      text.open().key("leg").number(id).key("seq").number(stamp.seq).key("ack").number(stamp.ack);
      text.key("epoch").number(leg.epoch).key("state").text(leg.join ? "connected" : "left");
      text.key("channels").texts(std::vector<std::string>{"chat"}).close();
      client->leg(text.view());
    }
  }

  bus::Client* client = nullptr;
  std::map<std::int64_t, Leg> legs;
  std::vector<std::pair<std::string, std::string>> notices;
  std::vector<std::string> instances;
  std::string offer_context;
  int accepted = 0;
};

struct NodeTest : RunningNode {
  void come_up() { gateway.client = &connect("web", "gateway", gateway.handlers()); }
  bus::Client& web() { return *gateway.client; }
  Reply ask_web(std::string_view name, std::string body, std::string_view key = {}) {
    return ask(web(), name, std::move(body), key);
  }
  bool settled(const std::function<bool()>& done) {
    return until([&] {
      gateway.report();
      return done();
    });
  }
  Gateway gateway;
};

}  // namespace convene::test
