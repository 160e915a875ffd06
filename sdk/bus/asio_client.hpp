// sdk/bus/asio_client.hpp - drives a bus client on a Boost.Asio executor.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <memory>

#include "sdk/bus/client.hpp"

namespace convene::bus {

/// A Client whose steps run on `executor`, which must be single-threaded or a strand. Everything but construction and
/// `close` happens there, the handlers included: to ask from elsewhere, `boost::asio::post(executor, ...)`. There is no
/// further thread and no further hop: the executor waits on the socket itself.
class AsioClient {
 public:
  AsioClient(boost::asio::any_io_executor executor, ClientOptions options, ClientHandlers handlers);
  ~AsioClient();  ///< On the executor, or when it no longer runs.

  /// On the executor only.
  Client& client();

  /// [any] Says goodbye and ends; the executor has nothing more to do for it.
  void close();

 private:
  struct Driver;
  std::shared_ptr<Driver> driver_;
};

}  // namespace convene::bus
