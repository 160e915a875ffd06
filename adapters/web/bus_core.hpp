// adapters/web/bus_core.hpp - the core, reached over the command bus.
#pragma once

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>

#include "adapters/web/core.hpp"

namespace convene::web {

/// What the bus tells; all on the lane.
struct BusHandlers {
  /// `config` as the core wrote it. Called again after every reconnection and whenever the configuration has changed.
  std::function<void(std::string_view config, bool reconnected)> welcome;
  std::function<void(std::string_view leg)> leg;
  std::function<void(std::string_view name, std::string_view body)> notice;
};

/// Where the bus is, and the CURVE keys (Z85) of a tcp endpoint; empty: none.
struct BusAddress {
  std::string endpoint, name, server_key, public_key, secret_key;
};

class BusCore final : public Core {
 public:
  /// `lane` is single-threaded and outlives this object.
  BusCore(boost::asio::io_context& lane, const BusAddress& address, BusHandlers handlers);
  ~BusCore() override;

  void ask(std::string_view name, std::string body, CoreAnswer done,
           std::string_view idempotency_key) override;
  void leg(const std::string& body) override;
  bool up() const override;
  /// [any] Says goodbye.
  void close();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace convene::web
