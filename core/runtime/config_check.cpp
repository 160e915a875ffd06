// core/runtime/config_check.cpp - what is wrong between tables, and what is known to be dangerous.
#include "core/runtime/config_extract.hpp"
#include "sdk/host/config_schema.hpp"
#include "sdk/host/entry_check.hpp"
#include "sdk/host/signing.hpp"

namespace convene::config {
namespace {

using Errors = std::vector<ConfigError>;

template <class Map>
std::vector<std::string> keys_of(const Map& map) {
  std::vector<std::string> out;
  for (const auto& entry : map) out.push_back(entry.first);
  return out;
}

// The place of root.<section>.<id>.<key>, or of the table where the key is not written.
Place place_of(const Value& root, std::string_view section, const std::string& id,
               std::string_view key) {
  const Value* tables = root.find(section);
  const Value* table = tables == nullptr ? nullptr : (id.empty() ? tables : tables->find(id));
  if (table == nullptr) return {};
  const Value* value = table->find(key);
  return value == nullptr ? table->place : value->place;
}

template <class Map>
void check_reference(const Place& place, std::string_view key, const std::string& name,
                     std::string_view section, const Map& known, Errors& errors) {
  if (known.contains(name)) return;
  const std::string near = nearest(name, keys_of(known));
  errors.push_back({place,
                    "'" + std::string(key) + "' names '" + name.substr(0, 64) +
                        "', but there is no [" + std::string(section) + "." + name.substr(0, 64) +
                        "]",
                    near.empty() ? "add that table" : "did you mean '" + near + "'?"});
}

void check_flows(const Value& root, const Config& config, Errors& errors) {
  for (const auto& [id, flow] : config.flows) {
    const auto at = [&root, &id = id](std::string_view key) {
      return place_of(root, "flow", id, key);
    };
    // That one is missing or empty, the table of keys has said.
    const auto refers = [&](std::string_view key, const std::string& name, std::string_view section,
                            const auto& known) {
      if (!name.empty()) check_reference(at(key), key, name, section, known, errors);
    };
    refers("service", flow.service, "plugin", config.plugins);
    refers("routing", flow.routing, "plugin", config.plugins);
    refers("fallback", flow.fallback, "plugin", config.plugins);
    refers("pool", flow.pool, "pool", config.pools);
    for (const std::string& channel : flow.channels) {
      if (!config.plugins.contains("channel_" + channel)) {
        errors.push_back({at("channels"),
                          "the channel '" + channel.substr(0, 64) + "' has no plugin",
                          "add [plugin.channel_" + channel.substr(0, 64) + "]"});
      }
    }
    for (const auto& [channel, settings] : flow.channel_settings) {
      if (!config.plugins.contains("channel_" + channel)) {
        errors.push_back(
            {at("channel"),
             "settings for the channel '" + channel.substr(0, 64) + "', which has no plugin",
             suggest(channel, flow.channels)});
      }
    }
  }
}

void check_agents(const Value& root, const Config& config, Errors& errors) {
  for (const auto& [id, agent] : config.agents) {
    for (const std::string& pool : agent.settings.pools) {
      check_reference(place_of(root, "agent", id, "pools"), "pools", pool, "pool", config.pools,
                      errors);
    }
    const std::string& hash = agent.password.value;
    if (!agent.password.source.empty() && !hash.empty() && !hash.starts_with("$argon2id$")) {
      errors.push_back({place_of(root, "agent", id, "password"),
                        "the password of '" + id + "' is kept as it is, not as an argon2id hash",
                        "make one with: convene password"});
    }
  }
}

void check_trusted_keys(const Value& root, const Config& config, Errors& errors) {
  for (const std::string& key : config.trusted_keys) {
    if (is_public_key(key)) continue;
    const Value* section = root.find("plugins");
    errors.push_back(
        {section->find("trusted_keys")->place, "'" + key.substr(0, 64) + "' is no public key",
         "a public key begins with ed25519: and is printed by convene keys new --signing"});
  }
}

void check_plugins(const Value& root, const Config& config, Errors& errors) {
  check_trusted_keys(root, config, errors);
  for (const auto& [id, plugin] : config.plugins) {
    const bool plain = !plugin.path.empty() && plugin.path.find('/') == std::string::npos &&
                       plugin.path.find('\0') == std::string::npos && plugin.path.front() != '.';
    if (!plain) {
      errors.push_back({place_of(root, "plugin", id, "file"), "'file' leads out of plugins.folder",
                        "give the name of a file that lies there"});
    }
    if (plugin.command.empty()) continue;
    if (plugin.isolation == "core") {
      errors.push_back({place_of(root, "plugin", id, "isolation"),
                        "a command cannot run in the core",
                        "remove isolation, or set \"process\""});
    }
    if (plugin.command.front().empty() || !plugin.sha256.empty() || plugin.path != id + ".so") {
      errors.push_back({place_of(root, "plugin", id, "command"),
                        "'command' names a program, and stands instead of 'file' and 'sha256'",
                        "give either a command or a library"});
    }
  }
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

const Value* settings_of(const Value& root, const std::string& adapter) {
  const Value* adapters = root.find("adapter");
  const Value* table = adapters == nullptr ? nullptr : adapters->find(adapter);
  return table == nullptr ? nullptr : table->find("settings");
}

/// An adapter is somebody else's, a command, or a library.
void check_library_of(const Value& root, const AdapterConfig& adapter, Errors& errors) {
  const auto at = [&](std::string_view key) { return place_of(root, "adapter", adapter.id, key); };
  if (adapter.plugin.empty()) {
    const bool library =
        !adapter.sha256.empty() || !adapter.reads.empty() || !adapter.events.empty();
    if (library) {
      errors.push_back({adapter.place,
                        "'sha256', 'reads' and 'events' are of a library, and there is none",
                        "name it with 'plugin', or remove them"});
    }
    return;
  }
  if (!is_plugin_id(adapter.plugin)) {
    errors.push_back({at("plugin"), "'plugin' is no plugin's id", "1 to 64 of a-z, 0-9 and _"});
  }
  if (!adapter.command.empty()) {
    errors.push_back({at("command"), "'command' and 'plugin' both say what this adapter is",
                      "give either a command or a library"});
  }
  if (adapter.kind == "gateway") {
    errors.push_back(
        {at("kind"), "a library is no gateway", "set kind = \"proxy\" or \"records\""});
  }
}

void check_adapters(const Value& root, const Config& config, Errors& errors) {
  std::map<std::string, std::string> listening;
  for (const auto& [id, adapter] : config.adapters) {
    if (id == "cli") {
      errors.push_back(
          {adapter.place, "the name 'cli' is taken by the command line", "choose another"});
    }
    check_library_of(root, adapter, errors);
    const Value* settings = settings_of(root, id);
    if (settings == nullptr) continue;
    const Value* listen = settings->find("listen");
    if (listen == nullptr || listen->kind != Kind::text) continue;
    const auto [first, fresh] = listening.try_emplace(listen->text, id);
    if (!fresh) {
      errors.push_back({listen->place, "'" + listen->text.substr(0, 128) + "' is listened on twice",
                        "[adapter." + first->second + "] does so already"});
    }
  }
}

void check_endpoint(const Value& root, const Config& config, std::string_view key,
                    const std::string& endpoint, Errors& errors) {
  const Place place = place_of(root, "bus", "", key);
  const std::string named = "'" + std::string(key) + "'";
  if (endpoint.starts_with("ipc:") && endpoint.size() > 4) return;
  if (!endpoint.starts_with("tcp://")) {
    errors.push_back({place, named + " is no endpoint",
                      "write \"ipc:command.sock\" or \"tcp://127.0.0.1:7001\""});
    return;
  }
  const std::string address = endpoint.substr(6);
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon + 1 == address.size() || colon == 0) {
    errors.push_back({place, named + " has no address and port", "write \"tcp://127.0.0.1:7001\""});
    return;
  }
  const bool keys = !config.bus_secret_key.source.empty() && !config.bus_public_key.empty();
  if (keys || (is_loopback(address.substr(0, colon)) && config.insecure_loopback)) return;
  errors.push_back(
      {place, named + " is tcp without keys: everybody who reaches it could speak to the core",
       "make keys with `convene keys new`, or use ipc:"});
}

void check_bus(const Value& root, const Config& config, Errors& errors) {
  check_endpoint(root, config, "command", config.command_endpoint, errors);
  check_endpoint(root, config, "events", config.event_endpoint, errors);
  if (config.command_endpoint == config.event_endpoint) {
    errors.push_back(
        {place_of(root, "bus", "", "events"), "'command' and 'events' are the same endpoint", ""});
  }
}

}  // namespace

void check_whole(const Value& root, const Config& config, Errors& errors) {
  if (config.name.empty()) {
    errors.push_back({place_of(root, "node", "", "name"), "'name' is empty", ""});
  }
  if (config.data.empty()) {
    errors.push_back({place_of(root, "node", "", "data"), "'data' is empty", "name a folder"});
  }
  if (!config.store_url.starts_with("sqlite:") || config.store_url.size() <= 7) {
    errors.push_back({place_of(root, "store", "", "url"),
                      "'url' names no database that is supported", "write \"sqlite:convene.db\""});
  }
  check_bus(root, config, errors);
  check_plugins(root, config, errors);
  check_flows(root, config, errors);
  check_agents(root, config, errors);
  check_adapters(root, config, errors);
}

}  // namespace convene::config
