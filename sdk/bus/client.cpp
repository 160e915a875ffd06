// sdk/bus/client.cpp - connection, heartbeats and timers of a bus client.
#include "sdk/bus/client.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <random>

#include "sdk/bus/client_state.hpp"
#include "sdk/bus/json_text.hpp"

namespace convene::bus {
namespace {

constexpr std::int64_t kMissedHeartbeats = 3;
constexpr std::size_t kStepMessages =
    1'000;  ///< Taken in one step, so that a flood does not starve the executor.
constexpr std::int64_t kRepeatMax =
    4;  ///< Times `repeat_ms`: the longest pause between repetitions.

std::int64_t machine_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::uint64_t machine_random() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace

std::int64_t backoff_ms(std::uint32_t attempt, std::int64_t min_ms, std::int64_t max_ms,
                        std::uint64_t random) {
  std::int64_t top = std::max<std::int64_t>(min_ms, 1);
  for (std::uint32_t i = 0; i <= attempt && top < max_ms; ++i) top *= 2;
  top = std::min(top, max_ms);
  if (top <= min_ms) return min_ms;
  return min_ms + static_cast<std::int64_t>(random % static_cast<std::uint64_t>(top - min_ms + 1));
}

Client::State::State(ClientOptions options_given, ClientHandlers handlers_given)
    : options(std::move(options_given)), handlers(std::move(handlers_given)) {
  if (!options.now_ms) options.now_ms = machine_ms;
  if (!options.random) options.random = machine_random;
  const bool local = !wire::ipc_path(options.endpoint).empty();
  if (options.reconnect_min_ms == 0) options.reconnect_min_ms = local ? 100 : 500;
  if (options.reconnect_max_ms == 0) options.reconnect_max_ms = local ? 2'000 : 30'000;
  next_id = options.random() >> 1;  // 63 bits: room to count on
}

void Client::State::connect() {
  socket.emplace(wire::context(), zmq::socket_type::dealer);
  ++connections;
  const std::int64_t now = options.now_ms();
  try {
    wire::prepare(*socket, {options.messages_waiting, kBodyMax, 0, options.server_key,
                            options.public_key, options.secret_key});
    socket->set(zmq::sockopt::reconnect_ivl, -1);  // this class connects anew, with its own jitter
    socket->connect(options.endpoint);
  } catch (const zmq::error_t&) {
    phase = Phase::greeting;
    lose("cannot_connect", true);
    return;
  }
  greeted_at = heard_at = now;
  greet();
}

void Client::State::greet() {
  phase = Phase::greeting;
  greeted_at = options.now_ms();
  JsonText hello;
  hello.open().key("name").text(options.name).key("kind").text(options.kind);
  hello.key("versions").open_array().number(kVersion).close_array();
  hello.key("capabilities").texts(options.capabilities).close();
  send(Kind::hello, 0, hello.view());
}

void Client::State::lose(std::string_view reason, bool slowly) {
  if (phase == Phase::down || phase == Phase::closed) return;
  const bool was_up = phase == Phase::up;
  phase = Phase::down;
  socket.reset();
  ++connections;
  const std::uint32_t attempt = slowly ? std::max(attempts, 4u) : attempts;
  ++attempts;
  retry_at = options.now_ms() + backoff_ms(attempt, options.reconnect_min_ms,
                                           options.reconnect_max_ms, options.random());
  if (was_up && handlers.lost) handlers.lost(reason);
}

void Client::State::send(Kind kind, std::uint64_t correlation, std::string_view body) {
  if (!socket) return;
  // EAGAIN: the bound is reached, as the core is busy or gone; its silence will tell which. What is said again by itself
  // is left out. Anything else: a new connection is made in the next step, and requests are repeated on it.
  const int error = wire::send(*socket, {}, kind, correlation, body);
  const bool is_said_once = kind == Kind::hello || kind == Kind::event || kind == Kind::goodbye;
  if (error != 0 && (error != EAGAIN || is_said_once)) broken = true;
  // What arrived meanwhile may not show at `fd` any more. Asking the socket costs two system calls: once in the driver's
  // next turn is cheaper than at every message.
  if (wake) wake();
}

void Client::State::wake_by(std::int64_t at) {
  if (at < promised_wake && wake) {
    promised_wake = at;
    wake();
  }
}

void Client::State::request(std::string_view name, std::string body, ReplyHandler done,
                            std::int64_t deadline_ms, std::string_view key) {
  if (phase == Phase::closed)
    return fail_later(std::move(done), "closed", "This bus client was closed.");
  if (waiting.size() >= options.requests_max)
    return fail_later(std::move(done), "too_many",
                      "Too many requests wait for an answer of the core.");
  if (deadline_ms <= 0) deadline_ms = options.deadline_ms;
  JsonText message;
  message.open().key("name").text(name).key("deadline_ms").number(deadline_ms);
  if (!key.empty()) message.key("idempotency_key").text(key);
  message.key("body").raw(body.empty() ? "{}" : std::string_view(body)).close();
  if (message.view().size() > kBodyMax)
    return fail_later(std::move(done), "too_large", "The request is larger than a message may be.");

  const std::uint64_t id = ++next_id;
  const std::int64_t now = options.now_ms();
  Waiting entry{message.take(), std::move(done), now + deadline_ms, now + options.repeat_ms,
                options.repeat_ms};
  if (phase == Phase::up) send(Kind::request, id, entry.message);
  const std::int64_t next = entry.next();
  times.emplace(next, id);
  waiting.emplace(id, std::move(entry));
  wake_by(next);
}

void Client::State::fail_later(ReplyHandler done, std::string code, std::string text) {
  Reply reply;
  reply.code = std::move(code);
  reply.text = std::move(text);
  finished.emplace_back(std::move(done), std::move(reply));
  if (wake) wake();
}

void Client::State::finish(std::uint64_t id, Reply reply) {
  const auto found = waiting.find(id);
  if (found == waiting.end()) return;  // the answer to a repetition
  ReplyHandler done = std::move(found->second.done);
  times.erase({found->second.next(), id});
  waiting.erase(found);
  if (done) done(std::move(reply));
}

void Client::State::run_timers() {
  const std::int64_t now = options.now_ms();
  while (!times.empty() && times.begin()->first <= now) {
    const std::uint64_t id = times.begin()->second;
    Waiting& entry = waiting.at(id);
    if (entry.deadline <= now) {
      Reply reply;
      reply.code = "deadline";
      reply.text = "The core did not answer in time.";
      finish(id, std::move(reply));
      continue;
    }
    times.erase(times.begin());
    if (phase == Phase::up) send(Kind::request, id, entry.message);
    entry.repeat = now + entry.pause;
    entry.pause = std::min(entry.pause * 2, options.repeat_ms * kRepeatMax);
    times.emplace(entry.next(), id);
  }
  if (phase == Phase::down && now >= retry_at) connect();
  if (std::exchange(broken, false)) lose("unreachable", false);
  if (phase == Phase::greeting && now - greeted_at >= options.hello_ms) lose("no_welcome", false);
  if (phase == Phase::up && now - heard_at > kMissedHeartbeats * heartbeat) lose("silent", false);
  if (phase == Phase::up && now >= ping_at) {
    ping_at = now + heartbeat;
    send(Kind::ping, 0, "{}");
    if (std::exchange(broken, false)) lose("unreachable", false);
  }
}

void Client::State::deliver_finished() {
  const auto told = std::exchange(finished, {});
  for (const auto& [done, reply] : told)
    if (done) done(reply);
}

void Client::State::receive() {
  for (std::size_t i = 0; socket && i < kStepMessages; ++i) {
    if (frames.receive(*socket) != 0) return;
    std::string_view views[kFrames];
    const std::size_t count = frames.count();
    for (std::size_t k = 0; k < std::min(count, kFrames); ++k) views[k] = frames[k];
    if (count != kFrames) continue;
    if (const auto message = decode(views)) {
      heard_at = options.now_ms();
      take(*message);
    }
  }
  if (socket && wake) wake();  // there may be more
}

void Client::State::step() {
  receive();
  if (phase == Phase::closed) return deliver_finished();
  run_timers();
  deliver_finished();
}

std::int64_t Client::State::next_wake() const {
  if (phase == Phase::closed) return promised_wake = INT64_MAX;
  std::int64_t at = phase == Phase::down ? retry_at
                    : phase == Phase::greeting
                        ? greeted_at + options.hello_ms
                        : std::min(ping_at, heard_at + kMissedHeartbeats * heartbeat + 1);
  if (!times.empty()) at = std::min(at, times.begin()->first);
  if (!finished.empty()) at = options.now_ms();
  return promised_wake = at;
}

// The public face --------------------------------------------------------------------------------------------------

Client::Client(ClientOptions options, ClientHandlers handlers)
    : state_(std::make_unique<State>(std::move(options), std::move(handlers))) {}

Client::~Client() { close("gone"); }

void Client::request(std::string_view name, std::string body, ReplyHandler done,
                     std::int64_t deadline_ms, std::string_view idempotency_key) {
  state_->request(name, std::move(body), std::move(done), deadline_ms, idempotency_key);
}

void Client::leg(std::string_view body) {
  if (connected()) state_->send(Kind::leg, 0, body);
}

void Client::event(std::string_view name, std::string_view body) {
  JsonText message;
  message.open().key("name").text(name).key("body").raw(body).close();
  if (connected()) state_->send(Kind::event, 0, message.view());
}

void Client::answer(std::uint64_t id, bool ok, std::string body) {
  JsonText message;
  message.open().key("ok").boolean(ok);
  if (ok) {
    message.key("body").raw(body).close();
  } else {
    const std::string_view code = member_text(body, "code"), text = member_text(body, "text");
    message.key("code").raw(code.empty() ? "\"failed\"" : code);
    message.key("text").raw(text.empty() ? "\"\"" : text).close();
  }
  const auto asked = state_->answered.find(id);
  if (asked == state_->answered.end() || !asked->second.empty())
    return;  // nobody asks that (any more), or it was answered: once is enough (law 5)
  asked->second = message.take();
  state_->send(Kind::reply, id, asked->second);
}

bool Client::connected() const { return state_->phase == State::Phase::up; }
const std::string& Client::instance() const { return state_->instance; }
void Client::step() { state_->step(); }
std::uint64_t Client::connection() const { return state_->connections; }
std::int64_t Client::next_wake_ms() const { return state_->next_wake(); }
std::int64_t Client::now_ms() const { return state_->options.now_ms(); }
void Client::set_wake(std::function<void()> wake) { state_->wake = std::move(wake); }

int Client::fd() const { return state_->socket ? state_->socket->get(zmq::sockopt::fd) : -1; }

void Client::wait(std::int64_t timeout_ms) {
  std::int64_t pause = std::min(timeout_ms, state_->next_wake() - now_ms());
  pause = std::clamp<std::int64_t>(pause, 0, 60'000);
  zmq_pollitem_t item{state_->socket ? state_->socket->handle() : nullptr, 0, ZMQ_POLLIN, 0};
  zmq_poll(&item, state_->socket ? 1 : 0, static_cast<long>(pause));
  step();
}

void Client::close(std::string_view reason) {
  State& s = *state_;
  if (s.phase == State::Phase::closed) return;
  if (s.socket) {
    s.socket->set(zmq::sockopt::linger, 200);
    JsonText body;
    body.open().key("reason").text(reason).close();
    if (s.phase == State::Phase::up) s.send(Kind::goodbye, 0, body.view());
    s.socket.reset();
    ++s.connections;
  }
  s.phase = State::Phase::closed;
  s.times.clear();
  for (auto& [id, entry] : std::exchange(s.waiting, {}))
    s.fail_later(std::move(entry.done), "closed", "This bus client was closed.");
  s.deliver_finished();
}

}  // namespace convene::bus
