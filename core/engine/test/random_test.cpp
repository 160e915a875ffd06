// core/engine/test/random_test.cpp - a hundred thousand random steps, crashes and store failures: what holds after each.
#include <random>

#include "core/engine/test/fixture.hpp"
#include "tests/support/figure.hpp"

namespace convene::testing {

/// Does anything that customers, agents, proxies, operators and bad luck can do, in any order.
class Chaos : public EngineTest {
 protected:
  std::uint64_t dice(std::uint64_t below) { return generator_() % below; }
  template <class T>
  const T* any(const std::vector<T>& from) { return from.empty() ? nullptr : &from[dice(from.size())]; }
  std::string any_agent() { return std::next(settings.agents.begin(), static_cast<long>(dice(settings.agents.size())))->first; }
  /// Mostly one of the newest identifiers; now and then an old one, or one that was never given.
  std::uint32_t any_key() {
    const std::uint32_t newest = keys_ + 2;
    if (dice(8) == 0) return 1 + static_cast<std::uint32_t>(dice(newest));
    return newest - std::min(newest - 1, static_cast<std::uint32_t>(dice(24)));
  }
  PeerId any_peer() { return dice(2) ? kWeb : kDesk; }

  void act() {
    switch (dice(22)) {
      case 0:
      case 1: {
        input::Book b = booking(++keys_, dice(3) ? "later" : "eager");
        if (dice(3) == 0) b.due = now + Duration{static_cast<std::int64_t>(dice(600'000)) + 1};
        if (dice(4) == 0) b.agent = any_agent();
        if (code(ask(b)).empty()) booked_.insert(hash(keys_));
        break;
      }
      case 2:
      case 3:
      case 4: come_back(any_key()); break;
      case 5: {
        input::Resume r;
        r.peer = any_peer();
        r.token = hash(token - static_cast<std::uint32_t>(dice(5)));
        ask(r);
        break;
      }
      case 6: attach(any_agent(), any_peer()); break;
      case 7: {
        const std::string a = any_agent();
        says(a, static_cast<AgentState>(dice(4)), dice(2) ? kWeb : kDesk);
        break;
      }
      case 8:
      case 9:
      case 10:
        if (const Offer* o = any(held_now().offers)) {
          answer(o->agent, o->id, dice(3) != 0, any_peer());
        }
        break;
      case 11:
      case 12:
      case 13:
      case 14:
        if (const Leg* l = any(held_now().legs)) {
          const PeerId peer = l->proxy == "web" ? kWeb : kDesk;
          const auto state = dice(3) ? LegState::connected : static_cast<LegState>(1 + dice(9));
          report(l->id, state, dice(5) ? l->epoch : 1, dice(10) ? peer : any_peer(), {"chat"});
        }
        break;
      case 15:
        if (const Leg* l = any(held_now().legs)) {
          input::Book b;
          b.peer = any_peer();
          b.key = hash(++keys_);
          b.continues_leg = l->id;
          if (code(ask(b)).empty()) booked_.insert(hash(keys_));
        }
        break;
      case 16: {
        input::Cancel c;
        c.peer = kWeb;
        c.key = hash(any_key());
        ask(c);
        break;
      }
      case 17: {
        input::Retime r;
        r.peer = kWeb;
        r.key = hash(any_key());
        if (dice(2)) r.due = now + Duration{static_cast<std::int64_t>(dice(100'000))};
        ask(r);
        break;
      }
      case 18: pass(Duration{static_cast<std::int64_t>(dice(20'000))}); break;
      case 19:
        if (dice(20) == 0) put(input::PeerDown{any_peer()});
        if (dice(10) == 0) hello();
        break;
      case 20:
        if (dice(50) == 0) {
          start();
          hello();
        }
        break;
      default:
        if (dice(50) == 0) {
          store.fault = [](const char* c) {
            return std::string_view(c) == "commit" ? MemoryStore::Fault::refuse : MemoryStore::Fault::none;
          };
          ask(booking(900'000'000));
          store.fault = nullptr;
          pass(CommitLoop::kLastRetry);
        }
    }
    for (const auto& p : all<output::Publish>(said)) ++happened_[p.topic];
    said.clear();
  }

  const Snapshot& held_now() { return held = snapshot(); }

  void check() {
    const Snapshot& s = held_now();
    std::map<std::string, std::uint32_t> load;
    std::map<Hash, int> sessions_of;
    std::map<SessionId, int> customers, standing;
    std::set<SessionId> live;
    for (const Session& x : s.sessions) {
      live.insert(x.id);
      if (!x.rendezvous) continue;
      ASSERT_EQ(++sessions_of[x.rendezvous], 1) << "I2: one live session per identifier";
      ASSERT_TRUE(booked_.count(x.rendezvous)) << "I6: no join without a booking";
    }
    for (const Leg& l : s.legs) {
      ASSERT_TRUE(live.count(l.session)) << "I5: every leg is in exactly one session";
      if (!is_live(l.state)) continue;
      if (l.role == Role::agent) ++load[l.endpoint];
      if (l.role != Role::customer) continue;
      ASSERT_EQ(++customers[l.session], 1) << "E4: one customer's leg";
    }
    for (const Offer& o : s.offers) {
      if (o.state != OfferState::made) continue;
      ++load[o.agent];
      ASSERT_EQ(++standing[o.session], 1);
    }
    for (const auto& [agent_id, n] : load) ASSERT_LE(n, settings.agents[agent_id].capacity) << "I4: capacity";
  }

  std::mt19937_64 generator_{20'261'122};
  std::uint32_t keys_ = 0;
  std::map<std::string, int> happened_;
  std::set<Hash> booked_;
};

using Claim14Chaos = Chaos;

TEST_F(Claim14Chaos, RosterEqualsConnectedLegsAfterAHundredThousandRandomSteps) {
  settings.agents["anna"].capacity = 3;
  settings.agents["ben"].wrap_up = std::chrono::seconds(5);
  for (const char* f : {"later", "eager"}) flow(f).expires = flow(f).grace = std::chrono::minutes(5);
  open();
  constexpr int kSteps = 100'000;
  std::size_t most = 0, agreed = 0;
  for (int i = 0; i < kSteps; ++i) {
    act();
    if (!loop->available()) continue;
    if (i % 8 == 0) check();
    if (i % 64 == 0) {
      ASSERT_TRUE(loop->flush());
      const auto restored = store.restore();
      ASSERT_TRUE(snapshot() == *restored) << "the engine and its store disagree after step " << i;
      ++agreed;
    }
    most = std::max(most, held.sessions.size());
    if (HasFatalFailure()) FAIL() << "at step " << i;
  }
  EXPECT_GT(most, 5u) << "the walk has to get somewhere";
  for (const char* topic : {"leg.connected", "leg.degraded", "leg.left", "leg.expired", "leg.failed", "leg.declined",
                            "offer.accepted", "offer.declined", "offer.expired", "offer.withdrawn", "rendezvous.live",
                            "rendezvous.due", "rendezvous.ended", "agent.wrap_up"}) {
    EXPECT_GT(happened_[topic], 20) << topic;
  }
  test::figure("Claim14", "on the way: legs connected, offers accepted, rendezvous live",
               std::to_string(happened_["leg.connected"]) + ", " + std::to_string(happened_["offer.accepted"]) + ", " +
                   std::to_string(happened_["rendezvous.live"]), "> 20 each");
  for (const Hash& key : booked_) ASSERT_TRUE(store.rendezvous.count(key)) << "I1: nothing acknowledged is lost";
  test::figure("Claim14", "random steps with restarts and store failures, roster and capacity right after each",
               std::to_string(kSteps), "100000");
  test::figure("Claim14", "times that engine and store agreed", std::to_string(agreed), "all");
}

}  // namespace convene::testing
