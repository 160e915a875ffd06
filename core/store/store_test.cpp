// core/store/store_test.cpp - what is written is what is read, whatever it is and in whatever
// order.
#include "core/store/sql_store.hpp"

#include <gtest/gtest.h>

#include "core/store/record_codec.hpp"
#include "core/store/testing/model_store.hpp"
#include "core/store/testing/random_records.hpp"
#include "core/store/testing/temporary_folder.hpp"

namespace convene::store {
namespace {

using testing::ModelStore;
using testing::RandomRecords;
using testing::TemporaryFolder;

std::unique_ptr<SessionStore> open(const std::filesystem::path& database) {
  auto store = open_sql_store({.database = database});
  if (!store) {
    ADD_FAILURE() << store.error().code << ": " << store.error().text;
    return nullptr;
  }
  return std::move(*store);
}

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().code + ": " + result.error().text);
  return std::move(*result);
}

/// The earliest `due` or `expires` of what is booked.
Time next_due(SessionStore& store) {
  const auto first = must(store.load_due(kNever - Duration{1}, 1));
  if (first.empty()) return kNever;
  return std::min(first[0].due.value_or(kNever), first[0].expires);
}

Status commit(SessionStore& store, std::vector<Change> changes) { return store.commit(changes); }

Rendezvous booking(RandomRecords& random, Time wake) {
  Rendezvous r = random.rendezvous(random.hash(), 1);
  r.state = RendezvousState::booked;
  r.ended_at.reset();
  r.session = {};
  r.due.reset();
  r.expires = wake;
  return r;
}

// A field that is added to a record and forgotten in record_codec.cpp must not be lost in silence:
// each of these lines stops compiling when a record grows. Then store the new field, and let
// random_records.hpp fill it.
[[maybe_unused]] void every_field_is_known(const Rendezvous& r, const Session& s, const Leg& l,
                                           const Offer& o, const Agent& a, const Decision& d) {
  [[maybe_unused]] const auto& [r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, r13] = r;
  [[maybe_unused]] const auto& [s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15,
                                s16, s17, s18, s19, s20] = s;
  [[maybe_unused]] const auto& [l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11, l12, l13] = l;
  [[maybe_unused]] const auto& [o1, o2, o3, o4, o5, o6] = o;
  [[maybe_unused]] const auto& [a1, a2, a3, a4, a5, a6] = a;
  [[maybe_unused]] const auto& [d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13] = d;
}

TEST(Store, GivesBackEveryRecordAsItWas) {
  TemporaryFolder folder;
  auto store = open(folder / "convene.db");
  ASSERT_TRUE(store);
  RandomRecords random(1);
  std::vector<Change> changes;
  std::map<Hash, Rendezvous> rendezvous;
  ModelStore model;
  for (int i = 1; i <= 500; ++i) {
    const SessionId session{static_cast<std::uint64_t>(i)};
    Session s = random.session(session);
    s.ended_at.reset();
    Rendezvous r = random.rendezvous(random.hash(), 500);
    if (r.session) r.session = session;
    s.rendezvous = r.key;
    rendezvous[r.key] = r;
    Offer o = random.offer(OfferId{session.value}, session);
    o.state = OfferState::made;
    for (Record record :
         {Record(r), Record(s), Record(o), Record(random.leg(LegId{session.value}, session)),
          Record(random.agent(std::to_string(i))), Record(random.decision(session, 7))}) {
      changes.emplace_back(std::move(record));
      model.apply(changes.back());
    }
  }
  ASSERT_TRUE(store->commit(changes));
  EXPECT_TRUE(must(store->restore()) == model.restore());
  for (const auto& [key, r] : rendezvous) EXPECT_TRUE(must(store->load(key)) == r);
  for (const auto& [at, d] : model.decisions) {
    EXPECT_EQ(must(store->decisions(at.first)), std::vector<Decision>{d});
  }
  const auto none = store->load(random.hash());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, "store.none");
}

