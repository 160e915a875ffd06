// core/runtime/node.cpp - the loop: take what has arrived, run it as one batch, release what was committed.
#include "core/runtime/node.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "core/runtime/node_state.hpp"
#include "sdk/host/plugin_processes.hpp"

namespace convene {
namespace {

class MachineClock final : public NodeClock {
 public:
  std::int64_t monotonic_ms() override { return since_epoch(std::chrono::steady_clock::now()); }
  std::int64_t wall_ms() override { return since_epoch(std::chrono::system_clock::now()); }

 private:
  template <class Point>
  static std::int64_t since_epoch(Point point) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(point.time_since_epoch()).count();
  }
};

NodeClock& machine_clock() {
  static MachineClock instance;
  return instance;
}

constexpr std::int64_t kSleepMax = 1'000;  ///< The clocks are compared at least so often.
constexpr Duration kClockTolerance{100};  ///< A difference that counts as a step of the wall clock.

}  // namespace

Node::State::State(NodeOptions options_given)
    : options(std::move(options_given)),
      clock(options.clock ? *options.clock : machine_clock()),
      secrets(options.key),
      loop(options.settings, *options.store, options.observer),
      server(context, options.limits, clock, *this, counters,
             [this](int level, std::string_view id, std::string_view fields) {
               log(level, id, fields);
             }),
      events(context, options.limits, clock, counters),
      run_name(secrets.token_hex()),
      started_ms(clock.monotonic_ms()),
      started_at(from_ms(clock.wall_ms())),
      idle_poll(options.idle_poll),
      wake_fd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (wake_fd < 0) std::abort();  // a process without file descriptors cannot start
}

Time Node::State::now() const { return started_at + Duration{clock.monotonic_ms() - started_ms}; }

Status Node::State::open() {
  allow_keys();
  zap.keep_out(is_plugin_process);
  if (const Status status = zap.open(); !status) return status;
  if (const Status status = loop.recover(now()); !status) return status;
  generation = loop.generation();
  server.set_instance(run_name + "-" + std::to_string(generation));
  events.set_instance(run_name);
  if (const Status status = server.open(options.command_endpoint, options.curve); !status)
    return status;
  return events.open(options.event_endpoint, options.curve);
}

/// Each adapter under its own name; whoever holds the core's own key may be its console.
void Node::State::allow_keys() {
  if (options.curve.secret_key.empty()) return;
  std::map<std::string, std::string> names;
  for (const auto& [name, adapter] : options.adapters)
    if (!adapter.public_key.empty()) names.emplace(adapter.public_key, name);
  char own[41] = {};
  if (zmq_curve_public(own, options.curve.secret_key.c_str()) == 0) names.emplace(own, "cli");
  zap.allow(std::move(names));
}

void Node::State::run() {
  log(1, "node.running", "name=" + options.name);
  while (!stopping.load(std::memory_order_acquire)) run_once();
  server.goodbye_all("stopping");
  inbox.clear();
  [[maybe_unused]] const Status written = loop.flush();
  log(1, "node.stopped", "name=" + options.name);
}

/// One turn: take, apply, commit, release. A socket's descriptor is an edge that a send may take away: sleep is safe
/// only right after a look that found nothing, and that look costs less than `zmq_poll`.
void Node::State::run_once() {
  check_clock();
  const bool is_idle = server.take(options.limits.batch) == 0 && inbox.empty() && viewings.empty();
  look_around(is_idle ? until_due() : 0);
  if (is_idle) {
    check_clock();  // It may have been a long sleep.
    server.take(options.limits.batch);
  }
  server.tick();
  ask_again(clock.monotonic_ms());
  if (!inbox.empty() || loop.next_wake() <= now()) run_batch();
  if (!viewings.empty()) answer_views();
  events.tick();
}

std::int64_t Node::State::until_due() {
  const std::int64_t now_ms = clock.monotonic_ms();
  std::int64_t wait = std::min(server.next_wake_ms(), events.next_wake_ms()) - now_ms;
  for (const auto& [key, waiting] : asked) wait = std::min(wait, waiting.repeat_at - now_ms);
  if (const Time next = loop.next_wake(); next != kNever)
    wait = std::min<std::int64_t>(wait, (next - now()).count());
  return std::clamp<std::int64_t>(wait, 0, kSleepMax);
}

