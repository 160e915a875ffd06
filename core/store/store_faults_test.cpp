// core/store/store_faults_test.cpp - disks that fail, fill up and lie, processes that die, files
// that somebody stole.
#include <gtest/gtest.h>
#include <sodium.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "core/store/sql_store.hpp"
#include "core/store/testing/fault_vfs.hpp"
#include "core/store/testing/model_store.hpp"
#include "core/store/testing/random_records.hpp"
#include "core/store/testing/sql.hpp"
#include "core/store/testing/temporary_folder.hpp"
#include "tests/support/figure.hpp"

namespace convene::store {
namespace {

using testing::FaultPlan;
using testing::install_fault_vfs;
using testing::ModelStore;
using testing::RandomRecords;
using testing::TemporaryFolder;

/// A batch as bookings and legs make them.
std::vector<Change> batch(RandomRecords& random, std::uint64_t number) {
  std::vector<Change> changes;
  Session session = random.session(SessionId{number});
  session.ended_at.reset();
  for (int i = 0; i < 3; ++i) {
    Rendezvous r = random.rendezvous(random.hash(), 5);
    r.session = i == 0 ? session.id : SessionId{};
    if (i == 0) session.rendezvous = r.key;
    changes.emplace_back(Record(std::move(r)));
  }
  changes.emplace_back(Record(session));
  changes.emplace_back(Record(random.leg(LegId{number}, SessionId{number})));
  return changes;
}

bool holds(SessionStore& store, const ModelStore& model) {
  const auto snapshot = store.restore();
  if (!snapshot || !(*snapshot == model.restore())) return false;
  for (const auto& [key, r] : model.rendezvous) {
    const auto loaded = store.load(key);
    if (!loaded || !(*loaded == r)) return false;
  }
  return *store.counts() == model.counts();
}

// Promise B3 at the level of the store, for each of the first operations once as a hiccup and once
// for good.
TEST(StoreFaults, NothingIsAcknowledgedThatTheDiskRefused) {
  int runs = 0;
  int false_acknowledgements = 0;
  int refused = 0;
  int kept = 0;
  for (std::uint64_t k = 1; k <= 120; ++k) {
    for (const bool lasting : {false, true}) {
      TemporaryFolder folder;
      FaultPlan& plan = install_fault_vfs();
      plan.fail_at = k;
      plan.lasting = lasting;
      RandomRecords random(k);
      ModelStore model;
      std::vector<Change>
          doubtful;  // Refused; whether they are there is known after the next restore.
      std::unique_ptr<SessionStore> store;
      const auto settle = [&](SessionStore& opened) {
        ModelStore with = model;
        for (const auto& change : doubtful) with.apply(change);
        if (!doubtful.empty() && holds(opened, with)) {
          model = with;
          ++kept;
        }
        doubtful.clear();
      };
      for (std::uint64_t i = 1; i <= 12; ++i) {
        if (i == 8) plan.lasting = false;  // The disk is well again.
        if (!store) {
          auto opened =
              open_sql_store({.database = folder / "convene.db", .reserve_log = k % 20 == 3});
          if (!opened) continue;
          store = std::move(*opened);
        }
        if (!doubtful.empty()) {
          if (!store->restore()) continue;
          settle(*store);
        }
        const auto changes = batch(random, i);
        if (store->commit(changes)) {
          for (const auto& change : changes) model.apply(change);
        } else {
          ++refused;
          doubtful = changes;
        }
      }
      store.reset();
      auto after = open_sql_store({.database = folder / "convene.db"});
      ASSERT_TRUE(after) << after.error().text << " k=" << k;
      settle(**after);
      ++runs;
      false_acknowledgements += !holds(**after, model);
    }
  }
  install_fault_vfs();
  EXPECT_EQ(false_acknowledgements, 0);
  EXPECT_GT(refused, 100);
  // fsync may fail after the log was written: such a transaction is there after the restart. All of
  // it or nothing.
  test::figure(
      "B3",
      "of " + std::to_string(refused) + " refused commits were whole in the log after reopening",
      std::to_string(kept), "none half");
  test::figure("B3", "EIO at the k-th of 120 operations, once and lasting: false acknowledgements",
               std::to_string(false_acknowledgements) + " in " + std::to_string(runs) + " runs",
               "0");
}

// Promise B4 at the level of the store.
TEST(StoreFaults, AFullDiskRefusesAndGoesOnWhenThereIsSpace) {
  TemporaryFolder folder;
  FaultPlan& plan = install_fault_vfs();
  auto opened = open_sql_store({.database = folder / "convene.db"});
  ASSERT_TRUE(opened);
  SessionStore& store = **opened;
  RandomRecords random(6);
  ModelStore model;
  int refused = 0;
  for (std::uint64_t i = 1; i <= 600; ++i) {
    if (i % 100 == 50) plan.quota = 300'000 + i * 100;
    if (i % 100 == 0) plan.quota = 0;
    const auto changes = batch(random, i);
    const auto status = store.commit(changes);
    if (status) {
      for (const auto& change : changes) model.apply(change);
    } else {
      EXPECT_EQ(status.error().code, "store.full") << status.error().text;
      ++refused;
      (void)store.restore();
    }
  }
  plan.quota = 0;
  EXPECT_TRUE(holds(store, model));
  EXPECT_GT(refused, 50);
  install_fault_vfs();
}

// A live conversation is restored through the columns that tie it to its booking, which are not all sealed.
TEST(StoreFaults, ATieThatSomebodyHasCutIsSeen) {
  install_fault_vfs();
  for (const char* change :
       {"", "update rendezvous set session = 99 where session = 7",
        "update rendezvous set state = 5 where session = 7", "update session set rendezvous = null",
        "update session set rendezvous = 1",
        "update rendezvous set resident = 1 where session = 7"}) {
    TemporaryFolder folder;
    const auto file = folder / "convene.db";
    RandomRecords random(9);
    Rendezvous other = random.rendezvous(random.hash(), 1);
    other.state = RendezvousState::booked;
    other.session = {};
    Rendezvous held = random.rendezvous(random.hash(), 1);
    held.state = RendezvousState::live;
    held.session = SessionId{7};
    Session session = random.session(held.session);
    session.rendezvous = held.key;
    session.ended_at.reset();
    {
      auto store = open_sql_store({.database = file});
      ASSERT_TRUE(store);
      ASSERT_TRUE(
          (*store)->commit(std::vector<Change>{Record(other), Record(held), Record(session)}));
    }
    testing::sql(file, change);
    auto store = open_sql_store({.database = file});
    ASSERT_TRUE(store);
    const auto restored = (*store)->restore();
    if (*change == '\0') {
      ASSERT_TRUE(restored);
      EXPECT_EQ(restored->rendezvous, std::vector{held});
    } else {
      ASSERT_FALSE(restored) << change;
      EXPECT_EQ(restored.error().code, "store.damaged") << change;
    }
  }
}

// A small B1: the real process is killed by tests/kill.
TEST(StoreFaults, AKilledProcessLosesNothingThatItAcknowledged) {
  install_fault_vfs();
  TemporaryFolder folder;
  const auto file = folder / "convene.db";
  ModelStore model;
  RandomRecords dice(77);
  std::uint64_t acknowledged = 0;
  constexpr int kKills = 25;
  for (int round = 0; round < kKills; ++round) {
    const std::uint64_t first = 1 + static_cast<std::uint64_t>(round) * 100'000;
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0) << "and a signal to -1 would go to everybody";
    if (child == 0) {
      ::close(pipe_ends[0]);
      auto store = open_sql_store({.database = file, .reserve_log = round % 2 == 1});
      RandomRecords random(static_cast<std::uint64_t>(round) + 1000);
      for (std::uint64_t i = first; store; ++i) {
        const auto changes = batch(random, i);
        if (!(*store)->commit(changes)) ::_exit(1);
        for (int k = 0; k < 3; ++k) {
          const auto& r = std::get<Rendezvous>(std::get<Record>(changes[k]));
          if (::write(pipe_ends[1], r.key.bytes.data(), 32) != 32) ::_exit(2);
        }
      }
      ::_exit(3);
    }
    ::close(pipe_ends[1]);
    std::vector<Hash> keys;
    // The k-th acknowledgement sets the moment; what is written between it and the signal differs
    // from run to run.
    const std::uint64_t until = dice.below(120);
    for (Hash key; keys.size() <= until && ::read(pipe_ends[0], key.bytes.data(), 32) == 32;)
      keys.push_back(key);
    std::this_thread::sleep_for(std::chrono::microseconds(dice.below(3000)));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child stopped by itself: " << status;
    for (Hash key; ::read(pipe_ends[0], key.bytes.data(), 32) == 32;) keys.push_back(key);
    ::close(pipe_ends[0]);

    auto store = open_sql_store({.database = file});
    ASSERT_TRUE(store) << store.error().text;
    RandomRecords random(static_cast<std::uint64_t>(round) + 1000);
    const std::uint64_t acknowledged_batches = (keys.size() + 2) / 3;
    for (std::uint64_t i = 0; i < acknowledged_batches; ++i) {
      for (const auto& change : batch(random, first + i)) model.apply(change);
    }
    for (const Hash& key : keys) {
      const auto loaded = (*store)->load(key);
      ASSERT_TRUE(loaded) << "lost after " << keys.size() << " acknowledgements in round " << round;
      ASSERT_TRUE(*loaded == model.rendezvous.at(key));
    }
    if (!holds(**store,
               model)) {  // then it holds the next one as well, whose acknowledgement was cut off
      for (const auto& change : batch(random, first + acknowledged_batches)) model.apply(change);
      ASSERT_TRUE(holds(**store, model)) << "numbers and counts too, in round " << round;
    }
    acknowledged += keys.size();
  }
  test::figure("B1",
               "store: acknowledged rendezvous lost over " + std::to_string(kKills) + " kill -9",
               "0 of " + std::to_string(acknowledged), "0");
}

// Promise B6: sealed bodies are bound to their row, so that a flipped bit anywhere in it is seen.
TEST(StoreFaults, AFlippedBitIsNeverServed) {
  install_fault_vfs();
  TemporaryFolder folder;
  const auto file = folder / "convene.db";
  RandomRecords random(8);
  ModelStore model;
  {
    auto store = open_sql_store({.database = file});
    ASSERT_TRUE(store);
    std::vector<Change> changes;
    for (int i = 0; i < 60; ++i) {
      Rendezvous r = random.rendezvous(random.hash(), 3);
      r.state = RendezvousState::booked;
      r.ended_at.reset();
      r.context = random.text(120);
      changes.emplace_back(Record(r));
      model.apply(changes.back());
    }
    ASSERT_TRUE((*store)->commit(changes));
  }
  std::string bytes;
  {
    std::ifstream in(file, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  int served_wrong = 0;
  constexpr int kFlips = 1500;
  for (int i = 0; i < kFlips; ++i) {
    std::string damaged = bytes;
    damaged[100 + random.below(damaged.size() - 100)] ^= static_cast<char>(1u << random.below(8));
    std::ofstream(file, std::ios::binary | std::ios::trunc) << damaged;
    auto store = open_sql_store({.database = file});
    if (!store) continue;
    for (const auto& [key, r] : model.rendezvous) {
      const auto loaded = (*store)->load(key);
      served_wrong += loaded && !(*loaded == r);
    }
    const auto due = (*store)->load_due(kNever - Duration{1}, 100);
    if (!due) continue;
    for (const auto& r : *due) {
      const auto known = model.rendezvous.find(r.key);
      served_wrong += known == model.rendezvous.end() || !(known->second == r);
    }
  }
  EXPECT_EQ(served_wrong, 0);
  test::figure(
      "B6",
      "damaged rendezvous served as good after " + std::to_string(kFlips) + " single-bit flips",
      std::to_string(served_wrong), "0");
}

TEST(StoreFaults, ADamagedRendezvousDoesNotHoldUpTheOthers) {
  install_fault_vfs();
  TemporaryFolder folder;
  const auto file = folder / "convene.db";
  RandomRecords random(10);
  std::vector<Change> changes;
  for (int i = 0; i < 3; ++i) {
    Rendezvous r = random.rendezvous(random.hash(), 3);
    r.ended_at.reset();
    r.state = RendezvousState::booked;
    r.due.reset();
    r.expires = from_ms(i + 1);
    changes.emplace_back(Record(r));
  }
  ASSERT_TRUE((*open_sql_store({.database = file}))->commit(changes));
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "update rendezvous set body = zeroblob(length(body)) where wake = 1",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(db);
  auto store = open_sql_store({.database = file});
  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->load_due(from_ms(100), 10)->size(), 2u);
  EXPECT_EQ((*store)->load_due(kNever - Duration{1}, 1)->at(0).expires, from_ms(2));
  EXPECT_EQ(std::vector<std::uint64_t>({1, 3, 0, 0, 0, 0}), *(*store)->counts());
  const Hash key = std::get<Rendezvous>(std::get<Record>(changes[0])).key;
  EXPECT_EQ((*store)->load(key).error().code, "store.damaged");
}

// Promise E3 at the level of the store: its files hold hashes, and nothing that a customer said.
TEST(StoreFaults, StolenFilesOpenNoSessionAndTellNoSecret) {
  install_fault_vfs();
  ASSERT_GE(sodium_init(), 0);
  TemporaryFolder folder;
  auto store = open_sql_store({.database = folder / "convene.db"});
  ASSERT_TRUE(store);
  RandomRecords random(11);
  std::vector<std::string> secrets{"+491701234567", "Erika Mustermann", "kidney stone"};
  std::vector<Change> changes;
  constexpr std::uint64_t kIds = 500;
  for (std::uint64_t i = 1; i <= kIds; ++i) {
    std::string id(16, '\0');
    randombytes_buf(id.data(), id.size());
    std::string text(64, '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(id.data()),
                      id.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    text.resize(22);
    std::string hex(33, '\0');
    sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(id.data()),
                   id.size());
    hex.resize(32);
    Hash hash;
    crypto_hash_sha256(hash.bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                       text.size());
    secrets.insert(secrets.end(), {id, text, hex});
    Rendezvous r = random.rendezvous(hash, kIds);
    r.context = R"({"name":"Erika Mustermann","phone":"+491701234567","why":"kidney stone"})";
    Session s = random.session(SessionId{i});
    s.context = r.context;
    s.state = R"({"said":"kidney stone"})";
    Leg l = random.leg(LegId{i}, SessionId{i});
    l.token = hash;
    Decision d = random.decision(SessionId{i}, 1);
    d.reason = "asked for kidney stone";
    for (Record record : {Record(r), Record(s), Record(l), Record(d)})
      changes.emplace_back(std::move(record));
  }
  ASSERT_TRUE((*store)->commit(changes));
  const auto found = [&] {
    std::size_t n = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string bytes(std::istreambuf_iterator<char>(in), {});
      for (const auto& secret : secrets) n += bytes.find(secret) != std::string::npos;
    }
    return n;
  };
  const std::size_t live = found();  // With the write-ahead log still there.
  store->reset();
  const std::size_t closed = found();
  EXPECT_EQ(live + closed, 0u);
  test::figure(
      "E3", "identifiers (raw, base64url, hex) and words of customers found in the store's files",
      std::to_string(live + closed) + " of " + std::to_string(secrets.size()), "0");
}

}  // namespace
}  // namespace convene::store
