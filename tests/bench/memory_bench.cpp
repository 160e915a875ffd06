// tests/bench/memory_bench.cpp - what a pending rendezvous and a live session cost, and how soon a core with many is ready.
// Links: convene_engine convene_store
//
//   memory_bench [PENDING [FOLDER]]      default: 10,000,000 pending; needs 3 GB of disk and some minutes
#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "convene/routing.h"
#include "convene/service.h"
#include "core/engine/commit_loop.hpp"
#include "core/store/sql_store.hpp"
#include "tests/bench/target.hpp"

namespace {

using namespace convene;
using Clock = std::chrono::steady_clock;

// As the demo shop sends it: 94 bytes.
constexpr const char* kContext =
    R"({"customer":{"name":"Erika Mustermann","language":"de"},"topic":"loans","page":"/loans/house"})";
constexpr Time kNow = from_ms(1'790'000'000'000);

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "memory_bench: %s\n", what);
  std::exit(1);
}

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

/// The `n`th of `count` keys, spread over all there are, in rising order: so the database is made in minutes.
Hash key(std::uint64_t n, std::uint64_t count) {
  Hash h;
  const std::uint64_t head = ~std::uint64_t{0} / count * n;
  for (int i = 0; i < 8; ++i) h.bytes[i] = static_cast<std::uint8_t>(head >> (56 - 8 * i));
  for (int i = 8; i < 32; ++i) h.bytes[i] = static_cast<std::uint8_t>(n * 2654435761u >> (i % 24));
  return h;
}

