// adapters/web/server_test.cpp - which thread a connection lives on.
#include "adapters/web/server.hpp"

#include <gtest/gtest.h>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <future>
#include <thread>

#include "adapters/web/shard.hpp"

namespace convene::web {
namespace {

/// Notes on which thread it is asked, which is that of the connection.
struct AskedCore final : Core {
  explicit AskedCore(boost::asio::io_context& l) : lane(l) {}
  void ask(std::string_view, std::string, CoreAnswer done, std::string_view) override {
    asked_on.set_value(std::this_thread::get_id());
    boost::asio::post(lane, [done = std::move(done)] { done({false, "", "no", "No.", 0}); });
  }
  void leg(const std::string&) override {}
  bool up() const override { return true; }
  boost::asio::io_context& lane;
  std::promise<std::thread::id> asked_on;
};

constexpr const char* kSettings =
    R"({"settings":{"listen":"127.0.0.1:8080","origins":["http://localhost:8080"],"threads":2},
        "flows":{"later":{"title":"Later","channels":["chat"],"carriage":"query"}},"desk_key":"k"})";

constexpr std::chrono::seconds kPatience{20};

TEST(Server, PlacesAConnectionWhenItComesNotWhenTheLastOneCame) {
  boost::asio::io_context lane(1), customers;
  auto settings = parse_settings(kSettings);
  ASSERT_TRUE(settings) << settings.error().text;
  settings->port = 0;
  const StaticFiles files("/nonexistent");
  const ChannelSet channels;
  AskedCore core(lane);
  Gateway gateway(
      *settings, files, core, channels, {[] { return 1; }, [] { return 1; }},
      [&](std::function<void()> work) { boost::asio::dispatch(lane, std::move(work)); });
  Server server(lane, 2);
  ASSERT_TRUE(server.listen(gateway));
  auto keep = boost::asio::make_work_guard(lane);
  std::thread lane_thread([&] { lane.run(); });
  const auto connect = [&] {
    TcpSocket socket(customers);
    socket.connect({boost::asio::ip::address_v4::loopback(), server.port()});
    return socket;
  };
  const auto until_open = [&](std::int64_t count) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (gateway.metrics.connections != count && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    EXPECT_EQ(gateway.metrics.connections, count);
  };

  std::vector<TcpSocket> crowd;
  for (int i = 0; i < 256; ++i) crowd.push_back(connect());
  until_open(256);
  crowd.clear();
  until_open(0);

  {
    TcpSocket customer = connect();
    const std::string request =
        "POST /api/v1/rendezvous HTTP/1.1\r\nHost: localhost:8080\r\nContent-Type: "
        "application/json\r\nContent-Length: 29\r\n\r\n{\"flow\":\"later\",\"context\":{}}";
    boost::asio::write(customer, boost::asio::buffer(request));
    auto asked_on = core.asked_on.get_future();
    EXPECT_EQ(asked_on.wait_for(kPatience), std::future_status::ready);
    if (asked_on.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
      EXPECT_EQ(asked_on.get(), lane_thread.get_id())
          << "nobody else is there: what it asks of the core need not change threads";
    }
  }
  until_open(0);
  server.stop();
  lane.stop();
  lane_thread.join();
}

}  // namespace
}  // namespace convene::web
