// core/store/store_retention_test.cpp - what has ended is found by its age, and what was erased is in no file any more.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <fstream>
#include <unordered_set>

#include "core/store/sql_store.hpp"
#include "core/store/testing/random_records.hpp"
#include "core/store/testing/sql.hpp"
#include "core/store/testing/temporary_folder.hpp"
#include "tests/support/figure.hpp"

namespace convene::store {
namespace {

using testing::RandomRecords;
using testing::sql;
using testing::TemporaryFolder;

constexpr std::size_t kNeedle = 16;  ///< Bytes that chance does not bring about.

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// How many of the needles stand anywhere in the database or its log.
std::size_t found(const std::filesystem::path& file,
                  const std::unordered_set<std::string>& needles) {
  std::vector<bool> begins(1u << 16);  // two bytes decide nearly always
  const auto first = [](const char* at) {
    return static_cast<unsigned char>(at[0]) * 256u + static_cast<unsigned char>(at[1]);
  };
  for (const std::string& needle : needles) begins[first(needle.data())] = true;
  std::unordered_set<std::string> seen;
  for (const char* tail : {"", "-wal", "-shm"}) {
    const std::string all = content(file.string() + tail);
    for (std::size_t at = 0; at + kNeedle <= all.size(); ++at) {
      if (!begins[first(&all[at])]) continue;
      if (std::string window(all, at, kNeedle); needles.contains(window)) seen.insert(window);
    }
  }
  return seen.size();
}

Rendezvous booking(RandomRecords& random, std::string context) {
  Rendezvous r = random.rendezvous(random.hash(), 1);
  r.state = RendezvousState::booked;
  r.session = {};
  r.ended_at.reset();
  r.context = std::move(context);
  return r;
}

/// One conversation that came of a booking, and has ended at `at`; its records, the rendezvous last.
std::vector<Record> conversation(RandomRecords& random, const Rendezvous& booked, std::uint64_t n,
                                 std::size_t length, std::optional<Time> at) {
  const SessionId id{n};
  Session s = random.session(id);
  s.rendezvous = booked.key;
  s.context = booked.context;
  s.state = std::string(length, 's');
  s.ended_at = at;
  Rendezvous r = booked;
  r.state = at ? RendezvousState::ended : RendezvousState::live;
  r.session = at ? SessionId{} : id;
  r.ended_at = at;
  Decision d = random.decision(id, 1);
  return {Record(s), Record(random.leg(LegId{n}, id)), Record(random.offer(OfferId{n}, id)),
          Record(d), Record(r)};
}

TEST(StoreRetention, ListsWhatHasEndedOldestFirstAndSaysWhenTheNextDid) {
  TemporaryFolder folder;
  auto store = open_sql_store({.database = folder / "convene.db"});
  ASSERT_TRUE(store);
  RandomRecords random(1);
  std::vector<Change> changes;
  for (std::uint64_t n = 1; n <= 100; ++n) {
    const Rendezvous r = booking(random, "{}");
    changes.emplace_back(Record(r));
    for (Record& record :
         conversation(random, r, n, 10, from_ms(static_cast<std::int64_t>(n * 37 % 100))))
      changes.emplace_back(std::move(record));
  }
  changes.emplace_back(Record(booking(random, "{}")));
  ASSERT_TRUE((*store)->commit(changes));
  const auto some = (*store)->load_ended(from_ms(49), 20);
  ASSERT_TRUE(some);
  ASSERT_EQ(some->rendezvous.size(), 20u);
  ASSERT_EQ(some->sessions.size(), 20u);
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ((*store)->load(some->rendezvous[i])->ended_at, from_ms(static_cast<std::int64_t>(i)));
    EXPECT_EQ(some->sessions[i].value * 37 % 100, i);
    EXPECT_EQ(*(*store)->sessions_of(some->rendezvous[i]), std::vector{some->sessions[i]});
    EXPECT_EQ(*(*store)->rendezvous_of(some->sessions[i]), some->rendezvous[i]);
  }
  EXPECT_EQ(some->next, from_ms(20));
  const auto all = (*store)->load_ended(from_ms(49), 1000);
  EXPECT_EQ(all->rendezvous.size(), 50u);
  EXPECT_EQ(all->next, from_ms(50));
  EXPECT_EQ((*store)->load_ended(kNever, 1000)->next, kNever);
  EXPECT_EQ((*store)->rendezvous_of(SessionId{4711}).error().code, "store.none");
}

// The contexts are sealed, so what may be left over of them is what was sealed: every body there ever was, and the
// keys, are looked for in the files' bytes. The first conversations are longer than a page and written twice.
TEST(StoreRetention, LeavesNoByteOfWhatWasErasedInAnyFile) {
  constexpr std::uint64_t kMarked = 1'000;
  TemporaryFolder folder;
  const auto file = folder / "convene.db";
  auto opened = open_sql_store({.database = file});
  ASSERT_TRUE(opened);
  SessionStore& store = **opened;
  RandomRecords random(2);
  std::unordered_set<std::string> needles;
  const auto note_needles = [&] {
    for (const char* table : {"rendezvous", "session", "part"}) {
      for (const std::string& body : sql(file, std::string("select body from ") + table))
        needles.insert(body.substr(body.size() / 2 - kNeedle / 2, kNeedle));
    }
    for (const std::string& key : sql(file, "select key from rendezvous"))
      needles.insert(key.substr(0, kNeedle));
  };
  std::vector<Change> changes;
  const auto commit = [&] {
    ASSERT_TRUE(store.commit(changes));
    changes.clear();
  };
  std::vector<Rendezvous> marked;
  std::vector<Change> erasures;
  for (std::uint64_t n = 1; n <= kMarked; ++n) {
    marked.push_back(booking(random, R"({"name":"Marker )" + std::to_string(n) +
                                         R"(","phone":"+49 30 )" + std::to_string(5'550'000 + n) +
                                         "\"}"));
    changes.emplace_back(Record(marked.back()));
    changes.emplace_back(Record(booking(random, "{}")));
    if (n % 50 == 0) commit();
    erasures.emplace_back(Erase{marked.back().key});
    erasures.emplace_back(Erase{SessionId{n}});
  }
  std::unordered_set<std::string> staying;
  for (const std::string& key : sql(file, "select key from rendezvous"))
    staying.insert(key.substr(0, kNeedle));
  for (const Rendezvous& r : marked)
    staying.erase(std::string(reinterpret_cast<const char*>(r.key.bytes.data()), kNeedle));
  for (const bool over : {false, true}) {
    for (std::uint64_t n = 1; n <= kMarked; ++n) {
      const std::size_t length = n < 20 ? 10'000 : over ? 40 : 300;
      for (Record& record : conversation(random, marked[n - 1], n, length,
                                         over ? std::optional(from_ms(1)) : std::nullopt))
        changes.emplace_back(std::move(record));
      if (n % 50 == 0) commit();
    }
    note_needles();
  }
  for (const Rendezvous& r : marked)
    needles.insert({reinterpret_cast<const char*>(r.key.bytes.data()), kNeedle});
  std::unordered_set<std::string> erased;
  for (const std::string& needle : needles) {
    if (!staying.contains(needle)) erased.insert(needle);
  }
  // What is only booked stays, and so does its body.
  for (const std::string& body : sql(file, "select body from rendezvous where state = 1"))
    erased.erase(body.substr(body.size() / 2 - kNeedle / 2, kNeedle));
  const std::size_t before = found(file, erased);
  ASSERT_GT(before, 5 * kMarked) << "what is looked for must have been there";

