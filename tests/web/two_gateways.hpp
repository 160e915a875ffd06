// tests/web/two_gateways.hpp - one core with two gateways, and what browsers do at either of them.
#pragma once

#include <memory>
#include <string>

#include "tests/web/fixture.hpp"

namespace convene::test {

class TwoGateways : public testing::Test {
 protected:
  TwoGateways() {
    const std::string origin = "http://localhost:" + std::to_string(second_port_);
    SiteOptions options;
    options.more =
        "\n[adapter.web2]\ncommand = [\"convene-web\"]\n[adapter.web2.settings]\nlisten = "
        "\"127.0.0.1:" +
        std::to_string(second_port_) + "\"\norigins = [\"" + origin + "\"]\npublic_url = \"" +
        origin + "\"\n";
    site_ = std::make_unique<Site>(options);
  }
  void SetUp() override {
    ASSERT_TRUE(site_->start()) << site_->log();
    ASSERT_TRUE(eventually([&] { return HttpClient(second_port_).get("/readyz").status == 200; }));
  }

  static Headers from(int port) {
    return {{"Origin", "http://localhost:" + std::to_string(port)},
            {"Convene-Client", "1"},
            {"Content-Type", "application/json"}};
  }
  /// A desk's socket with this cookie: attached, or nothing.
  static WebSocket desk(int port, const std::string& cookie) {
    Headers headers = from(port);
    headers.emplace_back("Cookie", cookie);
    WebSocket socket = WebSocket::open(port, "/api/v1/leg", headers);
    socket.send({{"t", "desk"}});
    return socket;
  }

  /// The cookie of a new sign-in.
  static std::string sign_in(int port, const std::string& agent = "anna") {
    HttpClient browser(port);
    const json::object who{{"agent", agent}, {"password", kPassword}};
    EXPECT_EQ(browser.post("/api/v1/desk/sign-in", who, from(port)).status, 200) << agent;
    return browser.cookie_header();
  }
  static bool connect(WebSocket& socket, const json::value& details, Millis patience = kPatience) {
    socket.send({{"t", "connect"},
                 {"ticket", text_at(details, "/ticket")},
                 {"channels", {"chat"}},
                 {"protocol", 1}});
    return socket.wait("connected", patience).has_value();
  }

  int second_port_ = free_port();
  std::unique_ptr<Site> site_;
};

}  // namespace convene::test
