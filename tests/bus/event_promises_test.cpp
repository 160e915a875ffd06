// tests/bus/event_promises_test.cpp - promises D1 and D4: nothing is lost unnoticed, late joiners get the state.
#include <atomic>
#include <thread>

#include "tests/bus/publisher.hpp"
#include "tests/bus/scale.hpp"
#include "tests/support/figure.hpp"

namespace convene {
namespace {

using test::Follower;
using test::Publisher;
using Clock = std::chrono::steady_clock;

std::int64_t ms_since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
}

TEST(EventPromises, D1AFloodPastASleepingReaderIsNoticedAndRepaired) {
  const std::uint64_t events = test::scaled(1'000'000);
  const test::SocketFolder folder;
  Publisher publisher(folder.ipc("events"));
  Follower follower(folder.ipc("events"), publisher);
  ASSERT_TRUE(test::until([&] { return follower.number() > 0; },
                          [&] {
                            publisher.change(1'000);
                            publisher.tick();
                            follower.wait(1);
                          }));

  // The reader works in bursts; the publisher does not wait for anybody.
  std::atomic<bool> flooding{true};
  std::thread flood([&] {
    for (std::uint64_t i = 0; i < events; ++i) {
      publisher.change(1'000);
      if (i % 1'000 == 0) publisher.tick();
    }
    flooding = false;
  });
  while (flooding) {
    for (int i = 0; i < 3; ++i) follower.wait(1);
    std::this_thread::sleep_for(
        std::chrono::milliseconds(20));  // the sleeping reader of the promise
  }
  flood.join();

  const auto stopped = Clock::now();
  const Publisher::Snapshot model = publisher.snapshot();
  ASSERT_TRUE(test::until([&] { return follower.number() >= model.number; },
                          [&] {
                            publisher.tick();
                            follower.wait(1);
                          }))
      << "the last loss was never noticed";
  const std::int64_t noticed_ms = ms_since(stopped);

  EXPECT_EQ(follower.world(), model.world) << "a loss was not repaired";
  EXPECT_GT(follower.gaps, 0u) << "the flood was too weak to lose anything: the test shows nothing";
  EXPECT_GT(publisher.counters.slow_events, 0u) << "the core has counted it as well";
  const std::uint64_t unnoticed = follower.world() == model.world ? 0 : 1;
  test::figure("D1", "events flooded", std::to_string(events), "100000000 with CONVENE_D_SCALE");
  test::figure("D1", "events not delivered, all in gaps that were noticed",
               std::to_string(events > follower.events ? events - follower.events : 0), "any");
  test::figure("D1", "states left wrong", std::to_string(unnoticed), "0");
  test::figure("D1", "last loss noticed after the flood", std::to_string(noticed_ms) + " ms",
               "1000 ms");
  EXPECT_LE(noticed_ms, 5'000) << "two beats, and what a busy machine adds";
}

TEST(EventPromises, D1ARestartedCoreIsNoticed) {
  const test::SocketFolder folder;
  auto first = std::make_unique<Publisher>(folder.ipc("events"));
  std::uint64_t gaps = 0;
  bus::EventOptions options;
  options.endpoint = folder.ipc("events");
  bus::EventReader* self = nullptr;
  bus::EventReader reader(options, {{}, [&](const bus::Gap& gap) {
                                      ++gaps;
                                      self->covered(gap.word, gap.number);
                                    }});
  self = &reader;
  ASSERT_TRUE(reader.open());
  ASSERT_TRUE(test::until([&] { return reader.order().number("state") >= 5; },
                          [&] {
                            first->change(10);
                            first->tick();
                            reader.wait(1);
                          }));
  const std::uint64_t before = gaps;
  first.reset();
  Publisher second(folder.ipc("events"), {}, "two");
  EXPECT_TRUE(test::until([&] { return gaps > before; },
                          [&] {
                            second.change(10);
                            second.tick();
                            reader.wait(1);
                          }))
      << "its numbers begin anew, and its beats say so";
}

TEST(EventPromises, D4LateJoinersGetTheState) {
  const std::uint64_t joins = test::scaled(1'000);
  const test::SocketFolder folder;
  Publisher publisher(folder.ipc("events"));
  std::atomic<bool> running{true};
  std::thread world([&] {
    while (running) {
      for (int i = 0; i < 20; ++i) publisher.change(500);
      publisher.tick();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));  // a busy world, not a flood
    }
  });
  std::mt19937_64 random(11);
  std::uint64_t equal = 0;
  for (std::uint64_t join = 0; join < joins; ++join) {
    Follower follower(folder.ipc("events"), publisher);
    const auto leave = Clock::now() + std::chrono::milliseconds(random() % 20);
    test::until([&] { return follower.number() > 0 && Clock::now() > leave; },
                [&] { follower.wait(1); });
    // The world stands still at some number for as long as the comparison takes: the model of that moment.
    const Publisher::Snapshot model = publisher.snapshot();
    test::World mine;
    test::until([&] { return follower.number() >= model.number; }, [&] { follower.wait(1); });
    if (follower.number() == model.number) {
      equal += follower.world() == model.world;
    } else {  // more has come in the same turn: compare with the newest model instead
      const bool matched = test::until(
          [&] {
            const Publisher::Snapshot newest = publisher.snapshot();
            return follower.number() == newest.number && follower.world() == newest.world;
          },
          [&] { follower.wait(0); });
      equal += matched;
    }
  }
  running = false;
  world.join();
  test::figure("D4", "joins at random moments with the model's state",
               std::to_string(equal) + " of " + std::to_string(joins), "all of 1000");
  EXPECT_EQ(equal, joins);
}

}  // namespace
}  // namespace convene
