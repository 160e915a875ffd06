// core/runtime/asio_client_test.cpp - the bus client on a Boost.Asio executor, against a real server.
#include "sdk/bus/asio_client.hpp"

#include <boost/asio/io_context.hpp>

#include "core/runtime/bus_fixture.hpp"

namespace convene {
namespace {

struct AsioBus : test::BusFixture {
  bus::ClientOptions options() {
    bus::ClientOptions made;
    made.endpoint = folder.ipc("command");
    made.name = "web";
    made.capabilities = {"media"};
    made.reconnect_min_ms = 10;
    made.reconnect_max_ms = 50;
    return made;
  }
  bool run_both(const std::function<bool()>& done) {
    return test::until(done, [this] {
      turn();
      io.run_for(std::chrono::milliseconds(1));
      io.restart();
    });
  }
  boost::asio::io_context io{1};
};

TEST_F(AsioBus, AnswersComeWithoutAnybodyElseTurningTheWheel) {
  bus::AsioClient client(io.get_executor(), options(), {});
  int answers = 0;
  for (int i = 0; i < 1'000; ++i)
    client.client().request("echo", "{}", [&](bus::Reply reply) { answers += reply.ok; });
  EXPECT_TRUE(run_both([&] { return answers == 1'000; })) << answers;
  EXPECT_TRUE(client.client().connected());
}

TEST_F(AsioBus, AnswersToRequestsMadeInAnswersComeToo) {
  bus::AsioClient client(io.get_executor(), options(), {});
  int left = 500;
  std::function<void(bus::Reply)> next = [&](bus::Reply) {
    if (--left > 0) client.client().request("echo", "{}", next);
  };
  client.client().request("echo", "{}", next);
  EXPECT_TRUE(run_both([&] { return left == 0; })) << left << ": a signal on the socket was missed";
}

TEST_F(AsioBus, ComesBackAfterARestartAndHearsNotices) {
  std::vector<std::string> instances;
  int notices = 0;
  bus::ClientHandlers handlers;
  handlers.welcome = [&](bus::Body, const std::string& name, bool) { instances.push_back(name); };
  handlers.notice = [&](std::string_view, bus::Body) { ++notices; };
  bus::AsioClient client(io.get_executor(), options(), std::move(handlers));
  ASSERT_TRUE(run_both([&] { return instances.size() == 1; }));
  start();
  ASSERT_TRUE(run_both([&] { return instances.size() == 2; }));
  server->notice(handler.up.rbegin()->first, "searching", R"({"session":1,"leg":1,"detail":{}})");
  EXPECT_TRUE(run_both([&] { return notices == 1; }));
}

TEST_F(AsioBus, ClosesInGoodOrder) {
  {
    bus::AsioClient client(io.get_executor(), options(), {});
    ASSERT_TRUE(run_both([&] { return client.client().connected(); }));
    std::string code;
    client.client().request("silence", "{}", [&](bus::Reply reply) { code = reply.code; });
    client.close();
    ASSERT_TRUE(run_both([&] { return !code.empty(); }));
    EXPECT_EQ(code, "closed");
  }
  EXPECT_TRUE(run_both([&] { return handler.up.empty(); })) << "the core was told";
}

}  // namespace
}  // namespace convene
