// tests/bench/booking_bench.cpp - durable bookings per second through engine and store, beside the raw SQLite C API.
// Links: convene_engine convene_store PkgConfig::SQLITE3
//
// Both sides write the same row into the same tables and indexes, WAL and synchronous = full, one transaction per group
// of bookings, on the same disk, in turns, so that a noisy machine disturbs both. Ours also runs the engine, makes the
// answers and events, and seals the context; raw SQLite gets ready-made bytes. Medians of five.
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <random>

#include "tests/bench/engine_and_store.hpp"
#include "tests/bench/target.hpp"

namespace {

using namespace convene;
using Clock = std::chrono::steady_clock;

// Of the sealed body: nonce and tag, the fields without a column of their own, the context.
constexpr int kBodyBytes = 40 + 18 + 94;
constexpr Time kNow = from_ms(1'790'000'000'000);

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "booking_bench: %s\n", what);
  std::exit(1);
}

Hash random_hash(std::mt19937_64& dice) {
  Hash h;
  for (auto& byte : h.bytes) byte = static_cast<std::uint8_t>(dice());
  return h;
}

/// The baseline.
class Raw {
 public:
  explicit Raw(const std::string& file) {
    if (sqlite3_open(file.c_str(), &db_) != SQLITE_OK) die("SQLite cannot open its file");
    for (const char* sql :
         {"pragma journal_mode = wal", "pragma synchronous = full",
          "pragma wal_autocheckpoint = 4000", "pragma cache_size = -32768",
          "pragma secure_delete = on",
          "create table rendezvous (id integer primary key, key blob not null unique, state "
          "integer not null,"
          " wake integer, resident integer, session integer, flow integer not null, agent integer, "
          "body blob not null, ended integer)",
          "create index rendezvous_ended on rendezvous (ended) where ended is not null",
          "create index rendezvous_wake on rendezvous (wake) where wake is not null",
          "create index rendezvous_resident on rendezvous (resident) where resident is not null"}) {
      if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) die(sqlite3_errmsg(db_));
    }
    begin_ = prepare("begin immediate");
    commit_ = prepare("commit");
    insert_ = prepare(
        "insert into rendezvous (key, state, wake, resident, session, flow, agent, body)"
        " values (?, 1, ?, null, null, 1, null, ?)");
  }
  ~Raw() {
    for (sqlite3_stmt* s : {begin_, commit_, insert_}) sqlite3_finalize(s);
    sqlite3_close(db_);
  }
  void group(int size) {
    run(begin_);
    for (int i = 0; i < size; ++i) {
      const Hash key = random_hash(dice_);
      sqlite3_bind_blob(insert_, 1, key.bytes.data(), 32, SQLITE_STATIC);
      sqlite3_bind_int64(insert_, 2, to_ms(kNow) + 2'592'000'000 + ++booked_);
      sqlite3_bind_blob(insert_, 3, body_.data(), kBodyBytes, SQLITE_STATIC);
      run(insert_);
    }
    run(commit_);
  }

 private:
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* s = nullptr;
    if (sqlite3_prepare_v2(db_, sql, -1, &s, nullptr) != SQLITE_OK) die(sqlite3_errmsg(db_));
    return s;
  }
  void run(sqlite3_stmt* s) {
    if (sqlite3_step(s) != SQLITE_DONE) die(sqlite3_errmsg(db_));
    sqlite3_reset(s);
  }
  sqlite3* db_ = nullptr;
  sqlite3_stmt *begin_ = nullptr, *commit_ = nullptr, *insert_ = nullptr;
  std::mt19937_64 dice_{1};
  std::int64_t booked_ = 0;
  std::string body_ = std::string(kBodyBytes, 'x');
};

double processor_seconds() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

template <class Side>
double per_second(Side& side, int group, double* processor_us = nullptr) {
  const auto start = Clock::now();
  const double processor = processor_seconds();
  const auto end = start + std::chrono::milliseconds(400);
  std::uint64_t booked = 0;
  do {
    side.group(group);
    booked += static_cast<std::uint64_t>(group);
  } while (Clock::now() < end);
  if (processor_us)
    *processor_us = (processor_seconds() - processor) * 1e6 / static_cast<double>(booked);
  return static_cast<double>(booked) / std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) {
  // A file system in memory would leave out what takes the time: fsync. Give another folder as the argument.
  std::string folder =
      (std::filesystem::path(argc > 1 ? argv[1] : CONVENE_BUILD_DIR) / "booking-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) die("no folder for the databases");
  bool reached = true;
  for (const int group : {1, 16, 256}) {
    const std::string name = folder + "/" + std::to_string(group);
    Raw raw(name + "-raw.db");
    bench::EngineAndStore ours(name + "-ours.db");
    per_second(raw, group), per_second(ours, group);  // warm
    std::vector<double> of_raw, of_ours, ratios, raw_us, ours_us;
    for (int i = 0; i < 5; ++i) {
      of_raw.push_back(per_second(raw, group, &raw_us.emplace_back()));
      of_ours.push_back(per_second(ours, group, &ours_us.emplace_back()));
      ratios.push_back(of_ours.back() / of_raw.back());
    }
    using namespace convene::bench;
    reached =
        report({.what = "durable bookings, engine + store, groups of " + std::to_string(group),
                .ours = {at(of_ours), "/s"},
                .baseline = {at(of_raw), "/s"},
                .baseline_is = "raw SQLite",
                .bound = Bound::at_least,
                .reach = 0.8,
                .ratio = at(ratios)}) &&
        reached;
    std::printf("  processor per booking %.1f us, raw SQLite %.1f us\n", at(ours_us), at(raw_us));
  }
  std::filesystem::remove_all(folder);
  return reached ? 0 : 1;
}
