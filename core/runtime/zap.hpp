// core/runtime/zap.hpp - who may open a connection to the buses: answers in ZeroMQ's authentication protocol.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "core/model/result.hpp"

namespace zmq {
class context_t;
}

namespace convene {

/// Answers ZeroMQ's questions (RFC 27/ZAP, on inproc://zeromq.zap.01). Over tcp a key on the list is let in under the
/// name it belongs to, everybody else is not; the keys of zmq_curve(7), which everybody knows, are never let in. Over a
/// local socket, which only its owner may open, all are let in but the processes that are kept out. One per context.
class Zap {
 public:
  /// The domains that endpoints are bound with (bus_endpoint.cpp).
  static constexpr const char *kByKey = "convene", *kLocal = "convene.local";

  explicit Zap(zmq::context_t& context);
  ~Zap();

  Status open();
  /// Name by public key (Z85).
  void allow(std::map<std::string, std::string> names);
  /// Asked for the process behind each local connection. Empty: nobody is kept out.
  void keep_out(std::function<bool(std::int64_t pid)> whom);
  /// Readable when somebody may have asked since the last `take`.
  int descriptor();
  /// Answers what has been asked; how many were turned away.
  std::size_t take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace convene
