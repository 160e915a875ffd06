// tests/bench/without_path.hpp - the bookings of a load through engine and store alone.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/engine/commit_loop.hpp"
#include "core/store/sql_store.hpp"

namespace convene::bench {

/// As the demo shop sends it.
inline constexpr const char* kContext =
    R"({"customer":{"name":"Erika Mustermann","language":"de"},"topic":"loans","page":"/loans/house"})";

/// The same bookings through engine and store alone, on a database of its own.
class WithoutPath {
 public:
  explicit WithoutPath(const std::string& file) {
    auto store = open_sql_store({.database = file, .key_file = {}, .reserve_log = true});
    if (!store) std::fprintf(stderr, "%s\n", store.error().text.c_str()), std::exit(1);
    store_ = std::move(*store);
    EngineSettings settings;
    settings.flows["later"].id = "later";
    loop_ = std::make_unique<CommitLoop>(settings, *store_);
    if (!loop_->recover(kNow)) std::fputs("the core does not start\n", stderr), std::exit(1);
  }
  /// Until it holds as many as the store beside it: the more there are, the more pages a group of them touches.
  void fill(std::size_t rows) {
    while (booked_ < rows) group(static_cast<int>(std::min<std::size_t>(256, rows - booked_)));
  }
  /// Bookings per second, `size` to a transaction.
  double book(int size, double seconds) {
    const std::size_t before = booked_;
    const auto start = Clock::now();
    std::chrono::duration<double> took{};
    while ((took = Clock::now() - start).count() < seconds) group(size);
    return static_cast<double>(booked_ - before) / took.count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr Time kNow = from_ms(1'790'000'000'000);
  void group(int size) {
    batch_.clear();
    released_.clear();
    for (int i = 0; i < size; ++i) {
      input::Book b;
      b.request = RequestId{++booked_};
      b.peer = PeerId{1};
      for (auto& byte : b.key.bytes) byte = static_cast<std::uint8_t>(dice_());
      b.flow = "later";
      b.context = kContext;
      batch_.emplace_back(std::move(b));
    }
    loop_->run(kNow, batch_, released_);
    for (const Output& output : released_) {
      const auto* answer = std::get_if<output::Answer>(&output);
      if (answer != nullptr && !std::holds_alternative<output::Booked>(answer->body))
        std::fputs("a booking is refused\n", stderr), std::exit(1);
    }
  }
  std::unique_ptr<SessionStore> store_;
  std::unique_ptr<CommitLoop> loop_;
  std::mt19937_64 dice_{1};
  std::vector<Input> batch_;
  std::vector<Output> released_;
  std::size_t booked_ = 0;
};

}  // namespace convene::bench
