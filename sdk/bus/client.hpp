// sdk/bus/client.hpp - an adapter's end of the command bus: hello, heartbeats, requests, legs, reconnection.
#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.hpp"

namespace convene::bus {

/// What came back for a request. `ok`: `body` is the answer. Otherwise `code` and `text` say why; besides the core's
/// codes (README.md) there are the client's own: "deadline" (no answer in time), "too_many" (its bound is reached),
/// "closed" (the client was closed).
struct Reply {
  bool ok = false;
  boost::json::object body;  ///< Empty with ClientOptions::texts_only.
  std::string text_of_body;  ///< The body to the byte, for passing on.
  std::string code;
  std::string text;
  std::int64_t retry_after_ms = 0;
};
using ReplyHandler = std::function<void(Reply)>;

/// A body of the core that is not a reply. `text` is its JSON to the byte; both live for the call. `json` is empty with
/// ClientOptions::texts_only.
struct Body {
  const boost::json::object& json;
  std::string_view text;
};

/// A request of the core to this adapter. Answer it exactly once, by its id, now or later (Client::answer).
struct Asked {
  std::uint64_t id = 0;
  std::string name;
  std::string idempotency_key;  ///< The same key asks for the same effect: do it once.
  boost::json::object body;
  std::int64_t deadline_ms = 0;  ///< From now.
};

/// What a client calls; all on the thread that drives it. Empty ones are not called.
struct ClientHandlers {
  /// Connected. `config` is the adapter's configuration; `instance` names the core's state: when it is not the one
  /// from before, the core was restarted or restored: repeat `attach` and leg reports. Also called when only the
  /// configuration changed.
  std::function<void(Body config, const std::string& instance, bool new_instance)> welcome;
  /// The connection is lost; requests wait for the next one until their deadlines. Reason: a code.
  std::function<void(std::string_view reason)> lost;
  /// The core refuses this adapter for good (unknown name, version): trying again goes on, slowly.
  std::function<void(const std::string& code, const std::string& text)> refused;
  std::function<void(Body leg)> leg;  ///< A leg message.
  std::function<void(std::string_view name, Body body)> notice;
  std::function<void(Asked)> asked;
};

struct ClientOptions {
  std::string endpoint;                   ///< CONVENE_BUS.
  std::string name;                       ///< CONVENE_NAME, as configured in the core.
  std::string kind = "gateway";           ///< "gateway", "proxy", "records", "console".
  std::vector<std::string> capabilities;  ///< "media", "connects_legs".
  std::int64_t deadline_ms = 5'000;       ///< Of requests that name none.
  std::int64_t repeat_ms = 500;           ///< A request without an answer is repeated after this.
  std::int64_t hello_ms = 2'000;          ///< No welcome within this: connect anew.
  std::int64_t reconnect_min_ms = 0;      ///< 0: 100 for ipc, 500 for tcp.
  std::int64_t reconnect_max_ms = 0;      ///< 0: 2,000 for ipc, 30,000 for tcp.
  bool texts_only = false;  ///< Bodies are passed on as texts: nothing is made of them here.
  std::uint32_t requests_max = 20'000;             ///< Waiting at once.
  int messages_waiting = 10'000;                   ///< High-water mark per direction.
  std::string server_key, public_key, secret_key;  ///< CURVE (Z85); empty: none.
  std::function<std::int64_t()> now_ms;            ///< Monotonic; empty: the machine's.
  std::function<std::uint64_t()> random;           ///< 64 bits; empty: the machine's.
};

/// Not thread-safe: one thread or strand makes all calls. Driven from outside: call `step` when `fd` is readable, when
/// `next_wake_ms` has come, and when `wake` asks for it; `asio_client.hpp` does that on a Boost.Asio executor, `wait` for
/// programs that have no loop. Never blocks, `wait` excepted.
class Client {
 public:
  Client(ClientOptions options, ClientHandlers handlers);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Asks the core. `body` is a JSON object; `done` is called exactly once, never before `request` has returned. The
  /// request is repeated with the same id until it is answered or `deadline_ms` (0: the option's) is over.
  void request(std::string_view name, std::string body, ReplyHandler done,
               std::int64_t deadline_ms = 0, std::string_view idempotency_key = {});

  /// Sends a leg message; lost where there is no connection, as its repetition is the caller's (leg_link.hpp).
  void leg(std::string_view body);
  void event(std::string_view name, std::string_view body);
  /// Answers a request of the core. `body` is the JSON object of the result, or {"code","text"} where not `ok`.
  void answer(std::uint64_t id, bool ok, std::string body);

  bool connected() const;  ///< Welcomed, and not lost since.
  const std::string& instance() const;

  /// Handles everything that has arrived and everything that is due.
  void step();
  int fd() const;  ///< Readable (edge) when `step` has work; changes with every connection.
  std::uint64_t connection() const;   ///< Counts sockets opened: a new number means a new `fd`.
  std::int64_t next_wake_ms() const;  ///< On the clock of `now_ms`.
  std::int64_t now_ms() const;
  void set_wake(std::function<void()>
                    wake);  ///< Called when `step` should run soon although nothing shows at `fd`.

  /// Waits for work at most `timeout_ms`, then steps: the loop of a program without one.
  void wait(std::int64_t timeout_ms);

  /// Says goodbye and closes; waiting requests end with "closed".
  void close(std::string_view reason = "done");

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// How long to wait before connection attempt `attempt` (from 0): exponential with full jitter between `min_ms` and
/// `max_ms`, as in "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
std::int64_t backoff_ms(std::uint32_t attempt, std::int64_t min_ms, std::int64_t max_ms,
                        std::uint64_t random);

}  // namespace convene::bus
