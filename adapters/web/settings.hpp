// adapters/web/settings.hpp - the gateway's configuration as the core's welcome brought it, checked.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/web/result.hpp"

namespace convene::web {

struct WebFlow {
  std::string title;
  std::vector<std::string> channels;
  std::map<std::string, std::string> channel_settings;  ///< Channel -> JSON object.
  std::string carriage;                                 ///< "query", "cookie", "api".
};

struct WebAgent {
  std::string name;
  std::string password_hash;  ///< argon2id; empty: cannot sign in.
};

struct ChannelPluginFile {
  std::string path;
  std::string settings = "{}";
};

struct Settings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  std::vector<std::string> origins;  ///< Whose pages may call us and open sockets; exact.
  std::string public_url =
      "http://localhost:8080";               ///< Without a slash at the end. An origin: no path.
  std::vector<std::string> frame_ancestors;  ///< Who may show our pages in a frame.
  std::string static_folder;                 ///< Empty: share/web beside the program.
  std::uint32_t threads = 0;                 ///< 0: as many as there are processors, at most 4.
  std::uint32_t connections_max = 20'000;
  std::uint32_t customer_messages = 20;  ///< A second.
  std::uint32_t agent_messages = 100;
  std::uint32_t identifier_misses = 20;        ///< A minute and network; then 429 (E2).
  std::uint32_t sign_in_seconds = 12 * 3'600;  ///< That a sign-in at the desk lasts; at most a day.
  std::uint32_t waiting_max = 4'000;  ///< Requests that wait for the core at once; then "busy".
  std::map<std::string, WebFlow> flows;
  std::map<std::string, WebAgent> agents;
  std::map<std::string, ChannelPluginFile> plugins;  ///< By plugin id.
  std::string name;                                  ///< Own, at the core; empty: not told.
  std::map<std::string, std::string>
      gateways;             ///< Name -> public_url of every gateway of this core.
  std::string desk_key;     ///< base64url of 32 bytes.
  std::string transcripts;  ///< Folder; empty: restarts forget what was said.
};

/// Reads the welcome's `config`. Errors name the key.
Result<Settings> parse_settings(std::string_view json);

/// The public_url of the gateway that carries a session, by its name in connection details; empty: this one does.
/// All media of one session meet in one gateway, so another one must open no channel of it.
std::string carried_elsewhere(const Settings& settings, std::string_view gateway);

/// Exact comparison, byte for byte, with the allow-list (F1).
bool origin_allowed(const std::vector<std::string>& origins, std::string_view origin);

}  // namespace convene::web
