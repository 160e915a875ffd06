// core/store/store_size_test.cpp - many pending rendezvous cost disk, and little of it, and no time
// at start.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "core/store/database.hpp"
#include "core/store/seal.hpp"
#include "core/store/sql_store.hpp"
#include "core/store/tables.hpp"
#include "core/store/testing/random_records.hpp"
#include "core/store/testing/temporary_folder.hpp"
#include "tests/support/figure.hpp"

namespace convene::store {
namespace {

using testing::RandomRecords;
using testing::TemporaryFolder;

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

std::string fixed(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

// A context as the demo shop sends it: a language, a topic, a page and a few words.
constexpr const char* kContext =
    R"({"customer":{"name":"Erika Mustermann","language":"de"},"topic":"loans","page":"/loans/house"})";

TEST(StoreSize, APendingRendezvousIsSmallOnDiskAndManyDoNotSlowTheStart) {
  constexpr std::uint64_t kPending = 200'000;
  TemporaryFolder folder;
  const auto file = folder / "convene.db";
  RandomRecords random(12);
  {
    auto store = open_sql_store({.database = file});
    ASSERT_TRUE(store);
    std::vector<Change> changes;
    for (std::uint64_t i = 0; i < kPending; ++i) {
      Rendezvous r;
      r.key = random.hash();
      r.flow = "talk_later";
      r.booked_at = from_ms(1'700'000'000'000 + static_cast<std::int64_t>(i) * 1000);
      if (i % 2 == 0) r.due = r.booked_at + std::chrono::minutes(random.below(100'000));
      r.expires = (r.due ? *r.due : r.booked_at) + std::chrono::hours(24 * 30);
      if (i % 4 == 0) r.agent = "anna";
      r.context = kContext;
      changes.emplace_back(Record(std::move(r)));
      if (changes.size() == 5000) {
        ASSERT_TRUE((*store)->commit(changes));
        changes.clear();
      }
    }
  }
  const double each = static_cast<double>(std::filesystem::file_size(file)) / kPending;
  EXPECT_LE(each, 350);
  test::figure("memory",
               "disk per pending rendezvous, indexes included, with a context of " +
                   std::to_string(std::string(kContext).size()) + " bytes",
               fixed(each) + " bytes", "at most 350");

  const std::size_t before = resident_bytes();
  const auto start = std::chrono::steady_clock::now();
  auto store = open_sql_store({.database = file});
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->restore());
  const auto due = (*store)->load_due(kNever - Duration{1}, 256);
  ASSERT_TRUE(due && !due->empty());
  ASSERT_EQ((*store)->counts()->at(1), kPending);
  const double ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  const double resident =
      static_cast<double>(resident_bytes() - std::min(before, resident_bytes())) / kPending;
  EXPECT_LT(ms, 1000);
  EXPECT_LT(resident, 8) << "resident bytes per pending rendezvous";
  test::figure("memory", "ready after start with 200,000 pending", fixed(ms) + " ms",
               "1 s with 10 million");
}

// With an index the time does not depend on how many there are; without one ten million would take
// seconds.
TEST(StoreSize, EveryStatementUsesAnIndexOrASmallTable) {
  TemporaryFolder folder;
  const SqlStoreOptions options{.database = folder / "convene.db"};
  auto session = open_database(options, migrations());
  ASSERT_TRUE(session);
  auto seal = Seal::create(folder / "key");
  ASSERT_TRUE(seal);
  std::ostringstream prepared;  // SOCI writes every statement down when it prepares it.
  (*session)->set_log_stream(&prepared);
  const Tables tables(**session, *seal);
  (*session)->set_log_stream(nullptr);
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(options.database.c_str(), &db), SQLITE_OK);
  std::istringstream lines(prepared.str());
  int statements = 0;
  for (std::string sql; std::getline(lines, sql); ++statements) {
    if (sql == "begin immediate" || sql == "commit") continue;
    sqlite3_stmt* plan = nullptr;
    ASSERT_EQ(sqlite3_prepare_v2(db, ("explain query plan " + sql).c_str(), -1, &plan, nullptr),
              SQLITE_OK)
        << sql << ": " << sqlite3_errmsg(db);
    while (sqlite3_step(plan) == SQLITE_ROW) {
      const std::string step = reinterpret_cast<const char*>(sqlite3_column_text(plan, 3));
      const bool small = step == "SCAN node" || step == "SCAN name" || step == "SCAN agent";
      // These are partial: they hold what is live, however much is booked; or are read as far as asked for.
      const bool partial = step.starts_with("SCAN s USING INDEX session_live") ||
                           step.starts_with("SCAN s USING COVERING INDEX session_live") ||
                           step.starts_with("SCAN r USING INDEX rendezvous_resident") ||
                           step.starts_with("SCAN r USING COVERING INDEX rendezvous_wake");
      EXPECT_TRUE(!step.starts_with("SCAN") || small || partial) << sql << ": " << step;
    }
    sqlite3_finalize(plan);
  }
  EXPECT_GT(statements, 25);
  sqlite3_close(db);
}

}  // namespace
}  // namespace convene::store