TEST(Store, EqualsAModelAfterAnyChangesAndRestarts) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    TemporaryFolder folder;
    auto store = open(folder / "convene.db");
    ASSERT_TRUE(store);
    RandomRecords random(seed);
    ModelStore model;
    std::vector<Hash> keys(30);
    for (auto& key : keys) key = random.hash();
    const auto session = [&] { return SessionId{random.below(20) + 1}; };
    for (int batch = 0; batch < 60; ++batch) {
      std::vector<Change> changes;
      const auto change = [&](Change what) {
        changes.push_back(std::move(what));
        model.apply(changes.back());
      };
      // No rendezvous names a session that does not name it in turn (model/store.hpp).
      const auto part_from = [&](SessionId id) {
        for (auto [key, r] : std::map(model.rendezvous)) {
          if (r.session != id || r.state == RendezvousState::ended) continue;
          r.session = {};
          change(Record(r));
        }
      };
      for (std::uint64_t n = random.below(30); n > 0; --n) {
        const Hash& key = keys[random.below(keys.size())];
        const std::uint64_t number = random.below(60) + 1;
        switch (random.below(10)) {
          case 0:
          case 1:
          case 2: {
            const Rendezvous r = random.rendezvous(key, 20);
            if (r.session && r.state != RendezvousState::ended) part_from(r.session);
            change(Record(r));
            if (!r.session || r.state == RendezvousState::ended) break;
            Session s = random.session(r.session);
            s.rendezvous = key;
            s.ended_at.reset();
            change(Record(std::move(s)));
            break;
          }
          case 3: {
            Session s = random.session(session());
            if (random.chance(50)) s.rendezvous = key;
            part_from(s.id);
            change(Record(std::move(s)));
            break;
          }
          case 4:
            change(Record(random.leg(LegId{number}, SessionId{number % 20 + 1})));
            break;
          case 5:
            change(Record(random.offer(OfferId{number}, SessionId{number % 20 + 1})));
            break;
          case 6:
            change(Record(random.agent(std::to_string(random.below(9)))));
            break;
          case 7:
            change(Record(random.decision(session(), random.below(5))));
            break;
          case 8:
            change(Erase{key});
            break;
          default: {
            const SessionId id = session();
            part_from(id);
            change(Erase{id});
          }
        }
      }
      ASSERT_TRUE(store->commit(changes));
      if (random.chance(20)) {
        store.reset();
        store = open(folder / "convene.db");
        ASSERT_TRUE(store);
      }
      ASSERT_TRUE(must(store->restore()) == model.restore())
          << "seed " << seed << " batch " << batch;
      ASSERT_EQ(must(store->counts()), model.counts()) << "seed " << seed << " batch " << batch;
      const auto wakes = model.wakes();
      ASSERT_EQ(next_due(*store), wakes.empty() ? kNever : wakes.front());
      const auto ends = model.ends();
      ASSERT_EQ(must(store->load_ended(Time::min(), 0)).next, ends.empty() ? kNever : ends.front());
      const Ended all = must(store->load_ended(kNever, 1000));
      ASSERT_EQ(all.rendezvous.size() + all.sessions.size(), ends.size());
      for (const Hash& key : keys) ASSERT_EQ(must(store->sessions_of(key)), model.sessions_of(key));
    }
    for (const Hash& key : keys) {
      const auto loaded = store->load(key);
      const auto expected = model.rendezvous.find(key);
      ASSERT_EQ(static_cast<bool>(loaded), expected != model.rendezvous.end());
      if (loaded) {
        EXPECT_TRUE(*loaded == expected->second);
      }
    }
  }
}

TEST(Store, GivesWhatIsDueEarliestFirstAndNoMoreThanAsked) {
  TemporaryFolder folder;
  auto store = open(folder / "convene.db");
  ASSERT_TRUE(store);
  RandomRecords random(3);
  std::vector<Change> changes;
  for (int i = 0; i < 1000; ++i)
    changes.emplace_back(Record(booking(random, from_ms((i * 7919) % 1000))));
  ASSERT_TRUE(store->commit(changes));
  EXPECT_EQ(next_due(*store), from_ms(0));
  EXPECT_TRUE(must(store->load_due(from_ms(-1), 10)).empty());
  const auto first = must(store->load_due(from_ms(99), 40));
  ASSERT_EQ(first.size(), 40u);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(to_ms(first[i].expires), i);
  EXPECT_EQ(must(store->load_due(from_ms(99), 1000)).size(), 100u);
}

TEST(Store, ComesBackToTheAgreedTimeOrToTheExpiryWhicheverIsFirst) {
  TemporaryFolder folder;
  auto store = open(folder / "convene.db");
  ASSERT_TRUE(store);
  RandomRecords random(4);
  Rendezvous timed = booking(random, from_ms(900));
  timed.due = from_ms(300);
  Rendezvous late = booking(random, from_ms(400));
  late.due = from_ms(800);
  ASSERT_TRUE(commit(*store, {Record(timed), Record(late)}));
  const auto due = must(store->load_due(from_ms(1000), 10));
  ASSERT_EQ(due.size(), 2u);
  EXPECT_TRUE(due[0] == timed);
  EXPECT_TRUE(due[1] == late);
  timed.state = RendezvousState::due;
  ASSERT_TRUE(commit(*store, {Record(timed)}));
  EXPECT_EQ(next_due(*store), from_ms(400));
}

