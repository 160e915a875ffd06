// core/runtime/bus_endpoint.cpp - file modes, loopback and CURVE of the bus endpoints.
#include "core/runtime/bus_endpoint.hpp"

#include <sys/stat.h>
#include <sys/un.h>

#include "core/runtime/zap.hpp"
#include "sdk/bus/wire.hpp"

namespace convene {
namespace {

/// Sets the process's file mode mask for as long as it lives. For the short time of a bind at the start.
class OwnerOnly {
 public:
  OwnerOnly() : former_(::umask(0177)) {}
  ~OwnerOnly() { ::umask(former_); }
  OwnerOnly(const OwnerOnly&) = delete;
  OwnerOnly& operator=(const OwnerOnly&) = delete;

 private:
  mode_t former_;
};

constexpr std::size_t kPathMax = sizeof(sockaddr_un::sun_path) - 1;
constexpr std::size_t kKeyLength = 40;  // Z85 of 32 bytes

}  // namespace

bool is_loopback(std::string_view endpoint) {
  constexpr std::string_view kScheme = "tcp://";
  if (!endpoint.starts_with(kScheme)) return false;
  const std::string_view rest = endpoint.substr(kScheme.size());
  const std::string_view host = rest.substr(0, rest.rfind(':'));
  if (host == "localhost" || host == "[::1]") return true;
  return host.starts_with("127.") &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

Status bind_guarded(zmq::socket_t& socket, const std::string& endpoint, const CurveOptions& curve) {
  const std::string_view path = bus::wire::ipc_path(endpoint);
  const bool tcp = endpoint.starts_with("tcp://");
  if (path.empty() && !tcp)
    return Error{"bus.endpoint",
                 "'" + endpoint + "' is no bus endpoint; use ipc:///path or tcp://address:port"};
  if (path.size() > kPathMax)
    return Error{"bus.endpoint", "the socket path '" + std::string(path) + "' is longer than " +
                                     std::to_string(kPathMax) +
                                     " bytes; choose a shorter node.data"};
  if (tcp && curve.secret_key.empty()) {
    if (!is_loopback(endpoint))
      return Error{"bus.insecure", "'" + endpoint +
                                       "' is reachable from other machines: set the bus keys "
                                       "(`convene keys new`), or use ipc"};
    if (!curve.insecure_loopback)
      return Error{
          "bus.insecure",
          "'" + endpoint +
              "' has no keys: set them (`convene keys new`), or "
              "insecure_loopback = true if everybody on this machine may speak to the core"};
  }
  try {
    if (tcp && !curve.secret_key.empty()) {
      if (curve.secret_key.size() != kKeyLength)
        return Error{"bus.key", "the bus secret key is not a CURVE key of 40 characters (Z85)"};
      socket.set(zmq::sockopt::curve_server, true);
      socket.set(zmq::sockopt::curve_secretkey, curve.secret_key);
      socket.set(zmq::sockopt::zap_domain, Zap::kByKey);
    }
    if (!tcp) socket.set(zmq::sockopt::zap_domain, Zap::kLocal);
    const OwnerOnly mode;
    socket.bind(endpoint);
  } catch (const zmq::error_t& error) {
    return Error{"bus.bind", "cannot bind '" + endpoint + "': " + error.what()};
  }
  if (!path.empty() && ::chmod(std::string(path).c_str(), 0600) != 0)
    return Error{"bus.bind", "cannot restrict '" + std::string(path) + "' to its owner"};
  return ok();
}

}  // namespace convene
