// core/runtime/bus_endpoint.hpp - binds a bus socket so that only those who may can reach it.
#pragma once

#include <zmq.hpp>

#include <string>
#include <string_view>

#include "core/model/result.hpp"
#include "core/runtime/node.hpp"

namespace convene {

/// Whether a "tcp://" endpoint names a loopback address: 127.0.0.0/8, [::1] or localhost.
bool is_loopback(std::string_view endpoint);

/// Binds `socket`. "ipc://": the file gets mode 0600, and zap.hpp may keep processes out. "tcp://": CURVE with `curve.secret_key`, and clients are let in
/// by the allow-list (zap.hpp); without a key only on loopback, and only where `insecure_loopback` says so. Anything
/// else is an error that names the remedy.
Status bind_guarded(zmq::socket_t& socket, const std::string& endpoint, const CurveOptions& curve);

}  // namespace convene
