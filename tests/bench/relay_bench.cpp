// tests/bench/relay_bench.cpp - chat between 100 pairs through the gateway, beside bare Boost.Beast relays.
//
// Four servers, each a process of its own with one thread, take the same load: "peer" passes what one browser
// of a pair says to the other; "both" to both, which is what a chat does, where everybody sees the numbered transcript;
// "gateway" is the production code: the protocol's checks, the rate limit, channel_chat from its .so behind the guard,
// numbering, the log and its sealed file; "forgetful" is the same without the file. They take turns of an eighth of a
// second, so that what the machine does meanwhile meets all of them. The load has a processor of its own, as if it came
// over a network; the servers have the other, which is kept awake (awake.hpp). Figures are medians of five runs of 20
// turns each; CPU is the server process's own, from the scheduler.
// Links: convene_web
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "adapters/web/channel_plugins.hpp"
#include "adapters/web/server.hpp"
#include "tests/bench/awake.hpp"
#include "tests/bench/relay_browser.hpp"
#include "tests/bench/target.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using convene::bench::Browser;
using convene::bench::open_browser;
using convene::bench::run_on;
using convene::bench::send_text;
using convene::bench::take_messages;

constexpr int kPairs = 100, kRounds = 5, kPerSecond = 40;  // Messages a second of each browser.
constexpr int kSlices = 20, kSlice = 1000;   // Messages at a time, an eighth of a second.
constexpr std::chrono::seconds kWritten{3};  // After which no transcript is on its way.

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch())
      .count();
}

// A bare relay ----------------------------------------------------------------------------------------------------

namespace beast = boost::beast;
using boost::asio::ip::tcp;

/// The least that Beast can do: read a message, write it to one or both of the pair.
struct Bare : std::enable_shared_from_this<Bare> {
  Bare(tcp::socket socket, bool to_both) : ws(std::move(socket)), both(to_both) {}
  void read() {
    ws.async_read(buffer, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (error) return;
      auto text =
          std::make_shared<const std::string>(beast::buffers_to_string(self->buffer.data()));
      self->buffer.consume(self->buffer.size());
      if (auto other = self->peer.lock()) other->write(text);
      if (self->both) self->write(std::move(text));
      self->read();
    });
  }
  void write(std::shared_ptr<const std::string> text) {
    queue.push_back(std::move(text));
    if (queue.size() == 1) send();
  }
  void send() {
    ws.async_write(boost::asio::buffer(*queue.front()),
                   [self = shared_from_this()](beast::error_code error, std::size_t) {
                     if (error) return;
                     self->queue.pop_front();
                     if (!self->queue.empty()) self->send();
                   });
  }
  beast::websocket::stream<tcp::socket, false> ws;
  beast::flat_buffer buffer;
  std::deque<std::shared_ptr<const std::string>> queue;
  std::weak_ptr<Bare> peer;
  bool both;
};

[[noreturn]] void serve_bare(bool both, int ready) {
  boost::asio::io_context context(1);
  tcp::acceptor acceptor(context, {boost::asio::ip::address_v4::loopback(), 0});
  std::shared_ptr<Bare> waiting;
  std::function<void()> accept = [&] {
    acceptor.async_accept([&](beast::error_code error, tcp::socket socket) {
      if (error) return;
      socket.set_option(tcp::no_delay(true));
      auto one = std::make_shared<Bare>(std::move(socket), both);
      one->ws.async_accept([one](beast::error_code e) {
        if (!e) one->read();
      });
      if (waiting)
        waiting->peer = one, one->peer = waiting, waiting.reset();
      else
        waiting = one;
      accept();
    });
  };
  accept();
  const std::uint16_t port = acceptor.local_endpoint().port();
  if (write(ready, &port, sizeof port) != sizeof port) _exit(1);
  context.run();
  _exit(0);
}

// The gateway -----------------------------------------------------------------------------------------------------

namespace web = convene::web;

/// A core that has nothing to say: the legs are there from the start.
struct QuietCore final : web::Core {
  void ask(std::string_view, std::string, web::CoreAnswer, std::string_view) override {}
  void leg(const std::string&) override {}
  bool up() const override { return true; }
};

[[noreturn]] void no_server(const char* why) {
  std::fprintf(stderr, "no server: %s\n", why);
  _exit(1);
}

