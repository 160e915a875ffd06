// tests/bench/engine_and_store.hpp - bookings through engine and store, without the way from a browser to them.
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

/// Bookings as the runtime hands them over, to the answer that may be sent, on a database of its own.
class EngineAndStore {
 public:
  explicit EngineAndStore(const std::string& file) {
    auto store = open_sql_store({.database = file, .key_file = {}, .reserve_log = true});
    if (!store) die(store.error().text.c_str());
    store_ = std::move(*store);
    EngineSettings settings;
    settings.flows["later"].id = "later";
    loop_ = std::make_unique<CommitLoop>(settings, *store_);
    if (!loop_->recover(kNow)) die("the core does not start");
  }
  /// Books `size` in one transaction.
  void group(int size) {
    batch_.clear();
    released_.clear();
    for (int i = 0; i < size; ++i) {
      input::Book book;
      book.request = RequestId{++booked_};
      book.peer = PeerId{1};
      for (auto& byte : book.key.bytes) byte = static_cast<std::uint8_t>(dice_());
      book.flow = "later";
      book.context = kContext;
      batch_.emplace_back(std::move(book));
    }
    loop_->run(kNow + Duration{static_cast<std::int64_t>(booked_)}, batch_, released_);
    const auto is_booked = [](const Output& output) {
      const auto* answer = std::get_if<output::Answer>(&output);
      return answer != nullptr && std::holds_alternative<output::Booked>(answer->body);
    };
    if (std::count_if(released_.begin(), released_.end(), is_booked) != size)
      die("not every booking was acknowledged");
  }
  /// Until it holds as many as a store beside it: the more there are, the more pages a group of them touches.
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

  [[noreturn]] static void die(const char* what) {
    std::fprintf(stderr, "engine and store: %s\n", what);
    std::exit(1);
  }

  std::unique_ptr<SessionStore> store_;
  std::unique_ptr<CommitLoop> loop_;
  std::mt19937_64 dice_{2};
  std::vector<Input> batch_;
  std::vector<Output> released_;
  std::size_t booked_ = 0;
};

}  // namespace convene::bench
