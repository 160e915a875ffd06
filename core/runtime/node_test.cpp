// core/runtime/node_test.cpp - the real engine behind real sockets: what adapters experience.
#include "core/runtime/node.hpp"

#include <zmq.h>

#include <atomic>
#include <future>
#include <thread>

#include "core/runtime/node_fixture.hpp"
#include "core/runtime/secrets.hpp"
#include "sdk/bus/events.hpp"
#include "sdk/bus/json_text.hpp"

namespace convene {
namespace {

using test::NodeTest;
using test::Reply;
using test::RunningNode;

TEST_F(NodeTest, ARendezvousFromBookingToConversation) {
  start();
  come_up();
  const std::string context = R"({"product": "loans", "sum": 1.50})";
  const Reply booked = ask_web("book", R"({"flow":"later","context":)" + context + "}");
  ASSERT_TRUE(booked.ok) << booked.code;
  const std::string id = text(booked, "id");
  EXPECT_EQ(id.size(), Secrets::kLength);
  EXPECT_EQ(text(ask_web("look", "{\"id\":\"" + id + "\"}"), "state"), "booked");

  EXPECT_TRUE(ask_web("attach", R"({"agent":"anna"})").ok);
  EXPECT_TRUE(ask_web("agent_says", R"({"agent":"anna","state":"ready"})").ok);
  const Reply joined = ask_web("return", "{\"id\":\"" + id + "\"}");
  ASSERT_TRUE(joined.ok) << joined.code << joined.text;
  EXPECT_EQ(text(joined, "token").size(), Secrets::kLength);
  ASSERT_TRUE(settled([&] { return gateway.legs.size() == 2 && gateway.accepted == 1; }))
      << "customer's and agent's leg";
  EXPECT_EQ(gateway.offer_context, context) << "to the byte";

  const auto ticket_of = [](std::string_view details) {
    return bus::member_text(details, "ticket");
  };
  const std::string_view mine = bus::member_text(joined.text_of_body, "details");
  const auto& customer = gateway.legs.begin()->second;
  EXPECT_EQ(ticket_of(mine), ticket_of(customer.details))
      << "both messages carry the ticket of that leg and epoch";

  bus::Client& console = connect("cli", "console");
  ASSERT_TRUE(settled([&] {
    const Reply status = ask(console, "status", "{}");
    return status.ok &&
           bus::member_text(bus::member_text(status.text_of_body, "legs"), "connected") == "2";
  })) << "both legs are connected";
  const Reply snapshot = ask(console, "snapshot", R"({"topics":["session","leg"]})");
  ASSERT_TRUE(snapshot.ok) << snapshot.code;
  EXPECT_EQ(snapshot.body.at("sessions").as_array().size(), 1u);
  EXPECT_EQ(snapshot.body.at("legs").as_array().size(), 2u);
}

TEST_F(NodeTest, UnknownAndAlteredIdentifiersGetOneUniformRefusal) {
  start();
  come_up();
  const std::string id = text(ask_web("book", R"({"flow":"later","context":{}})"), "id");
  std::string altered = id;
  altered.back() = altered.back() == 'A' ? 'B' : 'A';
  const Reply unknown = ask_web("return", R"({"id":"AAAAAAAAAAAAAAAAAAAAAA"})");
  const Reply changed = ask_web("return", "{\"id\":\"" + altered + "\"}");
  const Reply strange = ask_web("return", R"({"id":"' or 1=1"})");
  EXPECT_EQ(unknown.code, "unknown_identifier");
  for (const Reply& other : {changed, strange}) {
    EXPECT_EQ(other.code, unknown.code);
    EXPECT_EQ(other.text, unknown.text);
  }
}

TEST_F(NodeTest, ABookingRepeatedAfterARestartIsTheSameBooking) {
  start();
  come_up();
  const std::string body = R"({"flow":"later","context":{"a":1}})";
  const Reply first = ask_web("book", body, "key-1");
  ASSERT_TRUE(first.ok);
  EXPECT_EQ(ask_web("book", body, "key-1").text_of_body, first.text_of_body);
  EXPECT_EQ(ask_web("book", R"({"flow":"later","context":{"a":2}})", "key-1").code,
            "idempotency_conflict");
  start();
  ASSERT_TRUE(until([&] { return gateway.instances.size() == 2; }))
      << "the gateway notices the restart by itself";
  EXPECT_EQ(ask_web("book", body, "key-1").text_of_body, first.text_of_body);
  EXPECT_NE(text(ask_web("book", R"({"flow":"later","context":{"a":3}})", "key-1"), "id"),
            text(first, "id"))
      << "and nobody gets it with another body";
  stop();
  EXPECT_EQ(store.rendezvous.size(), 2u) << "one for each of the two bodies";
}

TEST_F(NodeTest, AFailedCommitIsRefusedAndTheNodeComesBack) {
  start();
  come_up();
  const auto broken =
      std::make_shared<std::atomic<bool>>(true);  // The node outlives this test's body.
  std::promise<void> set;
  node->post([&] {
    store.fault = [broken](const char* call) {
      return *broken && std::string_view(call) == "commit" ? testing::MemoryStore::Fault::refuse
                                                           : testing::MemoryStore::Fault::none;
    };
    set.set_value();
  });
  set.get_future().wait();
  const Reply refused = ask_web("book", R"({"flow":"later","context":{}})");
  EXPECT_EQ(refused.code, "store_unavailable");
  EXPECT_GT(refused.retry_after_ms, 0);
  *broken = false;
  EXPECT_TRUE(until([&] { return gateway.instances.size() >= 2; }))
      << "peers are told to repeat their state";
  EXPECT_TRUE(until([&] { return ask_web("book", R"({"flow":"later","context":{}})").ok; }));
}

TEST_F(NodeTest, KindsOfPeersMayAskWhatTheirKindMay) {
  start();
  come_up();
  bus::Client& console = connect("cli", "console");
  EXPECT_EQ(ask_web("status", "{}").code, "not_allowed");
  EXPECT_EQ(ask_web("snapshot", R"({"topic":"leg"})").code, "malformed");
  EXPECT_EQ(ask(console, "book", R"({"flow":"later"})").code, "not_allowed");
  EXPECT_EQ(ask(console, "return", R"({"id":"x"})").code, "not_allowed");
  EXPECT_EQ(ask_web("dance", "{}").code, "unknown_request");
  EXPECT_EQ(ask_web("book", R"({"flow":"nowhere"})").code, "unknown_flow");
  EXPECT_EQ(ask_web("book", R"({"flow":"later","contxt":{}})").code, "malformed");
  const Reply status = ask(console, "status", "{}");
  ASSERT_TRUE(status.ok);
  EXPECT_EQ(bus::member_text(status.text_of_body, "name"), "\"test\"");
}

TEST_F(NodeTest, TellsHowEveryFlowsPoolStandsAndNamesNobody) {
  start();
  come_up();
  const auto stands = [&] {
    const Reply reply = ask_web("availability", "{}");
    const std::string flows(bus::member_text(reply.text_of_body, "flows"));
    return std::string(bus::member_text(flows, "later"));
  };
  EXPECT_EQ(stands(), R"({"agents":0,"free":0,"waiting":0})");
  EXPECT_TRUE(ask_web("attach", R"({"agent":"anna"})").ok);
  EXPECT_TRUE(ask_web("agent_says", R"({"agent":"anna","state":"paused"})").ok);
  EXPECT_EQ(stands(), R"({"agents":1,"free":0,"waiting":0})");
  EXPECT_TRUE(ask_web("agent_says", R"({"agent":"anna","state":"ready"})").ok);
  EXPECT_EQ(stands(), R"({"agents":1,"free":1,"waiting":0})");
  EXPECT_EQ(ask_web("availability", R"({"flow":"later"})").code, "malformed");
}

TEST_F(NodeTest, D4ALateJoinerSeesAGapAndASnapshotRepairsIt) {
  start();
  come_up();
  EXPECT_TRUE(ask_web("attach", R"({"agent":"anna"})").ok);
  EXPECT_TRUE(ask_web("agent_says", R"({"agent":"anna","state":"ready"})").ok);
  std::map<std::string, std::string> states;  // of agents, from events and snapshots
  bool gap = false, asked = false;
  bus::EventOptions with;
  with.endpoint = folder.ipc("events");
  with.words = {"agent"};
  bus::EventReader reader(with, {[&](const bus::Event& event) {
                                   states[std::string(bus::member_text(event.body, "agent"))] =
                                       bus::member_text(event.body, "state");
                                 },
                                 [&](const bus::Gap&) { gap = true; }});
  ASSERT_TRUE(reader.open());
  const auto turn = [&] {
    reader.wait(1);
    if (gap && !asked) {
      asked = true;
      web().request("snapshot", "{}", [&](Reply reply) {
        for (const auto& agent : reply.body.at("agents").as_array())
          states['"' + std::string(agent.as_object().at("agent").as_string()) + '"'] =
              '"' + std::string(agent.as_object().at("state").as_string()) + '"';
        reader.covered("agent", static_cast<std::uint64_t>(
                                    reply.body.at("numbers").as_object().at("agent").as_int64()));
      });
    }
    return states["\"anna\""];
  };
  ASSERT_TRUE(until([&] { return turn() == "\"ready\""; }));
  EXPECT_TRUE(ask_web("agent_says", R"({"agent":"anna","state":"paused"})").ok);
  EXPECT_TRUE(until([&] { return turn() == "\"paused\""; })) << "and follows from there";
}

TEST_F(NodeTest, ASetWallClockReachesTheEngine) {
  start();
  come_up();
  const std::int64_t in_an_hour = clock.wall_ms() + 3'600'000;
  const std::string body =
      R"({"flow":"later","context":{},"due_ms":)" + std::to_string(in_an_hour) + "}";
  EXPECT_TRUE(ask_web("book", body).ok);
  clock.step = 2 * 3'600'000;
  EXPECT_TRUE(until([&] { return ask_web("book", body).code == "due_in_past"; }));
}

TEST_F(NodeTest, ANewConfigurationReachesEverybody) {
  start();
  come_up();
  std::string reason;
  bus::ClientHandlers handlers;
  handlers.lost = [&](std::string_view why) { reason = why; };
  connect("acd", "proxy", std::move(handlers));
  std::map<std::string, AdapterOptions> adapters;
  adapters["web"] = {PeerKind::gateway, R"({"settings":{"new":1}})", ""};
  auto settings = world.settings;
  settings.flows["third"] = settings.flows["later"];
  settings.flows["third"].id = "third";
  std::atomic<bool> applied{false};
  node->reconfigure(std::move(settings), std::move(adapters), [&] { applied = true; });
  EXPECT_TRUE(until([&] { return applied && gateway.instances.size() == 2 && !reason.empty(); }));
  EXPECT_EQ(gateway.instances[0], gateway.instances[1])
      << "the state is the same, only the configuration is new";
  EXPECT_EQ(reason, "goodbye");
  EXPECT_TRUE(ask_web("book", R"({"flow":"third","context":{}})").ok);
}

TEST_F(NodeTest, SaysGoodbyeAndStopsAtOnce) {
  start();
  come_up();
  const auto before = std::chrono::steady_clock::now();
  node->stop();
  thread.join();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(2));
  node.reset();
  EXPECT_TRUE(until([&] { return !web().connected(); }));
}

/// D6: over tcp only configured keys get in, each under its own name.
TEST_F(RunningNode, D6OnlyKnownKeysGetIn) {
  struct Pair {
    char pub[41], secret[41];
    Pair() { zmq_curve_keypair(pub, secret); }
  } server, known, unknown;
  // A port below the ephemeral ones, different from process to process.
  const std::string endpoint = "tcp://127.0.0.1:" + std::to_string(20'000 + ::getpid() % 10'000);
  NodeOptions with = options();
  with.command_endpoint = endpoint;
  with.event_endpoint = folder.ipc("events");
  with.curve.secret_key = server.secret;
  with.adapters["web"].public_key = known.pub;
  with.adapters["acd"].public_key =
      "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";  // of the manual page
  start(std::move(with));
  const auto attempt = [&](const std::string& name, const char* pub, const char* secret,
                           std::int64_t ms) {
    bus::ClientOptions as;
    as.endpoint = endpoint;
    as.name = name;
    as.kind = name == "web" ? "gateway" : name == "cli" ? "console" : "proxy";
    as.server_key = *pub ? server.pub : "";
    as.public_key = pub;
    as.secret_key = secret;
    bus::Client client(as, {});
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
    while (!client.connected() && std::chrono::steady_clock::now() < end) client.wait(10);
    return client.connected();
  };
  EXPECT_TRUE(attempt("web", known.pub, known.secret, 10'000));
  EXPECT_TRUE(attempt("cli", server.pub, server.secret, 10'000))
      << "who holds the core's key may ask for its status";
  EXPECT_FALSE(attempt("web", unknown.pub, unknown.secret, 400)) << "an unknown key";
  EXPECT_FALSE(attempt("acd", known.pub, known.secret, 400)) << "a known key under another name";
  EXPECT_FALSE(attempt("web", "", "", 400)) << "no key";
  EXPECT_FALSE(attempt("acd", "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7",
                       "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6", 400))
      << "the published key, even when it is configured";
}

}  // namespace
}  // namespace convene
