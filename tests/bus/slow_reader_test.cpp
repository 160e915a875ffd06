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
                const std::int64_t late = us_now() - std::stoll(std::string(digits));
                ++late_[std::clamp<std::size_t>(static_cast<std::size_t>(late / kBucketUs), 0,
                                                late_.size() - 1)];
                ++received_;
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
  /// After `finish`; to within a bucket.
  std::int64_t percentile(double part) const {
    auto left = static_cast<std::int64_t>(part * static_cast<double>(received_));
    std::size_t bucket = 0;
    while (bucket + 1 < late_.size() && (left -= late_[bucket]) > 0) ++bucket;
    return static_cast<std::int64_t>(bucket + 1) * kBucketUs;
  }
  std::size_t received() const { return received_; }

 private:
  std::vector<std::unique_ptr<bus::EventReader>> readers_;
  static constexpr std::int64_t kBucketUs = 20;
  std::vector<std::uint32_t> late_ =
      std::vector<std::uint32_t>(100'000);  ///< How many came how late.
  std::size_t received_ = 0;
  std::thread thread_;
  std::atomic<bool> stop_{false};
};

struct Figures {
  std::int64_t p99_us = 0;
  std::size_t grown = 0, received = 0, published = 0;
  NodeCounters counters;
};

/// Publishes 500 events a second of 200 bytes to 49 readers and to one that is stopped, or not.
Figures run(bool stop_one, std::int64_t seconds) {
  const test::SocketFolder folder;
  zmq::context_t context(1);
  test::SteadyClock clock;
  Figures figures;
  EventBus bus(context, {}, clock, figures.counters);
  bus.set_instance("slow");
  EXPECT_TRUE(bus.open(folder.ipc("events"), {}));
  test::PeerProcess process("reader", folder.ipc("events"));
  Readers readers(folder.ipc("events"), 49);
  const std::string padding(160, 'x');
  std::int64_t next = us_now();
  const auto publish_for = [&](std::int64_t ms) {
    for (const std::int64_t end = us_now() + ms * 1'000; us_now() < end;) {
      if (us_now() < next) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        continue;
      }
      next += 2'000;
      bus.publish("steady.on",
                  "{\"us\":\"" + std::to_string(us_now()) + "\",\"x\":\"" + padding + "\"}");
      ++figures.published;
      bus.tick();
    }
  };
  publish_for(1'000);
  const std::size_t before = resident_bytes();
  if (stop_one) process.signal(SIGSTOP);
  publish_for(seconds * 1'000);
  const std::size_t after = resident_bytes();
  figures.grown = after > before ? after - before : 0;
  readers.finish();
  figures.p99_us = readers.percentile(0.99);
  figures.received = readers.received();
  return figures;
}

TEST(SlowReader, D5HurtsNobodyAndIsDisconnected) {
  const auto seconds = static_cast<std::int64_t>(test::scaled(12));
  const Figures alone = run(false, seconds / 2);
  const Figures stopped = run(true, seconds);
  const double change = 100.0 * (static_cast<double>(stopped.p99_us) /
                                     static_cast<double>(std::max<std::int64_t>(alone.p99_us, 1)) -
                                 1);
  test::figure("D5", "p99 of 49 readers beside one that runs", std::to_string(alone.p99_us) + " us",
               "baseline");
  test::figure("D5", "p99 of 49 readers beside one that is stopped",
               std::to_string(stopped.p99_us) + " us, " + std::to_string(static_cast<int>(change)) +
                   " % more",
               "10 % more");
  test::figure("D5", "memory grown while one is stopped",
               std::to_string(stopped.grown / 1024) + " KiB", "16384 KiB");
  test::figure("D5", "events that it was too slow for",
               std::to_string(stopped.counters.slow_events), "counted");
  test::figure("D5", "readers disconnected", std::to_string(stopped.counters.subscribers_gone),
               "1");
  EXPECT_LE(stopped.grown, 16u << 20);
  EXPECT_GE(stopped.counters.subscribers_gone, 1u);
  EXPECT_LE(stopped.p99_us, 2 * alone.p99_us + 1'000'000)
      << "a gross change, also on a machine that others load";
}

}  // namespace
}  // namespace convene
