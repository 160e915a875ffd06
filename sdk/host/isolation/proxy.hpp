// sdk/host/isolation/proxy.hpp - speaks for a plugin in another process: the same C tables, answered over the line.
#pragma once

#include <string>

#include "convene/abi.h"
#include "sdk/host/isolation/answers.hpp"
#include "sdk/host/isolation/host_process.hpp"

namespace convene::isolation {

/// An instance as abi.h wants it. `table().destroy` ends the process and deletes the proxy. One call
/// at a time, as the guard around it promises.
class Proxy {
 public:
  explicit Proxy(HostLaunch launch);
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  HostProcess& process() { return process_; }
  /// Where it says why a call failed; outlives the proxy.
  void tell_failures_to(const convene_host* host) { host_ = host; }
  const convene_plugin& table() const { return table_; }

 private:
  struct Faces;
  using Millis = std::chrono::milliseconds;

  /// Asks, and gives the answer to `take`. Whatever goes wrong on the way is CONVENE_E_FAILED.
  template <class Write, class Take>
  convene_status ask(Millis within, bool again, Write&& write, Take&& take) noexcept;
  convene_status failed(const std::string& why) noexcept;

  const Millis deadline_, step_deadline_;
  HostProcess process_;
  const convene_host* host_ = nullptr;
  const convene_plugin table_;
};

}  // namespace convene::isolation