void fill(const SqlStoreOptions& options, std::uint64_t count) {
  auto store = open_sql_store(options);
  if (!store) die(store.error().text.c_str());
  std::vector<Change> changes;
  for (std::uint64_t n = 0; n < count; ++n) {
    Rendezvous r;
    r.key = key(n, count);
    r.flow = "later";
    r.booked_at = kNow;
    if (n % 2 == 0) r.due = kNow + std::chrono::minutes(1 + (n * 7919) % 100'000);
    r.expires = r.due.value_or(kNow) + std::chrono::hours(24 * 30);
    r.context = kContext;
    changes.emplace_back(Record(std::move(r)));
    if (changes.size() < 20'000 && n + 1 != count) continue;
    if (!(*store)->commit(changes)) die("the disk took no more");
    changes.clear();
  }
}

// The smallest service and policy that make a conversation: customer and whoever is free.
convene_status step(void*, const convene_session* s, convene_text, const convene_service_event* e,
                    const convene_service_effects* fx) noexcept {
  if (e->kind == CONVENE_EVENT_ARRIVED) {
    fx->add_customer(fx->self);
    return fx->find_agent(fx->self, {}, s->wanted_agent);
  }
  return e->kind == CONVENE_EVENT_ACCEPTED ? fx->add_agent(fx->self, e->agent) : CONVENE_OK;
}
convene_status decide(void*, const convene_routing_request* q, convene_routing_answer* a) noexcept {
  a->action = q->candidate_count > 0 ? CONVENE_ROUTING_ASSIGN : CONVENE_ROUTING_WAIT;
  return CONVENE_OK;
}
constexpr convene_service kService{step};
constexpr convene_routing kRouting{decide, nullptr};

EngineSettings settings(std::uint64_t agents) {
  EngineSettings s;
  s.services["s"] = {&kService, nullptr};
  s.routing["r"] = {&kRouting, nullptr, "r 1.0.0"};
  Flow& flow = s.flows["later"];
  flow.id = "later";
  flow.service = "s";
  flow.routing = flow.fallback = "r";
  flow.pool = "sales";
  flow.channels = {"chat", "page"};
  for (std::uint64_t i = 0; i < agents; ++i) {
    AgentSettings a;
    a.id = "agent" + std::to_string(i);
    a.name = "Agent";
    a.capacity = 4;
    a.pools = {"sales"};
    s.agents[a.id] = a;
  }
  return s;
}

/// Ready: the first customer who returns is joined.
double time_to_first_join(const SqlStoreOptions& options, std::uint64_t count, double* resident) {
  const std::size_t before = resident_bytes();
  const auto start = Clock::now();
  auto store = open_sql_store(options);
  if (!store) die(store.error().text.c_str());
  CommitLoop loop(settings(0), **store);
  if (!loop.recover(kNow)) die("the core does not start");
  std::vector<Output> released;
  const std::vector<Input> batch{
      input::PeerUp{PeerId{1}, "web", true, false},
      input::Return{RequestId{1}, PeerId{1}, key(count / 2, count), key(1, 2)}};
  loop.run(kNow, batch, released);
  bool joined = false;
  for (const Output& o : released) {
    const auto* answer = std::get_if<output::Answer>(&o);
    joined = joined || (answer && std::holds_alternative<output::Joined>(answer->body));
  }
  const double ms = milliseconds_since(start);
  if (!joined) die("the customer was not joined");
  *resident = static_cast<double>(resident_bytes() - std::min(before, resident_bytes()));
  return ms;
}

/// Keeps nothing: only the engine's memory is looked at.
class NoStore final : public SessionStore {
 public:
  Status commit(std::span<const Change>) override { return ok(); }
  Result<Rendezvous> load(const Hash&) override { return Error{"store.none", ""}; }
  Result<std::vector<Rendezvous>> load_due(Time, std::size_t) override {
    return std::vector<Rendezvous>{};
  }
  Result<Ended> load_ended(Time, std::size_t) override { return Ended{}; }
  Result<std::vector<SessionId>> sessions_of(const Hash&) override {
    return std::vector<SessionId>{};
  }
  Result<Hash> rendezvous_of(SessionId) override { return Hash{}; }
  Result<Snapshot> restore() override { return Snapshot{}; }
  Result<std::vector<Decision>> decisions(SessionId) override { return std::vector<Decision>{}; }
  Result<std::vector<std::uint64_t>> counts() override { return std::vector<std::uint64_t>(6); }
};

/// Bytes of heap per session with a customer and an agent connected.
double live_session_bytes(std::uint64_t sessions) {
  NoStore store;
  CommitLoop loop(settings(sessions / 2), store);
  if (!loop.recover(kNow)) die("the core does not start");
  Time now = kNow;
  std::uint64_t request = 0;
  std::vector<Output> released;
  const auto put = [&](Input in) {
    released.clear();
    now += Duration{1};
    loop.run(now, std::span(&in, 1), released);
  };
  const PeerId web{1};
  put(input::PeerUp{web, "web", true, false});
  for (std::uint64_t i = 0; i < sessions / 2; ++i) {
    const std::string id = "agent" + std::to_string(i);
    put(input::Attach{RequestId{++request}, web, id});
    put(input::AgentSays{RequestId{++request}, web, id, AgentState::ready});
  }
  const auto connect = [&](const output::LegOrder& o) {
    input::LegReport r{
        web, o.leg, 1, o.seq, o.details.ticket.epoch, LegState::connected, {"chat", "page"}, {}};
    put(r);
  };
  const auto orders = [&] {
    std::vector<output::LegOrder> out;
    for (const Output& o : released) {
      if (const auto* order = std::get_if<output::LegOrder>(&o)) out.push_back(*order);
    }
    return out;
  };
  ::malloc_trim(0);
  const std::size_t before = ::mallinfo2().uordblks;
  for (std::uint64_t i = 0; i < sessions; ++i) {
    put(input::Start{RequestId{++request}, web, "later", kContext, key(i, sessions)});
    const auto customer = orders();
    std::vector<output::OfferMade> offers;
    for (const Output& o : released) {
      if (const auto* offer = std::get_if<output::OfferMade>(&o)) offers.push_back(*offer);
    }
    if (customer.size() != 1 || offers.size() != 1) die("a customer found nobody");
    connect(customer[0]);
    put(input::OfferAnswer{RequestId{++request}, web, offers[0].agent, offers[0].offer.offer,
                           true});
    const auto agent = orders();
    if (agent.size() != 1) die("an agent was not invited");
    connect(agent[0]);
  }
  const std::size_t after = ::mallinfo2().uordblks;
  const Snapshot s = loop.engine().snapshot();
  std::uint64_t connected = 0;
  for (const Leg& leg : s.legs) connected += leg.state == LegState::connected;
  if (connected != 2 * sessions) die("not everybody is connected");
  return static_cast<double>(after - before) / static_cast<double>(sessions);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
  if (count < 2) die("usage: memory_bench [PENDING [FOLDER]]");
  using namespace convene::bench;
  bool reached = report({.what = "memory of a live session in the core, both connected",
                         .ours = {live_session_bytes(10'000), "B"},
                         .held = Held::figure,
                         .reach = 4096});

  std::string folder =
      (std::filesystem::path(argc > 2 ? argv[2] : CONVENE_BUILD_DIR) / "memory-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) die("no folder for the database");
  const SqlStoreOptions options{.database = folder + "/pending.db", .key_file = {}};
  const auto start = Clock::now();
  fill(options, count);
  const double each = static_cast<double>(std::filesystem::file_size(options.database)) /
                      static_cast<double>(count);
  // In rising order of keys; see store_test for random ones.
  reached = report({.what = "pending rendezvous on disk, context of 94 bytes, indexes included",
                    .ours = {each, "B"},
                    .held = Held::figure,
                    .reach = 350}) &&
            reached;
  double resident = 0;
  const double ms = time_to_first_join(options, count, &resident);
  const std::string pending = std::to_string(count) + " pending";
  reached = report({.what = "start to first customer joined with " + pending,
                    .ours = {ms, "ms"},
                    .held = Held::figure,
                    .reach = 1000}) &&
            reached;
  reached = report({.what = "memory of each of " + pending,
                    .ours = {resident / static_cast<double>(count), "B"},
                    .held = Held::figure,
                    .reach = 1}) &&
            reached;
  std::printf("  made in %.0f s\n", milliseconds_since(start) / 1000);
  std::filesystem::remove_all(folder);
  return reached ? 0 : 1;
}
