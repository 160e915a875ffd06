// tests/web/origin_test.cpp - sockets are for listed origins only, byte for byte (F1).
#include "tests/web/fixture.hpp"

namespace convene::test {
namespace {

struct WebOrigin : RunningSite {};

std::vector<std::string> hostile_origins(const std::string& good, int port) {
  const std::string p = std::to_string(port);
  std::vector<std::string> list = {"null",
                                   "",
                                   " ",
                                   good + "/",
                                   good + "//",
                                   good + "/..",
                                   good + "/x",
                                   good + "?",
                                   good + "#",
                                   good + "%00",
                                   good + ".",
                                   good + ".evil.example",
                                   good + "@evil.example",
                                   "http://evil.example",
                                   "http://evil.example#" + good,
                                   "http://evil.example/" + good,
                                   "http://user@localhost:" + p,
                                   "http://user:x@localhost:" + p,
                                   "https://localhost:" + p,
                                   "ws://localhost:" + p,
                                   "wss://localhost:" + p,
                                   "HTTP://localhost:" + p,
                                   "http://LOCALHOST:" + p,
                                   "http://Localhost:" + p,
                                   "http://localhost",
                                   "http://localhost:80",
                                   "http://localhost:" + p + "0",
                                   "http://localhost:0" + p,
                                   "http://localhost:" + p + ":" + p,
                                   "http://127.0.0.1:" + p,
                                   "http://[::1]:" + p,
                                   "http://0.0.0.0:" + p,
                                   "http://localhost.:" + p,
                                   "http://xlocalhost:" + p,
                                   "http://localhostx:" + p,
                                   "http://sub.localhost:" + p,
                                   "http://local%68ost:" + p,
                                   "http:/localhost:" + p,
                                   "http:localhost:" + p,
                                   "//localhost:" + p,
                                   "localhost:" + p,
                                   "localhost",
                                   "file://",
                                   "file:///",
                                   "data:",
                                   "about:blank",
                                   "chrome-extension://abc",
                                   "moz-extension://abc",
                                   "app://localhost",
                                   good + "," + good,
                                   good + " " + good,
                                   good + ";",
                                   "http://xn--lcalhost-4za:" + p,
                                   "http://l\xc3\xb6"
                                   "calhost:" +
                                       p,
                                   "http://\xd0\xbeocalhost:" + p,
                                   "http://localhost\\:" + p,
                                   "http://localhost:" + p + "\\"};
  for (int other = port + 1; list.size() < 150; ++other)
    list.push_back("http://localhost:" + std::to_string(other));
  for (char c = 'a'; list.size() < 176; ++c)
    list.push_back("http://" + std::string(1, c) + ".localhost:" + p);
  for (int i = 0; list.size() < 200; ++i)
    list.push_back("http://evil" + std::to_string(i) + ".example:" + p);
  return list;
}

TEST_F(WebOrigin, TwoHundredHostileOriginsOpenNoSocket) {
  const auto list = hostile_origins(site().origin(), site().port());
  ASSERT_GE(list.size(), 200u);
  int refused = 0;
  for (const auto& origin : list) {
    const WebSocket socket = WebSocket::open(site().port(), "/api/v1/leg", {{"Origin", origin}});
    EXPECT_NE(socket.status(), 101) << origin;
    refused += socket.status() == 101 ? 0 : 1;
  }
  EXPECT_NE(WebSocket::open(site().port(), "/api/v1/leg", {}).status(), 101) << "no Origin at all";
  EXPECT_EQ(WebSocket::open(site().port(), "/api/v1/leg", {{"Origin", site().origin()}}).status(),
            101);
  figure("F1", "hostile origins refused",
         std::to_string(refused) + " of " + std::to_string(list.size()), "all");
}

TEST_F(WebOrigin, AnOriginAloneOpensNoLeg) {
  WebSocket socket = WebSocket::open(site().port(), "/api/v1/leg", {{"Origin", site().origin()}});
  ASSERT_EQ(socket.status(), 101);
  for (const char* message :
       {R"({"t":"frame","leg":1,"ch":"chat","body":{"text":"x"}})",
        R"({"t":"connect","ticket":"AAAAAAAAAAAAAAAAAAAAAA","channels":["chat"],"protocol":1})"}) {
    socket.send_text(message);
    const auto answer = socket.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(text_at(*answer, "/t"), "refused");
  }
}

}  // namespace
}  // namespace convene::test
