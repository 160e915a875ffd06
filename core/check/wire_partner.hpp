// core/check/wire_partner.hpp - plays the node to a plugin that is a command (sdk/host/WIRE.md):
// starts it, welcomes it, asks it, and believes nothing.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "convene/abi.h"
#include "core/model/result.hpp"
#include "sdk/host/isolation/frames.hpp"
#include "sdk/host/loaded_plugin.hpp"

namespace convene::check {

/// How the program is started.
struct Program {
  std::vector<std::string> command;
  std::string id;                    ///< CONVENE_PLUGIN.
  std::string convene_host;          ///< Confines it, as a node does.
  std::string folder;                ///< Of sockets; exists, mode 0700.
  std::int64_t patience_ms = 5'000;  ///< For its hello, its ready and each answer.
};

/// One process of the program and the node that it sees. It has no thread: everything happens in its
/// calls. The process ends with it.
class WirePartner {
 public:
  explicit WirePartner(Program program);
  ~WirePartner();
  WirePartner(const WirePartner&) = delete;
  WirePartner& operator=(const WirePartner&) = delete;

  /// Starts it and waits for its hello. The error's code says at which stage it was refused:
  /// "program.starts", "program.hello", or one of those of a descriptor (library.hpp).
  Result<PluginDescription> greet();
  /// Welcomes it and waits for what it says to that. Error "program.refused" when it refuses the
  /// settings; whether it became ready is told by the table's start().
  Status welcome(const std::string& config);
  /// It as abi.h wants an instance: the calls of its extensions become messages, and its answers calls
  /// on the tables given. It tells failures and log lines to `host`.
  const convene_plugin* table(const convene_host* host);

  /// Every object of a call gets a member that only a newer node knows.
  bool newer_members = false;

  /// Why it can be asked no more: it has ended, hangs, or broke a rule of WIRE.md. Empty: it can.
  const std::string& fault() const { return fault_; }
  /// What the newest answer said that WIRE.md does not know; empty: nothing.
  std::string take_nonsense() { return std::exchange(nonsense_, {}); }
  /// How the process ended: "exit 0", "signal 11"; empty: it has not, or was killed by us.
  const std::string& end() const { return end_; }
  /// Resident memory of the process.
  std::size_t memory_kib() const;
  /// How long its thread and ours could have run and found no processor: a busy machine's share in
  /// what an answer takes.
  std::int64_t queued_ns() const;

  // The wire itself.
  void send(isolation::Kind kind, std::uint64_t correlation, std::string_view body);
  void send_frames(const std::vector<std::string>& frames);
  /// Makes a call without waiting for its answer.
  std::uint64_t submit(const std::string& body);
  /// The answer to the oldest call; the error is the fault.
  Result<std::string> await();
  Result<std::string> call(const std::string& body);
  /// Whether a ping comes back, after all that was asked before.
  bool ping();
  /// Everything that it says until `ms` are over or it ends, unjudged: the kinds.
  std::string listen(std::int64_t ms, bool until_pong);

 private:
  struct Socket;
  struct Faces;
  struct Heard {
    isolation::Kind kind = isolation::Kind::ping;
    std::uint64_t correlation = 0;
    std::string body;
  };

  std::string spawn();
  /// The next message, within `ms`. Without one the fault is set, or the time is over.
  std::optional<Heard> hear(std::int64_t ms);
  /// The next one that is no log line.
  std::optional<Heard> next(std::int64_t ms, const char* awaited);
  bool log(const std::string& body);
  void fail(const std::string& why);
  bool has_ended();
  std::string how_it_ended() const;
  void wait_for_end(std::int64_t ms);
  void kill();

  const Program program_;
  std::unique_ptr<Socket> socket_;
  std::string path_;  // of the socket
  pid_t pid_ = 0;
  int pidfd_ = -1, output_ = -1;
  std::string fault_, nonsense_, end_, not_ready_;
  bool drained_ = false;  // what it said before its end has arrived
  std::vector<std::string> offers_;
  const convene_host* host_ = nullptr;
  convene_plugin table_{};
  std::deque<std::pair<isolation::Kind, std::uint64_t>> owed_;  // in this order
  std::uint64_t last_id_ = 0;
};

}  // namespace convene::check