  ASSERT_TRUE(store.commit(erasures));
  EXPECT_GT(found(file, erased), 0u) << "without being cleaned the log still has it";
  ASSERT_TRUE(store.scrub());
  const std::size_t left = found(file, erased);
  EXPECT_EQ(left, 0u);
  EXPECT_EQ(found(file, staying), staying.size()) << "nobody else's is gone";
  EXPECT_EQ(sql(file, "select count(*) from part")[0], "0");
  test::figure("I1",
               "keys and sealed bodies of " + std::to_string(kMarked) +
                   " conversations left in db, -wal and -shm after erasure (before: " +
                   std::to_string(before) + ")",
               std::to_string(left), "0");
}

TEST(StoreRetention, WhoReadsTheDatabaseKeepsTheLogUntilAnotherTime) {
  TemporaryFolder folder;
  const auto file = folder / "convene.db";
  auto store = open_sql_store({.database = file});
  ASSERT_TRUE(store);
  RandomRecords random(3);
  ASSERT_TRUE((*store)->commit(std::vector<Change>{Record(random.agent("anna"))}));
  sqlite3* reader = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &reader), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(reader, "begin; select count(*) from agent", nullptr, nullptr, nullptr),
            SQLITE_OK);
  EXPECT_EQ((*store)->scrub().error().code, "store.busy");
  ASSERT_TRUE((*store)->commit(std::vector<Change>{Record(random.agent("ben"))}))
      << "nobody else is kept waiting";
  sqlite3_close(reader);
  EXPECT_TRUE((*store)->scrub());
}

