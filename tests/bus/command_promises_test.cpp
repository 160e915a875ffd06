// tests/bus/command_promises_test.cpp - promises D2 and D3: answered exactly once, and never into the void.
#include <poll.h>

#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "core/runtime/bus_fixture.hpp"
#include "tests/bus/peer_process.hpp"
#include "tests/bus/scale.hpp"
#include "tests/support/figure.hpp"

namespace convene {
namespace {

using Clock = std::chrono::steady_clock;

/// Between one client and the core: hands everything on, and drops every tenth reply.
class LossyProxy {
 public:
  LossyProxy(const std::string& front, const std::string& back)
      : front_(context_, zmq::socket_type::router), back_(context_, zmq::socket_type::dealer) {
    for (auto* socket : {&front_, &back_}) socket->set(zmq::sockopt::linger, 0);
    back_.set(zmq::sockopt::reconnect_ivl, 10);
    front_.bind(front);
    back_.connect(back);
    thread_ = std::thread([this] { run(); });
  }
  ~LossyProxy() {
    stop_ = true;
    thread_.join();
  }
  std::atomic<std::uint64_t> dropped{0};

 private:
  void run() {
    std::mt19937 random(5);
    bus::wire::Frames frames;
    std::string client;
    while (!stop_) {
      zmq_pollitem_t items[] = {{front_.handle(), 0, ZMQ_POLLIN, 0},
                                {back_.handle(), 0, ZMQ_POLLIN, 0}};
      zmq_poll(items, 2, 10);
      for (int i = 0; i < 500 && frames.receive(front_) == 0; ++i) {
        client = frames[0];
        for (std::size_t k = 1; k < frames.count(); ++k)
          bus::wire::send_frame(back_, frames[k], k + 1 < frames.count());
      }
      for (int i = 0; i < 500 && frames.receive(back_) == 0; ++i) {
        if (frames[0] == "CV1R" && random() % 10 == 0) {
          ++dropped;
          continue;
        }
        bus::wire::send_frame(front_, client, true);
        for (std::size_t k = 0; k < frames.count(); ++k)
          bus::wire::send_frame(front_, frames[k], k + 1 < frames.count());
      }
    }
  }

  zmq::context_t context_{1};
  zmq::socket_t front_, back_;
  std::thread thread_;
  std::atomic<bool> stop_{false};
};

/// What a core with a store is to the bus: an effect happens once per idempotency key, and survives a restart.
class DurableCounter final : public BusHandler {
 public:
  Result<std::string> admit(const Hello&) override { return std::string("{}"); }
  void peer_up(PeerId, const Hello&) override {}
  void peer_down(PeerId, std::string_view, std::string_view) override {}
  void request(const BusRequest& request) override {
    ++attempts;
    if (committed.insert(std::string(request.idempotency_key)).second) ++effects;
    server->answer(request.id, success("{}"));
  }
  void leg(PeerId, const boost::json::object&) override {}
  void event(PeerId, PeerKind, std::string_view, const boost::json::object&) override {}
  void replied(PeerId, std::uint64_t, bool, std::string_view) override {}

  BusServer* server = nullptr;
  std::set<std::string> committed;
  std::uint64_t attempts = 0, effects = 0;
};

TEST(CommandPromises, D2CommandsAreAnsweredExactlyOnce) {
  const std::uint64_t commands = test::scaled(100'000);
  constexpr std::uint64_t kInFlight = 500;
  const test::SocketFolder folder;
  LossyProxy proxy(folder.ipc("front"), folder.ipc("back"));

  std::atomic<bool> serving{true};
  std::uint64_t restarts = 0;
  DurableCounter handler;
  NodeCounters counters;
  std::thread core([&] {
    test::SteadyClock clock;
    while (serving) {
      zmq::context_t context(1);
      BusServer server(context, {}, clock, handler, counters, {});
      handler.server = &server;
      server.set_instance("life-" + std::to_string(restarts));
      if (!server.open(folder.ipc("back"), {})) continue;
      const auto end = Clock::now() + std::chrono::milliseconds(400);
      while (serving && Clock::now() < end) {
        pollfd woken{server.descriptor(), POLLIN, 0};
        if (server.take(1'000) == 0) ::poll(&woken, 1, 5);
        server.tick();
      }
      ++restarts;  // whatever was in its queues dies with it
    }
  });

  bus::ClientOptions options;
  options.endpoint = folder.ipc("front");
  options.name = "web";
  options.repeat_ms = 50;
  options.hello_ms = 300;
  options.reconnect_min_ms = 10;
  options.reconnect_max_ms = 50;
  options.deadline_ms = 60'000;
  bus::Client client(options, {});
  std::uint64_t asked = 0, answered = 0, twice = 0, failed = 0;
  std::vector<std::uint8_t> answers(commands);
  const auto end = Clock::now() + std::chrono::seconds(180);
  while (answered < commands && Clock::now() < end) {
    while (asked < commands && asked - answered < kInFlight) {
      const std::uint64_t n = asked++;
      client.request(
          "count", "{}",
          [&, n](bus::Reply reply) {
            ++answered;
            twice += answers[n]++ != 0;
            failed += !reply.ok;
          },
          0, "key-" + std::to_string(n));
    }
    client.wait(5);
  }
  serving = false;
  core.join();

  test::figure("D2", "commands", std::to_string(commands), "1000000 with CONVENE_D_SCALE=10");
  test::figure("D2", "replies dropped on the way", std::to_string(proxy.dropped), "10 %");
  test::figure("D2", "restarts of the server", std::to_string(restarts), "every second");
  test::figure("D2", "hangs", std::to_string(commands - answered), "0");
  test::figure("D2", "done twice", std::to_string(handler.effects - commands), "0");
  EXPECT_EQ(answered, commands) << "a command hangs";
  EXPECT_EQ(failed, 0u);
  EXPECT_EQ(twice, 0u);
  EXPECT_EQ(handler.effects, commands) << "each was done, and once";
  EXPECT_GT(proxy.dropped, commands / 20);
  EXPECT_GT(restarts, 1u);
}

struct DeadPeer : test::BusFixture {};

TEST_F(DeadPeer, D3SendingToItIsAnError) {
  constexpr std::uint64_t kSends = 10'000;
  test::PeerProcess process("client", folder.ipc("command"));
  ASSERT_TRUE(run_until([&] { return !handler.up.empty(); }));
  const PeerId peer = handler.up.begin()->first;
  server->leg(peer, "{\"leg\":1,\"seq\":0,\"ack\":0}");
  EXPECT_EQ(counters.unsent, 0u) << "while it lives it is reached";

  process.kill_now();
  const auto killed = Clock::now();
  for (std::uint64_t i = 0; i < kSends; ++i) {
    server->leg(peer, "{\"leg\":1,\"seq\":0,\"ack\":0}");
    if (i % 100 == 99) server->tick();
  }
  const bool noticed = run_until([&] { return handler.up.empty(); });
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - killed).count();
  ASSERT_TRUE(noticed) << "nobody was told";
  server->leg(peer, "{\"leg\":1,\"seq\":0,\"ack\":0}");
  EXPECT_GT(counters.unsent, 0u);
  test::figure("D3", "sends to a killed peer that were refused as errors",
               std::to_string(counters.unsent - 1) + " of " + std::to_string(kSends) +
                   ", the rest before its end was known",
               "all, or told within 1 s");
  test::figure("D3", "core told that the peer is gone", std::to_string(ms) + " ms after the kill",
               "1000 ms");
  EXPECT_LE(ms, 5'000) << "a second, and what a busy machine adds";
}

}  // namespace
}  // namespace convene
