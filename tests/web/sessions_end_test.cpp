// tests/web/sessions_end_test.cpp - promise E9: whoever's right to be there ends is out within a second, at every gateway.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <future>
#include <thread>
#include <vector>

#include "tests/support/sanitized.hpp"
#include "tests/web/two_gateways.hpp"

namespace convene::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kAtOnce = 20;
constexpr double kWithinMs = kSanitized ? 10'000 : 1000;

double ms_between(Clock::time_point start, Clock::time_point end) {
  return std::chrono::duration<double, std::milli>(end - start).count();
}
double ms_since(Clock::time_point start) { return ms_between(start, Clock::now()); }
std::string of(std::size_t count, std::size_t all) {
  return std::to_string(count) + " of " + std::to_string(all);
}
std::string of(std::size_t count, std::size_t all, double worst_ms) {
  return of(count, all) + ", " + std::to_string(static_cast<int>(worst_ms)) + " ms";
}

/// How many sockets: CONVENE_DESKS=1000 is the promise in full.
std::size_t wanted() {
  const char* text = std::getenv("CONVENE_DESKS");
  return text ? std::strtoull(text, nullptr, 10) : 60;
}

/// What is done at one gateway is seen at the other.
class SessionsEnd : public TwoGateways {
 protected:
  int port_of(std::size_t i) const { return i % 2 == 0 ? site_->port() : second_port_; }
  /// Of both gateways.
  void set(const std::string& setting) {
    site_->options.web_settings += setting + "\n";
    site_->options.more += setting + "\n";
    site_->write_config();
  }
};

/// As many agents as there are sockets.
class ManyDesks : public SessionsEnd {
 protected:
  ManyDesks() {
    site_->options.agents.clear();
    for (std::size_t i = 0; i < wanted(); ++i)
      site_->options.agents.push_back({agent(i), "Agent", "{ en = 5 }"});
    site_->write_config();
  }
  static std::string agent(std::size_t i) { return "agent" + std::to_string(i); }
  /// Whether this cookie still opens a desk there.
  static bool opens(int port, const std::string& cookie) {
    WebSocket socket = desk(port, cookie);
    const auto answer = socket.wait([](const json::value& m) {
      return text_at(m, "/t") == "attached" || text_at(m, "/t") == "bye";
    });
    EXPECT_TRUE(answer);
    return answer && text_at(*answer, "/t") == "attached";
  }
};

TEST_F(ManyDesks, CloseWithinASecondOfTheSignOutAndNoCookieOpensOneAgain) {
  std::vector<std::string> cookies;
  std::vector<WebSocket> desks;
  for (std::size_t i = 0; i < wanted(); ++i) {
    cookies.push_back(sign_in(port_of(i), agent(i)));
    desks.push_back(desk(port_of(i + 1), cookies.back()));
    ASSERT_TRUE(desks.back().wait("attached")) << i;
  }
  std::this_thread::sleep_for(Millis{3});  // a sign-in of the millisecond of a sign-out is void
  double worst_ms = 0;
  std::size_t closed = 0, opened = 0;
  for (std::size_t begin = 0; begin < wanted(); begin += kAtOnce) {
    const std::size_t end = std::min(wanted(), begin + kAtOnce);
    const auto start = Clock::now();
    for (std::size_t i = begin; i < end; ++i) {
      Headers headers = from(port_of(i));
      headers.emplace_back("Cookie", cookies[i]);
      HttpClient browser(port_of(i));
      ASSERT_EQ(browser.post("/api/v1/desk/sign-out", json::object{}, headers).status, 200);
      opened += opens(port_of(i), cookies[i]);  // at once where it was signed out
    }
    for (std::size_t i = begin; i < end; ++i) closed += desks[i].wait_closed();
    worst_ms = std::max(worst_ms, ms_since(start));
    for (std::size_t i = begin; i < end; ++i) opened += opens(port_of(i + 1), cookies[i]);
  }
  figure("E9",
         "sockets at the other gateway closed after the sign-out of their agents, " +
             std::to_string(kAtOnce) + " at a time, worst",
         of(closed, wanted(), worst_ms), "1000 ms");
  figure("E9", "desks that a cookie opened after its sign-out, at either gateway",
         of(opened, 2 * wanted()), "0");
  EXPECT_EQ(closed, wanted());
  EXPECT_EQ(opened, 0u);
  EXPECT_LE(worst_ms, kWithinMs);
}

class SignInsThatRunOut : public ManyDesks {
 protected:
  static constexpr std::chrono::seconds kLasts{kSanitized ? 10 : 4};
  SignInsThatRunOut() { set("sign_in_seconds = " + std::to_string(kLasts.count())); }
};

