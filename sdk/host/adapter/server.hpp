// sdk/host/adapter/server.hpp - runs an adapter's library on the buses: what `convene-host --adapter` does.
#pragma once

#include <string>
#include <vector>

#include "core/model/result.hpp"
#include "sdk/bus/client.hpp"
#include "sdk/host/adapter/lane.hpp"
#include "sdk/host/isolation/sandbox.hpp"

namespace convene::adapter {

struct ServerOptions {
  std::string library;  ///< A path; its folder is vetted as that of every plugin.
  std::string plugin;   ///< Its id.
  std::string sha256;   ///< Of the library; empty: any.
  bus::ClientOptions bus;
  std::string events_endpoint;
  std::vector<std::string> words;  ///< Of the event bus that the adapter hears: "session".
  isolation::SandboxOptions sandbox;
  Millis hung_after{
      30'000};  ///< A call that lasts longer ends the process: whoever started it starts it anew.
};

/// Locks this process in, maps the library, and gives the schema of its settings; empty: it takes none.
/// Nothing of the adapter is made.
Result<std::string> schema_of(const ServerOptions& options);

/// Locks this process in, connects, and serves until SIGTERM or SIGINT. An error says why the
/// adapter cannot go on. The process has to end afterwards: a call that hangs is left behind.
Status serve_adapter(const ServerOptions& options);

}  // namespace convene::adapter
