// tests/bus/slow_reader_test.cpp - promise D5: a reader that stops reading hurts nobody but itself.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

#include "core/runtime/bus_fixture.hpp"
#include "core/runtime/event_bus.hpp"
#include "sdk/bus/events.hpp"
#include "tests/bus/peer_process.hpp"
#include "tests/bus/scale.hpp"
#include "tests/support/figure.hpp"

namespace convene {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t us_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch())
      .count();
}

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t size = 0, resident = 0;
  file >> size >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// Some readers on one thread; every event carries the time at which it was published.
class Readers {
 public:
  Readers(const std::string& endpoint, int count) {
    for (int i = 0; i < count; ++i) {
      bus::EventOptions options;
      options.endpoint = endpoint;
      options.words = {"steady"};
      readers_.push_back(std::make_unique<bus::EventReader>(
          options,
          bus::EventHandlers{
              [this](const bus::Event& event) {
                const auto digits = event.body.substr(7, event.body.find('"', 7) - 7);
                const std::int64_t published = std::stoll(std::string(digits));
                const auto second = static_cast<std::size_t>((published - begun_us_) / 1'000'000);
                if (second >= seconds_.size()) seconds_.resize(second + 1);
                seconds_[second].push_back(us_now() - published);
              },
              [this, i](const bus::Gap& gap) { readers_[i]->covered(gap.word, gap.number); }}));
      EXPECT_TRUE(readers_.back()->open());
    }
    thread_ = std::thread([this] {
      while (!stop_) {
        std::size_t taken = 0;
        for (auto& reader : readers_) taken += reader->step();
        if (taken == 0) readers_.front()->wait(1);
      }
    });
  }
  ~Readers() { finish(); }
  void finish() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  /// After `finish`: the 99th percentile of each second, in microseconds.
  std::vector<double> p99s() {
    std::vector<double> out;
    for (auto& late : seconds_) {
      if (late.empty()) continue;
      const auto at = late.begin() + static_cast<std::ptrdiff_t>(late.size() * 99 / 100);
      std::nth_element(late.begin(), at, late.end());
      out.push_back(static_cast<double>(*at));
    }
    return out;
  }

 private:
  std::vector<std::unique_ptr<bus::EventReader>> readers_;
  const std::int64_t begun_us_ = us_now();
  std::vector<std::vector<std::int64_t>> seconds_;  ///< How late each event came.
  std::thread thread_;
  std::atomic<bool> stop_{false};
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// 49 readers and one in a process of its own on a bus of their own.
struct Side {
  Side() {
    bus.set_instance("slow");
    EXPECT_TRUE(bus.open(folder.ipc("events"), {}));
  }
  void publish() {
    static const std::string padding(160, 'x');
    bus.publish("steady.on",
                "{\"us\":\"" + std::to_string(us_now()) + "\",\"x\":\"" + padding + "\"}");
    bus.tick();
  }

  const test::SocketFolder folder;
  zmq::context_t context{1};
  test::SteadyClock clock;
  NodeCounters counters;
  EventBus bus{context, {}, clock, counters};
  test::PeerProcess one{"reader", folder.ipc("events")};
  Readers others{folder.ipc("events"), 49};
};

/// Two buses at once get 500 events of 200 bytes a second each, in turn: what the machine does meanwhile meets both, and
/// what is left between their readers is that on one of them somebody is stopped. Second by second, as a pause of the
/// machine meets one of them more than the other.
TEST(SlowReader, D5HurtsNobodyAndIsDisconnected) {
  Side beside_one_that_runs, beside_one_that_is_stopped;
  Side* const sides[] = {&beside_one_that_runs, &beside_one_that_is_stopped};
  std::int64_t next = us_now();
  const auto publish_for = [&](std::int64_t ms) {
    std::size_t turn = 0;
    for (const std::int64_t end = us_now() + ms * 1'000; us_now() < end;) {
      if (us_now() < next) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        continue;
      }
      next += 1'000;
      sides[turn++ % 2]->publish();
    }
  };
  publish_for(1'000);
  const std::size_t before = resident_bytes();
  beside_one_that_is_stopped.one.signal(SIGSTOP);
  publish_for(static_cast<std::int64_t>(test::scaled(12)) * 1'000);
  const std::size_t after = resident_bytes(), grown = after > before ? after - before : 0;
  for (Side* side : sides) side->others.finish();
  const std::vector<double> alone = beside_one_that_runs.others.p99s(),
                            stopped = beside_one_that_is_stopped.others.p99s();
  std::vector<double> changes;
  for (std::size_t i = 1; i < std::min(alone.size(), stopped.size());
       ++i)  // Both ran in the first.
    changes.push_back(100 * (stopped[i] / alone[i] - 1));
  ASSERT_GE(changes.size(), 10u);
  const NodeCounters& counters = beside_one_that_is_stopped.counters;
  test::figure("D5", "p99 of 49 readers beside one that runs",
               std::to_string(static_cast<int>(median(alone))) + " us", "baseline");
  test::figure("D5", "p99 of 49 readers beside one that is stopped",
               std::to_string(static_cast<int>(median(stopped))) + " us, " +
                   std::to_string(static_cast<int>(median(changes))) + " % more",
               "10 % more");
  test::figure("D5", "memory grown while one is stopped", std::to_string(grown / 1024) + " KiB",
               "16384 KiB");
  test::figure("D5", "events that it was too slow for", std::to_string(counters.slow_events),
               "counted");
  test::figure("D5", "readers disconnected", std::to_string(counters.subscribers_gone), "1");
  EXPECT_LE(grown, 16u << 20);
  EXPECT_GE(counters.subscribers_gone, 1u);
  EXPECT_LE(median(changes), 100) << "a gross change, also on a machine that others load";
}

}  // namespace
}  // namespace convene
