// sdk/host/adapter/lane.hpp - the thread on which an adapter lives: made, asked, replaced and ended there.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "sdk/host/adapter/outbox.hpp"
#include "sdk/host/loader.hpp"

namespace convene::adapter {

using Millis = std::chrono::milliseconds;

inline Millis now() {
  return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now().time_since_epoch());
}

/// A request, or with the token 0 a notice, on its way to the adapter.
struct Question {
  std::uint64_t token = 0;
  std::string name, idempotency_key, body;
  Millis deadline{0};  ///< On the clock of now().
};

/// Calls of one adapter, one after the other. An adapter may wait for its foreign system in a call:
/// the bus is another thread's.
class Lane {
 public:
  /// `wish` says which library; its settings come with `configure`. What the adapter says, and what
  /// became of its calls, goes into `outbox`.
  Lane(HostOptions options, PluginWish wish, Outbox& outbox);
  /// Does not wait for a call that is under way: `finish` first, and leave the process if that fails.
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// Makes the adapter with these settings, or anew with them when it lives already. Settings that
  /// its schema forbids change nothing.
  void configure(std::string settings);
  void ask(Question question);
  void leg(std::string body);

  /// How long the call that is under way has lasted.
  std::optional<Millis> busy_for() const;
  /// Ends the adapter. False: it did not come back within `patience`.
  bool finish(Millis patience);

 private:
  using Job = std::function<void()>;
  void put(Job job);
  void run();
  void begin(const std::string& settings);
  void perform(const Question& question);
  void tell(const std::string& sentence) const;

  const HostOptions options_;
  const PluginWish wish_;
  Outbox& outbox_;
  Loader loader_;
  std::unique_ptr<LoadedPlugin> plugin_;  // of the thread

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;         // guarded by mutex_, as what follows
  std::optional<Millis> since_;  // of the call under way
  bool ending_ = false, over_ = false;
  std::thread thread_;
};

}  // namespace convene::adapter
