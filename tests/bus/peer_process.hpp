// tests/bus/peer_process.hpp - for tests: this very program again, as a peer or a reader that can be stopped or killed.
#pragma once

#include <sys/types.h>

#include <string>

namespace convene::test {

/// Ends with the object, by SIGKILL.
class PeerProcess {
 public:
  /// `role` is "client" (says hello as "web" and answers pings) or "reader" (reads all events).
  PeerProcess(const std::string& role, const std::string& endpoint);
  ~PeerProcess();
  PeerProcess(const PeerProcess&) = delete;
  PeerProcess& operator=(const PeerProcess&) = delete;
  void signal(int number);
  void kill_now();

 private:
  pid_t pid_ = -1;
};

}  // namespace convene::test