TEST(Store, NeverGivesANumberTwiceEvenWhenItsSessionIsErased) {
  TemporaryFolder folder;
  auto store = open(folder / "convene.db");
  ASSERT_TRUE(store);
  RandomRecords random(5);
  const SessionId id{41};
  ASSERT_TRUE(commit(*store, {Record(random.session(id)), Record(random.leg(LegId{42}, id)),
                              Record(random.offer(OfferId{43}, id)), Erase{id}}));
  store.reset();
  store = open(folder / "convene.db");
  ASSERT_TRUE(store);
  const auto snapshot = must(store->restore());
  EXPECT_TRUE(snapshot.sessions.empty() && snapshot.legs.empty() && snapshot.offers.empty());
  EXPECT_EQ(snapshot.last_session, SessionId{41});
  EXPECT_EQ(snapshot.last_leg, LegId{42});
  EXPECT_EQ(snapshot.last_offer, OfferId{43});
}

// Most commits leave the row of the last numbers alone: they are found through live sessions, and noted as those end.
TEST(Store, KnowsItsLastNumbersWhereverTheirSessionsAre) {
  TemporaryFolder folder;
  auto store = open(folder / "convene.db");
  ASSERT_TRUE(store);
  RandomRecords random(7);
  ModelStore model;
  const auto after = [&](std::vector<Change> changes) {
    for (const Change& change : changes) model.apply(change);
    EXPECT_TRUE(store->commit(changes));
    store.reset();
    store = open(folder / "convene.db");
    EXPECT_TRUE(must(store->restore()) == model.restore());
  };
  Session one = random.session(SessionId{1});
  Session two = random.session(SessionId{2});
  one.ended_at.reset();
  two.ended_at.reset();
  after({Record(random.leg(LegId{5}, two.id)), Record(two), Record(one)});
  after({Record(random.leg(LegId{6}, one.id)), Record(random.offer(OfferId{3}, one.id))});
  one.ended_at = from_ms(1);
  after({Record(one)});
  after({Record(random.leg(LegId{7}, one.id))});
  after({Erase{two.id}});
}

// Rows are counted by what was given and what was erased, so a row that is erased is never given again.
TEST(Store, CountsWhatIsBookedAcrossErasuresAndRestarts) {
  TemporaryFolder folder;
  auto store = open(folder / "convene.db");
  ASSERT_TRUE(store);
  RandomRecords random(8);
  std::vector<Rendezvous> all;
  for (int i = 0; i < 4; ++i) {
    all.push_back(booking(random, from_ms(i)));
    ASSERT_TRUE(commit(*store, {Record(all.back())}));
  }
  const auto again = [&] {
    store.reset();
    store = open(folder / "convene.db");
    return must(store->counts())[1];
  };
  EXPECT_EQ(again(), 4u);
  ASSERT_TRUE(commit(*store, {Erase{all[3].key}, Erase{all[0].key}}));
  EXPECT_EQ(again(), 2u);
  ASSERT_TRUE(commit(*store, {Record(all[3])}));
  EXPECT_EQ(again(), 3u);
  ASSERT_TRUE(commit(*store, {Record(all[3])}));
  EXPECT_EQ(again(), 3u) << "the same once more";
}

TEST(Store, ReadsAnAgentAsItWasWrittenBeforeAgentsWerePausedForNotAnswering) {
  RandomRecords random(5);
  Agent now = random.agent("anna");
  now.reason.clear();
  now.missed = 0;
  std::string body;
  encode(now, body);
  const std::string_view before = std::string_view(body).substr(0, body.size() - 2);
  Agent read;
  read.id = now.id;
  EXPECT_TRUE(decode(before, read));
  EXPECT_TRUE(read == now);
  EXPECT_FALSE(decode(std::string_view(body).substr(0, body.size() - 1), read)) << "cut short";
  EXPECT_FALSE(decode(body + '\0', read)) << "more than is known";
}

TEST(Store, ReadsItsUrl) {
  const auto options = parse_store_url("sqlite:convene.db", "/data");
  ASSERT_TRUE(options);
  EXPECT_EQ(options->database, "/data/convene.db");
  EXPECT_EQ(parse_store_url("sqlite:/elsewhere/c.db", "/data")->database, "/elsewhere/c.db");
  for (const char* wrong : {"", "convene.db", "sqlite:", "postgresql://host/db"}) {
    const auto refused = parse_store_url(wrong, "/data");
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().code, "store.url");
  }
}

}  // namespace
}  // namespace convene::store
