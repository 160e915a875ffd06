// tests/replay/codec_test.cpp - whatever an engine can be made of or told comes back from its bytes
// as it was.
#include "core/journal/codec.hpp"

#include <gtest/gtest.h>

#include "core/journal/digest.hpp"
#include "core/journal/items.hpp"
#include "core/store/testing/random_records.hpp"

namespace convene::test {
namespace {

using journal::Item;

/// Counts what a type's `fields` name.
struct Counter {
  int count = 0;
  void type(std::string_view) {}
  template <class T>
  void operator()(const char*, const T&) {
    ++count;
  }
};
template <class T>
int named() {
  Counter counter;
  const T value{};
  fields(value, counter);
  return counter.count;
}

// A structured binding names every field: when a type grows its line stops compiling. Then name the
// new field in core/model/fields.hpp, or a replay would not know it, and count it here.
TEST(Codec, NamesEveryFieldOfWhatAnEngineIsTold) {
  // clang-format off
  { [[maybe_unused]] const auto& [a,b,c,d,e,f,g,h,i,j,k] = input::Book(); EXPECT_EQ(named<input::Book>(), 11); }
  { [[maybe_unused]] const auto& [a,b,c,d] = input::Return(); EXPECT_EQ(named<input::Return>(), 4); }
  { [[maybe_unused]] const auto& [a,b,c,d,e] = input::Start(); EXPECT_EQ(named<input::Start>(), 5); }
  { [[maybe_unused]] const auto& [a,b,c] = input::Resume(); EXPECT_EQ(named<input::Resume>(), 3); }
  { [[maybe_unused]] const auto& [a,b,c] = input::Look(); EXPECT_EQ(named<input::Look>(), 3); }
  { [[maybe_unused]] const auto& [a,b,c,d] = input::Retime(); EXPECT_EQ(named<input::Retime>(), 4); }
  { [[maybe_unused]] const auto& [a,b,c] = input::Cancel(); EXPECT_EQ(named<input::Cancel>(), 3); }
  { [[maybe_unused]] const auto& [a,b,c,d,e,f,g,h] = input::LegReport(); EXPECT_EQ(named<input::LegReport>(), 8); }
  { [[maybe_unused]] const auto& [a,b,c,d,e] = input::LegRequest(); EXPECT_EQ(named<input::LegRequest>(), 5); }
  { [[maybe_unused]] const auto& [a,b,c] = input::Attach(); EXPECT_EQ(named<input::Attach>(), 3); }
  { [[maybe_unused]] const auto& [a,b] = input::Detach(); EXPECT_EQ(named<input::Detach>(), 2); }
  { [[maybe_unused]] const auto& [a,b,c,d] = input::AgentSays(); EXPECT_EQ(named<input::AgentSays>(), 4); }
  { [[maybe_unused]] const auto& [a,b,c,d,e] = input::OfferAnswer(); EXPECT_EQ(named<input::OfferAnswer>(), 5); }
  { [[maybe_unused]] const auto& [a,b,c,d] = input::PeerUp(); EXPECT_EQ(named<input::PeerUp>(), 4); }
  { [[maybe_unused]] const auto& [a] = input::PeerDown(); EXPECT_EQ(named<input::PeerDown>(), 1); }
  { [[maybe_unused]] const auto& [a,b,c,d] = input::AdapterReply(); EXPECT_EQ(named<input::AdapterReply>(), 4); }
  { [[maybe_unused]] const auto& [a,b] = input::Loaded(); EXPECT_EQ(named<input::Loaded>(), 2); }
  { [[maybe_unused]] const auto& [a,b] = input::LoadedDue(); EXPECT_EQ(named<input::LoadedDue>(), 2); }
  { [[maybe_unused]] const auto& [a] = input::ClockStep(); EXPECT_EQ(named<input::ClockStep>(), 1); }
  { [[maybe_unused]] const auto& [a,b,c] = input::LoadedEnded(); EXPECT_EQ(named<input::LoadedEnded>(), 3); }
  { [[maybe_unused]] const auto& [a,b,c,d] = input::Forget(); EXPECT_EQ(named<input::Forget>(), 4); }
  { [[maybe_unused]] const auto& [a,b,c,d,e,f,g,h,i,j,k,l,m] = Rendezvous(); EXPECT_EQ(named<Rendezvous>(), 13); }
  { [[maybe_unused]] const auto& [a,b,c,d,e,f,g,h,i,j,k,l,m] = Leg(); EXPECT_EQ(named<Leg>(), 13); }
  { [[maybe_unused]] const auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t] = Session(); EXPECT_EQ(named<Session>(), 20); }
  { [[maybe_unused]] const auto& [a,b,c,d,e,f] = Offer(); EXPECT_EQ(named<Offer>(), 6); }
  { [[maybe_unused]] const auto& [a,b,c,d,e,f] = Agent(); EXPECT_EQ(named<Agent>(), 6); }
  { [[maybe_unused]] const auto& [a,b,c,d,e,f,g,h] = Snapshot(); EXPECT_EQ(named<Snapshot>(), 8); }
  { [[maybe_unused]] const auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q] = Flow(); EXPECT_EQ(named<Flow>(), 17); }
  { [[maybe_unused]] const auto& [a,b,c,d,e,f,g,h] = AgentSettings(); EXPECT_EQ(named<AgentSettings>(), 8); }
  { [[maybe_unused]] const auto& [a,b] = Skill(); EXPECT_EQ(named<Skill>(), 2); }
  { [[maybe_unused]] const auto& [a,b,c,d] = Limits(); EXPECT_EQ(named<Limits>(), 4); }
  // Tables of plugins stay where they are, and the hash of a configuration is written beside it.
  { [[maybe_unused]] const auto& [a,b,c,d,e,f,g] = EngineSettings(); EXPECT_EQ(named<journal::Settings>(), 8); }
  // Who decided, under which configuration and how fast is not what was decided.
  { [[maybe_unused]] const auto& [a,b,c,d,e,f,g,h,i,j,k,l,m] = Decision(); EXPECT_EQ(named<Decision>(), 13 - 3); }
  // clang-format on
}