[[noreturn]] void serve_gateway(int ready, const std::string& transcripts) {
  boost::asio::io_context lane(1);
  QuietCore core;
  web::ChannelSet channels;
  const auto plugins = web::load_channels(
      {{"channel_chat", {CONVENE_PLUGIN_DIR "/channel_chat.so", "{}"}}}, 1, channels);
  if (channels.size() != 1) no_server("channel_chat was not loaded");
  web::StaticFiles files("/nonexistent");
  auto settings = web::parse_settings(
      R"({"settings":{"listen":"127.0.0.1:8080","origins":["https://bench"],"threads":1,"customer_messages":100000},
          "flows":{"f":{"channels":["chat"],"channel_settings":{"chat":{"burst":1000,"every_ms":1}}}}})");
  if (!settings) no_server(settings.error().text.c_str());
  settings->port = 0;
  settings->transcripts = transcripts;
  const auto ms = [] { return now_us() / 1000; };
  web::Gateway gateway(*settings, files, core, channels, {ms, ms}, [&](std::function<void()> work) {
    boost::asio::dispatch(lane, std::move(work));
  });
  for (int leg = 1; leg <= 2 * kPairs; ++leg)
    gateway.hub.note_details(R"({"session":)" + std::to_string((leg + 1) / 2) + R"(,"leg":)" +
                             std::to_string(leg) + R"(,"role":1,"epoch":1,"ticket":"t)" +
                             std::to_string(leg) +
                             R"(","expires_ms":9000000000000000,"channels":["chat"],"flow":"f"})");
  web::Server server(lane, 1);
  if (!server.listen(gateway)) no_server("it cannot listen");
  const std::uint16_t port = server.port();
  if (write(ready, &port, sizeof port) != sizeof port) _exit(1);
  boost::asio::signal_set ends(lane, SIGTERM);
  ends.async_wait([&](boost::system::error_code, int) { lane.stop(); });
  lane.run();
  gateway.hub.close();
  _exit(0);
}

// The load --------------------------------------------------------------------------------------------------------

double cpu_us(pid_t pid) {
  double total = 0;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    std::ifstream in(task.path() / "schedstat");
    double ns = 0;
    in >> ns;
    total += ns / 1000;
  }
  return total;
}

enum Kind { peer, both, gateway, forgetful, kKinds };

