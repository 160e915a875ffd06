// core/app/welcome.cpp - what adapters are told, and how those that we start are started.
#include <sodium.h>

#include "core/app/adapter_schema.hpp"
#include "core/app/generation.hpp"
#include "core/runtime/config_document.hpp"
#include "sdk/bus/json_text.hpp"

namespace convene::app {
namespace {

namespace fs = std::filesystem;
using config::quote_json;

// {"a":<value of a>,...} from a map; `write` gives each value as JSON.
template <class Map, class Write>
std::string object_of(const Map& map, Write write) {
  std::string out = "{";
  for (const auto& [key, value] : map) {
    if (out.size() > 1) out += ',';
    out += quote_json(key) + ":" + write(key, value);
  }
  return out + "}";
}

const char* to_text(Carriage carriage) {
  switch (carriage) {
    case Carriage::query:
      return "query";
    case Carriage::cookie:
      return "cookie";
    case Carriage::api:
      return "api";
  }
  return "query";
}

std::string flow_json(const Config& config, const std::string& id, const Flow& flow) {
  std::string channels = "[";
  for (const std::string& channel : flow.channels) {
    if (channels.size() > 1) channels += ',';
    channels += quote_json(channel);
  }
  return "{\"title\":" + quote_json(config.flow_titles.at(id)) + ",\"channels\":" + channels +
         "],\"channel_settings\":" +
         object_of(flow.channel_settings,
                   [](const std::string&, const std::string& json) { return json; }) +
         ",\"carriage\":\"" + to_text(flow.carriage) +
         "\",\"expires_ms\":" + std::to_string(flow.expires.count()) + "}";
}

std::string base64url(const Key& key) {
  char out[sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
  return sodium_bin2base64(out, sizeof out, key.data(), key.size(),
                           sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

// A child on this machine reaches an endpoint bound to all addresses by loopback.
std::string endpoint_for_child(const Config& config, const std::string& endpoint) {
  std::string resolved = config.resolved_endpoint(endpoint);
  for (const std::string_view any : {"tcp://*:", "tcp://0.0.0.0:"}) {
    if (resolved.starts_with(any)) return "tcp://127.0.0.1:" + resolved.substr(any.size());
  }
  return resolved;
}

/// `convene-host` with the adapter's library.
std::vector<std::string> host_of(const Config& config, const AdapterConfig& adapter,
                                 const std::string& sha256) {
  const fs::path work = fs::absolute(config.data / "adapters" / adapter.id);
  std::vector<std::string> command = {"convene-host",
                                      "--adapter",
                                      adapter_library(config, adapter).string(),
                                      "--kind",
                                      adapter.kind,
                                      "--sha256",
                                      sha256,
                                      "--work",
                                      work.string(),
                                      "--memory-mib",
                                      std::to_string(adapter.memory_max_mib)};
  for (const std::string& path : adapter.reads) command.insert(command.end(), {"--read", path});
  for (const std::string& word : adapter.events) command.insert(command.end(), {"--events", word});
  return command;
}

/// Where the secrets of `env:NAME` are kept: for the core, and for nobody whom it starts.
std::vector<std::string> secret_variables(const Config& config) {
  std::vector<std::string> names;
  const auto note = [&names](const Secret& secret) {
    if (secret.source.starts_with("env:")) names.push_back(secret.source.substr(4));
  };
  note(config.bus_secret_key);
  for (const auto& [id, agent] : config.agents) note(agent.password);
  for (const auto& [id, adapter] : config.adapters) note(adapter.secret_key);
  return names;
}

}  // namespace

fs::path transcript_folder(const Config& config) { return config.data / "transcripts"; }

std::string welcome_config(const Config& config, const AdapterConfig& adapter,
                           const Key& desk_key) {
  std::string out = "{\"settings\":" + adapter.settings;
  if (adapter.kind == "gateway") {
    out += ",\"flows\":" + object_of(config.flows, [&](const std::string& id, const Flow& flow) {
             return flow_json(config, id, flow);
           });
    out +=
        ",\"agents\":" + object_of(config.agents, [](const std::string&, const AgentConfig& agent) {
          return "{\"name\":" + quote_json(agent.settings.name) +
                 ",\"password_hash\":" + quote_json(agent.password.value) + "}";
        });
    const fs::path folder = resolve_plugin_folder(config.plugin_folder);
    std::map<std::string, PluginConfig> channels;
    for (const auto& entry : config.plugins) {
      if (entry.first.starts_with("channel_")) channels.insert(entry);
    }
    out +=
        ",\"plugins\":" + object_of(channels, [&](const std::string&, const PluginConfig& plugin) {
          return "{\"path\":" + quote_json((folder / plugin.path).string()) +
                 ",\"settings\":" + plugin.settings + "}";
        });
    // Browsers whose session another gateway carries open their socket there.
    std::map<std::string, AdapterConfig> gateways;
    for (const auto& [id, other] : config.adapters)
      if (other.kind == "gateway" && !bus::member_text(other.settings, "public_url").empty())
        gateways.emplace(id, other);
    out +=
        ",\"name\":" + quote_json(adapter.id) +
        ",\"gateways\":" + object_of(gateways, [](const std::string&, const AdapterConfig& other) {
          return "{\"public_url\":" + std::string(bus::member_text(other.settings, "public_url")) +
                 "}";
        });
    out += ",\"desk_key\":" + quote_json(base64url(desk_key));
    out += ",\"transcripts\":" +
           quote_json(fs::absolute(transcript_folder(config) / adapter.id).string());
  }
  return out + "}";
}

ChildSpec child_of(const Config& config, const AdapterConfig& adapter, const std::string& sha256) {
  ChildSpec child;
  child.name = adapter.id;
  child.command = adapter.plugin.empty() ? adapter.command : host_of(config, adapter, sha256);
  child.command[0] = resolve_program(child.command[0]).string();
  child.environment["CONVENE_BUS"] = endpoint_for_child(config, config.command_endpoint);
  child.environment["CONVENE_EVENTS"] = endpoint_for_child(config, config.event_endpoint);
  child.environment["CONVENE_NAME"] = adapter.id;
  if (!config.bus_public_key.empty())
    child.environment["CONVENE_SERVER_KEY"] = config.bus_public_key;
  if (!adapter.secret_key.value.empty()) {
    child.environment["CONVENE_PUBLIC_KEY"] = adapter.public_key;
    child.environment["CONVENE_SECRET_KEY"] = adapter.secret_key.value;
  }
  child.without = secret_variables(config);
  return child;
}

}  // namespace convene::app
