// core/runtime/curve_keys.cpp - asks ZeroMQ for a CURVE key pair.
#include "core/runtime/curve_keys.hpp"

#include <zmq.h>

namespace convene {

Result<CurveKeys> make_curve_keys() {
  char public_key[41] = {};
  char secret_key[41] = {};
  if (zmq_curve_keypair(public_key, secret_key) != 0) {
    return Error{"bus.no_curve",
                 std::string("this build of ZeroMQ has no CURVE: ") + zmq_strerror(zmq_errno())};
  }
  return CurveKeys{public_key, secret_key};
}

}  // namespace convene
