// sdk/host/adapter/outbox.hpp - what an adapter says, on any of its threads, until the bus takes it.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "convene/adapter.h"

namespace convene::adapter {

/// One word of the adapter, or of the lane about it.
struct Said {
  enum class What : std::uint8_t { reply, event, leg, over };
  What what = What::event;
  std::uint64_t token = 0;  ///< Of a reply.
  bool good = true;         ///< Of a reply.
  std::string name;         ///< Of an event.
  std::string body;         ///< JSON. Of `over`: why the adapter cannot go on.
};

/// Filled on any thread, emptied on the bus's. Bounded: whoever speaks faster than the bus takes is
/// told so.
class Outbox {
 public:
  Outbox();
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  /// What the adapter gets as its bus; as long-lived as this. [any]
  const convene_adapter_bus* table() const { return &table_; }
  /// CONVENE_E_LIMIT: too much is waiting. What the lane itself says has always room. [any]
  convene_status put(Said said, bool always = false);
  std::vector<Said> take();
  int fd() const { return fd_; }  ///< Readable while something waits.

 private:
  const int fd_;
  const convene_adapter_bus table_;
  std::mutex mutex_;
  std::vector<Said> waiting_;  // guarded by mutex_
};

}  // namespace convene::adapter
