// core/sim/world.cpp - sets a day up, lets it run, stops the faults, and looks whether everything recovers.
#include "core/sim/world.hpp"

#include "core/sim/people.hpp"

namespace convene::sim {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {
constexpr Time kMorning = from_ms(1'790'000'000'000);  // In 2026; any day will do.
/// The wall clock is set by two hours at most, and a node that starts then counts on from there; the rest is outages.
constexpr Duration kClocksOff = hours(5);
}  // namespace

const char* name_of(FaultKind kind) {
  static constexpr const char* kNames[kFaultKinds] = {
      "message lost",         "message duplicated", "message delayed", "commit refused",
      "commit's answer lost", "store down",         "adapter crash",   "node crash",
      "engine lost",          "desk dropped",       "browser dropped", "clock stepped",
      "policy failed",        "service failed",     "agent walked off"};
  return kNames[static_cast<std::size_t>(kind)];
}

World::World(const SimOptions& o, const SimPlugins& plugins)
    : options(o),
      net(o.seed * 2 + 1),
      life(o.seed * 2),
      faults(draw_faults(net, o)),
      settings(bind(plugins)),
      agenda(kMorning),
      history(o.hash, o.trace_from),
      checker(settings, o.faults ? kClocksOff : Duration{0}),
      store(memory, checker, o.lying_store),
      node(std::make_unique<Node>(*this)) {
  memory.fault = [this](const char* call) {
    using Fault = testing::MemoryStore::Fault;
    if (store_down) return Fault::refuse;
    if (calm || call[0] != 'c')
      return Fault::none;  // Single failures hit commits; outages hit everything.
    if (net.chance_ppm(faults.store_refused)) {
      count(FaultKind::store_refused);
      return Fault::refuse;
    }
    if (net.chance_ppm(faults.store_answer_lost)) {
      count(FaultKind::store_answer_lost);
      return Fault::lose_answer;
    }
    return Fault::none;
  };
  peers.push_back(std::make_unique<Peer>(*this, 0, "web1", false));
  peers.push_back(std::make_unique<Peer>(*this, 1, "web2", false));
  peers.push_back(std::make_unique<Peer>(*this, 2, "acd", true));
  for (const auto& [id, agent] : settings.agents) {
    const std::size_t n = desks.size();
    Peer* home = peers[n % 5 == 4 ? 2 : n % 2].get();
    desks.push_back(std::make_unique<Desk>(*this, id, home));
  }
  for (int i = 0; i < options.customers; ++i) {
    customers.push_back(std::make_unique<Customer>(*this, static_cast<std::size_t>(i)));
  }
}

World::~World() = default;

EngineSettings World::bind(const SimPlugins& plugins) {
  EngineSettings s = draw_settings(net, options, plugins);
  const Flow& eager = plugins.flows.at("eager");
  flaky.routing = s.routing.at(eager.routing);
  flaky.service = s.services.at(eager.service);
  flaky.counts = &counts;
  flaky.faults = options.faults;
  s.routing["sim_flaky"] = flaky_routing(flaky);
  s.services["sim_flaky"] = flaky_service(flaky);
  return s;
}

Peer& World::gateway() {
  // One in ten customers calls: the switch connects them.
  const std::uint64_t n = life.below(10);
  Peer& chosen = *peers[n == 9 ? 2 : n % 2];
  if (chosen.up()) return chosen;
  Peer& other = *peers[chosen.index() == 0 ? 1 : 0];
  return other.up() ? other : chosen;
}

void World::transmit(Agenda::Thing arrive) {
  if (calm || !options.faults) return agenda.in(Duration{net.between(1, 3)}, std::move(arrive));
  if (net.chance_ppm(faults.lost)) return count(FaultKind::lost);
  const auto delay = [this] {
    if (!net.chance_ppm(faults.delayed)) return Duration{net.between(1, 5)};
    count(FaultKind::delayed);
    return net.between(Duration{10}, Duration{30'000});
  };
  if (net.chance_ppm(faults.duplicated)) {
    count(FaultKind::duplicated);
    agenda.in(delay(), arrive);
  }
  agenda.in(delay(), std::move(arrive));
}

void World::plan_weather() {
  const Duration day = hours(options.hours);
  const auto sometime = [this, day](int times_a_day, auto what) {
    const int times = options.hours >= 24 ? times_a_day : std::min(times_a_day, 2);
    for (int i = 0; i < times; ++i) {
      agenda.in(net.between(Duration{minutes(2)}, day - Duration{1}), [this, what] {
        if (!calm) what();
      });
    }
  };
  sometime(faults.store_outages, [this] {
    count(FaultKind::store_down);
    store_down = true;
    agenda.in(net.between(Duration{200}, Duration{seconds(120)}), [this] { store_down = false; });
  });
  sometime(faults.adapter_crashes, [this] {
    count(FaultKind::adapter_crash);
    Peer& victim = *peers[net.below(peers.size())];
    victim.crash(net.between(Duration{500}, Duration{seconds(40)}));
  });
  sometime(faults.node_crashes, [this] {
    count(FaultKind::node_crash);
    node->crash(net.between(Duration{100}, Duration{seconds(30)}));
  });
  sometime(faults.clock_steps, [this] {
    count(FaultKind::clock_stepped);
    static constexpr std::int64_t kSteps[] = {1, -1, 60, -60, 3600, -3600, 86400, -86400};
    const Duration step = seconds(kSteps[net.below(8)]);
    const bool small = net.percent(60);
    clock_error = small ? step / 60 : step / 12;
    node->clock_changed();
    agenda.in(net.between(Duration{minutes(1)}, Duration{minutes(40)}), [this] {
      clock_error = Duration{0};
      node->clock_changed();
    });
  });
}

SimReport World::play() {
  node->start();
  for (auto& peer : peers) peer->start();
  for (auto& desk : desks) {
    agenda.in(life.between(Duration{100}, Duration{seconds(60)}),
              [d = desk.get()] { d->sign_in(); });
  }
  for (auto& customer : customers) {
    customer->plan(
        life.between(Duration{seconds(1)}, Duration{minutes(60 * std::max(1, options.hours - 2))}));
  }
  plan_weather();

  const Time evening = kMorning + hours(options.hours);
  std::uint64_t looked = 0;
  const auto run_until = [&](Time until) {
    while (checker.violation().empty() && agenda.step(until)) {
      if (++looked % 4096 != 0) continue;
      checker.expect_no_waiting(now() - minutes(2));
      checker.expect_progress(now() - minutes(10));
    }
  };
  run_until(evening);
  if (checker.violation().empty()) {
    // The last fault of every other day: whatever is under way must survive a restart.
    if (options.faults && options.seed % 2 == 1) node->crash(Duration{0});
    become_calm();
    run_until(evening + seconds(57));
  }
  // What both looks complain of is not just on its way.
  const auto first = checker.violation().empty() ? complaints(evening) : std::set<std::string>{};
  run_until(evening + seconds(60));
  if (checker.violation().empty()) {
    for (const std::string& complaint : complaints(evening)) {
      if (first.count(complaint) != 0) checker.fail("A3: " + complaint);
    }
  }
  if (checker.violation().empty())
    node->crash(Duration{0});  // Compares engine and store for the last time.

  SimReport r;
  r.seed = options.seed;
  r.violation = checker.violation();
  r.step = history.steps();
  r.inputs = history.inputs();
  r.outputs = history.outputs();
  r.booked = checker.booked();
  r.joined = checker.joined();
  r.served = checker.served();
  r.refused = checker.refused();
  r.paused = checker.paused();
  r.erased = checker.erased();
  r.oldest = checker.oldest();
  r.faults = counts;
  if (options.hash) r.hash = history.hash();
  return r;
}

/// From here on nothing goes wrong any more (promise A3).
void World::become_calm() {
  history.remark("faults stop");
  calm = true;
  store_down = false;
  flaky.faults = false;
  if (!node->up()) node->start();
  if (clock_error != Duration{0}) {
    clock_error = Duration{0};
    node->clock_changed();
  }
  for (auto& peer : peers) {
    if (!peer->up()) peer->start();
  }
  for (auto& desk : desks) desk->take_break();
}

}  // namespace convene::sim
