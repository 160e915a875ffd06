// sdk/host/isolation/server.hpp - the plugin's side of the line: what convene-host does.
#pragma once

#include <string>

#include "core/model/result.hpp"
#include "sdk/host/isolation/sandbox.hpp"

namespace convene::isolation {

struct ServerOptions {
  std::string plugin;        ///< Its id.
  std::string endpoint;      ///< Of the node.
  int library = 3;           ///< A descriptor of the sealed copy.
  std::string library_name;  ///< How errors call it.
  SandboxOptions sandbox;
};

/// Connects, locks itself in, loads the library and answers until goodbye. An error says why it
/// could not come so far; the node has been told.
Status serve_plugin(const ServerOptions& options);

}  // namespace convene::isolation