TEST_F(SignInsThatRunOut, CloseTheirDesksAtTheOtherGatewayWithinASecond) {
  std::vector<std::string> cookies(wanted());
  std::vector<WebSocket> desks(wanted());
  std::vector<Clock::time_point> asked(wanted()), given(wanted());
  std::atomic<std::size_t> open{0};
  std::size_t closed = 0, early = 0, opened = 0;
  double worst_ms = 0;
  // They run out in the order in which they were given, while others are still signing in.
  std::thread watch([&] {
    for (std::size_t i = 0; i < wanted(); ++i) {
      while (open <= i) std::this_thread::sleep_for(Millis{1});
      closed += desks[i].wait_closed();
      early += Clock::now() < asked[i] + kLasts;
      worst_ms = std::max(worst_ms, ms_since(given[i] + kLasts));
      opened += opens(port_of(i), cookies[i]) + opens(port_of(i + 1), cookies[i]);
    }
  });
  for (std::size_t i = 0; i < wanted(); ++i, ++open) {
    asked[i] = Clock::now();
    cookies[i] = sign_in(port_of(i), agent(i));
    given[i] = Clock::now();
    desks[i] = desk(port_of(i + 1), cookies[i]);
    EXPECT_TRUE(desks[i].wait("attached")) << i;
  }
  watch.join();
  figure("E9", "desks at the other gateway closed when their sign-in had run out, worst",
         of(closed, wanted(), worst_ms), "1000 ms");
  figure("E9", "desks that a cookie opened after it had run out, at either gateway",
         of(opened, 2 * wanted()), "0");
  EXPECT_EQ(closed, wanted());
  EXPECT_EQ(early, 0u);
  EXPECT_EQ(opened, 0u);
  EXPECT_LE(worst_ms, kWithinMs);
}

class ErasedConversations : public SessionsEnd {
 protected:
  ErasedConversations() { set("identifier_misses = 100000"); }

  struct Caller {
    HttpClient http;
    std::string identifier;
    WebSocket socket;
  };
  static Headers with(const Caller& caller, int port) {
    Headers headers = from(port);
    headers.emplace_back("Authorization", "Rendezvous " + caller.identifier);
    return headers;
  }
  /// Books at one gateway, comes back at the other, and is connected there.
  Caller call(std::size_t i) {
    HttpClient booking(port_of(i));
    const json::object wish{{"flow", "later"}, {"context", {{"product", "loans"}}}};
    Caller caller{HttpClient(port_of(i + 1)), {}, {}};
    caller.identifier = booking.post("/api/v1/rendezvous", wish, from(port_of(i))).text("/id");
    const Response joined = caller.http.request("POST", "/api/v1/rendezvous/return", "{}",
                                                with(caller, port_of(i + 1)));
    EXPECT_EQ(joined.status, 200) << joined.body;
    Headers headers = from(port_of(i + 1));
    headers.emplace_back("Cookie", caller.http.cookie_header());
    caller.socket = WebSocket::open(port_of(i + 1), "/api/v1/leg", headers);
    EXPECT_TRUE(connect(caller.socket, joined.parsed().at("details")));
    return caller;
  }
  /// What it holds is good for something at this gateway: the identifier, or the cookie of the session.
  bool opens(Caller& caller, int port) {
    HttpClient http(port);
    http.cookies() = caller.http.cookies();
    return http.request("POST", "/api/v1/rendezvous/return", "{}", with(caller, port)).status ==
               200 ||
           http.post("/api/v1/sessions/resume", json::object{}, from(port)).status == 200;
  }
};

TEST_F(ErasedConversations, CloseTheirSocketsAtBothGatewaysAndNothingOpensThemAgain) {
  std::vector<Caller> callers;
  for (std::size_t i = 0; i < wanted(); ++i) callers.push_back(call(i));
  // When the program has erased one of them is between its start and its end.
  double since_start_ms = 0, since_end_ms = 0;
  std::size_t closed = 0, opened = 0;
  for (std::size_t begin = 0; begin < wanted(); begin += kAtOnce) {
    const std::size_t end = std::min(wanted(), begin + kAtOnce);
    std::string identifiers;
    for (std::size_t i = begin; i < end; ++i) identifiers += callers[i].identifier + "\n";
    const auto start = Clock::now();
    Clock::time_point done;
    auto erased = std::async(std::launch::async, [&] {
      const Finished ran = site_->convene({"erase", "-", site_->config().string()}, identifiers);
      done = Clock::now();
      return ran.out;
    });
    for (std::size_t i = begin; i < end; ++i) closed += callers[i].socket.wait_closed();
    const auto last = Clock::now();
    EXPECT_EQ(erased.get(), "erased: " + of(end - begin, end - begin) + "\n");
    since_start_ms = std::max(since_start_ms, ms_between(start, last));
    since_end_ms = std::max(since_end_ms, ms_between(done, last));
    for (std::size_t i = begin; i < end; ++i)
      opened += opens(callers[i], port_of(i)) + opens(callers[i], port_of(i + 1));
  }
  figure("E9",
         "customers' sockets at two gateways closed by `convene erase`, " +
             std::to_string(kAtOnce) + " at a time, worst after the program's end (and start)",
         of(closed, wanted(), since_end_ms) + " (" +
             std::to_string(static_cast<int>(since_start_ms)) + ")",
         "1000 ms");
  figure("E9", "sessions that an erased identifier or its cookie opened, at either gateway",
         of(opened, 2 * wanted()), "0");
  EXPECT_EQ(closed, wanted());
  EXPECT_EQ(opened, 0u);
  EXPECT_LE(since_end_ms, kWithinMs);
}

}  // namespace
}  // namespace convene::test