/// Sleeps until a peer says something, work is posted or a connection asks to be let in, for `most_ms` at most.
void Node::State::look_around(std::int64_t most_ms) {
  pollfd woken[] = {
      {server.descriptor(), POLLIN, 0}, {wake_fd, POLLIN, 0}, {zap.descriptor(), POLLIN, 0}};
  ::poll(woken, std::size(woken), static_cast<int>(most_ms));
  if (woken[1].revents != 0) take_tasks();
  if (woken[2].revents != 0) counters.refused += zap.take();
}

void Node::State::run_batch() {
  ++counters.batches;
  counters.inputs += inbox.size();
  released.clear();
  idle_poll.prolong(5);  // while the disk writes
  loop.run(now(), inbox, released);
  inbox.clear();
  if (options.erased && !loop.erased().empty()) options.erased(loop.erased());
  for (const Output& output : released) release(output);
  loop.sent();
  idle_poll.prolong();  // for what somebody says to it
  if (loop.available() != was_available) {
    was_available = loop.available();
    log(was_available ? 1 : 3, was_available ? "node.store_back" : "node.store_lost",
        was_available ? "" : "reason=" + loop.last_error().code);
  }
  if (loop.generation() != generation) restored();
}

/// The engine was thrown away and restored from the store; the loop has told it who is connected. What peers have said
/// since the last commit is gone: a welcome with a new instance makes them repeat their state.
void Node::State::restored() {
  generation = loop.generation();
  log(2, "node.restored", "generation=" + std::to_string(generation));
  server.set_instance(run_name + "-" + std::to_string(generation));
  server.welcome_all();
}

/// Engine time runs with the monotonic clock. When the wall clock was set the engine learns the difference.
void Node::State::check_clock() {
  const Duration offset = from_ms(clock.wall_ms()) - now();
  const Duration change = offset - wall_offset;
  if (change < kClockTolerance && change > -kClockTolerance) return;
  wall_offset = offset;
  inbox.emplace_back(input::ClockStep{offset});
  log(2, "node.clock_step", "change_ms=" + std::to_string(change.count()));
}

void Node::State::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_fd, &one, sizeof one);  // full: awake already
}

void Node::State::take_tasks() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto read = ::read(wake_fd, &count, sizeof count);
  std::vector<std::function<void()>> due;
  {
    const std::lock_guard lock(tasks_mutex);
    due.swap(tasks);
  }
  for (const auto& task : due) task();
}

Node::Node(NodeOptions options) : state_(std::make_unique<State>(std::move(options))) {}

Node::~Node() {
  if (state_) ::close(state_->wake_fd);
}

Status Node::open() { return state_->open(); }
void Node::run() { state_->run(); }

void Node::stop() {
  state_->stopping.store(true, std::memory_order_release);
  state_->wake();
}

void Node::post(std::function<void()> work) {
  {
    const std::lock_guard lock(state_->tasks_mutex);
    state_->tasks.push_back(std::move(work));
  }
  state_->wake();
}

void Node::reconfigure(EngineSettings settings, std::map<std::string, AdapterOptions> adapters,
                       std::function<void()> then) {
  post([this, settings = std::move(settings), adapters = std::move(adapters),
        then = std::move(then)]() mutable {
    State& s = *state_;
    s.options.adapters = std::move(adapters);
    s.options.settings = settings;
    s.loop.reconfigure(std::move(settings));
    s.allow_keys();
    s.server.welcome_all();
    if (then) then();
  });
}

bool Node::each_session(
    const std::function<void(const Session& session, const std::string& service)>& visit) const {
  if (!state_->loop.available()) return false;
  state_->loop.engine().each_session(visit);
  return true;
}

void Node::ask_anew() { state_->loop.reconfigure(state_->options.settings); }

void Node::publish(std::string_view topic, std::string_view body) {
  state_->events.publish(topic, body);
}

std::string Node::status() { return state_->status_text(); }
NodeCounters Node::counters() const { return state_->counters; }

}  // namespace convene