/// Where the transcripts go: on a disk, as in production.
struct Folder {
  std::string path = CONVENE_BUILD_DIR "/relay-XXXXXX";
  Folder() {
    if (::mkdtemp(path.data()) == nullptr) std::perror("mkdtemp"), std::exit(1);
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

struct Figures {
  double cpu = 0, p50 = 0, p99 = 0;
};

/// A server in a process of its own, with the browsers of all pairs at it.
class Relay {
 public:
  /// `serves_on`: the server's processor; null: any.
  Relay(Kind kind, const std::size_t* serves_on) : protocol_(kind == gateway || kind == forgetful) {
    int ready[2];
    if (pipe(ready) != 0) std::exit(1);
    std::fflush(stdout);
    server_ = fork();
    if (server_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // However the bench ends.
      if (serves_on) run_on(*serves_on);
      close(ready[0]);
      if (protocol_) serve_gateway(ready[1], kind == gateway ? folder_.path : "");
      serve_bare(kind == both, ready[1]);
    }
    close(ready[1]);
    std::uint16_t port = 0;
    if (read(ready[0], &port, sizeof port) != sizeof port) std::exit(1);
    close(ready[0]);
    epoll_ = epoll_create1(0);
    for (int leg = 1; leg <= 2 * kPairs; ++leg) {
      browsers_.push_back(open_browser(port, leg, protocol_));
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = browsers_.size() - 1;
      epoll_ctl(epoll_, EPOLL_CTL_ADD, browsers_.back().fd, &event);
    }
  }
  ~Relay() {
    for (const auto& b : browsers_) close(b.fd);
    close(epoll_);
    kill(server_, SIGTERM);
    waitpid(server_, nullptr, 0);
  }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// Every browser says something kPerSecond times a second, evenly spread; how long until its partner has it.
  void talk() {
    const std::size_t until = latencies_.size() + kSlice;
    const double gap_us = 1e6 / (kPerSecond * 2.0 * kPairs);
    const std::int64_t start = now_us();
    for (int sent = 0; latencies_.size() < until && now_us() - start < 60'000'000;) {
      for (; sent < kSlice && static_cast<double>(now_us() - start) >= sent * gap_us; ++sent)
        say(static_cast<std::size_t>(sent) * 7 % (2 * kPairs));
      epoll_event events[64];
      const int n = epoll_wait(epoll_, events, 64, 0);
      for (int e = 0; e < n; ++e) hear(events[e].data.u64);
    }
    if (latencies_.size() < until) std::fprintf(stderr, "messages were lost\n"), std::exit(1);
  }

  /// Of everything since the last call.
  Figures figures() {
    const double cpu = cpu_us(server_), total = static_cast<double>(latencies_.size());
    std::sort(latencies_.begin(), latencies_.end());
    const Figures all{(cpu - cpu_) / total, latencies_[latencies_.size() / 2],
                      latencies_[latencies_.size() * 99 / 100]};
    latencies_.clear();
    cpu_ = cpu;
    return all;
  }

 private:
  void say(std::size_t who) {
    const std::string text = "{\"text\":\"f" + std::to_string(who) + "@" +
                             std::to_string(now_us()) +
                             "# Good morning, could you tell me what became of my order?\"}";
    send_text(browsers_[who].fd, protocol_ ? "{\"t\":\"frame\",\"leg\":" + std::to_string(who + 1) +
                                                 ",\"ch\":\"chat\",\"body\":" + text + "}"
                                           : text);
  }

  void hear(std::size_t who) {
    char bytes[16384];
    const ssize_t got = read(browsers_[who].fd, bytes, sizeof bytes);
    if (got <= 0) return;
    browsers_[who].in.append(bytes, static_cast<std::size_t>(got));
    const std::int64_t now = now_us();
    take_messages(browsers_[who].in, [&](std::string_view text) {
      const auto at = text.find('@'), from = text.rfind("\"f", at);
      if (from == text.npos || at == text.npos) {
        std::fprintf(stderr, "unexpected: %.*s\n", static_cast<int>(text.size()), text.data());
        std::exit(1);
      }
      if (std::stoull(std::string(text.substr(from + 2, at - from - 2))) != who)
        latencies_.push_back(
            static_cast<double>(now - std::stoll(std::string(text.substr(at + 1, 18)))));
    });
  }

  const bool protocol_;
  const Folder folder_;
  pid_t server_ = 0;
  int epoll_ = -1;
  std::vector<Browser> browsers_;
  std::vector<double> latencies_;
  double cpu_ = 0;
};

std::vector<double> all(const std::vector<Figures>& runs, double Figures::*what) {
  std::vector<double> values;
  for (const auto& r : runs) values.push_back(r.*what);
  return values;
}

}  // namespace

/// With a number: so many rounds, for a quick look.
int main(int argc, char** argv) {
  using namespace convene::bench;
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : kRounds;
  const auto where = convene::bench::processors();
  const std::size_t* const servers = where.size() > 1 ? &where.back() : nullptr;
  if (!servers) std::printf("load and servers share one processor, which sleeps when it is idle\n");
  std::vector<std::unique_ptr<Relay>> relays;
  for (int kind = 0; kind < kKinds; ++kind)
    relays.push_back(std::make_unique<Relay>(static_cast<Kind>(kind), servers));
  // After the servers: they are forked from a process with one thread.
  const Awake awake(servers ? std::vector<std::size_t>(1, *servers) : std::vector<std::size_t>());
  if (servers) run_on(where.front());
  std::vector<Figures> runs[kKinds];
  for (int round = -1; round < rounds; ++round) {
    for (int slice = 0; slice < (round < 0 ? 1 : kSlices); ++slice)
      for (const auto& relay : relays) relay->talk();
    std::this_thread::sleep_for(kWritten);
    for (int kind = 0; kind < kKinds; ++kind) {
      const Figures all = relays[kind]->figures();
      if (round >= 0) runs[kind].push_back(all);  // The first is to warm up.
    }
  }
  std::printf("chat relay, %d pairs, %d messages/s, medians of %d\n", kPairs,
              kPerSecond * 2 * kPairs, rounds);
  const char* names[] = {"bare, to the peer", "bare, to both", "gateway", "gateway, no file"};
  for (int i = 0; i < kKinds; ++i)
    std::printf("  %-18s %7.2f us of CPU a message   p50 %6.0f us   p99 %6.0f us\n", names[i],
                at(all(runs[i], &Figures::cpu)), at(all(runs[i], &Figures::p50)),
                at(all(runs[i], &Figures::p99)));
  const auto& bare_runs = runs[both];
  const auto& ours = runs[gateway];
  const auto target = [&](const char* what, double Figures::*figure, double reach) {
    const auto mine = all(ours, figure), bare = all(bare_runs, figure);
    return report({.what = what,
                   .ours = {at(mine), "us"},
                   .baseline = {at(bare), "us"},
                   .baseline_is = "bare Boost.Beast relay",
                   .reach = reach,
                   .ratio = median_ratio(mine, bare)});
  };
  bool reached = target("chat relay, CPU of the server per message", &Figures::cpu, 1.25);
  reached = target("chat relay, p99 until the partner has it", &Figures::p99, 1.5) && reached;
  return reached ? 0 : 1;
}
