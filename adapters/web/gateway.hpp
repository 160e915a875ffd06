// adapters/web/gateway.hpp - what all connections share.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapters/web/availability.hpp"
#include "adapters/web/core.hpp"
#include "adapters/web/headers.hpp"
#include "adapters/web/hub.hpp"
#include "adapters/web/metrics.hpp"
#include "adapters/web/seal.hpp"
#include "adapters/web/settings.hpp"
#include "adapters/web/sign_outs.hpp"
#include "adapters/web/static_files.hpp"
#include "adapters/web/throttle.hpp"
#include "adapters/web/workers.hpp"

namespace convene::web {

/// A configuration and what is made of it once.
struct Config {
  explicit Config(Settings s)
      : settings(std::move(s)),
        headers(security_headers(settings)),
        header_lines(header_text(headers)) {}
  Settings settings;
  HeaderList headers;
  std::string header_lines;  ///< The same as they stand in an answer.
};

/// Shared by all connections; lives as long as the program. `post_lane` runs work on the lane, where hub and core live.
class Gateway {
 public:
  Gateway(Settings settings, const StaticFiles& files, Core& core, const ChannelSet& channels,
          Clocks clocks, std::function<void(std::function<void()>)> post_lane);

  /// [any] The newest configuration; stays valid for ever.
  const Config& config() const { return *config_.load(std::memory_order_acquire); }
  const Settings& settings() const { return config().settings; }
  /// [lane]
  void reconfigure(Settings settings);

  /// [any] Asks the core with a bound on how many wait; beyond it `done` gets "busy" at once, on this thread.
  void ask(std::string_view name, std::string body, CoreAnswer done,
           std::string_view idempotency_key = {});

  /// [any] Whether this network has guessed too often; and counting one more miss.
  bool throttled(const std::string& network);
  void missed(const std::string& network);

  /// [any] The sign-in that this desk cookie holds; nothing where it is none, has run out, or the agent has signed out
  /// since or is not configured any more.
  std::optional<DeskPass> signed_in(std::string_view cookie_header) const;
  void sign_out(const std::string& agent);
  /// [lane] A notice of the core. An agent who has signed out at another gateway is signed out here too.
  void notice(std::string_view name, std::string_view body);

  const StaticFiles& files;
  Core& core;
  const ChannelSet& channels;
  const Clocks clocks;
  const std::function<void(std::function<void()>)> post_lane;
  Metrics metrics;
  Hub hub;  ///< [lane]
  const Seal seal;
  Availability availability;
  MissThrottle sign_in_misses{10};
  Workers workers{2, 32};  ///< For passwords.

 private:
  std::deque<Config> configs_;
  std::atomic<const Config*> config_;
  std::atomic<std::uint32_t> waiting_{0};
  MissThrottle misses_;
  SignOuts sign_outs_;
};

}  // namespace convene::web