/// Undoes migrations, so that opening the database takes them.
constexpr const char* kWithoutParts =
    "alter table node add column booked integer not null default 0;"
    "alter table node add column due integer not null default 0;"
    "alter table node add column joining integer not null default 0;"
    "alter table node add column live integer not null default 0;"
    "update node set booked = (select count(*) from rendezvous where state = 1),"
    " live = (select count(*) from rendezvous where state = 4);"
    "alter table node drop column last_row; alter table node drop column erased;"
    "update rendezvous set resident = 1 where state = 4;"
    "drop index session_rendezvous;"
    "create index session_rendezvous on session (rendezvous) where rendezvous is not null;"
    "delete from migration where number = 4;"
    "create table leg (id integer primary key, session integer not null, body blob not null);"
    "create index leg_session on leg (session);"
    "create table offer (id integer primary key, session integer not null, open integer, body blob"
    " not null);"
    "create index offer_session on offer (session);"
    "create table decision (session integer not null, number integer not null, body blob not null,"
    " primary key (session, number)) without rowid;"
    "insert into leg select number, session, body from part where kind = 3;"
    "insert into offer select number, session, open, body from part where kind = 1;"
    "insert into decision select session, number, body from part where kind = 2;"
    "drop table part; delete from migration where number = 3;";

TEST(StoreRetention, BringsADatabaseAlongThatHadATableForEachPartOfASession) {
  TemporaryFolder folder;
  const auto file = folder / "convene.db";
  RandomRecords random(5);
  Snapshot before;
  std::vector<Decision> decisions;
  {
    auto store = open_sql_store({.database = file});
    ASSERT_TRUE(store);
    std::vector<Change> changes;
    for (std::uint64_t n = 1; n <= 20; ++n) {
      const Rendezvous r = booking(random, "{}");
      changes.emplace_back(Record(r));
      for (Record& record : conversation(random, r, n, 10, std::nullopt))
        changes.emplace_back(std::move(record));
    }
    ASSERT_TRUE((*store)->commit(changes));
    before = *(*store)->restore();
    decisions = *(*store)->decisions(SessionId{7});
  }
  ASSERT_FALSE(before.legs.empty() || before.offers.empty() || decisions.empty());
  sql(file, kWithoutParts);
  auto store = open_sql_store({.database = file});
  ASSERT_TRUE(store) << store.error().text;
  EXPECT_TRUE(*(*store)->restore() == before);
  EXPECT_EQ(*(*store)->decisions(SessionId{7}), decisions);
}

TEST(StoreRetention, BringsADatabaseAlongThatDidNotNoteWhenThingsEnded) {
  TemporaryFolder folder;
  const auto file = folder / "convene.db";
  RandomRecords random(4);
  const Rendezvous pending = booking(random, "{}");
  Rendezvous ended = booking(random, "{}");
  ended.state = RendezvousState::ended;
  const Rendezvous live = booking(random, "{}");
  {
    auto store = open_sql_store({.database = file});
    ASSERT_TRUE(store);
    std::vector<Change> changes{Record(pending), Record(ended), Record(live)};
    for (Record& record : conversation(random, live, 1, 10, std::nullopt))
      changes.emplace_back(std::move(record));
    Session over = random.session(SessionId{2});
    over.ended_at = from_ms(1);
    over.rendezvous = ended.key;
    changes.emplace_back(Record(over));
    ASSERT_TRUE((*store)->commit(changes));
  }
  sql(file, kWithoutParts);
  sql(file,
      "drop index rendezvous_ended; drop index session_ended; drop index session_rendezvous;"
      "alter table rendezvous drop column ended; alter table session drop column ended;"
      "alter table session drop column rendezvous; delete from migration where number = 2");
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  auto store = open_sql_store({.database = file});
  ASSERT_TRUE(store) << store.error().text;
  const auto all = (*store)->load_ended(kNever, 10);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->rendezvous, std::vector{ended.key});
  EXPECT_EQ(all->sessions, std::vector{SessionId{2}});
  EXPECT_EQ((*store)->load_ended(from_ms(now.count() - 60'000), 10)->sessions.size(), 0u);
  ASSERT_TRUE((*store)->load(ended.key));
  EXPECT_EQ(*(*store)->load(pending.key), pending);
  EXPECT_EQ(*(*store)->sessions_of(live.key), std::vector{SessionId{1}});
  EXPECT_EQ(*(*store)->rendezvous_of(SessionId{2}), ended.key);
  ASSERT_TRUE((*store)->restore());
}

}  // namespace
}  // namespace convene::store
