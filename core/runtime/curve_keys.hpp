// core/runtime/curve_keys.hpp - key pairs for a bus over tcp.
#pragma once

#include <string>

#include "core/model/result.hpp"

namespace convene {

/// Both in Z85, 40 characters (ZeroMQ RFC 32).
struct CurveKeys {
  std::string public_key;
  std::string secret_key;
};

/// A fresh pair. Fails with "bus.no_curve" where ZeroMQ was built without it.
Result<CurveKeys> make_curve_keys();

}  // namespace convene
