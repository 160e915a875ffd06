// sdk/bus/client_state.hpp - what a bus client keeps between steps; included by the client's own files only.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sdk/bus/client.hpp"
#include "sdk/bus/wire.hpp"

namespace convene::bus {

struct Client::State {
  enum class Phase { down, greeting, up, closed };

  /// A request of ours that waits for its answer.
  struct Waiting {
    std::string message;  ///< The body as it is sent, for repetition.
    ReplyHandler done;
    std::int64_t deadline = 0;
    std::int64_t repeat = 0;  ///< When it is sent again.
    std::int64_t pause = 0;   ///< Between the next repetitions.
    std::int64_t next() const { return repeat < deadline ? repeat : deadline; }
  };

  State(ClientOptions options_given, ClientHandlers handlers_given);

  void connect();
  void lose(std::string_view reason, bool slowly);
  void greet();
  void send(Kind kind, std::uint64_t correlation, std::string_view body);
  void wake_by(std::int64_t at);

  void request(std::string_view name, std::string body, ReplyHandler done, std::int64_t deadline_ms,
               std::string_view key);
  void finish(std::uint64_t id, Reply reply);
  void fail_later(ReplyHandler done, std::string code, std::string text);
  void run_timers();
  void deliver_finished();

  void receive();
  void take(const Message& message);
  void take_welcome(std::string_view body);
  boost::json::object read(std::string_view body) const;
  void take_reply(std::uint64_t id, std::string_view body);
  void take_asked(std::uint64_t id, std::string_view body);
  void take_refused(std::uint64_t id, std::string_view body);
  void step();
  std::int64_t next_wake() const;

  ClientOptions options;
  ClientHandlers handlers;
  std::function<void()> wake;
  std::optional<zmq::socket_t> socket;
  wire::Frames frames;
  Phase phase = Phase::down;
  bool broken = false;  ///< A send failed: the connection is made anew in the next step.
  std::uint64_t connections = 0;
  std::uint32_t attempts = 0;
  std::int64_t retry_at = 0;  ///< In phase down: when to connect.
  std::int64_t greeted_at = 0;
  std::int64_t heard_at = 0;
  std::int64_t ping_at = 0;
  std::int64_t heartbeat = 1'000;
  mutable std::int64_t promised_wake = 0;  ///< What the driver was told last.
  std::string instance;
  std::uint64_t next_id = 0;
  std::unordered_map<std::uint64_t, Waiting> waiting;
  std::set<std::pair<std::int64_t, std::uint64_t>> times;  ///< Of `waiting`, by what comes next.
  std::vector<std::pair<ReplyHandler, Reply>> finished;    ///< To be told in the next step.
  std::map<std::uint64_t, std::string>
      answered;  ///< Requests of the core: id -> reply, empty: in work.
  std::deque<std::uint64_t> answered_order;
};

}  // namespace convene::bus
