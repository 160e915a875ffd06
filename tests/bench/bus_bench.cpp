// tests/bench/bus_bench.cpp - the buses beside raw ZeroMQ over ipc: events a second, and the time of a request.
// Links: convene_runtime
#include <zmq.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <poll.h>
#include <stdlib.h>

#include <filesystem>

#include "core/runtime/bus_server.hpp"
#include "core/runtime/event_bus.hpp"
#include "sdk/bus/client.hpp"
#include "sdk/bus/events.hpp"
#include "sdk/bus/wire.hpp"
#include "tests/bench/target.hpp"

namespace convene {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kBytes = 200;
constexpr std::uint64_t kEvents = 400'000;
constexpr std::uint64_t kLead =
    20'000;  ///< The publisher is never further ahead: both measure delivery, not loss.
constexpr int kWaiting = 100'000;
constexpr int kTrips = 5'000;
constexpr int kRounds = 5;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Leaves the processor to whoever has to catch up; spinning would take it from them.
void rest() { std::this_thread::sleep_for(std::chrono::microseconds(100)); }

class Machine final : public NodeClock {
 public:
  std::int64_t monotonic_ms() override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch())
        .count();
  }
  std::int64_t wall_ms() override { return monotonic_ms(); }
};

struct Folder {
  Folder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "convene-bench-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string ipc(const char* name) const { return "ipc://" + path + "/" + name; }
  std::string path;
};

/// How fast events went through, by the clock on the wall and by the processor time of all threads: the second is what
/// remains comparable when others use the machine as well.
struct Rate {
  double wall = 0, processor = 0;
};

class Stopwatch {
 public:
  Rate rate() const {
    const double used = static_cast<double>(std::clock() - used_) / CLOCKS_PER_SEC;
    return {static_cast<double>(kEvents) / seconds_since(start_),
            static_cast<double>(kEvents) / used};
  }
  double seconds() const { return seconds_since(start_); }

 private:
  Clock::time_point start_ = Clock::now();
  std::clock_t used_ = std::clock();
};

/// Events a second from a plain PUB of one frame to a plain SUB.
Rate raw_events() {
  const Folder folder;
  zmq::context_t here(1), there(1);
  zmq::socket_t out(here, zmq::socket_type::xpub), in(there, zmq::socket_type::sub);
  out.set(zmq::sockopt::sndhwm, kWaiting);
  in.set(zmq::sockopt::rcvhwm, kWaiting);
  in.set(zmq::sockopt::subscribe, "");
  out.bind(folder.ipc("raw"));
  in.connect(folder.ipc("raw"));
  zmq::message_t subscription;
  [[maybe_unused]] const auto got = out.recv(subscription);
  std::atomic<std::uint64_t> received{0};
  std::thread reader([&] {
    zmq::message_t message;
    while (received < kEvents)
      if (in.recv(message)) ++received;
  });
  const std::string body(kBytes, 'x');
  const Stopwatch watch;
  for (std::uint64_t i = 0; i < kEvents; ++i) {
    while (i > received + kLead) rest();
    zmq_send(out.handle(), body.data(), body.size(), ZMQ_DONTWAIT);
  }
  reader.join();
  return watch.rate();
}

