// core/store/store_migration_test.cpp - a file that a former program has written, brought along.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "core/store/sql_store.hpp"
#include "core/store/testing/sql.hpp"
#include "core/store/testing/temporary_folder.hpp"

namespace convene::store {
namespace {

using testing::sql;
using testing::TemporaryFolder;

/// Written by the last program with that schema.
constexpr const char* kDumps[] = {CONVENE_SOURCE_DIR "/core/store/testing/schema_2.sql",
                                  CONVENE_SOURCE_DIR "/core/store/testing/schema_3.sql"};
/// Of that database alone: it was made for this test and sealed nothing else.
constexpr const char* kKey = "af75f137bb146bff13202de6063537fbb6c2000ef15700fae6971502c386735e";
constexpr std::int64_t kStart = 1'700'000'000'000;

Time at(std::int64_t after_ms) { return from_ms(kStart + after_ms); }

Hash hash_from(std::uint8_t first) {
  Hash hash;
  std::generate(hash.bytes.begin(), hash.bytes.end(), [&first] { return first++; });
  return hash;
}

void load_dump(const char* dump, const std::filesystem::path& file) {
  std::ifstream in(dump);
  sql(file, {std::istreambuf_iterator<char>(in), {}});
  const std::filesystem::path key = file.string() + ".key";
  std::ofstream(key) << kKey << '\n';
  for (const auto& own : {file, key})
    std::filesystem::permissions(
        own, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

Rendezvous booked() {
  return {.key = hash_from(1),
          .flow = "later",
          .booked_at = at(0),
          .expires = at(86'400'000),
          .due = at(3'600'000),
          .agent = "anna",
          .context = R"({"order":"10482"})"};
}

Rendezvous live() {
  return {.key = hash_from(2),
          .flow = "later",
          .state = RendezvousState::live,
          .booked_at = at(0),
          .expires = at(86'400'000),
          .session = SessionId{7},
          .context = R"({"order":"10483"})"};
}

Rendezvous ended() {
  return {.key = hash_from(3),
          .flow = "now",
          .state = RendezvousState::ended,
          .end = End::completed,
          .cause = "customer_left",
          .booked_at = at(0),
          .expires = at(86'400'000),
          .session = SessionId{6},
          .context = "{}",
          .ended_at = at(900'000)};
}

Decision decision(std::uint64_t session, std::uint32_t number, const char* agent) {
  return {.session = SessionId{session},
          .number = number,
          .at = at(60'000 + number),
          .policy = "policy_longest_idle 1.0.0",
          .outcome = "assign",
          .agent = agent,
          .reason = "longest idle",
          .candidates = "[]",
          .pool = "sales",
          .excluded = "[]",
          .config = "c0ffee",
          .took_ns = 900};
}

Snapshot what_is_live() {
  Snapshot s;
  s.sessions = {{.id = SessionId{7},
                 .flow = "later",
                 .rendezvous = live().key,
                 .gateway = "web",
                 .context = R"({"order":"10483"})",
                 .first_agent = "anna",
                 .state = "s",
                 .channels = {"chat", "page"},
                 .attempts = 2,
                 .decisions = 2,
                 .created_at = at(60'000)}};
  s.legs = {{.id = LegId{11},
             .session = SessionId{7},
             .state = LegState::connected,
             .proxy = "web",
             .token = hash_from(9),
             .epoch = 1,
             .sent = 4,
             .received = 3,
             .channels = {"chat"},
             .since = at(61'000)},
            {.id = LegId{12},
             .session = SessionId{7},
             .role = Role::agent,
             .state = LegState::connected,
             .endpoint = "anna",
             .proxy = "web",
             .epoch = 1,
             .channels = {"chat"},
             .since = at(62'000)}};
  s.offers = {{.id = OfferId{5},
               .session = SessionId{7},
               .agent = "anna",
               .state = OfferState::accepted,
               .made_at = at(61'000),
               .deadline = at(81'000)}};
  s.agents = {{.id = "anna", .state = AgentState::ready, .since = at(0), .idle_since = at(1)},
              {.id = "ben",
               .state = AgentState::paused,
               .since = at(0),
               .idle_since = at(60'000),
               .reason = "no_answer",
               .missed = 2}};
  s.rendezvous = {live()};
  s.last_session = SessionId{7};
  s.last_leg = LegId{12};
  s.last_offer = OfferId{5};
  return s;
}

class StoreMigrations : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(From, StoreMigrations, ::testing::ValuesIn(kDumps));

TEST_P(StoreMigrations, BringsAlongWhatAFormerProgramHasWritten) {
  TemporaryFolder folder;
  load_dump(GetParam(), folder / "convene.db");
  for (int start = 1; start <= 2; ++start) {  // The second finds it brought along.
    auto store = open_sql_store({.database = folder / "convene.db"});
    ASSERT_TRUE(store) << store.error().text;
    EXPECT_TRUE(*(*store)->restore() == what_is_live());
    for (const Rendezvous& r : {booked(), live(), ended()})
      EXPECT_TRUE(*(*store)->load(r.key) == r);
    EXPECT_EQ(*(*store)->load_due(at(3'600'000), 9), std::vector{booked()});
    EXPECT_EQ(*(*store)->decisions(SessionId{7}),
              (std::vector{decision(7, 1, "ben"), decision(7, 2, "anna")}));
    EXPECT_EQ(*(*store)->decisions(SessionId{6}), std::vector{decision(6, 1, "anna")});
    EXPECT_EQ(*(*store)->sessions_of(ended().key), std::vector{SessionId{6}});
    const auto over = *(*store)->load_ended(at(900'000), 9);
    EXPECT_EQ(over.rendezvous, std::vector{ended().key});
    EXPECT_EQ(over.sessions, std::vector{SessionId{6}});
    EXPECT_EQ(*(*store)->counts(), (std::vector<std::uint64_t>{0, 1, 0, 0, 1, 1}));
  }
  EXPECT_EQ(sql(folder / "convene.db", "select count(*) from part"), std::vector<std::string>{"8"})
      << "3 legs, 2 offers, 3 decisions";
}

}  // namespace
}  // namespace convene::store