TEST(Codec, GivesBackASnapshotAsItWas) {
  store::testing::RandomRecords random(7);
  for (int round = 0; round < 50; ++round) {
    Snapshot snapshot;
    for (std::uint64_t i = 1; i <= 5; ++i) {
      snapshot.sessions.push_back(random.session(SessionId{i}));
      snapshot.legs.push_back(random.leg(LegId{i}, SessionId{i}));
      snapshot.offers.push_back(random.offer(OfferId{i}, SessionId{i}));
      snapshot.rendezvous.push_back(random.rendezvous(random.hash(), 300));
    }
    snapshot.last_session = SessionId{1000};
    std::string bytes;
    journal::Writing(bytes).put(snapshot);
    journal::Reading reading(bytes);
    Snapshot again;
    reading.take(again);
    ASSERT_TRUE(reading.finished());
    EXPECT_EQ(again, snapshot);
    for (std::size_t cut = 0; cut < bytes.size(); cut += 97) {
      journal::Reading shorter(std::string_view(bytes).substr(0, cut));
      shorter.take(again);
      EXPECT_FALSE(shorter.finished());
    }
  }
}

TEST(Codec, GivesBackEveryKindOfInputInItsPlace) {
  std::string all;
  std::vector<Input> inputs;
  const auto add = [&]<std::size_t... I>(std::index_sequence<I...>) {
    (inputs.emplace_back(std::in_place_index<I>), ...);
  };
  add(std::make_index_sequence<std::variant_size_v<Input>>());
  for (const Input& input : inputs) journal::append_applied(from_ms(-5), input, all);
  std::string_view in = all;
  for (const Input& input : inputs) {
    Item item;
    ASSERT_TRUE(journal::take(in, item));
    const auto& applied = std::get<journal::Applied>(item);
    EXPECT_EQ(applied.input.index(), input.index());
    EXPECT_EQ(applied.now, from_ms(-5));
  }
  EXPECT_TRUE(in.empty());
}

TEST(Digest, TellsOneChangedFieldFromTheOther) {
  const auto digest = [](const Change& change) {
    journal::Digest d;
    d.put(change);
    return d.value();
  };
  Leg leg;
  leg.endpoint = "anna";
  const std::uint64_t before = digest(Record(leg));
  EXPECT_EQ(before, digest(Record(leg)));
  leg.endpoint = "annb";
  EXPECT_NE(before, digest(Record(leg)));
  leg.endpoint = "anna";
  leg.reason = "x";
  EXPECT_NE(before, digest(Record(leg)));
  std::swap(leg.reason, leg.proxy);
  EXPECT_NE(digest(Record(leg)), before);
  Decision decision;
  const std::uint64_t decided = digest(Record(decision));
  decision.took_ns = 5;
  EXPECT_EQ(decided, digest(Record(decision))) << "how fast it was is not what was decided";
}

}  // namespace
}  // namespace convene::test
