// core/runtime/bus_server_test.cpp - both ends of the command bus on a real socket.
#include "core/runtime/bus_server.hpp"

#include <sys/stat.h>

#include "core/runtime/bus_endpoint.hpp"
#include "core/runtime/bus_fixture.hpp"
#include "core/runtime/reply_memory.hpp"

namespace convene {
namespace {

using test::BusFixture;

struct CommandBus : BusFixture {
  /// Speaks below the client, to say what it never would.
  struct Raw {
    explicit Raw(const std::string& endpoint)
        : socket(bus::wire::context(), zmq::socket_type::dealer) {
      socket.set(zmq::sockopt::linger, 0);
      socket.connect(endpoint);
    }
    void send(std::initializer_list<std::string_view> parts) {
      std::size_t i = 0;
      for (const auto part : parts) bus::wire::send_frame(socket, part, ++i < parts.size());
    }
    std::string told() {  // kind byte and body of the next message, pings skipped
      while (frames.receive(socket) == 0)
        if (frames[0] != "CV1P") return std::string(1, frames[0].back()) + std::string(frames[2]);
      return {};
    }
    zmq::socket_t socket;
    bus::wire::Frames frames;
  };

  std::string answer_to(Raw& raw) {
    std::string text;
    run_until([&] { return !(text = raw.told()).empty(); });
    return text;
  }
  static constexpr std::string_view kZero{"\0\0\0\0\0\0\0\0", 8};
  static constexpr std::string_view kOne{"\0\0\0\0\0\0\0\1", 8};
};

TEST_F(CommandBus, WelcomesAConfiguredAdapterWithItsConfiguration) {
  std::string config, instance;
  auto web = client("web", {.welcome = [&](bus::Body body, const std::string& name, bool) {
                      config = body.text;
                      instance = name;
                    }});
  ASSERT_TRUE(connect(*web));
  EXPECT_EQ(config, R"({"colour":"green"})");
  EXPECT_EQ(instance, "test-1");
  EXPECT_EQ(handler.up.size(), 1u);
}

TEST_F(CommandBus, RefusesAnUnknownAdapterAndNothingElseHappens) {
  std::string code;
  auto stranger =
      client("stranger", {.refused = [&](const std::string& c, const std::string&) { code = c; }});
  clients.push_back(stranger.get());
  ASSERT_TRUE(run_until([&] { return !code.empty(); }));
  EXPECT_EQ(code, "unknown_adapter");
  EXPECT_TRUE(handler.up.empty());
  EXPECT_FALSE(stranger->connected());
}

TEST_F(CommandBus, AnswersARequestToTheByte) {
  auto web = client("web");
  ASSERT_TRUE(connect(*web));
  bus::Reply got;
  web->request("echo", R"({"context": {"price": 1.50}})",
               [&](bus::Reply reply) { got = std::move(reply); });
  ASSERT_TRUE(run_until([&] { return got.ok; }));
  EXPECT_EQ(got.text_of_body, R"({"context": {"price": 1.50}})");
}

TEST_F(CommandBus, RefusesWhatIsMalformedWithAReason) {
  Raw raw(folder.ipc("command"));
  raw.send({"CV1P", kZero, "{}"});
  EXPECT_EQ(answer_to(raw), R"(X{"code":"hello_first","text":"say hello before anything else"})");
  raw.send({"CV2H", kZero, "{}"});
  EXPECT_NE(answer_to(raw).find("bad_version"), std::string::npos);
  raw.send({"CV1H", kZero, R"({"name":"web","kind":"gateway","versions":[7],"capabilities":[]})"});
  EXPECT_NE(answer_to(raw).find("bad_version"), std::string::npos);
  raw.send({"CV1H", kZero,
            R"({"name":"web","kind":"gateway","versions":[1],"capabilities":[],"naem":"x"})"});
  EXPECT_NE(answer_to(raw).find("naem: not a field of this message"), std::string::npos);
  raw.send({"CV1H", kZero, "hello"});
  EXPECT_NE(answer_to(raw).find("malformed"), std::string::npos);
  EXPECT_TRUE(handler.up.empty());

  raw.send({"CV1H", kZero, R"({"name":"web","kind":"gateway","versions":[1],"capabilities":[]})"});
  EXPECT_EQ(answer_to(raw).front(), 'W');
  raw.send({"CV1Q", kOne, R"({"name":"echo","body":[]})"});
  EXPECT_NE(answer_to(raw).find("malformed"), std::string::npos);
  raw.send({"CV1Q", kOne, std::string(40, '[')});
  EXPECT_NE(answer_to(raw).find("malformed"), std::string::npos);
  raw.send({"CV1Q", kOne, R"({"name":"echo","body":{},"deadline_ms":0})"});
  EXPECT_NE(answer_to(raw).find("deadline_ms"), std::string::npos);
  raw.send({"CV1W", kOne, "{}"});
  EXPECT_NE(answer_to(raw).find("malformed"), std::string::npos);
  raw.send({"CV1L", kZero, "nothing"});
  EXPECT_NE(answer_to(raw).find("malformed"), std::string::npos);
  EXPECT_TRUE(handler.done.empty()) << "nothing else happened";
  EXPECT_EQ(handler.up.size(), 1u) << "and the peer is still one";
}

TEST_F(CommandBus, RefusesWhatIsTooLarge) {
  BusLimits limits;
  limits.body_max = 1'000;
  start(limits);
  Raw raw(folder.ipc("command"));
  raw.send({"CV1Q", kZero, std::string(1'001, ' ')});
  EXPECT_NE(answer_to(raw).find("too_large"), std::string::npos);
  raw.send({"CV1Q", kZero, std::string(100'000, ' ')});  // far too large: the connection ends
  raw.send({"CV1P", kZero, "{}"});
  for (int i = 0; i < 50; ++i) turn();
  auto web = client("web");
  EXPECT_TRUE(connect(*web)) << "others do not notice";
}

TEST_F(CommandBus, DoesARepeatedRequestOnce) {
  Raw raw(folder.ipc("command"));
  raw.send({"CV1H", kZero, R"({"name":"web","kind":"gateway","versions":[1],"capabilities":[]})"});
  EXPECT_EQ(answer_to(raw).front(), 'W');
  for (int i = 0; i < 3; ++i) {
    raw.send({"CV1Q", kOne, R"({"name":"echo","body":{"n":1}})"});
    EXPECT_EQ(answer_to(raw), R"(R{"ok":true,"body":{"n":1}})");
  }
  EXPECT_EQ(handler.done[R"({"n":1})"], 1);
  EXPECT_EQ(counters.repeated, 2u);

  // As another connection of the same name, too.
  Raw again(folder.ipc("command"));
  again.send(
      {"CV1H", kZero, R"({"name":"web","kind":"gateway","versions":[1],"capabilities":[]})"});
  EXPECT_EQ(answer_to(again).front(), 'W');
  EXPECT_NE(answer_to(raw).find("replaced"), std::string::npos) << "one connection a name";
  again.send({"CV1Q", kOne, R"({"name":"echo","body":{"n":1}})"});
  EXPECT_EQ(answer_to(again), R"(R{"ok":true,"body":{"n":1}})");
  EXPECT_EQ(handler.done[R"({"n":1})"], 1);
}

TEST_F(CommandBus, RemembersOnlySoManyReplies) {
  BusLimits limits;
  limits.remembered = 10;
  start(limits);
  auto web = client("web");
  ASSERT_TRUE(connect(*web));
  int answers = 0;
  for (int i = 0; i < 100; ++i) web->request("echo", "{}", [&](bus::Reply) { ++answers; });
  ASSERT_TRUE(run_until([&] { return answers == 100; }));
  ReplyMemory memory(10);
  for (std::uint64_t id = 1; id <= 100; ++id) {
    memory.started(id, RequestId{id});
    memory.answered(id, std::string(1u << 20, 'x'));
  }
  EXPECT_EQ(memory.size(), 8u) << "bounded by bytes as well";
  EXPECT_EQ(memory.find(92), nullptr);
  EXPECT_NE(memory.find(100), nullptr);
}

TEST_F(CommandBus, EndsARequestThatNobodyAnswersAtItsDeadline) {
  auto web = client("web");
  ASSERT_TRUE(connect(*web));
  bus::Reply got;
  web->request(
      "silence", "{}", [&](bus::Reply reply) { got = std::move(reply); }, 200);
  ASSERT_TRUE(run_until([&] { return !got.code.empty(); }));
  EXPECT_EQ(got.code, "deadline");
  EXPECT_TRUE(run_until([&] { return server->waiting() == 0; }))
      << "and the server keeps nothing of it";
}

TEST_F(CommandBus, TurnsAwayMoreThanItCanRemember) {
  BusLimits limits;
  limits.requests_waiting = 5;
  start(limits);
  auto web = client("web");
  ASSERT_TRUE(connect(*web));
  int busy = 0;
  for (int i = 0; i < 8; ++i)
    web->request("silence", "{}", [&](bus::Reply reply) {
      busy += reply.code == "busy" && reply.retry_after_ms > 0;
    });
  EXPECT_TRUE(run_until([&] { return busy == 3; }));
}

TEST_F(CommandBus, LosesAPeerThatFallsSilent) {
  clock.hold();
  Raw raw(folder.ipc("command"));
  raw.send({"CV1H", kZero, R"({"name":"web","kind":"gateway","versions":[1],"capabilities":[]})"});
  EXPECT_EQ(answer_to(raw).front(), 'W');
  clock.ahead += 3'000;
  turn();
  EXPECT_EQ(handler.up.size(), 1u);
  clock.ahead += 1;
  turn();
  EXPECT_TRUE(handler.up.empty()) << "three heartbeats were missed";
  ASSERT_EQ(handler.down.size(), 1u);
}

TEST_F(CommandBus, AClientSaysHelloAgainToARestartedCore) {
  std::vector<std::string> instances;
  auto web = client("web", {.welcome = [&](bus::Body, const std::string& name, bool fresh) {
                      EXPECT_TRUE(fresh);
                      instances.push_back(name);
                    }});
  ASSERT_TRUE(connect(*web));
  start();
  ASSERT_TRUE(run_until([&] { return instances.size() == 2; }));
  EXPECT_EQ(instances[1], "test-2");
  int answers = 0;
  web->request("echo", "{}", [&](bus::Reply reply) { answers += reply.ok; });
  EXPECT_TRUE(run_until([&] { return answers == 1; }));
}

TEST_F(CommandBus, AsksAnAdapterAndTakesItsAnswer) {
  bus::Client* self = nullptr;
  int asked = 0;
  auto web = client("web", {.asked = [&](bus::Asked request) {
                      ++asked;
                      EXPECT_EQ(request.name, "look_up");
                      EXPECT_EQ(request.idempotency_key, "k");
                      self->answer(request.id, true, R"({"found":1})");
                    }});
  self = web.get();
  ASSERT_TRUE(connect(*web));
  const PeerId peer = handler.up.begin()->first;
  for (int i = 0; i < 2; ++i) server->ask(peer, 77, "look_up", "k", "{}", 1'000);
  ASSERT_TRUE(run_until([&] { return handler.replies.size() == 2; }));
  EXPECT_EQ(asked, 1) << "a repeated request is answered from memory";
  EXPECT_EQ(handler.replies[0].token, 77u);
  EXPECT_EQ(handler.replies[1].text, R"({"found":1})");
}

TEST_F(CommandBus, AnswersWhatIsLongInWorkAndNothingThatItWasNotAsked) {
  constexpr std::uint64_t kAsked = 3'000;  // more than a client remembers of what is done
  std::vector<std::uint64_t> in_work;
  auto web = client("web", {.asked = [&](bus::Asked request) { in_work.push_back(request.id); }});
  ASSERT_TRUE(connect(*web));
  const PeerId peer = handler.up.begin()->first;
  for (std::uint64_t token = 1; token <= kAsked; ++token)
    server->ask(peer, token, "look_up", "", "{}", 60'000);
  ASSERT_TRUE(run_until([&] { return in_work.size() == kAsked; }));
  web->answer(kAsked + 1, true, "{}");
  for (const std::uint64_t id : in_work)
    for (int twice = 0; twice < 2; ++twice) web->answer(id, true, "{}");
  ASSERT_TRUE(run_until([&] { return handler.replies.size() >= kAsked; }));
  EXPECT_EQ(handler.replies.size(), kAsked);
  EXPECT_EQ(handler.replies.front().token, 1u) << "not what nobody asked";
  EXPECT_EQ(handler.replies.back().token, kAsked);
}

TEST_F(CommandBus, AnIpcSocketBelongsToItsOwnerAlone) {
  struct stat info {};
  ASSERT_EQ(::stat(folder.file("command").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(BusEndpoint, RefusesTcpWithoutKeysUnlessLoopbackIsAllowed) {
  zmq::context_t context(1);
  const auto bind = [&](const std::string& endpoint, CurveOptions curve) {
    zmq::socket_t socket(context, zmq::socket_type::router);
    return bind_guarded(socket, endpoint, curve);
  };
  EXPECT_EQ(bind("tcp://0.0.0.0:0", {}).error().code, "bus.insecure");
  EXPECT_EQ(bind("tcp://*:0", {.secret_key = {}, .insecure_loopback = true}).error().code,
            "bus.insecure");
  EXPECT_EQ(bind("tcp://127.0.0.1:0", {}).error().code, "bus.insecure");
  EXPECT_TRUE(bind("tcp://127.0.0.1:0", {.secret_key = {}, .insecure_loopback = true}));
  EXPECT_EQ(bind("tcp://127.0.0.1.example.org:0", {.secret_key = {}, .insecure_loopback = true})
                .error()
                .code,
            "bus.insecure");
  EXPECT_EQ(bind("udp://127.0.0.1:0", {}).error().code, "bus.endpoint");
  EXPECT_EQ(bind("ipc://" + std::string(200, 'x'), {}).error().code, "bus.endpoint");
}

}  // namespace
}  // namespace convene