/// The same through EventBus and EventReader: topic, number, body, and every number checked.
Rate our_events(std::uint64_t& unnoticed) {
  const Folder folder;
  zmq::context_t here(1);
  Machine clock;
  NodeCounters counters;
  BusLimits limits;
  limits.events_waiting = kWaiting;
  EventBus bus(here, limits, clock, counters);
  bus.set_instance("bench");
  if (!bus.open(folder.ipc("ours"), {})) return {};
  std::atomic<std::uint64_t> received{0}, missed{0};
  std::atomic<bool> ready{false};
  std::thread reader_thread([&] {
    bus::EventOptions options;
    options.endpoint = folder.ipc("ours");
    options.events_waiting = kWaiting;
    bus::EventReader* self = nullptr;
    bus::EventReader reader(options, {[&](const bus::Event&) { ++received; },
                                      [&](const bus::Gap& gap) {
                                        missed += gap.number - gap.expected;
                                        self->covered(gap.word, gap.number - 1);
                                      }});
    self = &reader;
    if (!reader.open()) return;
    while (received + missed < kEvents) {
      reader.wait(1);
      ready = ready || reader.order().number("ready") > 0;
    }
  });
  while (!ready) {
    bus.publish("ready.now", "{}");
    bus.tick();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  received = 0;
  missed = 0;
  const std::string body = "{\"x\":\"" + std::string(kBytes - 8, 'x') + "\"}";
  const Stopwatch watch;
  for (std::uint64_t i = 0; i < kEvents; ++i) {
    while (i > received + missed + kLead) rest();
    bus.publish("leg.connected", body);
  }
  while (received + missed < kEvents && watch.seconds() < 60) {
    bus.tick();
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  const Rate rate = watch.rate();
  unnoticed += kEvents - std::min<std::uint64_t>(kEvents, received + missed);
  reader_thread.join();
  return rate;
}

/// Median microseconds of one message there and back, DEALER to ROUTER.
double raw_trip() {
  const Folder folder;
  zmq::context_t here(1), there(1);
  zmq::socket_t server(here, zmq::socket_type::router), client(there, zmq::socket_type::dealer);
  server.bind(folder.ipc("raw"));
  client.connect(folder.ipc("raw"));
  std::thread echo([&] {
    for (int i = 0; i < kTrips; ++i) {
      zmq::message_t route, body;
      [[maybe_unused]] const auto first = server.recv(route);
      [[maybe_unused]] const auto second = server.recv(body);
      server.send(route, zmq::send_flags::sndmore);
      server.send(body, zmq::send_flags::none);
    }
  });
  const std::string body(kBytes, 'x');
  std::vector<double> times;
  for (int i = 0; i < kTrips; ++i) {
    const auto start = Clock::now();
    zmq_send(client.handle(), body.data(), body.size(), 0);
    zmq::message_t answer;
    [[maybe_unused]] const auto got = client.recv(answer);
    times.push_back(seconds_since(start) * 1e6);
  }
  echo.join();
  return bench::at(std::move(times));
}

class Echo final : public BusHandler {
 public:
  Result<std::string> admit(const Hello&) override { return std::string("{}"); }
  void peer_up(PeerId, const Hello&) override {}
  void peer_down(PeerId, std::string_view, std::string_view) override {}
  void request(const BusRequest& request) override {
    server->answer(request.id, success(request.text));
  }
  void leg(PeerId, const boost::json::object&) override {}
  void event(PeerId, PeerKind, std::string_view, const boost::json::object&) override {}
  void replied(PeerId, std::uint64_t, bool, std::string_view) override {}
  BusServer* server = nullptr;
};

/// The same through Client and BusServer: parsed, checked, remembered for repetition.
double our_trip() {
  const Folder folder;
  std::atomic<bool> stop{false};
  std::atomic<bool> open{false};
  std::thread core([&] {
    zmq::context_t here(1);
    Machine clock;
    NodeCounters counters;
    Echo handler;
    BusServer server(here, {}, clock, handler, counters, {});
    handler.server = &server;
    server.set_instance("bench");
    open = static_cast<bool>(server.open(folder.ipc("ours"), {}));
    while (!stop) {
      pollfd woken{server.descriptor(), POLLIN, 0};
      if (server.take(1'000) == 0) ::poll(&woken, 1, 10);
      server.tick();
    }
  });
  while (!open) std::this_thread::yield();
  bus::ClientOptions options;
  options.endpoint = folder.ipc("ours");
  options.name = "web";
  bus::Client client(options, {});
  while (!client.connected()) client.wait(10);
  const std::string body = "{\"x\":\"" + std::string(kBytes - 8, 'x') + "\"}";
  std::vector<double> times;
  for (int i = 0; i < kTrips; ++i) {
    bool done = false;
    const auto start = Clock::now();
    client.request("echo", body, [&](bus::Reply) { done = true; });
    while (!done) client.wait(100);
    times.push_back(seconds_since(start) * 1e6);
  }
  stop = true;
  core.join();
  return bench::at(std::move(times));
}

int run() {
  std::vector<double> raw, ours, raw_processor, our_processor, raw_us, our_us;
  std::uint64_t unnoticed = 0;
  for (int round = 0; round < kRounds;
       ++round) {  // side by side, so that both see the same machine
    const Rate plain = raw_events(), whole = our_events(unnoticed);
    raw.push_back(plain.wall);
    ours.push_back(whole.wall);
    raw_processor.push_back(plain.processor);
    our_processor.push_back(whole.processor);
    raw_us.push_back(raw_trip());
    our_us.push_back(our_trip());
  }
  using namespace bench;
  std::printf("  events/s by the clock on the wall: raw %.0f, ours %.0f, ratio %.2f\n", at(raw),
              at(ours), median_ratio(ours, raw));
  std::printf("  request and answer: raw %.1f us, checked and remembered %.1f us, ratio %.2f\n",
              at(raw_us), at(our_us), median_ratio(our_us, raw_us));
  // By processor time: other work on the machine disturbs it least.
  bool reached =
      report({.what = "events of 200 bytes with codec and numbers, per second of processor",
              .ours = {at(our_processor), "/s"},
              .baseline = {at(raw_processor), "/s"},
              .baseline_is = "raw ZeroMQ over ipc",
              .bound = Bound::at_least,
              .reach = 0.3,
              .ratio = median_ratio(our_processor, raw_processor)});
  reached = report({.what = "events of 200 bytes lost unnoticed",
                    .ours = {static_cast<double>(unnoticed), ""},
                    .held = Held::figure}) &&
            reached;
  return reached ? 0 : 1;
}

}  // namespace
}  // namespace convene

int main() { return convene::run(); }
