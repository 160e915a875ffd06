// sdk/host/adapter/bridge.hpp - between the buses and the lane: what the core asks, what the adapter answers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "sdk/bus/client.hpp"
#include "sdk/host/adapter/lane.hpp"
#include "sdk/host/adapter/legs.hpp"
#include "sdk/host/adapter/outbox.hpp"

namespace convene::adapter {

/// One adapter on the command bus. All calls on the thread that drives `client`. It keeps what the
/// bus expects of every adapter: one answer for each request, in time; agents said again to a core
/// that was restarted; leg messages repeated until the core has them.
class Bridge {
 public:
  using Say = std::function<void(const std::string& sentence)>;
  Bridge(bus::ClientOptions options, Lane& lane, Outbox& outbox, Say say);

  bus::Client& client() { return client_; }
  /// Takes what the adapter has said since.
  void drain();
  /// Answers for an adapter that is late, and sends leg messages that are due.
  void run_timers();
  std::int64_t next_wake_ms() const;  ///< On the clock of now(), as everything here.
  /// An event of the event bus, or any notice: nobody waits for an answer.
  void note(std::string name, std::string body);
  /// Why the adapter cannot go on; empty: it can.
  const std::string& over() const { return over_; }

 private:
  /// A request whose answer the adapter owes us; an offer, where `offer` is not 0.
  struct Open {
    std::uint64_t id = 0;  ///< The core's.
    std::int64_t offer = 0;
    std::string agent;
    Millis deadline{0};
  };

  bus::ClientHandlers handlers();
  void welcome(std::string_view config, bool renewed);
  void asked(const bus::Asked& asked);
  void notice(std::string_view name, std::string_view body);
  void offer(const json::Value& offer);
  void open(Open open, std::string name, std::string key, std::string body);
  std::optional<Open> settle(std::uint64_t token);
  void reply(const Said& said);
  void event(const Said& said);
  void tell(const std::string& agent);
  void expect(std::string_view what, const bus::Reply& reply) const;

  Lane& lane_;
  Outbox& outbox_;
  const Say say_;
  bus::Client client_;
  std::string settings_, over_;
  bool configured_ = false, lost_ = false;
  std::uint64_t last_token_ = 0;
  std::map<std::uint64_t, Open> open_;
  std::set<std::pair<Millis, std::uint64_t>> deadlines_;  ///< Of `open_`.
  std::map<std::int64_t, std::uint64_t> offers_;          ///< Tokens of open offers.
  std::map<std::string, std::string> agents_;             ///< What the adapter last said of each.
  std::set<std::string> attached_;                        ///< To the core of now.
  Legs legs_;
};

}  // namespace convene::adapter
