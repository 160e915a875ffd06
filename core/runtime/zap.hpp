// core/runtime/zap.hpp - who may open a CURVE connection: the allow-list of ZeroMQ's authentication protocol.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/model/result.hpp"

namespace zmq {
class context_t;
}

namespace convene {

/// Answers ZeroMQ's questions (RFC 27/ZAP, on inproc://zeromq.zap.01): a key on the list is let in under the name it
/// belongs to, everybody else is not. One per context. The keys of zmq_curve(7), which everybody knows, are never let in.
class Zap {
 public:
  explicit Zap(zmq::context_t& context);
  ~Zap();

  Status open();
  /// Name by public key (Z85).
  void allow(std::map<std::string, std::string> names);
  void* socket();
  /// Answers what has been asked; how many were turned away.
  std::size_t take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace convene
