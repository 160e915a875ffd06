// core/check/bus_partner.hpp - plays the core to an adapter's process: binds its buses, starts it,
// answers it, and writes down every word.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "convene/json.hpp"
#include "sdk/bus/frame.hpp"

namespace convene::check {

/// A message of the adapter.
struct Heard {
  bus::Kind kind = bus::Kind::ping;
  std::uint64_t correlation = 0;
  std::string text;
  json::Value body;
  std::int64_t at_ms = 0;
  std::string fault;  ///< Why it is no good message of an adapter; empty: it is one.
};

/// One adapter process and the core that it sees. Everything happens in the calls of this class: it
/// has no thread. Both end with it.
class BusPartner {
 public:
  /// `config` is what the adapter gets in `welcome`.
  explicit BusPartner(std::string config);
  ~BusPartner();
  BusPartner(const BusPartner&) = delete;
  BusPartner& operator=(const BusPartner&) = delete;

  // How it behaves; all may be changed at any time.
  bool welcomes = true, answers_pings = true, answers_requests = true;
  std::string instance = "first";
  std::string more_welcome;  ///< Further members of `welcome`, ",\"x\":1".

  static constexpr std::int64_t kHeartbeatMs = 200;

  /// Starts the process with the environment that a supervisor gives it.
  void start(const std::vector<std::string>& command);
  void bind();
  void unbind();
  void signal(int number);
  /// The exit code, 128 + signal, or nothing when it still runs after `ms`.
  std::optional<int> exit_within(std::int64_t ms);
  bool runs();

  void send(bus::Kind kind, std::uint64_t correlation, const std::string& body);
  void send_frames(const std::vector<std::string>& frames);
  void welcome();
  /// A request with a deadline of `deadline_ms`; its correlation.
  std::uint64_t request(const std::string& name, const std::string& body = "{}",
                        const std::string& key = "", std::uint64_t id = 0,
                        std::int64_t deadline_ms = 2'000);

  /// Goes on until `holds` or until `ms` have passed: whether it holds.
  bool until(const std::function<bool()>& holds, std::int64_t ms);
  /// Waits for a message that came after number `from`.
  const Heard* wait_for(bus::Kind kind, std::size_t from, std::int64_t ms,
                        const std::function<bool(const Heard&)>& fits = {});
  /// hello, and what follows it: false when no hello comes within 10 s.
  bool greet();
  /// Whether it still answers a ping.
  bool is_well(std::int64_t ms = 3'000);

  const std::vector<Heard>& heard() const { return heard_; }
  std::size_t count(bus::Kind kind, std::size_t from = 0) const;
  std::string kind() const { return kind_; }  ///< Of its hello.
  std::string output() const;                 ///< What the process has printed.
  static std::int64_t now_ms();

 private:
  struct Sockets;
  void take(const std::string& route, const std::vector<std::string>& frames);
  void judge(Heard& message) const;
  void respond(const Heard& message);
  void answer(const Heard& request);

  const std::string config_;
  std::string folder_, kind_, route_;
  std::unique_ptr<Sockets> sockets_;
  std::vector<Heard> heard_;
  std::map<std::uint64_t, std::string> asked_;  // by the adapter: id -> request name
  bool known_ = false;  // it has said hello to this life of the core, and was welcome
  pid_t pid_ = 0;
  std::optional<int> code_;
  std::int64_t next_ping_ms_ = 0;
  std::uint64_t next_id_ = 1'000;
};

}  // namespace convene::check
