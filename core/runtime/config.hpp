// core/runtime/config.hpp - the configuration: TOML in, checked plain settings or a list of
// everything wrong out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/model/settings.hpp"
#include "core/runtime/log.hpp"

namespace convene {

/// Where in the files a value stands; line 0 when it stands nowhere.
struct Place {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// One thing that is wrong, for the person who wrote the file.
struct ConfigError {
  Place place;
  std::string text;  ///< What is wrong.
  std::string hint;  ///< What to do: the nearest valid key, the remedy; may be empty.
};

/// "convene.toml:12:3: error: unknown key 'fallbak' in [flow.x]; did you mean 'fallback'?"
std::string to_text(const ConfigError& error);
/// A line for each of the first `kErrorsShown`, how many more there are, and their number; empty
/// without errors.
std::string to_text(const std::vector<ConfigError>& errors);
inline constexpr std::size_t kErrorsShown = 50;
/// In the files' order, each once.
void sort_errors(std::vector<ConfigError>& errors);

/// A secret as configured: where it is kept, and what was read there. Never logged, never printed.
struct Secret {
  std::string source;  ///< "file:demo-passwords/anna"; empty: none configured.
  std::string value;
};

struct PluginConfig {
  std::string id;
  std::string path;             ///< Of the library: a file name within plugins.folder.
  std::string sha256;           ///< Of the library; empty: any.
  std::string settings = "{}";  ///< Canonical JSON.
  std::string isolation;        ///< "core", "process"; empty: process, unless it is one of ours.
  std::vector<std::string> command;    ///< A process that is the plugin, instead of a library.
  Duration deadline{0};                ///< Of a call to its process; 0: the default.
  std::uint32_t memory_max_mib = 256;  ///< Of its process.
  bool network = false;                ///< Whether its process may use the internet.
  Place place;
  std::map<std::string, Place>
      setting_places;  ///< Of "settings", "settings.reads", "settings.reads.0".
};

struct AgentConfig {
  AgentSettings settings;
  Secret password;  ///< An argon2id hash; none: the agent cannot sign in at a desk.
  Place place;
};

struct AdapterConfig {
  std::string id;
  std::string kind = "gateway";      ///< What it may ask: "gateway", "proxy", "records".
  std::vector<std::string> command;  ///< Empty, and no plugin: somebody else starts it.
  std::string plugin;                ///< The library that is this adapter, instead of a command.
  std::string sha256;                ///< Of the library; empty: any.
  std::vector<std::string> reads;    ///< What the library may read beside the system's files.
  std::vector<std::string> events;   ///< First words of the event bus that it is told.
  std::uint32_t memory_max_mib = 256;
  std::string settings = "{}";  ///< Canonical JSON.
  std::string public_key;       ///< CURVE, Z85: the only key this adapter may use over tcp.
  Secret secret_key;            ///< Its other half, for an adapter that we start.
  Place place;
  std::map<std::string, Place> setting_places;  ///< As those of a plugin.
};

/// What is kept of what the engine was told (core/journal).
struct JournalConfig {
  bool enabled = true;
  std::uint32_t keep_days = 14;
  std::uint32_t file_mb = 256;

  bool operator==(const JournalConfig&) const = default;
};

/// Everything in a checked configuration. Folders and endpoints are as written; `resolve_*` make
/// them absolute.
struct Config {
  std::string name = "convene";
  std::filesystem::path data = "var";
  std::uint32_t idle_poll_us = 200;  ///< 0: never.
  std::string store_url = "sqlite:convene.db";
  std::uint32_t keep_days = 30;  ///< What has ended is erased before it is older.
  std::string command_endpoint = "ipc:command.sock";
  std::string event_endpoint = "ipc:events.sock";
  bool insecure_loopback = false;
  Secret bus_secret_key;  ///< CURVE, Z85.
  std::string bus_public_key;
  std::filesystem::path plugin_folder = "plugins";
  bool plugins_signed = false;            ///< Libraries without a trusted signature are refused.
  std::vector<std::string> trusted_keys;  ///< ed25519 public keys of who may sign them.
  log::Settings log;
  JournalConfig journal;
  Limits limits;
  std::map<std::string, PluginConfig> plugins;
  std::map<std::string, Flow> flows;
  std::map<std::string, std::string> flow_titles;
  std::map<std::string, Place> flow_places;
  /// Of the tables and keys that a flow's plugins check: "settings", "settings.agent_away",
  /// "channel.page", "channel.page.hosts", by flow.
  std::map<std::string, std::map<std::string, Place>> setting_places;
  std::map<std::string, std::string> pools;  ///< Id -> title.
  std::map<std::string, AgentConfig> agents;
  std::map<std::string, AdapterConfig> adapters;

  /// `sqlite:` and `ipc:` paths against the data folder: "ipc:///srv/convene/command.sock".
  std::string resolved_endpoint(const std::string& endpoint) const;
};

/// One file's text, by the name under which errors speak of it.
struct ConfigSource {
  std::string name;
  std::string text;
};

/// Reads what `file:` and `env:` name; tests and fuzzers give their own.
class SecretReader {
 public:
  virtual ~SecretReader() = default;
  /// `source` is "file:PATH" or "env:NAME"; relative paths are below `data`.
  virtual Result<std::string> read(const std::string& source,
                                   const std::filesystem::path& data) const = 0;
};
/// Files that others may read, empty files and unset variables are errors.
const SecretReader& system_secrets();

struct ConfigOutcome {
  /// With errors only good for looking for more: of plugins, flows and adapters it has those in which
  /// nothing was wrong so far.
  Config config;
  std::vector<ConfigError> errors;  ///< All of them, in the files' order.
  explicit operator bool() const { return errors.empty(); }
};

/// Checks the texts as one configuration. Never throws, touches nothing but secrets.
ConfigOutcome parse_config(const std::vector<ConfigSource>& sources, const SecretReader& secrets);

/// Reads `path`: a file, or all *.toml of a folder in the order of their names.
ConfigOutcome load_config(const std::filesystem::path& path,
                          const SecretReader& secrets = system_secrets());

}  // namespace convene
